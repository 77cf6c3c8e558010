//! Reads and judges one cluster, or what an AWS account has as a whole, and writes what is different from last time.
//!
//! Safe to run twice and to be killed anywhere: only the holder of the cluster's lease writes, and what a dead attempt
//! left behind is compared with as well. A scan that takes too long stops between two lists, or two transactions of
//! findings, and goes on in a new message. A cluster that cannot be read is a result too: it closes nothing.

mod across;
mod around;
mod attempt;
mod batches;
mod budget;
mod excepted;
mod findings;
mod kept;
mod keys;
mod lists;
mod live;
mod nodes;
mod own;
mod part;
mod reach;
mod reading;
mod way;
mod writing;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{Attestation, Cluster, ClusterJob, FinishedScan, Message, OutboxId};
use plimsoll_policy::Catalogue;
use plimsoll_runtime::{Clock, Disposition, Failure};
use plimsoll_store::{Acquired, ScanLease, Store, StoreError, TenantStore};

pub use around::{Around, aws_part, surroundings_name};
pub use keys::{Kept, Keys, NoToken};
pub use live::{ListSink, LiveError, LiveScan, Progress, judge_account, judge_cluster};
pub use nodes::NodeAccess;
pub use own::{as_kept, policies_of};
use reading::Attempted;

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
    let started = clock.now();
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
    let attestations = tenant.list_attestations().await?;
    let work = Work {
        tenant: &tenant,
        catalogue: &catalogue,
        reach,
        lease: &lease,
        cluster: &cluster,
        attestations: &attestations,
        started,
    };
    let attempted = tokio::select! {
        attempted = work.scan(clock) => attempted?,
        lost = keep_lease => return Err(lost.into()),
    };
    let publication = match attempted {
        Attempted::Ended(publication) => publication,
        Attempted::Interrupted(checkpoint) => {
            let now = clock.now();
            tenant.put_checkpoint(&lease, &checkpoint, now).await?;
            let message = Message::ClusterJob(job.clone());
            store.queues().send(&message).await?;
            return Ok(());
        }
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
    catalogue: &'a Catalogue,
    reach: &'a Reach,
    lease: &'a ScanLease,
    cluster: &'a Cluster,
    /// What the tenant vouches for, of all its clusters.
    attestations: &'a [Attestation],
    /// When this attempt began.
    started: Timestamp,
}
