//! A tenant's escalation policy: one document that says who is told what, when and how. Everything in it has an effect;
//! what it may not say is refused with its place, never ignored.

mod chains;
mod destinations;
mod duties;
mod error;
mod parts;
mod read;
mod reader;
mod routes;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use plimsoll_model::{Severity, Stage};
use serde::{Deserialize, Serialize};

pub use self::error::DocumentError;
use crate::clock::{Hours, WeekTime};
use crate::lapse::Lapse;

/// A validated escalation policy: every name in it refers to something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationPolicy {
    /// IANA name of the tenant's time zone.
    pub timezone: String,
    /// The first rule that matches names a cluster's stage.
    pub stages: Vec<StageRule>,
    /// People by the name the document gives them.
    pub people: BTreeMap<String, Person>,
    /// Duties that go round.
    pub schedules: BTreeMap<String, Schedule>,
    /// Hours of work.
    pub hours: BTreeMap<String, Hours>,
    /// The routing tree.
    pub route: Route,
    /// The named policies a route can use.
    pub policies: BTreeMap<String, NamedPolicy>,
    /// How long a finding of a severity may stay open in a stage.
    pub deadlines: BTreeMap<Severity, BTreeMap<Stage, Lapse>>,
    /// How much help a message gives, by stage.
    pub remediation: BTreeMap<Stage, Remediation>,
    /// The weekly summary, if anybody wants one.
    pub summary: Option<Summary>,
}

/// One stage rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRule {
    /// Tags or labels the cluster must have; values are patterns with `*`.
    pub tags: BTreeMap<String, String>,
    /// Patterns of names, of which the cluster's must match one; empty for any.
    pub cluster: Vec<String>,
    /// The stage.
    pub stage: Stage,
}

/// Somebody who can be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The name in the document.
    pub name: String,
    /// Slack user id.
    pub slack: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

/// People who take turns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The name in the document.
    pub name: String,
    /// Who takes turns, in this order.
    pub members: Vec<Person>,
    /// How often the duty goes on.
    pub rotate: Rotation,
}

/// When a duty goes on to the next member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Rotation {
    /// Once a day.
    Daily {
        /// At this local time.
        handover: jiff::civil::Time,
    },
    /// Once a week.
    Weekly {
        /// At this time of the week.
        handover: WeekTime,
    },
}

/// A node of the routing tree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// What it takes; empty at the root, which takes everything.
    pub matches: Match,
    /// Whether its later siblings are tried after it matched.
    pub go_on: bool,
    /// What it says; what it leaves out it inherits from its parent.
    pub options: RouteOptions,
    /// The first child that matches is taken; when none does, the node itself.
    pub children: Vec<Route>,
}

/// What a route says for itself and its descendants. All but `use` overrides the named policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteOptions {
    /// The named policy.
    pub uses: Option<String>,
    /// See [`NamedPolicy::repeat`].
    pub repeat: Option<Lapse>,
    /// See [`NamedPolicy::times_out`].
    pub times_out: Option<BTreeMap<Severity, Lapse>>,
    /// See [`NamedPolicy::quiet`].
    pub quiet: Option<Quiet>,
}

/// What a route takes: all that is said must hold, each by one of its values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// Severities.
    pub severity: Vec<Severity>,
    /// Stages.
    pub stage: Vec<Stage>,
    /// Patterns of cluster names.
    pub cluster: Vec<String>,
    /// Patterns of policy ids; `cluster-unreadable` stands for a cluster that cannot be read.
    pub policy: Vec<String>,
    /// Tags or labels of the cluster; values are patterns.
    pub tags: BTreeMap<String, String>,
}

/// Who is told, and what happens while nobody acts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedPolicy {
    /// The steps, in order; none to tell nobody before the weekly summary.
    pub steps: Vec<Step>,
    /// How long after the last step all of them are taken again, if at all.
    pub repeat: Option<Lapse>,
    /// How long an acknowledgement counts, by severity; for ever where nothing is said.
    pub times_out: BTreeMap<Severity, Lapse>,
    /// When some severities wait.
    pub quiet: Option<Quiet>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// Tell these.
    Notify(Vec<Target>),
    /// Wait for somebody to act.
    Wait(Lapse),
}

/// Whom a step tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// A Slack channel: `#name` or an id.
    Slack(String),
    /// An address.
    Email(String),
    /// A person.
    Person(Person),
    /// Whoever's turn it is.
    Schedule(Schedule),
}

/// Outside these hours these severities wait for the next time the hours begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// The hours in which everything is told.
    pub outside: Hours,
    /// The severities that wait.
    pub hold: Vec<Severity>,
}

/// How much help a message gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Remediation {
    /// It says what to do.
    #[default]
    Notify,
    /// It also shows the patch.
    Guided,
}

/// The weekly summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Who gets it: people, addresses, Slack channels.
    pub to: Vec<Target>,
    /// When, in the document's time zone.
    pub at: WeekTime,
}

impl EscalationPolicy {
    /// Reads and checks a document.
    ///
    /// # Errors
    /// Every mistake found, in the order of the text: broken YAML, unknown fields and names (with a suggestion), bad
    /// times and addresses, steps and rules that can never have an effect.
    pub fn parse(text: &str) -> Result<Self, Vec<DocumentError>> {
        read::document(text)
    }

    /// The time zone. Its name was checked when the document was read.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.timezone).unwrap_or(TimeZone::UTC)
    }

    /// The stage of a cluster with these tags and this name: that of the first rule that matches. Where no rule does,
    /// the cluster is treated as production: what nobody thought of shall be heard.
    #[must_use]
    pub fn stage_of(&self, cluster: &str, tags: &BTreeMap<String, String>) -> Stage {
        self.stages
            .iter()
            .find(|rule| {
                crate::pattern::any_or_empty(&rule.cluster, cluster)
                    && crate::pattern::tags(&rule.tags, tags)
            })
            .map_or(Stage::Prod, |rule| rule.stage)
    }

    /// When a finding of this severity in this stage should be fixed by, if it opened at `opened`.
    #[must_use]
    pub fn due(
        &self,
        severity: Severity,
        stage: Stage,
        opened: jiff::Timestamp,
    ) -> Option<jiff::Timestamp> {
        let lapse = self.deadlines.get(&severity)?.get(&stage)?;
        Some(lapse.after(opened))
    }

    /// How much help messages give in `stage`.
    #[must_use]
    pub fn remediation(&self, stage: Stage) -> Remediation {
        self.remediation.get(&stage).copied().unwrap_or_default()
    }
}
