//! Where the verdicts on one object go: into counts, and in full to the sink that wants them.

use std::collections::HashSet;

use plimsoll_model::{Fingerprint, Judgement, Verdict};

use crate::plan::Plan;
use crate::session::Sink;
use crate::tally::Tally;

/// Verdicts as bits.
pub(crate) type Verdicts = u8;

/// Counts the verdicts on one object and hands on those that are wanted. Policies are named by their index in the
/// catalogue.
pub(crate) struct Results<'s> {
    pub(crate) plan: &'s Plan<'s>,
    /// What was said on owners before, if the object is a replica.
    pub(crate) replicas: Option<&'s mut HashSet<(Fingerprint, Verdict)>>,
    pub(crate) tally: &'s mut Tally,
    /// By framework the verdicts that its policies gave; empty if nobody wants to know.
    pub(crate) given: Vec<Verdicts>,
    pub(crate) sink: &'s mut dyn Sink,
}

impl Results<'_> {
    /// Counts a verdict.
    #[inline]
    pub(crate) fn count(&mut self, policy: usize, verdict: Verdict) {
        self.tally.policies[policy].count(verdict);
    }

    /// Counts a verdict and hands it on; one that was given before for another replica does not count.
    pub(crate) fn judgement(&mut self, policy: usize, judgement: Judgement) -> bool {
        let said = (judgement.fingerprint, judgement.verdict);
        let before = &mut self.replicas;
        if before.as_mut().is_some_and(|before| !before.insert(said)) {
            return false;
        }
        let verdict = judgement.verdict;
        self.tally.policies[policy].add(verdict, judgement.reason.as_ref());
        if self.sink.wants(verdict) {
            self.sink.judgement(judgement);
        }
        true
    }

    /// Notes which verdicts a policy gave in all.
    #[inline]
    pub(crate) fn done(&mut self, policy: usize, given: Verdicts) {
        if self.given.is_empty() {
            return;
        }
        for framework in &self.plan.frameworks_of[policy] {
            self.given[*framework] |= given;
        }
    }

    /// The worst verdict for each framework that has one.
    pub(crate) fn worst(self) -> impl Iterator<Item = (usize, Verdict)> {
        let worst = |given: Verdicts| {
            Verdict::ALL
                .into_iter()
                .find(|verdict| given & bit(*verdict) != 0)
        };
        let given = self.given.into_iter().enumerate();
        given.filter_map(move |(framework, given)| Some((framework, worst(given)?)))
    }
}

/// A verdict's bit.
pub(crate) fn bit(verdict: Verdict) -> Verdicts {
    1 << verdict as u8
}
