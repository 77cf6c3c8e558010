//! Exceptions: findings that somebody accepts, for a reason. They go on being judged and go on failing; they only count
//! apart and stop no pipeline. Said in an annotation of the object, or in a file of rules.

mod annotation;
mod file;
mod log;
mod reason;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use plimsoll_model::{Excepted, Judgement};

use crate::catalogue::Catalogue;
use crate::plan::matches_glob;

pub use annotation::PREFIX as ANNOTATION_PREFIX;
pub(crate) use annotation::{Annotation, read as read_annotations};
#[cfg(feature = "schema")]
pub(crate) use file::RuleFile;
pub use file::{ExceptionRule, read_rules};
pub use log::{ExceptionLog, Remark, RemarkKind};
pub(crate) use reason::end_of;

/// The exceptions that a scan knows besides those in annotations, and the time at which they have to count.
#[derive(Debug, Clone)]
pub struct Exceptions {
    /// The rules of files, in the order in which they are asked.
    pub rules: Vec<ExceptionRule>,
    /// The time that their ends are compared with.
    pub now: Timestamp,
}

impl Exceptions {
    /// Those that annotations say.
    #[must_use]
    pub fn of_annotations(now: Timestamp) -> Self {
        Self {
            rules: Vec::new(),
            now,
        }
    }

    /// By the policy's index in the catalogue, the rules about it.
    pub(crate) fn by_policy(&self, catalogue: &Catalogue) -> HashMap<usize, Vec<usize>> {
        let mut by_policy: HashMap<usize, Vec<usize>> = HashMap::new();
        for (number, rule) in self.rules.iter().enumerate() {
            let same = |policy: &crate::Policy| policy.id == rule.policy;
            if let Some(index) = catalogue.policies.iter().position(same) {
                by_policy.entry(index).or_default().push(number);
            }
        }
        by_policy
    }

    /// Whether an exception still counts.
    pub(crate) fn counts(&self, excepted: &Excepted) -> bool {
        excepted.until.is_none_or(|end| self.now < end)
    }

    /// What excepts a failing judgement of the policy at `index`: the first of the rules and annotations that covers it
    /// and has not ended. All that cover it are noted, also those that have ended.
    pub(crate) fn cover(
        &self,
        rules: &[usize],
        annotations: &[Annotation],
        index: usize,
        judgement: &Judgement,
        log: &mut ExceptionLog,
    ) -> Option<Arc<Excepted>> {
        let mut found: Option<Arc<Excepted>> = None;
        for number in rules {
            let rule = &self.rules[*number];
            if rule.covers(judgement) {
                log.covered(*number);
                if self.counts(&rule.excepted) {
                    found.get_or_insert_with(|| rule.excepted.clone());
                }
            }
        }
        for annotation in annotations.iter().filter(|one| one.policy == index) {
            annotation.matters.set(true);
            if self.counts(&annotation.excepted) {
                found.get_or_insert_with(|| annotation.excepted.clone());
            } else {
                log.remark(annotation.ended(judgement));
            }
        }
        if let Some(until) = found.as_ref().and_then(|excepted| excepted.until) {
            log.ends(until);
        }
        found
    }
}

impl ExceptionRule {
    fn covers(&self, judgement: &Judgement) -> bool {
        let fits = |glob: &Option<String>, text: Option<&str>| {
            glob.as_ref()
                .is_none_or(|glob| text.is_some_and(|text| matches_glob(glob, text)))
        };
        let resource = &judgement.resource;
        fits(&self.kind, Some(&resource.kind))
            && fits(&self.namespace, resource.namespace.as_deref())
            && fits(&self.name, resource.name.as_deref())
            && fits(&self.element, judgement.element.as_deref())
    }
}
