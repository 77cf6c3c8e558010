//! The tree of a document with the place of every key and value.

use plimsoll_cel::{Bump, Entry, Node, key_hash};

/// A position in a file, both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Mark {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// A stretch of a file; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) start: Mark,
    pub(crate) end: Mark,
}

/// A value and its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marked<'a> {
    pub(crate) node: Node<'a>,
    pub(crate) extent: Extent,
    pub(crate) children: &'a [Child<'a>],
    /// How many values it is made of when aliases are written out.
    pub(crate) weight: u32,
    /// Whether other places mean it too.
    pub(crate) sharing: Sharing,
}

/// How a value takes part in anchors and aliases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// Not at all.
    Own,
    /// It is written here and has a name (`&name`).
    Anchor,
    /// It is written elsewhere (`*name`): its children's places are there.
    Alias,
}

/// A map's entry or a list's element, in the order of the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Child<'a> {
    /// None in a list.
    pub(crate) key: Option<Key<'a>>,
    pub(crate) value: Marked<'a>,
    /// Came in through `<<`: a key of the map itself may replace it.
    pub(crate) merged: bool,
}

/// A map's key and its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'a> {
    pub(crate) text: &'a str,
    pub(crate) extent: Extent,
}

impl<'a> Marked<'a> {
    pub(crate) fn scalar(node: Node<'a>, extent: Extent) -> Self {
        Self {
            node,
            extent,
            children: &[],
            weight: 1,
            sharing: Sharing::Own,
        }
    }

    /// A list of its children.
    pub(crate) fn list(arena: &'a Bump, extent: Extent, children: &[Child<'a>]) -> Self {
        let items = arena.alloc_slice_fill_iter(children.iter().map(|child| child.value.node));
        Self::parent(arena, Node::List(items), extent, children)
    }

    /// A map of its children, whose keys must differ. Entries whose value is null are left out of the node, as the
    /// API server does when it stores an object, but keep their place.
    pub(crate) fn map(arena: &'a Bump, extent: Extent, children: &[Child<'a>]) -> Self {
        let entry = |child: &Child<'a>| {
            let key = child.key.map_or("", |key| key.text);
            let hash = key_hash(key);
            let value = child.value.node;
            Entry { hash, key, value }
        };
        let there = |child: &&Child<'a>| child.key.is_some() && child.value.node != Node::Null;
        let entries = if children.iter().all(|child| there(&child)) {
            arena.alloc_slice_fill_iter(children.iter().map(entry))
        } else {
            let entries: Vec<Entry<'a>> = children.iter().filter(there).map(entry).collect();
            arena.alloc_slice_copy(&entries)
        };
        entries.sort_unstable_by_key(|entry| entry.key);
        Self::parent(arena, Node::Map(entries), extent, children)
    }

    fn parent(arena: &'a Bump, node: Node<'a>, extent: Extent, children: &[Child<'a>]) -> Self {
        let weight = children
            .iter()
            .fold(1_u32, |sum, child| sum.saturating_add(child.value.weight));
        Self {
            node,
            extent,
            children: arena.alloc_slice_copy(children),
            weight,
            sharing: Sharing::Own,
        }
    }

    /// The entry with this key.
    pub(crate) fn entry(&self, key: &str) -> Option<&'a Child<'a>> {
        self.children
            .iter()
            .find(|child| child.key.is_some_and(|k| k.text == key))
    }

    /// The element with this index.
    pub(crate) fn element(&self, index: usize) -> Option<&'a Child<'a>> {
        self.children.get(index).filter(|child| child.key.is_none())
    }
}
