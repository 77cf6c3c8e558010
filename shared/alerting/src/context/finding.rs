//! One finding in words.

use jiff::tz::TimeZone;
use plimsoll_model::Finding;
use serde::{Deserialize, Serialize};

use super::{Links, When, one_line};

/// A finding as messages show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingWords {
    /// Kind, for example `Deployment`.
    pub kind: String,
    /// `payments/ledger`.
    pub name: String,
    /// What is wrong with it: `container app runs privileged`.
    pub message: String,
    /// The first place in it.
    pub path: Option<String>,
    /// The value seen there, unless it may be secret.
    pub observed: Option<String>,
    /// Whether people were not told of it before this message.
    pub new: bool,
    /// Whether it had been fixed before.
    pub reopened: bool,
    /// When it was first seen failing.
    pub since: When,
    /// Its page.
    pub url: Option<String>,
    /// How bad it is, where a message mixes severities.
    pub severity: String,
    /// Its cluster's name, where a message mixes clusters.
    pub cluster: String,
    /// What is being done about it: `due 28 Nov; INC-1042 acknowledged by Ana`.
    pub note: Option<String>,
}

impl FindingWords {
    /// Puts `finding` into words.
    pub(crate) fn of(
        finding: &Finding,
        cluster: &str,
        new: bool,
        zone: &TimeZone,
        links: &Links,
        tenant: &str,
    ) -> Self {
        Self {
            kind: one_line(&finding.resource.kind, 63),
            name: one_line(&finding.resource.short_name(), 140),
            message: one_line(&finding.message, 240),
            path: finding.paths.first().map(|path| one_line(path, 200)),
            observed: finding
                .observed
                .as_deref()
                .map(|value| one_line(value, 120)),
            new,
            reopened: finding.reopened.is_some(),
            since: When::of(finding.reopened.unwrap_or(finding.first_seen), zone),
            url: links.to(tenant, &format!("findings/{}", finding.fingerprint)),
            severity: finding.severity.to_string(),
            cluster: cluster.to_owned(),
            note: None,
        }
    }
}
