//! What the last scan left behind, to compare the next one with.

use serde::{Deserialize, Serialize};

use crate::{Fingerprint, PolicyId, Severity, Verdict};

/// What fails after a scan, and what failed and could not be judged since, sorted by fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// One for each open finding.
    pub entries: Vec<ManifestEntry>,
}

/// One open finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestEntry {
    /// Its identity.
    pub fingerprint: Fingerprint,
    /// The fingerprint of the same policy about the whole resource: one verdict *not evaluated* there keeps this open.
    pub object: Fingerprint,
    /// The policy.
    pub policy: PolicyId,
    /// How bad.
    pub severity: Severity,
    /// The lists the verdict depends on, the resource's own list first, for example `pods`.
    pub lists: Vec<String>,
    /// [`Verdict::Fail`] or [`Verdict::NotEvaluated`] of what failed before.
    pub verdict: Verdict,
    /// Whether it is excepted, and so counts apart.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub excepted: bool,
    /// A hash over message, paths and observed value: when it differs, the finding's text is written again.
    pub hash: String,
}
