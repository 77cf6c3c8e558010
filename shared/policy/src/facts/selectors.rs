//! Selectors kept so that those which match an object's labels are found without trying every one of its namespace.

use std::cmp::Ordering;
use std::collections::HashMap;

use plimsoll_cel::Node;
use serde::{Deserialize, Serialize};

use super::index::{Index, hash};
use super::selector::{self, Kept};
use super::table::{Record, Table, Texts};

/// Records that begin with a namespace and end with a selector, indexed by the label that each asks for and the
/// fewest others do; those that ask for none stand together under an empty one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Selectors {
    table: Table,
    asked: Index,
}

impl Selectors {
    /// Adds a record.
    pub(super) fn push(&mut self, write: impl FnOnce(&mut Record)) {
        self.table.push(write);
    }

    /// Adds all records of another.
    pub(super) fn append(&mut self, other: Selectors) {
        self.table.append(other.table);
    }

    /// All records.
    pub(super) fn all(&self) -> impl Iterator<Item = Texts<'_>> {
        self.table.all()
    }

    /// Sorts; `before` texts stand before the selector.
    pub(super) fn settle(&mut self, before: usize) {
        self.settle_by(before, |a, b| a.cmp(b));
    }

    /// Sorts in another order, by namespace and name first.
    pub(super) fn settle_by(
        &mut self,
        before: usize,
        order: impl Fn(Texts<'_>, Texts<'_>) -> Ordering,
    ) {
        self.table.sort_by(order);
        let mut often: HashMap<u64, u32> = HashMap::new();
        for asked in self.table.all().flat_map(|texts| asks(texts, before)) {
            *often.entry(asked).or_default() += 1;
        }
        self.asked = Index::of(&self.table, |texts, add| {
            let rarest = asks(texts, before).min_by_key(|asked| often.get(asked));
            add(rarest.unwrap_or_else(|| hash(texts.first(), "", "")));
        });
    }

    /// The records of a namespace whose selector, after `before` texts, matches; without the namespace, in order.
    pub(super) fn selecting<'t>(
        &'t self,
        namespace: &str,
        labels: &Node<'_>,
        before: usize,
    ) -> impl Iterator<Item = Texts<'t>> + use<'t> {
        let pairs = selector::labels(labels);
        let asked = pairs.into_iter().chain([("", "")]);
        let mut found: Vec<u32> = asked
            .flat_map(|(key, value)| self.asked.at(hash(namespace, key, value)))
            .map(|(_, position)| *position)
            .filter(|position| {
                let texts = self.table.at(*position);
                texts.first() == namespace && selector::matches(after(texts, before), labels)
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|position| {
            let mut texts = self.table.at(position);
            texts.next();
            texts
        })
    }

    /// The records that begin with these texts, without them.
    pub(super) fn of<const N: usize>(&self, first: [&str; N]) -> impl Iterator<Item = Texts<'_>> {
        self.table.beginning_with(first)
    }
}

/// The labels that a record's selector asks for, as hashes.
fn asks(texts: Texts<'_>, before: usize) -> impl Iterator<Item = u64> {
    let pairs = Kept(after(texts, before)).pairs();
    pairs.map(move |(key, value)| hash(texts.first(), key, value))
}

fn after(mut texts: Texts<'_>, before: usize) -> Texts<'_> {
    texts.by_ref().take(before).for_each(drop);
    texts
}
