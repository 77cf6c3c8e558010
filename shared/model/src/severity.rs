//! How bad a finding is.

use serde::{Deserialize, Serialize};

/// Severity, worst first in order of declaration, so that sorting puts the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Lets somebody take over a node, a cluster or an account.
    Critical,
    /// A short step away from that.
    High,
    /// Weakens a defence.
    Medium,
    /// Good practice missing.
    Low,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// All of them, worst first.
    pub const ALL: [Severity; 5] = [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
        Severity::Info,
    ];

    /// The word for people and documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
            Severity::Info => "info",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.as_str() == word)
    }

    /// Whether this is as bad as `other` or worse.
    #[must_use]
    pub fn at_least(self, other: Severity) -> bool {
        self <= other
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
