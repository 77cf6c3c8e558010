//! Counts of verdicts by policy: all that coverage and scores need.

use std::collections::BTreeMap;

use plimsoll_model::{Reason, Verdict};
use serde::{Deserialize, Serialize};

/// Counts for every policy of a catalogue, by index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Objects looked at, also those that no policy matches.
    pub resources: u64,
    pub(crate) policies: Vec<PolicyTally>,
}

/// Counts for one policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyTally {
    counts: [u64; Verdict::ALL.len()],
    /// Failing verdicts that are excepted.
    pub(crate) excepted: u64,
    /// Why it was not evaluated, with how often.
    #[serde(with = "pairs")]
    pub reasons: BTreeMap<Reason, u64>,
}

impl PolicyTally {
    /// How often `verdict` was given.
    #[must_use]
    pub fn of(&self, verdict: Verdict) -> u64 {
        self.counts[verdict as usize]
    }

    /// How many of the failing verdicts are excepted.
    #[must_use]
    pub fn excepted(&self) -> u64 {
        self.excepted
    }

    /// The worst verdict given; none when nothing matched.
    #[must_use]
    pub fn worst(&self) -> Option<Verdict> {
        Verdict::ALL
            .into_iter()
            .find(|verdict| self.of(*verdict) > 0)
    }

    #[inline]
    pub(crate) fn count(&mut self, verdict: Verdict) {
        self.counts[verdict as usize] += 1;
    }

    pub(crate) fn add(&mut self, verdict: Verdict, reason: Option<&Reason>) {
        self.count(verdict);
        if let Some(reason) = reason {
            *self.reasons.entry(reason.clone()).or_default() += 1;
        }
    }
}

impl Tally {
    pub(crate) fn new(policies: usize) -> Self {
        Self {
            resources: 0,
            policies: vec![PolicyTally::default(); policies],
        }
    }

    /// Adds another worker's counts.
    pub fn merge(&mut self, other: &Tally) {
        self.resources += other.resources;
        for (mine, theirs) in self.policies.iter_mut().zip(&other.policies) {
            for (mine, theirs) in mine.counts.iter_mut().zip(theirs.counts) {
                *mine += theirs;
            }
            mine.excepted += theirs.excepted;
            for (reason, count) in &theirs.reasons {
                *mine.reasons.entry(reason.clone()).or_default() += count;
            }
        }
    }

    /// The counts of the policy at `index` in the catalogue.
    #[must_use]
    pub fn policy(&self, index: usize) -> &PolicyTally {
        &self.policies[index]
    }

    /// How many failing verdicts are excepted in all.
    #[must_use]
    pub fn excepted(&self) -> u64 {
        self.policies.iter().map(PolicyTally::excepted).sum()
    }

    /// How often `verdict` was given in all.
    #[must_use]
    pub fn of(&self, verdict: Verdict) -> u64 {
        self.policies.iter().map(|policy| policy.of(verdict)).sum()
    }
}

/// A map whose keys are no texts, as a list: JSON knows no others.
mod pairs {
    use std::collections::BTreeMap;

    use plimsoll_model::Reason;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        map: &BTreeMap<Reason, u64>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(map)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<Reason, u64>, D::Error> {
        Ok(Vec::deserialize(from)?.into_iter().collect())
    }
}
