//! One message to one destination.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{DeliveryId, IncidentId};

/// One message to one destination for one incident step or one summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id: the same for the same incident, step and destination.
    pub id: DeliveryId,
    /// The incident, if it is about one; summaries have none.
    pub incident: Option<IncidentId>,
    /// What step of the incident's life, for example `r0s1` or `resolved-2`: the sort key with the destination.
    pub step: String,
    /// Where it goes.
    pub destination: Destination,
    /// What to say.
    pub content: DeliveryContent,
    /// How far it is.
    pub state: DeliveryState,
    /// When it was made.
    pub created: Timestamp,
    /// Attempts so far.
    pub attempts: u32,
    /// Why the last attempt came to nothing, while the delivery waits for the next or that is under way.
    #[serde(default)]
    pub trouble: Option<String>,
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Destination {
    /// A Slack channel (`#security`) or user id.
    Slack(String),
    /// An e-mail address.
    Email(String),
}

impl Destination {
    /// A text that names it in keys.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Destination::Slack(channel) => format!("slack:{channel}"),
            Destination::Email(address) => format!("email:{address}"),
        }
    }
}

/// What a delivery says: the message's name (a folder of `templates/`) and the context it is rendered with, fixed when
/// the delivery is made, so that a retry says the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryContent {
    /// Folder in `templates/`.
    pub message: String,
    /// The context for its templates.
    pub context: serde_json::Value,
    /// For Slack: edit the message posted by this earlier delivery instead of posting, if it was posted.
    pub edits: Option<DeliveryId>,
    /// For Slack: post in the thread of this earlier delivery. For mail: continue its thread.
    pub thread: Option<DeliveryId>,
}

/// How far a delivery is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum DeliveryState {
    /// To be sent, not before `not_before`.
    Pending {
        /// Earliest time of the next attempt.
        not_before: Timestamp,
    },
    /// Somebody is sending it until `until`.
    Claimed {
        /// When the claim lapses.
        until: Timestamp,
    },
    /// Sent.
    Sent {
        /// When.
        at: Timestamp,
        /// What the far end calls it: Slack's `channel/ts`, a mail's message id, a file name.
        remote_id: String,
    },
    /// Given up, shown to the tenant.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}
