//! The context of the weekly summary.

use serde::{Deserialize, Serialize};

use super::{FindingWords, SeverityCount};

/// What the weekly summary says, in the order in which it says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SummaryContext {
    /// The tenant's name.
    pub tenant: String,
    /// The week as it stands in keys: `2026-W47`.
    pub period: String,
    /// Its number.
    pub week: i8,
    /// Its days: `16–22 November 2026`.
    pub range: String,
    /// The time zone of all times in it.
    pub timezone: String,
    /// What changed, for the subject: `3 new, 12 fixed · CIS EKS 37.0 (+3.7)`.
    pub headline: String,
    /// Nothing is new, nothing was fixed.
    pub quiet: bool,
    /// Findings that are new or back, in all.
    pub new_count: usize,
    /// Of those, back after they had been fixed.
    pub reopened_count: usize,
    /// The worst of them, at most forty, none below medium.
    pub new: Vec<FindingWords>,
    /// The others, by severity.
    pub new_others: Vec<SeverityCount>,
    /// Clusters scanned for the first time in this week, whose findings are not called new.
    pub first_scans: Vec<ClusterLine>,
    /// What was fixed.
    pub fixed: Option<FixedLine>,
    /// Scores by framework.
    pub scores: Vec<ScoreLine>,
    /// What should have been fixed by now.
    pub overdue: Option<OverdueLine>,
    /// Exceptions that end soon.
    pub exceptions: Vec<ExceptionLine>,
    /// Attestations that have ended or end soon; at most ten lines.
    pub attestations: Vec<AttestationLine>,
    /// Lines beyond those.
    pub more_attestations: usize,
    /// The five worst open findings.
    pub worst: Vec<FindingWords>,
    /// Open findings in all.
    pub open: usize,
    /// What was not evaluated, and what mends it.
    pub not_evaluated: Vec<UnevaluatedLine>,
    /// The page of this week.
    pub url: Option<String>,
    /// Where one click stops these mails.
    pub unsubscribe: Option<String>,
}

/// A cluster in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterLine {
    /// Its name.
    pub name: String,
    /// Open findings.
    pub open: u32,
    /// Of those, critical.
    pub critical: u32,
}

/// What was fixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FixedLine {
    /// How many.
    pub count: u32,
    /// By severity.
    pub severities: Vec<SeverityCount>,
    /// How long the one in the middle had been open.
    pub median: String,
}

/// One framework's score over all clusters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScoreLine {
    /// Framework id.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Proven passes of applicable scored controls, in percent with one decimal.
    pub score: String,
    /// The same a week ago, if it was known.
    pub before: Option<String>,
    /// The difference with its sign: `+3.7`.
    pub change: Option<String>,
    /// Scored controls that apply, over all clusters.
    pub scored: u32,
    /// Of those, not evaluated.
    pub not_evaluated: u32,
    /// Of those not evaluated, attested by somebody.
    pub attested: u32,
    /// Widths of the bar's parts in percent, together 100: proven, not evaluated, the rest.
    pub bar: [u32; 3],
}

/// What should have been fixed by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OverdueLine {
    /// By severity.
    pub severities: Vec<SeverityCount>,
    /// By how long the oldest.
    pub oldest: String,
}

/// An exception that ends soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExceptionLine {
    /// What is excepted.
    pub title: String,
    /// The day on which it ends.
    pub ends: String,
}

/// Attestations that have ended or end soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttestationLine {
    /// Which controls, and who stands in for them.
    pub title: String,
    /// The last day, with its year.
    pub ends: String,
    /// Whether it is past, so that the controls are open again.
    pub ended: bool,
}

/// What was not evaluated in one cluster, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnevaluatedLine {
    /// The cluster's name.
    pub cluster: String,
    /// What is missing, and since when.
    pub what: String,
    /// The command that mends it.
    pub mend: Option<String>,
}
