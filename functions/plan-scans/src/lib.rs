//! Enqueues what is due, and sends again what was lost: the tables say what must happen, the queues only make it fast.

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{AccountJob, ClusterJob, ConnectionCheck, Message, next_slot};
use plimsoll_store::{DueItem, DueKind, DueWork, SWEEP_AFTER, ScanSweep, Store, StoreError};

/// How long an account job may take before it is sent again: the time-out of `scan-account` and a margin.
const ACCOUNT_JOB_AGAIN: SignedDuration = SignedDuration::from_mins(10);

/// Within this time after a message was sent or a delivery claimed, its entry is due again.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(3);

/// What a tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Planned {
    /// Messages sent.
    pub sent: usize,
}

/// One tick: everything due at `now`. Each connection and cluster is scanned every `every`. A tick that is cut short
/// is made good by the next: the reader's cursor moves only behind what has been dealt with.
///
/// # Errors
/// When DynamoDB or SQS refuse or cannot be reached.
pub async fn handle(
    store: &Store,
    every: SignedDuration,
    now: Timestamp,
) -> Result<Planned, StoreError> {
    let mut planned = Planned::default();
    for kind in [
        DueKind::Connection,
        DueKind::Cluster,
        DueKind::Scan,
        DueKind::Outbox,
        DueKind::Delivery,
    ] {
        loop {
            let batch = store.due().list(kind, now).await?;
            for item in &batch.items {
                planned.sent += deal_with(store, item, every, now).await?;
            }
            store.due().advance(kind, batch.reached).await?;
            if batch.reached >= now {
                break;
            }
        }
    }
    Ok(planned)
}

/// Sends again what was under way when `plimsoll up` ended: its queues are gone, and nobody else works on the same
/// tables. To be called at start, after the leases are broken; without it the sweep would find the same, some minutes
/// later. Returns how many messages were sent.
///
/// # Errors
/// When DynamoDB or SQS refuse or cannot be reached.
pub async fn recover(
    store: &Store,
    every: SignedDuration,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let mut sent = 0;
    let claimed_until = now + ACCOUNT_JOB_AGAIN;
    let claimed = store.due().list(DueKind::Connection, claimed_until).await?;
    for item in claimed.items {
        sent += deal_with(store, &item, every, now).await?;
    }
    for kind in [DueKind::Scan, DueKind::Outbox, DueKind::Delivery] {
        // One batch is enough: what is left comes with the sweep.
        for item in store.due().list(kind, now + UNDER_WAY).await?.items {
            if let Some(message) = item.message() {
                store.queues().send(&message).await?;
                sent += 1;
            }
        }
    }
    Ok(sent)
}

async fn deal_with(
    store: &Store,
    item: &DueItem,
    every: SignedDuration,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let tenant = store.of(&item.tenant);
    let again = now + SWEEP_AFTER;
    match &item.work {
        DueWork::Connection(connection) => {
            let known = match tenant.get_connection(connection).await {
                Err(StoreError::NotFound(_)) => return Ok(0),
                known => known?,
            };
            // Not the entry's own time: the entry is deferred each time a job is sent, the slot stays the same until it
            // is dealt with. A scan begins with the checks, so it is enough when both are due.
            let message = if known.next_scan <= now {
                Message::AccountJob(AccountJob {
                    tenant: item.tenant.clone(),
                    connection: connection.clone(),
                    slot: known.next_scan,
                })
            } else if known.due() <= now {
                Message::ConnectionCheck(ConnectionCheck {
                    tenant: item.tenant.clone(),
                    connection: connection.clone(),
                })
            } else {
                // Somebody has dealt with it since.
                tenant.defer(item, known.due()).await?;
                return Ok(0);
            };
            store.queues().send(&message).await?;
            tenant.defer(item, now + ACCOUNT_JOB_AGAIN).await?;
        }
        DueWork::Cluster(cluster) => {
            let known = tenant.get_cluster(cluster).await;
            let Some(slot) = due_slot(known.map(|cluster| cluster.next_scan), now)? else {
                return Ok(0);
            };
            let scan = tenant.plan_scan(cluster, slot, now).await?;
            let job = ClusterJob {
                tenant: item.tenant.clone(),
                cluster: cluster.clone(),
                scan: scan.id,
            };
            store.queues().send(&Message::ClusterJob(job)).await?;
            tenant
                .advance_cluster(cluster, slot, next_slot(slot, every, now))
                .await?;
        }
        DueWork::Scan { cluster, scan } => match tenant.sweep_scan(cluster, scan, now).await? {
            ScanSweep::Requeue => return send_again(store, item, again).await,
            ScanSweep::Wait(until) => {
                tenant.defer(item, until).await?;
                return Ok(0);
            }
            ScanSweep::Finished => return Ok(0),
        },
        DueWork::Outbox(_) | DueWork::Delivery { .. } => {
            return send_again(store, item, again).await;
        }
        DueWork::Incident(_) | DueWork::Summary => return Ok(0),
    }
    Ok(1)
}

/// The slot of a row that an entry called due; none when the row is gone or somebody has dealt with it since.
fn due_slot(
    next_scan: Result<Timestamp, StoreError>,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    match next_scan {
        Ok(slot) => Ok(Some(slot).filter(|slot| *slot <= now)),
        Err(StoreError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn send_again(store: &Store, item: &DueItem, again: Timestamp) -> Result<usize, StoreError> {
    let Some(message) = item.message() else {
        return Ok(0);
    };
    store.queues().send(&message).await?;
    store.of(&item.tenant).defer(item, again).await?;
    Ok(1)
}

#[cfg(test)]
mod tests;
