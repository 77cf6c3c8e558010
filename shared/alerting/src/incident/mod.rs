//! The life of an incident as pure transitions: incident and event in, incident, deliveries and log out. A function
//! loads, calls one of these, and writes the whole outcome in one transaction, conditional on the revision it loaded.

mod answer;
mod change;
mod draft;
mod notices;
mod open;
mod teller;
#[cfg(test)]
mod tests;
mod wake;

use jiff::Timestamp;
use plimsoll_model::{
    ConnectionId, ConnectionTrouble, Delivery, Finding, Incident, IncidentState, LogEntry,
    Reason as Unread, Tenant, WakeUp,
};

pub use self::answer::{acknowledge, give_back, snooze};
pub use self::change::{
    REOPENS_WITHIN_DAYS, apply_changes, connection_changed, readable_again, reopens,
};
pub use self::notices::{baseline, summary_deliveries, test_message};
pub use self::open::{Opening, open_incident};
pub use self::wake::on_wake_up;
use crate::chain::Chain;
use crate::context::{Links, PolicyWords};
use crate::decide::Reason;

/// What every transition needs to know besides the incident.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// Whose incident it is.
    pub tenant: &'a Tenant,
    /// Where messages point to.
    pub links: &'a Links,
    /// The time.
    pub now: Timestamp,
}

/// What an incident is about.
#[derive(Debug, Clone, Copy)]
pub enum Topic<'a> {
    /// Findings of one policy in one cluster.
    Policy {
        /// What the policy says of itself.
        words: &'a PolicyWords,
        /// The findings of that policy in that cluster, at least those that are open in the incident or were before;
        /// others are ignored, the order does not matter.
        findings: &'a [Finding],
    },
    /// A cluster that cannot be read.
    Unreadable {
        /// Why, and what mends it.
        reason: &'a Unread,
        /// Since when.
        since: Timestamp,
    },
    /// A connection that does not work, or that we stopped using.
    Connection {
        /// Which.
        connection: &'a ConnectionId,
        /// What is wrong with it.
        trouble: &'a ConnectionTrouble,
    },
}

/// What a transition leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The incident afterwards. When anything changed, its revision is one more than that of the incident given.
    pub incident: Incident,
    /// New messages. Repeating the transition on the same incident makes the same ones, with the same ids.
    pub deliveries: Vec<Delivery>,
    /// New lines of its log.
    pub log: Vec<LogEntry>,
    /// What was decided; none when there was nothing to do or say. Without one nothing needs to be written unless
    /// [`Outcome::changed`].
    pub reason: Option<Reason>,
}

impl Outcome {
    /// Nothing happens.
    fn nothing(incident: Incident) -> Self {
        Self {
            incident,
            deliveries: Vec::new(),
            log: Vec::new(),
            reason: None,
        }
    }

    /// Whether there is anything to write: the incident differs from the one with `revision`.
    #[must_use]
    pub fn changed(&self, revision: u64) -> bool {
        self.incident.revision != revision
    }
}

/// Sets the next wake-up: the earliest of what the incident's state waits for.
fn set_wake_up(incident: &mut Incident, now: Timestamp) {
    let due = incident
        .due
        .filter(|_| !incident.overdue_told && !incident.audience.is_empty())
        .map(|due| loud_from(&Chain::kept_in(incident), due.max(now)));
    let at = match &incident.state {
        IncidentState::Open => incident.chain_at.into_iter().chain(due).min(),
        IncidentState::Acknowledged(acknowledgement) => {
            acknowledgement.until.into_iter().chain(due).min()
        }
        IncidentState::Snoozed { until, .. } => Some(*until),
        IncidentState::Resolved { .. } => None,
    };
    incident.wake_up = at.map(|at| WakeUp {
        at,
        step: incident.step,
        round: incident.round,
    });
}

/// The first time from `at` on at which the chain may tell people something.
fn loud_from(chain: &Chain, at: Timestamp) -> Timestamp {
    let zone = chain.zone();
    match &chain.quiet {
        Some(hours) if !hours.hold(at, &zone) => hours.next_start(at, &zone),
        _ => at,
    }
}

fn log(now: Timestamp, reason: Reason, text: impl Into<String>) -> LogEntry {
    LogEntry {
        at: now,
        reason: reason.as_str().to_owned(),
        text: text.into(),
    }
}
