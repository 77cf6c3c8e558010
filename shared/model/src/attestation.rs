//! What a person says of a control that nobody measures.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A tenant's word that a control holds: by whom, on what evidence, and for how long. It never stands in
/// for what is measured.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attestation {
    /// Framework id, for example `cis-eks-1.8.0`.
    pub framework: String,
    /// The control's id in it, for example `4.5.1`.
    pub control: String,
    /// Only clusters whose name or id fits this glob; everywhere if none.
    pub cluster: Option<String>,
    /// The evidence: a text or a link; never empty.
    pub statement: String,
    /// Who says so and answers for it; never empty.
    pub by: String,
    /// When it ends; it counts no longer at that time.
    pub until: Timestamp,
}

impl Attestation {
    /// What it is about, of which there is one at a time: `cis-eks-1.8.0/4.5.1#prod-*`, with `*` for everywhere.
    #[must_use]
    pub fn subject(&self) -> String {
        let cluster = self.cluster.as_deref().unwrap_or("*");
        format!("{}/{}#{cluster}", self.framework, self.control)
    }

    /// Whether it counts at a time.
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> bool {
        now < self.until
    }
}
