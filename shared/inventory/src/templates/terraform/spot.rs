//! A place among a resource's values, with what the plan says of it beside the value.

use plimsoll_cel::Node;

use super::configuration::Written;
use crate::files::marked::{Extent, Marked};

/// A value, or its absence, and what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    /// None if there is no value, which may be for its being unknown.
    pub(super) value: Option<Marked<'a>>,
    /// Where it stands, its key if it has one.
    pub(super) extent: Extent,
    pub(super) unknown: Option<Marked<'a>>,
    pub(super) sensitive: Option<Marked<'a>>,
    pub(super) written: Written<'a>,
}

/// What a plan says of a place.
pub(super) enum State {
    Absent,
    /// All of it is only known after apply.
    Unknown,
    /// All of it is secret.
    Sensitive,
    Known,
}

impl<'a> Spot<'a> {
    pub(super) fn state(&self) -> State {
        let all = |mask: Option<Marked<'_>>| mask.is_some_and(|it| it.node == Node::Bool(true));
        let value = self.value.map(|value| value.node);
        match value.filter(|node| !matches!(node, Node::Null | Node::Str(""))) {
            _ if all(self.unknown) => State::Unknown,
            None => State::Absent,
            Some(_) if all(self.sensitive) => State::Sensitive,
            Some(_) => State::Known,
        }
    }

    /// A key deeper, into the only repetition of a block.
    pub(super) fn key(&self, key: &str) -> Self {
        let at = match self.value.map(|value| value.node) {
            Some(Node::List(_)) => self.element(0, 1),
            _ => *self,
        };
        let child = |of: Option<Marked<'a>>| of?.entry(key);
        let (value, unknown) = (child(at.value), child(at.unknown));
        let named = value.or(unknown).and_then(|child| child.key);
        // A block that is there though nobody has written it is made by a loop, or by the provider.
        let written = match at.written {
            Written::LeftOut => Written::NotTold,
            written => written.key(key),
        };
        Self {
            value: value.map(|child| child.value),
            extent: named.map_or(at.extent, |key| key.extent),
            unknown: unknown.map(|child| child.value),
            sensitive: child(at.sensitive).map(|child| child.value),
            written,
        }
    }

    /// How many elements a list has.
    pub(super) fn count(&self) -> usize {
        match self.value.map(|value| value.node) {
            Some(Node::List(elements)) => elements.len(),
            _ => 0,
        }
    }

    /// One of `count` elements.
    pub(super) fn element(&self, index: usize, count: usize) -> Self {
        let of = |list: Option<Marked<'a>>| Some(list?.element(index)?.value);
        let value = of(self.value);
        Self {
            value,
            extent: value.map_or(self.extent, |value| value.extent),
            unknown: of(self.unknown),
            sensitive: of(self.sensitive),
            written: self.written.element(index, count),
        }
    }
}
