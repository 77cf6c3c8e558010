//! A failing verdict that lives through scans.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ClusterId, Excepted, Fingerprint, PolicyId, ResourceRef, ScanId, Severity};

/// A finding with its evidence and history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Its identity.
    pub fingerprint: Fingerprint,
    /// Where it lives.
    pub cluster: ClusterId,
    /// The policy that fails.
    pub policy: PolicyId,
    /// The policy's title, as it was when the finding was last written.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// The resource.
    pub resource: Arc<ResourceRef>,
    /// The element in it.
    pub element: Option<String>,
    /// Places in the resource.
    pub paths: Vec<String>,
    /// The value seen, unless it may be secret.
    pub observed: Option<String>,
    /// One sentence part.
    pub message: String,
    /// Open or resolved.
    pub state: FindingState,
    /// What excepts it, if something does: it is open, counts apart, and nobody is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excepted: Option<Arc<Excepted>>,
    /// First scan time at which it failed.
    pub first_seen: Timestamp,
    /// When it was re-opened last, if ever.
    pub reopened: Option<Timestamp>,
    /// When it was resolved, if it is.
    pub resolved: Option<Timestamp>,
    /// The scan that wrote it last.
    pub scan: ScanId,
}

/// Whether a finding fails now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingState {
    /// It fails, or nobody could tell since it failed.
    Open,
    /// It was seen to pass, or its resource is gone from a complete list.
    Resolved,
}
