//! Counts of verdicts and severities; field names are the public contract of report version 1.

use plimsoll_model::{Severity, Verdict};
use serde::{Deserialize, Serialize};

/// Verdicts by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct VerdictCounts {
    /// Passing.
    pub pass: u64,
    /// Failing, excepted ones included.
    pub fail: u64,
    /// Not applicable.
    pub not_applicable: u64,
    /// For a person to judge.
    pub manual: u64,
    /// Not evaluated.
    pub not_evaluated: u64,
}

impl VerdictCounts {
    /// Counts one more.
    pub fn add(&mut self, verdict: Verdict) {
        self.add_many(verdict, 1);
    }

    /// Counts `many` more.
    pub fn add_many(&mut self, verdict: Verdict, many: u64) {
        match verdict {
            Verdict::Pass => self.pass += many,
            Verdict::Fail => self.fail += many,
            Verdict::NotApplicable => self.not_applicable += many,
            Verdict::Manual => self.manual += many,
            Verdict::NotEvaluated => self.not_evaluated += many,
        }
    }
}

/// Counts by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeverityCounts {
    /// Critical.
    pub critical: u64,
    /// High.
    pub high: u64,
    /// Medium.
    pub medium: u64,
    /// Low.
    pub low: u64,
    /// Info.
    pub info: u64,
}

impl SeverityCounts {
    /// Counts one more.
    pub fn add(&mut self, severity: Severity) {
        self.add_many(severity, 1);
    }

    /// Counts `many` more.
    pub fn add_many(&mut self, severity: Severity, many: u64) {
        *match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Info => &mut self.info,
        } += many;
    }

    /// The count of one severity.
    #[must_use]
    pub fn of(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
            Severity::Info => self.info,
        }
    }

    /// How many are as bad as `severity` or worse.
    #[must_use]
    pub fn at_least(&self, severity: Severity) -> u64 {
        Severity::ALL
            .into_iter()
            .filter(|other| other.at_least(severity))
            .map(|other| self.of(other))
            .sum()
    }
}
