//! Makes the weekly summary of every tenant whose hour it is, one delivery for each recipient, at most once.

mod attested;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use plimsoll_alerting::{ClusterWeek, Week, last_week, summarise, summary_deliveries};
use plimsoll_model::{
    Cluster, ConnectionId, ConnectionKind, Finding, FindingState, FrameworkScore, Incident, Reason,
    ScanStatus,
};
use plimsoll_store::{DueKind, TenantStore};
use route_findings::{Desk, Dossier, RouteError};

/// Exceptions that end within this time are announced.
const ENDING_SOON: SignedDuration = SignedDuration::from_hours(24 * 14);
/// How many scans of a cluster are looked through for the scores a week ago.
const SCANS_BACK: u32 = 100;

/// One tick. Returns how many summaries were made.
///
/// # Errors
/// When the store fails; the tick that follows goes on from there.
pub async fn handle(desk: &Desk<'_>) -> Result<usize, RouteError> {
    let mut made = 0;
    loop {
        let batch = desk.store.due().list(DueKind::Summary, desk.now).await?;
        for item in &batch.items {
            let dossier = desk.open(&item.tenant).await?;
            made += summary(desk, &dossier, item.at).await?;
        }
        desk.store
            .due()
            .advance(DueKind::Summary, batch.reached)
            .await?;
        if batch.reached >= desk.now {
            return Ok(made);
        }
    }
}

/// Plans a tenant's first summary, or moves it to where the policy in force wants it. To be called when a policy is set.
///
/// # Errors
/// When the store fails.
pub async fn plan(desk: &Desk<'_>, dossier: &Dossier) -> Result<(), RouteError> {
    let next = next(dossier, desk.now);
    Ok(dossier.store.set_next_summary(next).await?)
}

fn next(dossier: &Dossier, now: Timestamp) -> Option<Timestamp> {
    let policy = dossier.policy.as_ref()?;
    Some(policy.summary.as_ref()?.at.next(now, &policy.zone()))
}

/// Deliveries first, then the next slot: a repeat puts the same deliveries, which are there.
async fn summary(desk: &Desk<'_>, dossier: &Dossier, slot: Timestamp) -> Result<usize, RouteError> {
    let mut made = 0;
    if let Some(policy) = &dossier.policy {
        let store = &dossier.store;
        let (from, to) = last_week(slot, &policy.zone());
        let clusters = store.list_clusters().await?;
        let mut weeks = Vec::new();
        let mut findings: Vec<Finding> = Vec::new();
        for cluster in &clusters {
            // What the first reading of a cluster found was there before, whatever was known of its surroundings.
            let first_scan_at = match store.first_read_at(&cluster.id).await? {
                None => store.first_scan_at(&cluster.id).await?,
                read => read,
            };
            let (before, missing) = around(store, cluster, from).await?;
            weeks.push((cluster, first_scan_at, before, missing));
            findings.extend(store.cluster_findings(&cluster.id).await?);
        }
        let roles = roles(store).await?;
        let weeks: Vec<ClusterWeek<'_>> = weeks
            .iter()
            .map(
                |(cluster, first_scan_at, scores_before, missing)| ClusterWeek {
                    cluster,
                    first_scan_at: *first_scan_at,
                    scores_before,
                    missing,
                    role: roles.get(&cluster.connection).map(String::as_str),
                },
            )
            .collect();
        let incidents: Vec<Incident> = store.open_incidents(None).await?;
        let exceptions = ending(desk, dossier, &findings);
        let attestations = store.list_attestations().await?;
        let attestations = attested::ending(&attestations, desk.catalogue, desk.now);
        let week = Week {
            tenant: &dossier.tenant,
            policy,
            from,
            to,
            clusters: &weeks,
            findings: &findings,
            incidents: &incidents,
            exceptions: &exceptions,
            attestations: &attestations,
            links: desk.links,
        };
        let deliveries = summary_deliveries(policy, &dossier.tenant, &summarise(&week), desk.now);
        store.put_deliveries(&deliveries, None, desk.now).await?;
        desk.enqueue(dossier, &deliveries).await?;
        made = deliveries.len();
    }
    dossier
        .store
        .advance_summary(slot, next(dossier, desk.now.max(slot)))
        .await?;
    Ok(made)
}

/// The customer's role of each connection to an AWS account.
async fn roles(store: &TenantStore) -> Result<BTreeMap<ConnectionId, String>, RouteError> {
    let connections = store.list_connections().await?.into_iter();
    let roles = connections.filter_map(|connection| match connection.kind {
        ConnectionKind::Aws { role, .. } => Some((connection.id, role)),
        ConnectionKind::KubeContext { .. } | ConnectionKind::Endpoint(_) => None,
    });
    Ok(roles.collect())
}

/// The scores of the last scan that ended before `from`, and why the newest one could not evaluate some policies. Scans
/// that could judge only what is around the cluster have scores as well.
async fn around(
    store: &TenantStore,
    cluster: &Cluster,
    from: Timestamp,
) -> Result<(Vec<FrameworkScore>, Vec<Reason>), RouteError> {
    let mut done = store.recent_scans(&cluster.id, SCANS_BACK).await?;
    done.retain(|scan| scan.status == ScanStatus::Done || !scan.scores.is_empty());
    let missing = done
        .first()
        .map(|scan| scan.missing.clone())
        .unwrap_or_default();
    let before = done
        .into_iter()
        .find(|scan| scan.finished.is_some_and(|finished| finished < from));
    Ok((before.map(|scan| scan.scores).unwrap_or_default(), missing))
}

/// What ends soon: of the tenant's exceptions, and of those that resources say of themselves, each policy and day once.
fn ending(desk: &Desk<'_>, dossier: &Dossier, findings: &[Finding]) -> Vec<(String, Timestamp)> {
    let soon = |end: &Timestamp| *end > desk.now && *end <= desk.now + ENDING_SOON;
    let ends = dossier
        .exceptions
        .iter()
        .filter_map(|e| Some((e, e.expires.filter(soon)?)));
    let mut all: Vec<(String, Timestamp)> = ends
        .map(|(exception, end)| (desk.words(dossier, &exception.policy).title, end))
        .collect();
    let open = findings
        .iter()
        .filter(|finding| finding.state == FindingState::Open);
    let said = open.filter_map(|finding| {
        let end = finding.excepted.as_ref()?.until.filter(soon)?;
        Some((finding.title.clone(), end))
    });
    let said: BTreeSet<(String, Timestamp)> = said.collect();
    all.extend(said);
    all
}
