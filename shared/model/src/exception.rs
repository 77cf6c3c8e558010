//! A tenant's accepted finding.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ClusterId, ExceptionId, Fingerprint, PolicyId};

/// What a tenant accepts, why, and for how long. Excepted findings go on being evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Its id.
    pub id: ExceptionId,
    /// The policy it is about.
    pub policy: PolicyId,
    /// Only in this cluster; everywhere if none.
    pub cluster: Option<ClusterId>,
    /// Only in this namespace; everywhere if none.
    pub namespace: Option<String>,
    /// Only this finding; all in scope if none.
    pub fingerprint: Option<Fingerprint>,
    /// Why it is accepted.
    pub reason: String,
    /// Who approved it.
    pub approved_by: String,
    /// Since when.
    pub created: Timestamp,
    /// When it ends; it counts no longer at that time. Without end if none.
    pub expires: Option<Timestamp>,
}
