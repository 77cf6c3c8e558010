//! Who did what, for the tenant to read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One line of a tenant's audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who: a person as the tenant names them, or `plimsoll`.
    pub actor: String,
    /// The named act, for example `escalationPolicyChanged`.
    pub action: String,
    /// What it was done to: an id.
    pub subject: String,
    /// A sentence for people.
    pub text: String,
}
