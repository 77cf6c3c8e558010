//! How many objects there are of each kind.

use std::collections::BTreeMap;

use plimsoll_cel::{Bump, Node};
use plimsoll_model::kind::KINDS;

/// By kind.
pub(super) type Counts = BTreeMap<String, u64>;

/// Counts an object.
pub(super) fn gather(counts: &mut Counts, kind: &str) {
    if let Some(count) = counts.get_mut(kind) {
        *count += 1;
    } else {
        counts.insert(kind.to_owned(), 1);
    }
}

/// Adds another worker's counts.
pub(super) fn append(counts: &mut Counts, other: Counts) {
    for (kind, count) in other {
        *counts.entry(kind).or_default() += count;
    }
}

/// A map from the plural of every kind to its number. A policy may read only those that its `needs` names, which is
/// seen to when it is loaded: of others nobody knows whether they were read.
pub(super) fn fact<'a>(counts: &Counts, arena: &'a Bump) -> Node<'a> {
    let entries = KINDS.iter().map(|kind| {
        let count = counts.get(kind.name).copied().unwrap_or_default();
        (
            kind.plural,
            Node::Int(i64::try_from(count).unwrap_or(i64::MAX)),
        )
    });
    Node::map_in(arena, entries.collect())
}
