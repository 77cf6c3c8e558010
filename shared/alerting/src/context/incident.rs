//! The context of every message about an incident.

use serde::{Deserialize, Serialize};

use super::{FindingWords, When};
use crate::decide::Reason;

/// What messages about an incident can say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IncidentContext {
    /// The tenant's name.
    pub tenant: String,
    /// The incident's id, the value of its buttons.
    pub id: String,
    /// `INC-1042`.
    pub number: String,
    /// Which write of the incident this tells: a later message has a larger one.
    pub revision: u64,
    /// Why it is sent.
    pub reason: Reason,
    /// `critical`.
    pub severity: String,
    /// `Critical`.
    pub severity_word: String,
    /// The cluster's name.
    pub cluster: String,
    /// Its stage.
    pub stage: String,
    /// What it is about, the same for the incident's whole life: `containers run privileged`.
    pub subject: String,
    /// What is true now, without a full stop: `2 containers run privileged in prod-eu-1`.
    pub sentence: String,
    /// The same as it begins a sentence: with a large letter, unless it begins with the cluster's name.
    pub lead: String,
    /// What is new, a whole sentence.
    pub news: String,
    /// `open`, `acknowledged`, `snoozed` or `resolved`.
    pub state: String,
    /// Whether it went beyond its first step and nobody has acted since.
    pub escalated: bool,
    /// Findings open now.
    pub open: usize,
    /// Some of them by name, news first; for a resolved incident those that were fixed.
    pub findings: Vec<FindingWords>,
    /// How many more there are.
    pub more: usize,
    /// Why it matters.
    pub why: Option<String>,
    /// What to do.
    pub fix: Option<String>,
    /// The patch, where the tenant wants guidance.
    pub patch: Option<String>,
    /// Controls it counts for.
    pub controls: Vec<String>,
    /// When it opened.
    pub opened: When,
    /// When it is to be fixed by.
    pub due: Option<When>,
    /// Whether that has passed.
    pub overdue: bool,
    /// What happens if nobody acts.
    pub next: Option<NextWords>,
    /// The step this message is.
    pub step: Option<StepWords>,
    /// Who took it.
    pub acknowledged: Option<AcknowledgedWords>,
    /// Who asked for quiet.
    pub snoozed: Option<SnoozedWords>,
    /// How it ended.
    pub resolved: Option<ResolvedWords>,
    /// Why the cluster cannot be read, or its connection does not work, when that is what the incident is about.
    pub unreadable: Option<UnreadableWords>,
    /// Its page.
    pub url: Option<String>,
    /// Whether Slack's buttons are answered.
    pub buttons: bool,
}

/// What happens next by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NextWords {
    /// When.
    pub at: When,
    /// Who is told then: `on-call`, `#security and ana`.
    pub who: String,
    /// Whether those were told before.
    pub again: bool,
}

/// The step a message is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StepWords {
    /// Counted from 1.
    pub number: u32,
    /// The chain's name.
    pub chain: String,
    /// The people it addresses by name.
    pub mentions: Vec<Mention>,
}

/// Somebody addressed by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mention {
    /// The name in the tenant's document.
    pub name: String,
    /// Slack user id.
    pub slack: Option<String>,
    /// The schedule whose turn makes it them.
    pub duty: Option<String>,
}

/// Who took an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcknowledgedWords {
    /// Who.
    pub by: String,
    /// When.
    pub at: When,
    /// When people are asked again.
    pub until: Option<When>,
}

/// Who asked for quiet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SnoozedWords {
    /// Who.
    pub by: String,
    /// Until when.
    pub until: When,
}

/// How an incident ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResolvedWords {
    /// When.
    pub at: When,
    /// How long it was open, in words.
    pub after: String,
}

/// Why a cluster cannot be read, or a connection does not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnreadableWords {
    /// What is the case, as it stands in subjects: `can no longer be read`.
    pub what: String,
    /// What is missing or went wrong.
    pub need: String,
    /// What to do, whole sentences; none where the lines say it all.
    pub act: Option<String>,
    /// Commands that mend it, or lines to put somewhere.
    pub mend: Vec<String>,
    /// Since when.
    pub since: When,
}
