//! Where the verdicts on one object go: into counts, and in full to the sink that wants them.

use std::collections::HashSet;

use plimsoll_model::{Fingerprint, Judgement, Verdict};

use crate::exception::{Annotation, ExceptionLog};
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
    /// What the object says it excepts.
    pub(crate) annotations: &'s [Annotation],
    /// What is noticed of exceptions.
    pub(crate) log: &'s mut ExceptionLog,
    /// Whether the object is a pod of whose owner everything else was said: only what is wrong counts.
    pub(crate) in_pods: bool,
    /// The policies that the object did not pass, if its pods will be asked what else they do not pass.
    pub(crate) failed: Option<Vec<usize>>,
}

/// What is wrong, or may be.
const WRONG: Verdicts = bit(Verdict::Fail) | bit(Verdict::NotEvaluated);

impl Results<'_> {
    /// Counts a verdict.
    #[inline]
    pub(crate) fn count(&mut self, policy: usize, verdict: Verdict) {
        if !self.in_pods {
            self.tally.policies[policy].count(verdict);
        }
    }

    /// Counts a verdict and hands it on; one that was given before for another replica does not count.
    pub(crate) fn judgement(&mut self, policy: usize, mut judgement: Judgement) -> bool {
        self.except(policy, &mut judgement);
        let said = (judgement.fingerprint, judgement.verdict);
        let before = &mut self.replicas;
        if before.as_mut().is_some_and(|before| !before.insert(said)) {
            return false;
        }
        let verdict = judgement.verdict;
        let counts = &mut self.tally.policies[policy];
        counts.add(verdict, judgement.reason.as_ref());
        counts.excepted += u64::from(judgement.exception.is_some());
        if self.sink.wants(verdict) {
            self.sink.judgement(judgement);
        }
        true
    }

    /// Looks whether something excepts a failing judgement.
    fn except(&mut self, policy: usize, judgement: &mut Judgement) {
        let plan = self.plan;
        let Some(exceptions) = &plan.options.exceptions else {
            return;
        };
        match judgement.verdict {
            Verdict::Fail => {
                let rules = plan.rules_of.get(&policy);
                let rules = rules.map_or(&[][..], |rules| rules);
                judgement.exception =
                    exceptions.cover(rules, self.annotations, policy, judgement, self.log);
            }
            Verdict::NotEvaluated => {
                let about = self.annotations.iter().filter(|one| one.policy == policy);
                about.for_each(|one| one.matters.set(true));
            }
            _ => {}
        }
    }

    /// Notes which verdicts a policy gave in all.
    #[inline]
    pub(crate) fn done(&mut self, policy: usize, mut given: Verdicts) {
        if self.in_pods {
            given &= WRONG;
        }
        if given & WRONG != 0
            && let Some(failed) = &mut self.failed
        {
            failed.push(policy);
        }
        if self.given.is_empty() {
            return;
        }
        for framework in &self.plan.frameworks_of[policy] {
            self.given[*framework] |= given;
        }
    }

    /// The worst verdict for each framework that has one.
    pub(crate) fn worst(&mut self) -> impl Iterator<Item = (usize, Verdict)> {
        let worst = |given: Verdicts| {
            Verdict::ALL
                .into_iter()
                .find(|verdict| given & bit(*verdict) != 0)
        };
        let given = std::mem::take(&mut self.given).into_iter().enumerate();
        given.filter_map(move |(framework, given)| Some((framework, worst(given)?)))
    }
}

/// A verdict's bit.
pub(crate) const fn bit(verdict: Verdict) -> Verdicts {
    1 << verdict as u8
}
