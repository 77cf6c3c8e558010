//! What is to be said of exceptions after a scan: those that were no use, those that have ended, and mistakes.

use std::collections::BTreeSet;

use jiff::Timestamp;
use plimsoll_model::SourceRef;
use serde::{Deserialize, Serialize};

/// Remarks that are kept; those that come first in order.
const KEPT: usize = 1_000;

/// What a scan noticed of exceptions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionLog {
    covering: BTreeSet<usize>,
    remarks: BTreeSet<Remark>,
    next_end: Option<Timestamp>,
}

/// Something about an annotation that excepts, or should.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Remark {
    /// The document it stands in, for files.
    pub source: Option<SourceRef>,
    /// The resource, for people.
    pub resource: String,
    /// Where it stands in the object.
    pub path: String,
    /// What kind of remark it is.
    pub kind: RemarkKind,
    /// What there is to say.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Kinds of remarks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RemarkKind {
    /// It excepts nothing, because something is wrong with it.
    Mistake,
    /// It has ended, and what it covered still fails.
    Ended,
    /// What it is about does not fail.
    Unused,
}

impl ExceptionLog {
    /// Puts another worker's into this one.
    pub fn merge(&mut self, other: ExceptionLog) {
        self.covering.extend(other.covering);
        for remark in other.remarks {
            self.remark(remark);
        }
        self.next_end = self.next_end.into_iter().chain(other.next_end).min();
    }

    /// The numbers of the rules that cover something that fails, ended or not.
    #[must_use]
    pub fn covers(&self, rule: usize) -> bool {
        self.covering.contains(&rule)
    }

    /// The remarks on annotations, in the order of the files.
    pub fn remarks(&self) -> impl Iterator<Item = &Remark> {
        self.remarks.iter()
    }

    /// When the next of the exceptions that cover something ends.
    #[must_use]
    pub fn next_end(&self) -> Option<Timestamp> {
        self.next_end
    }

    pub(crate) fn covered(&mut self, rule: usize) {
        self.covering.insert(rule);
    }

    pub(crate) fn ends(&mut self, end: Timestamp) {
        self.next_end = self.next_end.into_iter().chain([end]).min();
    }

    pub(crate) fn remark(&mut self, remark: Remark) {
        self.remarks.insert(remark);
        if self.remarks.len() > KEPT {
            self.remarks.pop_last();
        }
    }
}
