//! Whether there is something to say, and why: what people were told last against what is true now.

use std::collections::BTreeSet;
use std::fmt;

use plimsoll_model::Fingerprint;
use serde::{Deserialize, Serialize};

/// Why a message is sent. Nothing is ever sent without one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// Nobody was told yet.
    First,
    /// There are findings people do not know of.
    NewFindings,
    /// Some of what people know of is resolved.
    SomeResolved,
    /// All of it is resolved.
    AllResolved,
    /// It was resolved and is back.
    Reopened,
    /// Nobody acted for as long as the policy waits before it tells everybody again.
    RepeatElapsed,
    /// Nobody acted before the next step.
    Escalated,
    /// Somebody acknowledged it, and it is still open.
    AcknowledgementTimedOut,
    /// It was quiet until now.
    SnoozeEnded,
    /// It should have been fixed by now.
    DeadlinePassed,
    /// Somebody acknowledged it.
    Acknowledged,
    /// Somebody gave it back.
    GivenBack,
    /// Somebody asked for quiet.
    Snoozed,
    /// The cluster cannot be read.
    Unreadable,
    /// The cluster can be read again.
    ReadableAgain,
}

impl Reason {
    /// The name in logs, the same as in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::First => "first",
            Reason::NewFindings => "newFindings",
            Reason::SomeResolved => "someResolved",
            Reason::AllResolved => "allResolved",
            Reason::Reopened => "reopened",
            Reason::RepeatElapsed => "repeatElapsed",
            Reason::Escalated => "escalated",
            Reason::AcknowledgementTimedOut => "acknowledgementTimedOut",
            Reason::SnoozeEnded => "snoozeEnded",
            Reason::DeadlinePassed => "deadlinePassed",
            Reason::Acknowledged => "acknowledged",
            Reason::GivenBack => "givenBack",
            Reason::Snoozed => "snoozed",
            Reason::Unreadable => "unreadable",
            Reason::ReadableAgain => "readableAgain",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is known of an incident before a change.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Whether anybody was ever told.
    pub ever_told: bool,
    /// Whether it is resolved.
    pub resolved: bool,
    /// What people were told last.
    pub told: &'a BTreeSet<Fingerprint>,
}

/// Compares what people were told with what is `open`; none when they know it all.
#[must_use]
pub fn decide(known: &Known<'_>, open: &BTreeSet<Fingerprint>) -> Option<Reason> {
    match (open.is_empty(), known.resolved) {
        // Resolved and still is.
        (true, true) => None,
        (true, false) => Some(Reason::AllResolved),
        (false, true) => Some(Reason::Reopened),
        (false, false) if !known.ever_told => Some(Reason::First),
        // News before good news: one new finding outweighs any number of resolved ones.
        (false, false) if !open.is_subset(known.told) => Some(Reason::NewFindings),
        (false, false) if !known.told.is_subset(open) => Some(Reason::SomeResolved),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests;
