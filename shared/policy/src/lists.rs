//! What is known of each list that a scan reads: all of it, or why not.

use std::collections::BTreeMap;

use plimsoll_model::{Reason, ReasonCode};

/// How the reading of one list went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListState {
    /// Read to its end (also when the kind does not exist, or nothing is in it).
    Complete,
    /// Not read, or not to its end.
    Incomplete(Reason),
}

/// The lists of one scan by plural, for example `pods`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lists {
    states: BTreeMap<String, ListState>,
    closed_world: bool,
}

impl Lists {
    /// For files: the documents given are all there is, so every list is complete, except those that no manifest can
    /// hold.
    #[must_use]
    pub fn of_files() -> Self {
        Self {
            states: BTreeMap::new(),
            closed_world: true,
        }
    }

    /// For a cluster: a list that is never [`Lists::set`] counts as unread.
    #[must_use]
    pub fn of_cluster() -> Self {
        Self {
            states: BTreeMap::new(),
            closed_world: false,
        }
    }

    /// Whether this is a scan of files.
    #[must_use]
    pub fn are_files(&self) -> bool {
        self.closed_world
    }

    /// Says how a list went.
    pub fn set(&mut self, plural: &str, state: ListState) {
        self.states.insert(plural.to_owned(), state);
    }

    /// Why the list cannot be relied on; none when it can.
    #[must_use]
    pub fn gap(&self, plural: &str) -> Option<Reason> {
        match self.states.get(plural) {
            Some(ListState::Complete) => None,
            Some(ListState::Incomplete(reason)) => Some(reason.clone()),
            None if self.closed_world => None,
            None => Some(Reason::new(
                ReasonCode::InputUnread,
                format!("list {plural}"),
            )),
        }
    }

    /// All gaps, by plural.
    pub fn gaps(&self) -> impl Iterator<Item = (&str, &Reason)> {
        self.states
            .iter()
            .filter_map(|(plural, state)| match state {
                ListState::Incomplete(reason) => Some((plural.as_str(), reason)),
                ListState::Complete => None,
            })
    }
}
