//! The one message about a cluster's first scan.

use plimsoll_model::{Cluster, Severity};
use serde::{Deserialize, Serialize};

use super::{Links, When, capital, one_line};

/// What the message about a first scan says: how much there is, and that only changes are sent from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BaselineContext {
    /// The tenant's name.
    pub tenant: String,
    /// The cluster's name.
    pub cluster: String,
    /// Its stage.
    pub stage: String,
    /// When it was scanned.
    pub scanned: When,
    /// Findings in all.
    pub findings: u32,
    /// By severity, worst first, without zeros.
    pub severities: Vec<SeverityCount>,
    /// Policies evaluated on everything they apply to.
    pub evaluated: u32,
    /// Policies that apply.
    pub applicable: u32,
    /// The cluster's page.
    pub url: Option<String>,
}

/// How many findings of one severity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeverityCount {
    /// `critical`.
    pub severity: String,
    /// `Critical`.
    pub word: String,
    /// How many.
    pub count: u32,
    /// Share of the most frequent severity, in percent, for a bar; at least 1.
    pub width: u32,
}

/// Counts of `open` in words, worst first.
pub(crate) fn severity_counts(open: &[(Severity, u32)]) -> Vec<SeverityCount> {
    let mut open: Vec<_> = open.iter().filter(|(_, count)| *count > 0).collect();
    open.sort();
    let most = open.iter().map(|(_, count)| *count).max().unwrap_or(1);
    open.into_iter()
        .map(|(severity, count)| SeverityCount {
            severity: severity.to_string(),
            word: capital(severity.as_str()),
            count: *count,
            width: super::percent(*count, most).max(1),
        })
        .collect()
}

impl BaselineContext {
    /// The first scan of `cluster`, whose counts are those of that scan.
    pub(crate) fn of(
        tenant: &plimsoll_model::Tenant,
        cluster: &Cluster,
        scanned: When,
        links: &Links,
    ) -> Self {
        Self {
            tenant: one_line(&tenant.name, 80),
            cluster: cluster.shown_name(),
            stage: cluster.stage.to_string(),
            scanned,
            findings: cluster.open.iter().map(|(_, count)| count).sum(),
            severities: severity_counts(&cluster.open),
            evaluated: cluster.counts.policies_evaluated,
            applicable: cluster.counts.policies_applicable,
            url: links.to(&tenant.slug, &format!("clusters/{}", cluster.name)),
        }
    }
}
