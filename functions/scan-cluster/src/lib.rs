//! Reads and judges one cluster, and writes what is different from last time.
//!
//! Safe to run twice and to be killed anywhere: only the holder of the cluster's lease writes, and what a dead attempt
//! left behind is compared with as well. A cluster that cannot be read is a result too: it closes nothing.

mod batches;
mod excepted;
mod findings;
mod kept;
mod live;
mod own;
mod reach;

use std::io::{Seek, SeekFrom};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use plimsoll_inventory::kube::{ClusterVersion, ListScope};
use plimsoll_inventory::redact::redacted_value;
use plimsoll_model::{
    Cluster, ClusterJob, FinishedScan, Manifest, Message, OutboxId, OutboxItem, Readable, Reason,
    ReasonCode, TenantId,
};
use plimsoll_policy::diff::{Before, difference};
use plimsoll_policy::{AwsPart, Catalogue, Exceptions, Plan, PlanOptions, outcome};
use plimsoll_runtime::{Clock, Disposition, Failure};
use plimsoll_store::{
    Acquired, Publication, ScanLease, ScanResult, Store, StoreError, TenantStore,
};

use batches::machine;
use kept::{Judgements, Kept};
pub use live::{ListSink, LiveError, LiveScan, Progress, judge_cluster};
pub use own::{as_kept, policies_of};
pub use reach::{Reach, refused, role_arn, unreadable};

/// How long a lease counts, and how often it is renewed.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
const RENEW_EVERY: Duration = Duration::from_secs(20);

/// Why a scan did not come to a result.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The store failed, or the lease went to somebody else.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// This machine failed.
    #[error("{0}")]
    Machine(String),
}

impl Failure for ScanError {
    fn disposition(&self) -> Disposition {
        match self {
            // Whoever holds the lease now finishes the scan, or the sweep comes back to it.
            ScanError::Store(StoreError::LeaseLost(_) | StoreError::NotFound(_)) => {
                Disposition::Drop
            }
            _ => Disposition::Retry,
        }
    }
}

/// Scans one cluster once.
///
/// # Errors
/// See [`ScanError`]; nothing that was open is closed by any of them.
pub async fn handle(
    store: &Store,
    catalogue: &Catalogue,
    reach: &Reach,
    clock: &Clock,
    job: &ClusterJob,
) -> Result<(), ScanError> {
    let tenant = store.of(&job.tenant);
    let (lease, cluster) = match tenant
        .acquire(&job.cluster, &job.scan, clock.now(), LEASE)
        .await?
    {
        Acquired::Held(lease, cluster) => (lease, cluster),
        Acquired::Busy(_) | Acquired::Finished => return Ok(()),
    };
    let mut renewed = lease.clone();
    let keep_lease = async {
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            if let Err(error) = tenant.renew(&mut renewed, clock.now(), LEASE).await {
                return error;
            }
        }
    };
    let (catalogue, left_out) = own::policies_of(&tenant, catalogue).await?;
    for left_out in &left_out {
        tracing::error!(tenant = %job.tenant, %left_out, "not in force");
    }
    let work = Work {
        tenant: &tenant,
        id: &job.tenant,
        catalogue: &catalogue,
        reach,
        lease: &lease,
        cluster: &cluster,
    };
    let publication = tokio::select! {
        publication = work.scan(clock) => publication?,
        lost = keep_lease => return Err(lost.into()),
    };
    tenant.publish(&lease, &publication).await?;
    if publication.outbox.is_some() {
        let outbox = OutboxId::of_scan(&job.scan);
        store
            .queues()
            .send(&Message::FinishedScan(FinishedScan {
                tenant: job.tenant.clone(),
                outbox,
            }))
            .await?;
    }
    Ok(())
}

/// A scan under way.
struct Work<'a> {
    tenant: &'a TenantStore,
    id: &'a TenantId,
    catalogue: &'a Catalogue,
    reach: &'a Reach,
    lease: &'a ScanLease,
    cluster: &'a Cluster,
}

impl Work<'_> {
    async fn scan(&self, clock: &Clock) -> Result<Publication, ScanError> {
        let connection = self.tenant.get_connection(&self.cluster.connection).await?;
        let reader = match self
            .reach
            .connect(self.id, &self.lease.scan, &connection, self.cluster)
            .await
        {
            Ok(reader) => reader,
            Err(reason) => return Ok(self.unreadable(reason, clock.now())),
        };
        let version = match reader.version().await {
            Ok(version) => version,
            Err(error) => {
                return Ok(
                    self.unreadable(unreadable(&error, &connection, self.cluster), clock.now())
                );
            }
        };
        let plan = Plan::new(self.catalogue, self.options(&version, clock.now()));
        let scope = ListScope::default();
        match judge_cluster(&reader, &plan, &scope, &Kept::default, &|_, _, _| {}).await {
            Ok(scan) => self.write(&plan, scan, version.minor, clock.now()).await,
            Err(LiveError::Cluster(error)) => {
                Ok(self.unreadable(unreadable(&error, &connection, self.cluster), clock.now()))
            }
            Err(error @ LiveError::Spool(_)) => Err(ScanError::Machine(error.to_string())),
        }
    }

    fn options(&self, version: &ClusterVersion, now: Timestamp) -> PlanOptions {
        PlanOptions {
            scope: self.cluster.id.to_string(),
            cluster_version: Some(version.minor.clone()),
            provider: Some(version.provider().to_owned()),
            git_version: Some(version.git.clone()),
            shown: redacted_value,
            aws: AwsPart::None,
            exceptions: Some(Exceptions::of_annotations(now)),
            ..PlanOptions::default()
        }
    }

    /// A cluster that could not be read: said once, and no finding is touched.
    fn unreadable(&self, reason: Reason, now: Timestamp) -> Publication {
        let since = match &self.cluster.readable {
            Readable::No { since, .. } => *since,
            _ => now,
        };
        let changed = !matches!(self.cluster.readable, Readable::No { .. });
        let outbox = changed.then(|| OutboxItem {
            unreadable: Some(reason.clone()),
            ..self.outbox(now, true)
        });
        Publication {
            finished: now,
            result: None,
            readable: Readable::No { reason, since },
            outbox,
        }
    }

    async fn write(
        &self,
        plan: &Plan<'_>,
        scan: LiveScan<'_, Kept>,
        version: String,
        now: Timestamp,
    ) -> Result<Publication, ScanError> {
        let LiveScan {
            session,
            lists,
            sinks,
            spools,
            ..
        } = scan;
        let mut judgements = Judgements::of(sinks).map_err(machine)?;
        let published = self.tenant.published_manifest(self.cluster).await?;
        let pending = self.tenant.pending_manifest(self.cluster).await?;
        let before = Before {
            published: published.as_ref(),
            pending: pending.as_ref(),
        };
        let scope = self.cluster.id.as_str();
        let difference = judgements
            .all(|now| difference(self.catalogue, scope, before, now, &lists))
            .map_err(machine)?;
        let scene = findings::Scene {
            catalogue: self.catalogue,
            cluster: &self.cluster.id,
            scan: &self.lease.scan,
            now,
            last: self.cluster.last_scan_at,
        };
        let empty = Manifest::default();
        let unchanged =
            pending.is_none() && published.as_ref().unwrap_or(&empty) == &difference.manifest;
        let manifest = if unchanged && published.is_some() {
            None
        } else {
            Some(
                self.tenant
                    .put_pending_manifest(self.lease, &difference.manifest)
                    .await?,
            )
        };
        let announce = self
            .write_changes(scene, &difference, &mut judgements)
            .await?;
        excepted::tell(self, &difference, now).await?;
        let snapshot = self.keep(spools).await?;
        let coverage = outcome::coverage(plan, &session.tally);
        let first = self.tenant.first_scan_at(&self.cluster.id).await?.is_none();
        let mended = matches!(self.cluster.readable, Readable::No { .. });
        let outbox = OutboxItem {
            first,
            changes: announce,
            ..self.outbox(now, mended)
        };
        let worth_saying = first || mended || !outbox.changes.is_empty();
        Ok(Publication {
            finished: now,
            result: Some(ScanResult {
                manifest,
                counts: outcome::counts(&session.tally, &coverage),
                open: findings::by_severity(&difference.manifest.entries),
                scores: outcome::frameworks(plan, &session.tally)
                    .into_iter()
                    .map(|f| f.score)
                    .collect(),
                missing: coverage
                    .unread
                    .into_iter()
                    .map(|(reason, _)| reason)
                    .filter(is_permission)
                    .collect(),
                version: Some(version),
                snapshot: Some(snapshot),
            }),
            readable: Readable::Yes,
            outbox: worth_saying.then_some(outbox),
        })
    }

    /// Stores the redacted objects: zstd streams one behind another are one zstd stream.
    async fn keep(&self, spools: Vec<std::fs::File>) -> Result<String, ScanError> {
        let machine = |error: std::io::Error| {
            ScanError::Machine(format!("the snapshot cannot be put together: {error}"))
        };
        let mut whole = tempfile::NamedTempFile::new().map_err(machine)?;
        for mut spool in spools {
            spool.seek(SeekFrom::Start(0)).map_err(machine)?;
            std::io::copy(&mut spool, &mut whole).map_err(machine)?;
        }
        let name = format!(
            "snapshots/{}/{}.ndjson.zst",
            self.cluster.id, self.lease.scan
        );
        Ok(self.tenant.put_object_file(&name, whole.path()).await?)
    }

    fn outbox(&self, now: Timestamp, readable_changed: bool) -> OutboxItem {
        OutboxItem {
            id: OutboxId::of_scan(&self.lease.scan),
            scan: self.lease.scan.clone(),
            cluster: self.cluster.id.clone(),
            at: now,
            first: false,
            unreadable: None,
            readable_changed,
            changes: Vec::new(),
        }
    }
}

fn is_permission(reason: &Reason) -> bool {
    matches!(
        reason.code,
        ReasonCode::PermissionMissing | ReasonCode::ApiError | ReasonCode::PageLost
    )
}
