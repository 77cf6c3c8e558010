//! What a report must know of a policy, given as a table, so that this crate depends on no catalogue.

use std::collections::HashMap;
use std::sync::Arc;

use plimsoll_model::PolicyId;

use crate::{PatchOp, Repeated};

/// A policy as reports show it.
#[derive(Debug, Clone)]
pub struct PolicyFacts {
    /// Its id.
    pub id: PolicyId,
    /// Title, sentence case, without a full stop.
    pub title: Repeated<String>,
    /// What is at stake, for the `why` line.
    pub why: Arc<str>,
    /// How to mend it, in words.
    pub fix_text: Repeated<String>,
    /// How to mend it as a patch, its paths relative to the judged element, `/` between segments.
    pub fix_patch: Vec<PatchOp>,
    /// The paths inside the element that the policy names, by which a field that is missing is named; empty when it
    /// names none.
    pub paths: Vec<String>,
    /// What to say under the underlined place, where the policy says it.
    pub label: Option<String>,
    /// Words for many resources at once, for example `containers run privileged`.
    pub plural: Option<String>,
    /// Controls that count it: `cis-eks-1.8.0/4.2.1`.
    pub controls: Repeated<Vec<String>>,
}

/// All policies of a scan by id.
#[derive(Debug, Clone, Default)]
pub struct PolicyTable(HashMap<PolicyId, PolicyFacts>);

impl PolicyTable {
    /// What is known of `id`.
    #[must_use]
    pub fn get(&self, id: &PolicyId) -> Option<&PolicyFacts> {
        self.0.get(id)
    }

    /// How many policies there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<PolicyFacts> for PolicyTable {
    fn from_iter<T: IntoIterator<Item = PolicyFacts>>(policies: T) -> Self {
        Self(
            policies
                .into_iter()
                .map(|facts| (facts.id.clone(), facts))
                .collect(),
        )
    }
}
