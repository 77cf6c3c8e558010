//! Maps and lists whose end has not come yet.

use std::collections::HashMap;

use plimsoll_cel::Node;

use super::super::marked::{Child, Key, Mark, Marked};
use super::super::problem::{Fault, ProblemCode};
use super::fault;

/// A map with more entries than this gets an index.
const SEARCHED: usize = 16;

/// An open map or list.
pub(super) struct Frame<'a> {
    pub(super) is_map: bool,
    pub(super) start: Mark,
    pub(super) anchor: usize,
    pub(super) children: Vec<Child<'a>>,
    /// A map's key whose value is awaited.
    pub(super) key: Option<PendingKey<'a>>,
    index: HashMap<&'a str, usize>,
}

pub(super) enum PendingKey<'a> {
    Text(Key<'a>),
    Merge,
}

impl<'a> Frame<'a> {
    pub(super) fn new(is_map: bool, start: Mark, anchor: usize) -> Self {
        Self {
            is_map,
            start,
            anchor,
            children: Vec::new(),
            key: None,
            index: HashMap::new(),
        }
    }

    /// The child with this key.
    pub(super) fn position(&mut self, key: &str) -> Option<usize> {
        if self.children.len() <= SEARCHED {
            return self
                .children
                .iter()
                .position(|child| child.key.is_some_and(|k| k.text == key));
        }
        for (i, child) in self.children.iter().enumerate().skip(self.index.len()) {
            if let Some(key) = child.key {
                self.index.insert(key.text, i);
            }
        }
        self.index.get(key).copied()
    }

    /// Adds an entry, or puts it in the place of the one with its key.
    pub(super) fn put(&mut self, child: Child<'a>) {
        match child.key.and_then(|key| self.position(key.text)) {
            Some(i) => self.children[i] = child,
            None => self.children.push(child),
        }
    }

    /// Adds the entries of the map, or of each map of the list, named by `<<`.
    ///
    /// As in kubectl's YAML library, what is merged replaces keys written before it and yields to keys written after
    /// it; in a list, the first map wins.
    pub(super) fn merge(&mut self, value: &Marked<'a>) -> Result<(), Fault> {
        match value.node {
            Node::Map(_) => {
                for child in value.children {
                    self.put(Child {
                        merged: true,
                        ..*child
                    });
                }
                Ok(())
            }
            Node::List(_)
                if value
                    .children
                    .iter()
                    .all(|c| matches!(c.value.node, Node::Map(_))) =>
            {
                value
                    .children
                    .iter()
                    .rev()
                    .try_for_each(|child| self.merge(&child.value))
            }
            _ => Err(fault(
                ProblemCode::NotYaml,
                "`<<` takes a map or a list of maps",
                value.extent,
            )),
        }
    }
}
