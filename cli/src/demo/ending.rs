//! What the demo says when the four weeks are over.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use plimsoll_model::{Cluster, ClusterId, IncidentState};

use super::files::Written;
use super::stage::Stage;
use super::story::{Counted, WEEKS};
use crate::console::Console;

/// The framework whose score stands for a cluster.
const FRAMEWORK: &str = "cis-eks-1.8.0";

/// A bar on a terminal, nothing elsewhere.
pub(super) fn progress(console: &Console, weeks: u64) -> ProgressBar {
    if !console.err.terminal {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {msg} {bar:20}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(weeks).with_style(style)
}

/// The score that stands for a cluster.
pub(super) fn score(cluster: &Cluster) -> Option<f64> {
    cluster
        .scores
        .iter()
        .find(|score| score.id == FRAMEWORK)?
        .score()
}

/// Everything that is said.
pub(super) struct Ending<'a> {
    pub(super) stage: &'a Stage,
    pub(super) counted: BTreeMap<ClusterId, Counted>,
    pub(super) unreadable: BTreeMap<ClusterId, u32>,
    pub(super) first_scores: BTreeMap<ClusterId, f64>,
    pub(super) written: Written,
    pub(super) out: &'a Path,
    pub(super) seconds: u64,
}

impl Ending<'_> {
    pub(super) async fn lines(&self) -> Result<Vec<String>> {
        let mut clusters = Vec::new();
        for (tenant, example) in &self.stage.tenants {
            let store = self.stage.service.store.of(tenant);
            let incidents = store.recent_incidents(1_000).await?;
            let all = store.list_clusters().await?.into_iter();
            for cluster in all.filter(Cluster::is_cluster) {
                let mine: Vec<_> = incidents
                    .iter()
                    .filter(|incident| incident.cluster == cluster.id)
                    .collect();
                let escalated = mine
                    .iter()
                    .filter(|i| i.step > 1 || matches!(i.state, IncidentState::Acknowledged(_)))
                    .count();
                let resolved = mine
                    .iter()
                    .filter(|i| matches!(i.state, IncidentState::Resolved { .. }))
                    .count();
                let scans = store.recent_scans(&cluster.id, 100).await?.len();
                clusters.push((
                    example.id.clone(),
                    cluster,
                    [mine.len(), escalated, resolved],
                    scans,
                ));
            }
        }
        clusters.sort_by(|a, b| {
            (&a.0, std::cmp::Reverse(a.1.stage), &a.1.name).cmp(&(
                &b.0,
                std::cmp::Reverse(b.1.stage),
                &b.1.name,
            ))
        });
        let scans: usize = clusters.iter().map(|(.., scans)| scans).sum();
        let mut lines = vec![format!(
            "Four weeks in {} s: {} tenants, {} clusters, {scans} scans, 0 calls to the internet.",
            self.seconds,
            self.stage.tenants.len(),
            clusters.len()
        )];
        for (tenant, cluster, incidents, _) in &clusters {
            let words = self.words(cluster, *incidents);
            lines.push(format!("{tenant:<7} {:<10} {words}", cluster.name));
        }
        let written = &self.written;
        let incident_mails = written.mails - written.summaries;
        let mut place = |name: &str, path: &str, what: String| {
            let path = format!("{}/{path}", self.out.display());
            lines.push(format!("{name:<10} {path:<32} {what}"));
        };
        place(
            "Slack",
            "slack/index.html",
            format!(
                "{} messages, {} edits of them, as they look and as JSON",
                written.slack - written.edits,
                written.edits
            ),
        );
        place(
            "E-mail",
            "mail/",
            format!(
                "{} weekly summaries, {incident_mails} other mails (.eml .html .txt)",
                written.summaries
            ),
        );
        place(
            "Results",
            &format!("w1.json … w{WEEKS}.json"),
            "prod-eu-1 week by week, as `scan --context --output` writes them".to_owned(),
        );
        Ok(lines)
    }

    /// `incidents`: all, those escalated, those resolved.
    fn words(&self, cluster: &Cluster, [incidents, escalated, resolved]: [usize; 3]) -> String {
        if let Some(week) = self.unreadable.get(&cluster.id) {
            return format!(
                "not readable since week {week}: access entry removed; shown so, never green"
            );
        }
        let refused = cluster.counts.policies_applicable - cluster.counts.policies_evaluated;
        let lists = self.refused_lists(cluster);
        if lists > 0 {
            let coverage =
                100 * cluster.counts.policies_evaluated / cluster.counts.policies_applicable.max(1);
            return format!(
                "{lists} lists refused: coverage {coverage} %, {refused} policies not evaluated"
            );
        }
        let first = self.first_scores.get(&cluster.id).copied();
        let scores = match (first, score(cluster)) {
            (Some(first), Some(now)) => format!("{first:.1} → {now:.1}"),
            _ => "no score".to_owned(),
        };
        let Counted {
            fixed,
            new,
            reopened,
        } = self.counted.get(&cluster.id).copied().unwrap_or_default();
        if fixed + new + reopened == 0 {
            return format!("{scores}  nothing changed; nobody was told");
        }
        format!(
            "{scores}  {fixed} fixed, {new} new, {reopened} re-opened; {incidents} incidents, {escalated} escalated, {resolved} resolved"
        )
    }

    fn refused_lists(&self, cluster: &Cluster) -> usize {
        let requests = self.stage.world.requests();
        let refused = requests
            .iter()
            .filter(|r| r.cluster.as_deref() == Some(&cluster.name) && r.status == 403);
        let mut lists: Vec<&str> = refused.map(|request| request.operation.as_str()).collect();
        lists.sort_unstable();
        lists.dedup();
        lists.len()
    }
}
