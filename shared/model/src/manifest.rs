//! What the last scan left behind, to compare the next one with.

use serde::{Deserialize, Serialize};

use crate::{Fingerprint, PolicyId, Severity, Verdict};

/// Every verdict of a scan that is not a pass, sorted by fingerprint, and which lists were incomplete.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The verdicts.
    pub entries: Vec<ManifestEntry>,
}

/// One verdict that is not a pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestEntry {
    /// Its identity.
    pub fingerprint: Fingerprint,
    /// The policy.
    pub policy: PolicyId,
    /// How bad.
    pub severity: Severity,
    /// The lists the verdict depends on, the resource's own list first, for example `pods`.
    pub lists: Vec<String>,
    /// [`Verdict::Fail`] or [`Verdict::NotEvaluated`] of what failed before.
    pub verdict: Verdict,
    /// A hash over message, paths and observed value: when it differs, the finding's text is written again.
    pub hash: u64,
}
