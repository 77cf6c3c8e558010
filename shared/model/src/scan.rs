//! One look at one cluster.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ClusterId, ConnectionChange, Fingerprint, FrameworkScore, OutboxId, PolicyId, Reason, ScanId,
    Severity,
};

/// A scan, planned, running or done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scan {
    /// Its id: the same for the same cluster and slot.
    pub id: ScanId,
    /// What is scanned.
    pub cluster: ClusterId,
    /// The time it was planned for.
    pub slot: Timestamp,
    /// How far it is.
    pub status: ScanStatus,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// What it found.
    pub counts: ScanCounts,
    /// Scores by framework.
    pub scores: Vec<FrameworkScore>,
    /// Object-store key of the snapshot.
    pub snapshot: Option<String>,
    /// Why some policies were not evaluated: one entry a reason.
    #[serde(default)]
    pub missing: Vec<Reason>,
}

/// How far a scan is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "camelCase")]
pub enum ScanStatus {
    /// Waiting in the queue, or lost from it: the sweep sends it again.
    Queued,
    /// Finished, with verdicts.
    Done,
    /// The cluster could not be read at all.
    Unreadable {
        /// Why.
        reason: Reason,
    },
}

/// Verdicts of a scan, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScanCounts {
    /// Objects judged.
    pub resources: u64,
    /// Passing verdicts.
    pub pass: u64,
    /// Failing verdicts, excepted ones included.
    pub fail: u64,
    /// Failing verdicts that are excepted.
    #[serde(default)]
    pub excepted: u64,
    /// Verdicts nobody could reach.
    pub not_evaluated: u64,
    /// Policies applicable to this cluster.
    pub policies_applicable: u32,
    /// Policies evaluated on everything they apply to.
    pub policies_evaluated: u32,
}

/// What a finished scan, or a check of a connection, leaves for the router: written in the transaction that says its
/// outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxItem {
    /// Its id.
    pub id: OutboxId,
    /// The scan.
    pub scan: ScanId,
    /// Its cluster.
    pub cluster: ClusterId,
    /// When the scan finished.
    pub at: Timestamp,
    /// Whether this was the cluster's first finished scan, or the first that could read it: one baseline message tells of
    /// everything that is new then.
    pub first: bool,
    /// The cluster could not be read in this scan.
    pub unreadable: Option<Reason>,
    /// Whether the cluster became readable again, or unreadable, with this scan.
    pub readable_changed: bool,
    /// What changed: every finding that is new (not after a first scan), re-opened or resolved, or whose exception came or
    /// went.
    pub changes: Vec<Change>,
    /// A connection that stopped working or works again. The item is about nothing else then: `cluster` and `scan` only
    /// stand for it.
    #[serde(default)]
    pub connection: Option<ConnectionChange>,
}

/// One finding that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The finding.
    pub fingerprint: Fingerprint,
    /// Its policy.
    pub policy: PolicyId,
    /// Its severity.
    pub severity: Severity,
    /// What happened.
    pub what: ChangeKind,
}

/// What happened to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// Not seen before.
    New,
    /// Was resolved, fails again.
    Reopened,
    /// Does not fail any more, or its resource is gone from a complete list.
    Resolved,
    /// Still fails, and an exception covers it now.
    Excepted,
    /// Still fails, and the exception that covered it has ended or is gone.
    ExceptionEnded,
}

impl ChangeKind {
    /// Whether somebody has to be told of a finding: it fails, and did not, or did not count.
    #[must_use]
    pub fn opens(self) -> bool {
        matches!(self, Self::New | Self::Reopened | Self::ExceptionEnded)
    }
}
