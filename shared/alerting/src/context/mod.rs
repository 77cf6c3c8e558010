//! The typed context of each message: what a template may say, already in words, with every stranger's text on one
//! line and cut. It is stored with the delivery, so that a retry says the same.

mod baseline;
mod finding;
mod incident;
mod news;
mod of_incident;
mod summary;
mod test_message;
mod when;
mod words;

pub(crate) use self::baseline::severity_counts;
pub use self::baseline::{BaselineContext, SeverityCount};
pub use self::finding::FindingWords;
pub use self::incident::{
    AcknowledgedWords, IncidentContext, Mention, NextWords, ResolvedWords, SnoozedWords, StepWords,
    UnreadableWords,
};
pub(crate) use self::of_incident::{Saying, incident_context, no_longer};
pub use self::summary::{
    AttestationLine, ClusterLine, ExceptionLine, FixedLine, OverdueLine, ScoreLine, SummaryContext,
    UnevaluatedLine,
};
pub use self::test_message::TestMessageContext;
pub use self::when::When;
pub use self::words::PolicyWords;
pub(crate) use self::words::{capital, lower_first, one_line};

/// The addresses of pages that messages point to. Without a base there are no links: a message then says what to type,
/// or that there is nothing to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// Where the service answers, without a final `/`, for example `https://plimsoll.example`.
    pub base: Option<String>,
    /// Whether somebody answers Slack's buttons; they are left out otherwise.
    pub buttons: bool,
}

impl Links {
    /// `{base}/t/{tenant}/{path}`.
    #[must_use]
    pub fn to(&self, tenant: &str, path: &str) -> Option<String> {
        let base = self.base.as_deref()?.trim_end_matches('/');
        Some(if path.is_empty() {
            format!("{base}/t/{tenant}")
        } else {
            format!("{base}/t/{tenant}/{path}")
        })
    }
}

/// `part` of `whole` in whole percent, at most 100.
pub(crate) fn percent(part: u32, whole: u32) -> u32 {
    u32::try_from(u64::from(part) * 100 / u64::from(whole.max(1))).map_or(100, |p| p.min(100))
}
