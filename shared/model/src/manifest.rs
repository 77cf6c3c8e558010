//! What the last scan left behind, to compare the next one with.

mod text;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Fingerprint, PolicyId, Severity, Verdict};

/// What fails after a scan, and what failed and could not be judged since. A cluster of 50,000 pods has half a million of
/// them: an entry takes 56 bytes, and what many have in common stands in memory, and in the text, once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// One for each open finding, sorted by fingerprint.
    pub entries: Vec<ManifestEntry>,
}

/// One open finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestEntry {
    /// Its identity.
    pub fingerprint: Fingerprint,
    /// The fingerprint of the same policy about the whole resource: one verdict *not evaluated* there keeps this open.
    pub object: Fingerprint,
    /// What it has in common with others.
    pub about: Arc<About>,
    /// A hash over message, paths and observed value: when it differs, the finding's text is written again.
    pub hash: u64,
    /// [`Verdict::Fail`] or [`Verdict::NotEvaluated`] of what failed before.
    pub verdict: Verdict,
    /// Whether it is excepted, and so counts apart.
    pub excepted: bool,
}

/// What findings of a policy have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct About {
    /// The policy.
    pub policy: PolicyId,
    /// How bad.
    pub severity: Severity,
    /// The lists the verdict depends on, the resource's own list first, for example `pods`.
    pub lists: Vec<String>,
}

/// The entries of both, the newer ones where both have one: to be written, and read back as a [`Manifest`].
#[derive(Debug, Clone, Copy)]
pub struct Union<'m> {
    /// What an attempt found.
    pub newer: &'m Manifest,
    /// What earlier ones had found.
    pub earlier: &'m Manifest,
}

impl Manifest {
    /// The entry of a finding.
    #[must_use]
    pub fn get(&self, fingerprint: Fingerprint) -> Option<&ManifestEntry> {
        let at = self
            .entries
            .binary_search_by_key(&fingerprint, |entry| entry.fingerprint);
        self.entries.get(at.ok()?)
    }
}
