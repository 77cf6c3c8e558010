//! Which values are written once and used in several places, through anchors, aliases and merge keys.

use std::collections::HashSet;

use super::super::marked::{Child, Mark, Marked, Sharing};

/// What a document's aliases and merge keys name.
#[derive(Debug, Default)]
pub(super) struct Uses<'a> {
    /// Maps and lists, by their children.
    named: HashSet<*const Child<'a>>,
    /// Entries that another map took over through `<<`, by the place of their key.
    merged: HashSet<Mark>,
    /// Whether a text, number or empty map is named; which one does not show in the tree.
    scalars: bool,
}

impl<'a> Uses<'a> {
    pub(super) fn of(root: &Marked<'a>) -> Self {
        let mut uses = Self::default();
        uses.look(root);
        uses
    }

    fn look(&mut self, value: &Marked<'a>) {
        if value.sharing == Sharing::Alias {
            if value.children.is_empty() {
                self.scalars = true;
            } else {
                self.named.insert(value.children.as_ptr());
            }
            // What it names is looked at where it is written.
            return;
        }
        for child in value.children {
            match child.key {
                Some(key) if child.merged => {
                    self.merged.insert(key.extent.start);
                }
                _ => self.look(&child.value),
            }
        }
    }

    /// Whether the value has an anchor that something else uses.
    pub(super) fn elsewhere(&self, value: &Marked<'a>) -> bool {
        if value.sharing != Sharing::Anchor {
            return false;
        }
        let merged = |child: &Child<'_>| {
            child
                .key
                .is_some_and(|key| self.merged.contains(&key.extent.start))
        };
        match value.children {
            [] => self.scalars,
            children => self.named.contains(&children.as_ptr()) || children.iter().any(merged),
        }
    }

    /// The value itself or one in it that something else uses.
    pub(super) fn inside(&self, value: &Marked<'a>) -> Option<Marked<'a>> {
        if value.sharing == Sharing::Alias {
            return None;
        }
        if self.elsewhere(value) {
            return Some(*value);
        }
        let own = value.children.iter().filter(|child| !child.merged);
        own.filter_map(|child| self.inside(&child.value)).next()
    }
}
