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

/// What makes a failing verdict an excepted one: it goes on failing, counts apart and stops no pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Excepted {
    /// What says so: the annotation's name, or the file and line of the rule.
    pub id: String,
    /// Where it is said.
    pub origin: ExceptionOrigin,
    /// Why it is accepted; never empty.
    pub reason: String,
    /// Who approved it, where that is said.
    pub approved_by: Option<String>,
    /// When it ends; it counts no longer at that time. Without end if none.
    pub until: Option<Timestamp>,
}

/// Where an exception is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ExceptionOrigin {
    /// In an annotation of the object or of its pod template.
    Annotation,
    /// In a file of exceptions.
    File,
}
