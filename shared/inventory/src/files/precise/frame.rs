//! Maps and lists whose end has not come yet.

use std::collections::HashMap;

use plimsoll_cel::Node;

use super::super::marked::{Child, Key, Mark, Marked};
use super::super::problem::{Fault, ProblemCode};
use super::fault;

/// A map with more entries than this gets an index.
const SEARCHED: usize = 16;

/// An open map or list. The children of all that are open lie in one row, a frame's own from `first` on: only the
/// innermost gets more.
pub(super) struct Frame<'a> {
    pub(super) is_map: bool,
    pub(super) start: Mark,
    pub(super) anchor: usize,
    /// Where its children begin.
    pub(super) first: usize,
    /// A map's key whose value is awaited.
    pub(super) key: Option<PendingKey<'a>>,
    /// The function of a template that it is the argument of.
    pub(super) function: Option<&'a str>,
    index: HashMap<&'a str, usize>,
}

pub(super) enum PendingKey<'a> {
    /// A key, and where it stands already, having come in through `<<`.
    Text(Key<'a>, Option<usize>),
    Merge,
}

/// The children of all open frames.
pub(super) type Row<'a> = Vec<Child<'a>>;

impl<'a> Frame<'a> {
    pub(super) fn new(is_map: bool, start: Mark, anchor: usize, first: usize) -> Self {
        Self {
            is_map,
            start,
            anchor,
            first,
            key: None,
            function: None,
            index: HashMap::new(),
        }
    }

    /// The place in the row of the child with this key.
    pub(super) fn position(&mut self, key: &str, row: &Row<'a>) -> Option<usize> {
        let children = &row[self.first..];
        if children.len() <= SEARCHED {
            let has = |child: &Child<'_>| child.key.is_some_and(|k| k.text == key);
            return children.iter().position(has).map(|i| self.first + i);
        }
        for (i, child) in row.iter().enumerate().skip(self.first + self.index.len()) {
            if let Some(key) = child.key {
                self.index.insert(key.text, i);
            }
        }
        self.index.get(key).copied()
    }

    /// Adds an entry, or puts it in the place of the one with its key.
    fn put(&mut self, child: Child<'a>, row: &mut Row<'a>) {
        match child.key.and_then(|key| self.position(key.text, row)) {
            Some(i) => row[i] = child,
            None => row.push(child),
        }
    }

    /// Adds the entries of the map, or of each map of the list, named by `<<`.
    ///
    /// As in kubectl's YAML library, what is merged replaces keys written before it and yields to keys written after
    /// it; in a list, the first map wins.
    pub(super) fn merge(&mut self, value: &Marked<'a>, row: &mut Row<'a>) -> Result<(), Fault> {
        match value.node {
            Node::Map(_) => {
                for child in value.children {
                    let merged = Child {
                        merged: true,
                        ..*child
                    };
                    self.put(merged, row);
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
                    .try_for_each(|child| self.merge(&child.value, row))
            }
            _ => Err(fault(
                ProblemCode::NotYaml,
                "`<<` takes a map or a list of maps",
                value.extent,
            )),
        }
    }
}
