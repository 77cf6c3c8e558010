//! Turns what a scan changed into incidents and deliveries, by the tenant's own policy.
//!
//! An outbox item is acted upon policy by policy, each in one transaction with a marker of that part; a repeat skips the
//! parts that are marked. What a cluster's first scan finds opens no incidents: one baseline message tells of it.

mod connection;
mod desk;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_alerting::{
    Chain, IncidentFacts, Opening, Topic, apply_changes, baseline, open_incident, readable_again,
    reopens, route,
};
use plimsoll_model::{
    Change, Cluster, Fingerprint, FinishedScan, Incident, OutboxItem, PolicyId, Readable, Reason,
    Severity,
};
use plimsoll_policy::Lifecycle;
use plimsoll_runtime::{Disposition, Failure};
use plimsoll_store::{IncidentWrite, StoreError, Written};

pub use desk::{Desk, Dossier};

/// How often a decision is made anew when somebody else has written the incident meanwhile.
const ATTEMPTS: usize = 5;

/// Why an outbox item was not routed.
#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The tenant's stored escalation policy is not one that this version can read.
    #[error("the escalation policy in force cannot be read: {0}")]
    Document(String),
}

impl Failure for RouteError {
    fn disposition(&self) -> Disposition {
        match self {
            RouteError::Store(StoreError::NotFound(_)) => Disposition::Drop,
            RouteError::Store(_) | RouteError::Document(_) => Disposition::Retry,
        }
    }
}

/// Routes one outbox item. Running twice is the same as running once.
///
/// # Errors
/// See [`RouteError`]; what was done until then stays and is not done again.
pub async fn handle(desk: &Desk<'_>, job: &FinishedScan) -> Result<(), RouteError> {
    let dossier = desk.open(&job.tenant).await?;
    let Some(outbox) = dossier.store.get_outbox(&job.outbox).await? else {
        return Ok(());
    };
    if let Some(change) = &outbox.connection {
        connection::tell(desk, &dossier, &outbox, change).await?;
        return Ok(dossier.store.mark_routed(&outbox.id, desk.now).await?);
    }
    let cluster = dossier.store.get_cluster(&outbox.cluster).await?;
    let done = dossier.store.routed_parts(&outbox.id).await?;
    let news = News {
        desk,
        dossier: &dossier,
        outbox: &outbox,
        cluster: &cluster,
    };
    if outbox.readable_changed && !done.contains(UNREADABLE_PART) {
        news.readability().await?;
    }
    if outbox.first && !done.contains(BASELINE_PART) {
        news.baseline().await?;
    }
    let mut by_policy: BTreeMap<&PolicyId, Vec<Change>> = BTreeMap::new();
    for change in &outbox.changes {
        by_policy
            .entry(&change.policy)
            .or_default()
            .push(change.clone());
    }
    for (policy, changes) in by_policy {
        if !done.contains(policy.as_str()) {
            news.policy(policy, &changes).await?;
        }
    }
    dossier.store.mark_routed(&outbox.id, desk.now).await?;
    Ok(())
}

const UNREADABLE_PART: &str = "-unreadable";
const BASELINE_PART: &str = "-baseline";

/// One outbox item under work.
struct News<'a> {
    desk: &'a Desk<'a>,
    dossier: &'a Dossier,
    outbox: &'a OutboxItem,
    cluster: &'a Cluster,
}

impl News<'_> {
    fn facts<'f>(&'f self, severity: Severity, policy: Option<&'f PolicyId>) -> IncidentFacts<'f> {
        let Cluster {
            stage, name, tags, ..
        } = self.cluster;
        IncidentFacts {
            severity,
            stage: *stage,
            cluster: name,
            policy,
            tags,
        }
    }

    fn chain(&self, severity: Severity, policy: Option<&PolicyId>) -> Option<Chain> {
        let document = self.dossier.policy.as_ref()?;
        let matches = route(document, &self.facts(severity, policy));
        Chain::of(document, &matches, severity, self.cluster.stage)
    }

    async fn baseline(&self) -> Result<(), RouteError> {
        let Some(document) = &self.dossier.policy else {
            return Ok(());
        };
        let scene = self.desk.scene(self.dossier);
        let deliveries = baseline(
            document,
            self.cluster,
            &self.facts(Severity::Info, None),
            &scene,
        );
        let part = Some((&self.outbox.id, BASELINE_PART));
        self.dossier
            .store
            .put_deliveries(&deliveries, part, self.desk.now)
            .await?;
        Ok(self.desk.enqueue(self.dossier, &deliveries).await?)
    }

    /// One policy's changes.
    async fn policy(&self, policy: &PolicyId, changes: &[Change]) -> Result<(), RouteError> {
        let known = self.desk.policy(self.dossier, policy);
        if known.is_some_and(|known| known.lifecycle == Lifecycle::Preview) {
            return Ok(());
        }
        let words = self.desk.words(self.dossier, policy);
        for _ in 0..ATTEMPTS {
            let latest = self
                .dossier
                .store
                .latest_incident(&self.cluster.id, Some(policy))
                .await?;
            let current = latest.filter(|incident| reopens(incident, self.desk.now));
            let changed: BTreeSet<Fingerprint> =
                changes.iter().map(|change| change.fingerprint).collect();
            let findings = match &current {
                Some(incident) => self.dossier.findings(incident, changed).await?,
                None => self
                    .dossier
                    .store
                    .get_findings(&self.cluster.id, changed)
                    .await?
                    .into_values()
                    .collect(),
            };
            let loud: Vec<Change> = changes
                .iter()
                .filter(|change| self.is_loud(change, &findings))
                .cloned()
                .collect();
            let topic = Topic::Policy {
                words: &words,
                findings: &findings,
            };
            let scene = self.desk.scene(self.dossier);
            let (read, outcome) = match current {
                Some(incident) => (
                    Some(incident.revision),
                    apply_changes(incident, &loud, &topic, &scene),
                ),
                None => {
                    let open: BTreeSet<_> = loud
                        .iter()
                        .filter(|c| c.what.opens())
                        .map(|c| c.fingerprint)
                        .collect();
                    let severity = loud.iter().map(|change| change.severity).min();
                    let Some((chain, severity)) = severity
                        .filter(|_| !open.is_empty())
                        .and_then(|s| Some((self.chain(s, Some(policy))?, s)))
                    else {
                        return Ok(());
                    };
                    let opening = self.opening(Some(policy), severity, open, chain).await?;
                    (None, open_incident(opening, &topic, &scene))
                }
            };
            if read == Some(outcome.incident.revision) {
                return Ok(());
            }
            if self.write(&outcome, read, policy.as_str()).await? {
                return Ok(());
            }
        }
        Err(StoreError::Conflict(format!("incident of {policy}")).into())
    }

    /// A finding that is excepted, by the tenant or by its resource, is not news; that it is fixed still is.
    fn is_loud(&self, change: &Change, findings: &[plimsoll_model::Finding]) -> bool {
        let finding = findings
            .iter()
            .find(|finding| finding.fingerprint == change.fingerprint);
        !change.what.opens()
            || finding.is_none_or(|finding| !self.dossier.excepts(finding, self.desk.now))
    }

    /// Whether the cluster cannot be read because its connection does not work, of which people are told once.
    async fn is_hidden(&self) -> Result<bool, RouteError> {
        if !self
            .outbox
            .unreadable
            .as_ref()
            .is_some_and(Reason::is_of_connection)
        {
            return Ok(false);
        }
        let connection = self.dossier.store.get_connection(&self.cluster.connection);
        match connection.await {
            Ok(connection) => Ok(connection.trouble().is_some()),
            Err(StoreError::NotFound(_)) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// The cluster could be read and cannot any more, or the reverse.
    async fn readability(&self) -> Result<(), RouteError> {
        if self.is_hidden().await? {
            return Ok(());
        }
        for _ in 0..ATTEMPTS {
            let latest = self
                .dossier
                .store
                .latest_incident(&self.cluster.id, None)
                .await?;
            let open = latest.filter(Incident::is_open);
            let scene = self.desk.scene(self.dossier);
            let (read, outcome) = match (&self.outbox.unreadable, open) {
                (Some(reason), None) => {
                    let Some(chain) = self.chain(Severity::High, None) else {
                        return Ok(());
                    };
                    let since = match &self.cluster.readable {
                        Readable::No { since, .. } => *since,
                        _ => self.outbox.at,
                    };
                    let topic = Topic::Unreadable { reason, since };
                    let opening = self
                        .opening(None, Severity::High, BTreeSet::new(), chain)
                        .await?;
                    (None, open_incident(opening, &topic, &scene))
                }
                (None, Some(incident)) => {
                    let reason = plimsoll_model::Reason::new(
                        plimsoll_model::ReasonCode::ApiError,
                        "it could not be read",
                    );
                    let topic = Topic::Unreadable {
                        reason: &reason,
                        since: incident.opened,
                    };
                    (
                        Some(incident.revision),
                        readable_again(incident, &topic, &scene),
                    )
                }
                _ => return Ok(()),
            };
            if self.write(&outcome, read, UNREADABLE_PART).await? {
                return Ok(());
            }
        }
        Err(StoreError::Conflict(format!("incident of {}", self.cluster.id)).into())
    }

    async fn opening<'o>(
        &'o self,
        policy: Option<&'o PolicyId>,
        severity: Severity,
        open: BTreeSet<Fingerprint>,
        chain: Chain,
    ) -> Result<Opening<'o>, StoreError> {
        // Read afresh: another incident may have been numbered since the file was opened.
        let number = self.dossier.store.get_tenant().await?.last_incident_number + 1;
        let document = self.dossier.policy.as_ref();
        let due = policy.and_then(|_| document?.due(severity, self.cluster.stage, self.desk.now));
        Ok(Opening {
            cluster: self.cluster,
            scan: &self.outbox.scan,
            number,
            policy,
            severity,
            open,
            chain,
            due,
        })
    }

    /// Writes an outcome; false when it has to be decided anew.
    async fn write(
        &self,
        outcome: &plimsoll_alerting::Outcome,
        read: Option<u64>,
        part: &str,
    ) -> Result<bool, StoreError> {
        let write = IncidentWrite {
            incident: &outcome.incident,
            read,
            deliveries: &outcome.deliveries,
            log: &outcome.log,
            part: Some((&self.outbox.id, part)),
            now: self.desk.now,
        };
        match self.dossier.store.write_incident(&write).await {
            Ok(Written::Now) => self
                .desk
                .enqueue(self.dossier, &outcome.deliveries)
                .await
                .map(|()| true),
            Ok(Written::Before) => Ok(true),
            Err(StoreError::Conflict(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
