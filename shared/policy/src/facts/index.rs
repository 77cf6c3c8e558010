//! Where in a table the records are that have a label: a selector then looks at those only, not at a whole namespace.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};

use super::table::{Table, Texts};

/// Positions of records by hashes. Costs sixteen bytes an entry. Different labels may share a hash, so what is found is
/// still to be compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Index(Vec<(u64, u32)>);

/// The hash of a label in a namespace.
pub(super) fn hash(namespace: &str, key: &str, value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (namespace, key, value).hash(&mut hasher);
    hasher.finish()
}

impl Index {
    /// An index of a table that is sorted and stays as it is; `hashes` gives those of a record.
    pub(super) fn of(table: &Table, hashes: impl Fn(Texts<'_>, &mut dyn FnMut(u64))) -> Self {
        let mut entries = Vec::new();
        for (position, texts) in (0..).zip(table.all()) {
            hashes(texts, &mut |hash| entries.push((hash, position)));
        }
        entries.sort_unstable();
        entries.dedup();
        entries.shrink_to_fit();
        Self(entries)
    }

    /// The entries of a hash, in the table's order.
    pub(super) fn at(&self, hash: u64) -> &[(u64, u32)] {
        let from = self.0.partition_point(|(known, _)| *known < hash);
        let rest = &self.0[from..];
        let length = rest.partition_point(|(known, _)| *known == hash);
        &rest[..length]
    }
}
