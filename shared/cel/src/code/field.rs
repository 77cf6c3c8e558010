//! A key of a path, and a guess at where it is.

use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};

use crate::node::{Entry, Node, find_entry, key_hash};

/// A key, and what helps to find it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Field {
    pub(crate) key: String,
    hash: u32,
    pub(crate) at: u32,
    #[serde(skip)]
    hint: Hint,
}

/// Where a key was found the last time: objects of a kind look alike, so it is usually there again.
#[derive(Debug, Default)]
struct Hint(AtomicU32);

impl Clone for Hint {
    fn clone(&self) -> Hint {
        Hint::default()
    }
}

impl Field {
    pub(crate) fn new(key: String, at: u32) -> Field {
        Field {
            hash: key_hash(&key),
            key,
            at,
            hint: Hint::default(),
        }
    }

    /// The key's value among a map's entries.
    #[inline]
    pub(crate) fn find<'a>(&self, entries: &'a [Entry<'a>]) -> Option<&'a Node<'a>> {
        let likely = entries.get(self.hint.0.load(Ordering::Relaxed) as usize);
        match likely.filter(|entry| entry.is(&self.key, self.hash)) {
            Some(entry) => Some(&entry.value),
            None => self.search(entries),
        }
    }

    #[inline(never)]
    fn search<'a>(&self, entries: &'a [Entry<'a>]) -> Option<&'a Node<'a>> {
        let place = find_entry(entries, &self.key, self.hash)?;
        self.hint
            .0
            .store(u32::try_from(place).unwrap_or(0), Ordering::Relaxed);
        entries.get(place).map(|entry| &entry.value)
    }
}
