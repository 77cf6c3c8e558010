//! What is known of each list that a scan reads: all of it, or why not.

use std::collections::BTreeMap;

use plimsoll_model::kind::{self, KindSource};
use plimsoll_model::{NodeRoute, Reason, ReasonCode};
use serde::{Deserialize, Serialize};

/// How the reading of one list went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    narrowed: Option<Narrowed>,
}

/// What of a cluster was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Narrowed {
    /// Only these namespaces; empty for all.
    namespaces: Vec<String>,
    /// Only objects with some labels.
    by_labels: bool,
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
            narrowed: None,
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

    /// Says that only some namespaces (all if there are none), or only objects with some labels, were asked for. What
    /// was read is judged; but what is not among it may be there all the same, so facts that look beyond it are unknown.
    pub fn narrow(&mut self, namespaces: &[String], by_labels: bool) {
        self.narrowed = Some(Narrowed {
            namespaces: namespaces.to_vec(),
            by_labels,
        });
    }

    /// Why the list does not tell what else there is; none when it does. `home` is the namespace that this is about, if
    /// only what lies there, or in none, is.
    pub(crate) fn gap_beside(&self, plural: &str, home: Option<&str>) -> Option<Reason> {
        let narrowed = || {
            let narrowed = self.narrowed.as_ref()?;
            let namespaced = kind::of_plural(plural).is_some_and(|kind| kind.namespaced);
            let asked_for = |home: &str| narrowed.namespaces.iter().any(|one| one == home);
            let parted = narrowed.by_labels
                || namespaced && !narrowed.namespaces.is_empty() && !home.is_some_and(asked_for);
            let need = format!("all {plural}: scan without --namespace and --selector");
            parted.then(|| Reason::new(ReasonCode::InputUnread, need))
        };
        self.gap(plural).or_else(narrowed)
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
            (
                World::Files,
                KindSource::ClusterOnly | KindSource::MadeUp | KindSource::NodeEvidence,
            ) => reason(ReasonCode::NeedsCluster, plural.to_owned()),
            (World::Files, _) | (World::Cluster, KindSource::MadeUp) => None,
            (World::Cluster, KindSource::Aws(_)) => {
                reason(ReasonCode::InputUnread, plural.to_owned())
            }
            (World::Cluster, KindSource::NodeEvidence) => {
                let routes = NodeRoute::ALL.map(NodeRoute::as_str).join(", ");
                let need = format!("evidence route not chosen for nodes: {routes}");
                reason(ReasonCode::RouteNotChosen, need)
                    .map(|reason| reason.mended_by("plimsoll scan --node-evidence collector"))
            }
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
