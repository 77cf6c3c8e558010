//! What a week was: the weekly summary from the tables' state at its end.

use std::collections::BTreeMap;

use std::cmp::Reverse;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use plimsoll_model::{
    Cluster, ClusterId, Finding, FindingState, FrameworkScore, Incident, Reason, Severity, Tenant,
};

use self::words::Words;
use crate::clock::week_name;
use crate::context::{
    AttestationLine, ClusterLine, ExceptionLine, FixedLine, Links, OverdueLine, SeverityCount,
    SummaryContext, When, one_line, severity_counts,
};
use crate::document::EscalationPolicy;
use crate::lapse::in_words;

mod scores;
#[cfg(test)]
mod tests;
mod unevaluated;
mod words;

/// Findings by name, at most: mail readers cut long mails off.
const LISTED: usize = 40;
/// What is less severe is counted and not listed: who reads on to the end should have found what matters.
const LEAST_LISTED: Severity = Severity::Medium;
/// How many are worst.
const WORST: usize = 5;
/// Lines about attestations, at most.
const ENDING: usize = 10;

/// What the summary is made of.
#[derive(Debug, Clone, Copy)]
pub struct Week<'a> {
    /// Whose week.
    pub tenant: &'a Tenant,
    /// The policy in force: time zone and deadlines.
    pub policy: &'a EscalationPolicy,
    /// The week: its beginning, and its end (exclusive); see [`crate::last_week`].
    pub from: Timestamp,
    /// See `from`.
    pub to: Timestamp,
    /// All clusters.
    pub clusters: &'a [ClusterWeek<'a>],
    /// Every open finding, and every one resolved within the week; others are ignored, the order does not matter.
    pub findings: &'a [Finding],
    /// Incidents not resolved.
    pub incidents: &'a [Incident],
    /// Exceptions that end soon: what is excepted, and when it ends.
    pub exceptions: &'a [(String, Timestamp)],
    /// Attestations that have ended or end soon, the first to end first.
    pub attestations: &'a [AttestationEnd],
    /// Where messages point to.
    pub links: &'a Links,
}

/// Attestations that end on the same day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationEnd {
    /// Which controls, and who stands in for them.
    pub what: String,
    /// When they end: the last second of a day, UTC.
    pub until: Timestamp,
    /// Whether that is past.
    pub ended: bool,
}

/// A cluster over the week.
#[derive(Debug, Clone, Copy)]
pub struct ClusterWeek<'a> {
    /// The cluster as it is at the end.
    pub cluster: &'a Cluster,
    /// When its first scan finished, if it has one: what that scan found is not called new.
    pub first_scan_at: Option<Timestamp>,
    /// Its scores at the beginning of the week; empty if there were none.
    pub scores_before: &'a [FrameworkScore],
    /// Why some of its policies were not evaluated, if they were not: one entry a reason.
    pub missing: &'a [Reason],
    /// The customer's role through which its account is read, if it is.
    pub role: Option<&'a str>,
}

/// Puts a week into words.
#[must_use]
pub fn summarise(week: &Week<'_>) -> SummaryContext {
    let zone = week.policy.zone();
    let words = Words::new(week, &zone);
    let changed = |finding: &&Finding| week.is_new(finding) || week.is_back(finding);
    let mut new: Vec<&Finding> = week.findings.iter().filter(changed).collect();
    new.sort_by_cached_key(|finding| order(week, finding));
    let listed = |finding: &&&Finding| finding.severity <= LEAST_LISTED;
    let listed = new.iter().filter(listed).count().min(LISTED);
    let others: Vec<Severity> = new.iter().skip(listed).map(|one| one.severity).collect();
    let reopened_count = new.iter().filter(|finding| week.is_back(finding)).count();
    let mut open: Vec<&Finding> = week.open().collect();
    open.sort_by_cached_key(|finding| order(week, finding));
    let fixed = week.fixed();
    let scores = scores::lines(week.clusters);
    let fresh = new.len() - reopened_count;
    let quiet = new.is_empty() && fixed.is_none();
    let last_day = week
        .to
        .checked_sub(jiff::SignedDuration::from_hours(1))
        .unwrap_or(week.to);
    SummaryContext {
        tenant: one_line(&week.tenant.name, 80),
        period: week_name(week.from, &zone),
        week: zone.to_datetime(week.from).date().iso_week_date().week(),
        range: range(week.from, last_day, &zone),
        timezone: week.policy.timezone.clone(),
        headline: headline(fresh, reopened_count, fixed.as_ref(), &scores),
        quiet,
        new_count: new.len(),
        reopened_count,
        new: new
            .iter()
            .take(listed)
            .map(|finding| words.of(finding, true))
            .collect(),
        new_others: counted(&others),
        first_scans: week.first_scans(),
        fixed,
        scores,
        overdue: week.overdue(),
        exceptions: week
            .exceptions
            .iter()
            .map(|(title, ends)| ExceptionLine {
                title: one_line(title, 120),
                ends: When::of(*ends, &zone).day,
            })
            .collect(),
        attestations: week.attestations.iter().take(ENDING).map(ending).collect(),
        more_attestations: week.attestations.len().saturating_sub(ENDING),
        worst: open
            .iter()
            .take(WORST)
            .map(|finding| words.of(finding, false))
            .collect(),
        open: open.len(),
        not_evaluated: unevaluated::lines(week, &zone),
        url: week.links.to(
            &week.tenant.slug,
            &format!("weeks/{}", week_name(week.from, &zone)),
        ),
        unsubscribe: None,
    }
}

fn ending(end: &AttestationEnd) -> AttestationLine {
    AttestationLine {
        title: one_line(&end.what, 120),
        ends: end.until.strftime("%-d %b %Y").to_string(),
        ended: end.ended,
    }
}

/// Whether somebody has to mend it: an excepted finding is open too, but accepted.
fn counts(finding: &Finding) -> bool {
    finding.state == FindingState::Open && finding.excepted.is_none()
}

/// Worst first, then where it matters most, then longest open, then by name: the same whatever order the store gave.
fn order<'f>(week: &Week<'_>, finding: &'f Finding) -> impl Ord + use<'f> {
    let mut clusters = week.clusters.iter();
    let stage = clusters
        .find(|one| one.cluster.id == finding.cluster)
        .map(|one| one.cluster.stage);
    let since = finding.reopened.unwrap_or(finding.first_seen);
    (
        finding.severity,
        Reverse(stage),
        since,
        finding.resource.long_name(),
        finding.fingerprint,
    )
}

fn range(first: Timestamp, last: Timestamp, zone: &TimeZone) -> String {
    let (first, last) = (first.to_zoned(zone.clone()), last.to_zoned(zone.clone()));
    let end = last.strftime("%-d %B %Y");
    let begin = match (first.year() == last.year(), first.month() == last.month()) {
        (true, true) => first.strftime("%-d"),
        (true, false) => first.strftime("%-d %B "),
        (false, _) => first.strftime("%-d %B %Y "),
    };
    let begin = begin.to_string();
    let space = if begin.ends_with(' ') { " " } else { "" };
    format!("{}{space}–{space}{end}", begin.trim_end())
}

/// `3 new, 12 fixed, 1 re-opened · CIS EKS 1.8.0 37.0 (+3.7)`.
fn headline(
    new: usize,
    reopened: usize,
    fixed: Option<&FixedLine>,
    scores: &[crate::context::ScoreLine],
) -> String {
    let mut parts = Vec::new();
    let mut say = |number: usize, word: &str| {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    };
    say(new, "new");
    say(
        fixed.map_or(0, |fixed| {
            usize::try_from(fixed.count).unwrap_or(usize::MAX)
        }),
        "fixed",
    );
    say(reopened, "re-opened");
    if parts.is_empty() {
        return "nothing changed".to_owned();
    }
    let changes = parts.join(", ");
    match scores.first() {
        Some(line) => {
            let change = line.change.as_ref().map(|change| format!(" ({change})"));
            format!(
                "{changes} · {} {}{}",
                line.title,
                line.score,
                change.unwrap_or_default()
            )
        }
        None => changes,
    }
}

impl Week<'_> {
    fn within(&self, at: Timestamp) -> bool {
        (self.from..self.to).contains(&at)
    }

    fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| counts(finding))
    }

    fn cluster(&self, id: &ClusterId) -> Option<&ClusterWeek<'_>> {
        self.clusters.iter().find(|week| week.cluster.id == *id)
    }

    /// Open, and first seen in this week by another scan than the cluster's first.
    fn is_new(&self, finding: &Finding) -> bool {
        let first = self
            .cluster(&finding.cluster)
            .and_then(|week| week.first_scan_at);
        counts(finding)
            && finding.reopened.is_none()
            && self.within(finding.first_seen)
            && first.is_none_or(|first| finding.first_seen > first)
    }

    /// Open, and back in this week after it had been fixed.
    fn is_back(&self, finding: &Finding) -> bool {
        counts(finding) && finding.reopened.is_some_and(|at| self.within(at))
    }

    fn first_scans(&self) -> Vec<ClusterLine> {
        self.clusters
            .iter()
            .filter(|week| week.first_scan_at.is_some_and(|at| self.within(at)))
            .map(|week| {
                let count = |severity| {
                    let found = week.cluster.open.iter().find(|(s, _)| *s == severity);
                    found.map_or(0, |(_, count)| *count)
                };
                ClusterLine {
                    name: week.cluster.shown_name(),
                    open: week.cluster.open.iter().map(|(_, count)| count).sum(),
                    critical: count(Severity::Critical),
                }
            })
            .collect()
    }

    fn fixed(&self) -> Option<FixedLine> {
        let mut spans: Vec<i64> = Vec::new();
        let mut severities = Vec::new();
        for finding in self.findings {
            let Some(at) = finding.resolved.filter(|at| self.within(*at)) else {
                continue;
            };
            if finding.state == FindingState::Resolved {
                let since = finding.reopened.unwrap_or(finding.first_seen);
                spans.push(at.duration_since(since).as_secs());
                severities.push(finding.severity);
            }
        }
        spans.sort_unstable();
        let median = *spans.get(spans.len() / 2)?;
        Some(FixedLine {
            count: u32::try_from(spans.len()).unwrap_or(u32::MAX),
            severities: counted(&severities),
            median: in_words(median),
        })
    }

    fn overdue(&self) -> Option<OverdueLine> {
        let mut oldest = 0;
        let mut severities = Vec::new();
        for finding in self.open() {
            let since = finding.reopened.unwrap_or(finding.first_seen);
            let due = self
                .cluster(&finding.cluster)
                .and_then(|week| self.policy.due(finding.severity, week.cluster.stage, since));
            if let Some(due) = due.filter(|due| *due <= self.to) {
                severities.push(finding.severity);
                oldest = oldest.max(self.to.duration_since(due).as_secs());
            }
        }
        (!severities.is_empty()).then(|| OverdueLine {
            severities: counted(&severities),
            oldest: in_words(oldest),
        })
    }
}

fn counted(severities: &[Severity]) -> Vec<SeverityCount> {
    let mut counts: BTreeMap<Severity, u32> = BTreeMap::new();
    for severity in severities {
        *counts.entry(*severity).or_default() += 1;
    }
    severity_counts(&counts.into_iter().collect::<Vec<_>>())
}
