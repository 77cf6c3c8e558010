//! How we reach what a tenant owns.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ConnectionId, Stage};

/// An AWS account, or one cluster by context or endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// What it reaches.
    pub kind: ConnectionKind,
    /// The stage of all its clusters, where the tenant says so here.
    pub stage: Option<Stage>,
    /// Whether it works.
    pub state: ConnectionState,
    /// When the account or cluster is next due for a scan.
    pub next_scan: Timestamp,
}

/// What a connection reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ConnectionKind {
    /// An AWS account through a role that trusts our ExternalId.
    Aws {
        /// Twelve digits.
        account: String,
        /// The role's name.
        role: String,
        /// Made by us, never taken from a form.
        external_id: String,
        /// Regions to look for clusters in.
        regions: Vec<String>,
    },
    /// A context of the operator's kubeconfig (`plimsoll up` only).
    KubeContext {
        /// The context's name.
        context: String,
    },
}

/// The state of a connection, with what to tell its tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum ConnectionState {
    /// Nobody has answered yet.
    Waiting,
    /// It works; the role refuses wrong ExternalIds.
    Connected,
    /// It worked before and does not now.
    Degraded {
        /// What happened.
        reason: String,
        /// What the tenant should do.
        mend: String,
        /// Since when.
        since: Timestamp,
    },
    /// We stopped using it, because the role lets others in.
    Suspended {
        /// What happened.
        reason: String,
        /// What the tenant should do.
        mend: String,
        /// Since when.
        since: Timestamp,
    },
}
