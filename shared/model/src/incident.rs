//! What somebody must be told about.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ClusterId, ConnectionId, DeliveryId, Destination, Fingerprint, IncidentId, PolicyId, Severity,
    Stage,
};

/// The findings of one policy in one cluster that somebody must be told about, or a cluster that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// Running number for people: `INC-1042`.
    pub number: u32,
    /// Where.
    pub cluster: ClusterId,
    /// The cluster's name.
    pub cluster_name: String,
    /// The cluster's stage when it opened.
    pub stage: Stage,
    /// The connection, where the incident is about one: `cluster` is then what stands for it.
    #[serde(default)]
    pub connection: Option<ConnectionId>,
    /// The policy; none for "cannot be read".
    pub policy: Option<PolicyId>,
    /// Title for people, for example `Container runs privileged`.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// The findings open in it.
    pub open: BTreeSet<Fingerprint>,
    /// How many it has had in all.
    pub total: u32,
    /// Open, acknowledged, …
    pub state: IncidentState,
    /// When it opened.
    pub opened: Timestamp,
    /// When it should be fixed by, if a deadline applies.
    pub due: Option<Timestamp>,
    /// The escalation policy (one named chain with its options) as it was when the incident opened, as JSON.
    pub escalation: serde_json::Value,
    /// The name of that chain.
    pub escalation_name: String,
    /// Steps already taken.
    pub step: u32,
    /// How often the chain has been repeated.
    pub round: u32,
    /// What the people were told last.
    pub told: BTreeSet<Fingerprint>,
    /// When they were told last.
    pub told_at: Option<Timestamp>,
    /// Everybody told so far, with the message that began their thread.
    #[serde(default)]
    pub audience: Vec<Thread>,
    /// When the chain goes on, while nobody acts; `wake_up` may come earlier for another reason.
    #[serde(default)]
    pub chain_at: Option<Timestamp>,
    /// Whether people were told that it is overdue.
    #[serde(default)]
    pub overdue_told: bool,
    /// The next thing to do by itself.
    pub wake_up: Option<WakeUp>,
    /// Counts writes; every write is conditional on it.
    pub revision: u64,
}

/// The messages about an incident to one destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Where.
    pub destination: Destination,
    /// The first message there: Slack edits it and replies below it, mail refers to it.
    pub root: DeliveryId,
}

/// Whether anybody needs to act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum IncidentState {
    /// Nobody has acted.
    Open,
    /// Somebody has taken it.
    Acknowledged(Acknowledgement),
    /// Quiet until a time.
    Snoozed {
        /// Who asked.
        by: String,
        /// Until when.
        until: Timestamp,
    },
    /// All its findings are resolved or excepted.
    Resolved {
        /// When.
        at: Timestamp,
    },
}

/// Who took an incident, and for how long that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it lapses, if the tenant's policy says so.
    pub until: Option<Timestamp>,
}

/// A thing an incident wants to do at a time; it counts only while the incident is still at `step` and `round`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WakeUp {
    /// When.
    pub at: Timestamp,
    /// The step it was meant for.
    pub step: u32,
    /// The round it was meant for.
    pub round: u32,
}

/// One line of an incident's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// When.
    pub at: Timestamp,
    /// The named reason, for example `first`, `newFindings`, `escalated`.
    pub reason: String,
    /// A sentence for people.
    pub text: String,
}

impl Incident {
    /// Whether it is not resolved.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.state, IncidentState::Resolved { .. })
    }
}
