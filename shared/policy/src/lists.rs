//! What is known of each list that a scan reads: all of it, or why not.

use std::collections::BTreeMap;

use plimsoll_model::kind::{self, KindSource};
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
    world: World,
}

/// What a list is of which nothing was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum World {
    /// Complete, unless no manifest holds such objects.
    Files,
    /// Unread.
    Cluster,
    /// Complete.
    Given,
}

impl Lists {
    /// For files: the documents given are all there is, so every list is complete, except those that no manifest can
    /// hold.
    #[must_use]
    pub fn of_files() -> Self {
        Self::of(World::Files)
    }

    /// For a cluster: a list that is never [`Lists::set`] counts as unread.
    #[must_use]
    pub fn of_cluster() -> Self {
        Self::of(World::Cluster)
    }

    /// For the objects of a case: they are all there is.
    #[must_use]
    pub fn of_case() -> Self {
        Self::of(World::Given)
    }

    fn of(world: World) -> Self {
        Self {
            states: BTreeMap::new(),
            world,
        }
    }

    /// Whether this is a scan of files.
    #[must_use]
    pub fn are_files(&self) -> bool {
        self.world == World::Files
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
            None => self.unsaid(plural),
        }
    }

    /// Why a list of which nothing was said cannot be relied on.
    fn unsaid(&self, plural: &str) -> Option<Reason> {
        let source = kind::of_plural(plural).map_or(KindSource::Anywhere, |kind| kind.source);
        let reason = |code, need: String| Some(Reason::new(code, need));
        match (self.world, source) {
            (World::Given, _) => None,
            (World::Files, KindSource::ClusterOnly | KindSource::MadeUp) => {
                reason(ReasonCode::NeedsCluster, plural.to_owned())
            }
            (World::Files, _) | (World::Cluster, KindSource::MadeUp) => None,
            (World::Cluster, KindSource::MetadataByChoice) => {
                let need = format!("list {plural}, metadata only");
                reason(ReasonCode::RouteNotChosen, need)
                    .map(|reason| reason.mended_by(format!("plimsoll scan --with {plural}")))
            }
            (World::Cluster, _) => reason(ReasonCode::InputUnread, format!("list {plural}")),
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
