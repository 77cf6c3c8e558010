//! How we reach what a tenant owns.

mod check;
mod endpoint;
mod words;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::check::{Check, CheckKind, CheckOutcome, Checked};
pub use self::endpoint::{Endpoint, EndpointAccess, token_secret};
pub use self::words::{NextStep, Standing, mended};
use crate::{
    Cluster, ClusterId, ConnectionId, Lease, NodeRoute, Provider, Readable, ScanCounts, Stage,
};

/// An AWS account, or one cluster by context or endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// What it reaches.
    pub kind: ConnectionKind,
    /// The stage of all its clusters, where the tenant says so here.
    pub stage: Option<Stage>,
    /// How evidence of the nodes of its clusters is had, where the tenant chose a way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_evidence: Option<NodeRoute>,
    /// Whether it works.
    pub state: ConnectionState,
    /// When the account or cluster is next due for a scan.
    pub next_scan: Timestamp,
    /// What was checked of it last, and when it is checked next.
    #[serde(default)]
    pub checked: Checked,
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
    /// A cluster by the address of its API server.
    Endpoint(Box<Endpoint>),
}

/// The state of a connection. [`Connection::standing`] says it to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum ConnectionState {
    /// Nobody has answered yet.
    Waiting,
    /// It lets us in; not every check has an outcome yet, and nothing is read.
    Verifying,
    /// It works; nobody else is let in by what lets us in.
    Connected,
    /// It worked before and does not now, or only in part.
    Degraded {
        /// What happened.
        reason: String,
        /// What the tenant should do.
        mend: NextStep,
        /// Since when.
        since: Timestamp,
    },
    /// We stopped using it, because others are let in by it.
    Suspended {
        /// What happened.
        reason: String,
        /// What the tenant should do.
        mend: NextStep,
        /// Since when.
        since: Timestamp,
    },
}

/// What is wrong with a connection, as its tenant is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionTrouble {
    /// Whether we stopped using it.
    pub suspended: bool,
    /// Whether a part of it can still be read.
    pub in_part: bool,
    /// What happened.
    pub reason: String,
    /// What the tenant should do.
    pub mend: NextStep,
    /// Since when.
    pub since: Timestamp,
}

/// A connection stopped working, or works again: what an outbox item says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionChange {
    /// Which.
    pub connection: ConnectionId,
    /// What is wrong; none when it works again.
    pub trouble: Option<ConnectionTrouble>,
}

impl ConnectionState {
    /// The state in one word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            ConnectionState::Waiting => "waiting",
            ConnectionState::Verifying => "verifying",
            ConnectionState::Connected => "connected",
            ConnectionState::Degraded { .. } => "degraded",
            ConnectionState::Suspended { .. } => "suspended",
        }
    }
}

impl Connection {
    /// A connection that nobody has answered yet, due at once.
    #[must_use]
    pub fn new(
        id: ConnectionId,
        kind: ConnectionKind,
        stage: Option<Stage>,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            kind,
            stage,
            node_evidence: None,
            state: ConnectionState::Waiting,
            next_scan: now,
            checked: Checked::default(),
        }
    }

    /// When somebody has to look at it: for its scan or for its checks, whichever comes first.
    #[must_use]
    pub fn due(&self) -> Timestamp {
        let next = self.checked.next;
        next.map_or(self.next_scan, |next| next.min(self.next_scan))
    }

    /// What is wrong with it, if anything is that its tenant has to mend.
    #[must_use]
    pub fn trouble(&self) -> Option<ConnectionTrouble> {
        let (suspended, (reason, mend, since)) = match &self.state {
            ConnectionState::Degraded {
                reason,
                mend,
                since,
            } => (false, (reason, mend, since)),
            ConnectionState::Suspended {
                reason,
                mend,
                since,
            } => (true, (reason, mend, since)),
            _ => return None,
        };
        let lets_us_in = match self.kind {
            ConnectionKind::Endpoint(_) => CheckKind::TokenAccepted,
            _ => CheckKind::RoleAnswers,
        };
        let of_a_part = |check: &Check| {
            matches!(
                check.kind,
                CheckKind::RegionsListed { .. } | CheckKind::ListsAllowed
            )
        };
        Some(ConnectionTrouble {
            suspended,
            in_part: !suspended
                && self.checked.outcome(&lets_us_in) == Some(&CheckOutcome::Passed)
                && self.checked.failed().all(of_a_part),
            reason: reason.clone(),
            mend: mend.clone(),
            since: *since,
        })
    }

    /// What stands for the connection where findings and incidents stand for a cluster: it is stored nowhere.
    #[must_use]
    pub fn as_scope(&self, stage: Stage) -> Cluster {
        let (name, provider, account) = match &self.kind {
            ConnectionKind::Aws { account, .. } => (account, Provider::Aws, Some(account.clone())),
            ConnectionKind::KubeContext { context } => (context, Provider::Other, None),
            ConnectionKind::Endpoint(endpoint) => (&endpoint.name, endpoint.provider, None),
        };
        Cluster {
            id: ClusterId::of(&[self.id.as_str(), "connection"]),
            connection: self.id.clone(),
            name: name.clone(),
            provider,
            region: None,
            account,
            version: None,
            tags: std::collections::BTreeMap::new(),
            stage,
            readable: Readable::Unknown,
            next_scan: self.next_scan,
            last_scan: None,
            last_scan_at: None,
            counts: ScanCounts::default(),
            open: Vec::new(),
            scores: Vec::new(),
            manifest: None,
            pending_manifest: None,
            lease: Lease::default(),
        }
    }
}
