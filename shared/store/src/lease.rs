//! The right to write a cluster's findings: held by one scan at a time, lost by letting it lapse, and fenced by an epoch
//! that grows with every takeover, so that a late writer writes nothing.

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{Cluster, ClusterId, ScanId, ScanStatus};

use crate::clusters::{LEASE_EPOCH, LEASE_SCAN, LEASE_UNTIL, lease_of, whole};

use crate::due::DueKind;
use crate::expression::Expression;
use crate::item::{number, text, text_of};
use crate::keys::PK;
use crate::{StoreError, TenantStore};

/// The newest scan of a cluster that ended, readable or not: an older one is not begun any more.
pub(crate) const LAST_ATTEMPT: &str = "last_attempt";

/// A lease held by a scan. It must be renewed before `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanLease {
    /// The cluster.
    pub cluster: ClusterId,
    /// The scan that holds it.
    pub scan: ScanId,
    /// The number of this takeover.
    pub epoch: u64,
    /// When it lapses.
    pub until: Timestamp,
}

/// How an attempt to begin a scan ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Acquired {
    /// The lease is ours; the cluster as it is now.
    Held(ScanLease, Box<Cluster>),
    /// Somebody else holds it until then, perhaps another delivery of the same message. Drop the message: the sweep
    /// comes back to the scan if they do not finish.
    Busy(Timestamp),
    /// The scan is finished, or a newer one is: drop the message.
    Finished,
}

impl ScanLease {
    /// Requires on the cluster's item that this lease still counts.
    pub(crate) fn required(&self, change: Expression) -> Expression {
        change
            .require_equal(LEASE_EPOCH, number(self.epoch))
            .require_equal(LEASE_SCAN, text(self.scan.as_str()))
    }

    pub(crate) fn lost(&self) -> StoreError {
        StoreError::LeaseLost(self.cluster.to_string())
    }

    /// The error of a write on the cluster's item that required this lease.
    pub(crate) fn or_lost(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::Conflict(_) => self.lost(),
            other => other,
        }
    }
}

impl TenantStore {
    /// Takes the lease on a cluster for a scan, if it is free or has lapsed at `now`, until `now + ttl`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the scan was never planned or has expired, or the cluster is gone.
    pub async fn acquire(
        &self,
        cluster: &ClusterId,
        scan: &ScanId,
        now: Timestamp,
        ttl: SignedDuration,
    ) -> Result<Acquired, StoreError> {
        if self.get_scan(cluster, scan).await?.status != ScanStatus::Queued {
            return Ok(Acquired::Finished);
        }
        let until = now + ttl;
        let change = Expression::new()
            .add(LEASE_EPOCH, 1)
            .set(LEASE_SCAN, text(scan.as_str()))
            .set(LEASE_UNTIL, number(until.as_millisecond()))
            .require_present(PK)
            .require_absent_or_at_most(LEASE_UNTIL, number(now.as_millisecond()))
            .require_absent_or_at_most(LAST_ATTEMPT, text(scan.as_str()));
        match self.update(&self.keys().cluster(cluster), &change).await {
            Ok(own) => {
                let beside = self.keys().about(cluster);
                let about = self.expect(&beside, cluster.as_str()).await?;
                let found = whole(own, about)?;
                let lease = ScanLease {
                    cluster: cluster.clone(),
                    scan: scan.clone(),
                    epoch: found.lease.epoch,
                    until,
                };
                Ok(Acquired::Held(lease, Box::new(found)))
            }
            Err(StoreError::Conflict(_)) => self.why_not(cluster, scan, now).await,
            Err(error) => Err(error),
        }
    }

    async fn why_not(
        &self,
        cluster: &ClusterId,
        scan: &ScanId,
        now: Timestamp,
    ) -> Result<Acquired, StoreError> {
        let item = self
            .expect(&self.keys().cluster(cluster), cluster.as_str())
            .await?;
        if text_of(&item, LAST_ATTEMPT).is_some_and(|last| last > scan.as_str()) {
            // A newer scan has seen all that this one could see.
            let key = self.keys().scan(cluster, scan);
            let dropped = self.get(&key).await?;
            self.delete(&key).await?;
            self.tidy_checkpoint(&dropped.unwrap_or_default()).await;
            return Ok(Acquired::Finished);
        }
        Ok(Acquired::Busy(lease_of(&item).until.unwrap_or(now)))
    }

    /// Prolongs a lease until `now + ttl`.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`]: stop at once.
    pub async fn renew(
        &self,
        lease: &mut ScanLease,
        now: Timestamp,
        ttl: SignedDuration,
    ) -> Result<(), StoreError> {
        let until = now + ttl;
        let change =
            lease.required(Expression::new().set(LEASE_UNTIL, number(until.as_millisecond())));
        let renewed = self
            .update(&self.keys().cluster(&lease.cluster), &change)
            .await;
        renewed.map_err(|error| lease.or_lost(error))?;
        lease.until = until;
        Ok(())
    }

    /// Gives a lease back without a result; the scan stays planned and is due for the sweep at once.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached. A lease that was lost before is no error.
    pub async fn give_up(&self, lease: &ScanLease, now: Timestamp) -> Result<(), StoreError> {
        let change = lease.required(Expression::new().remove(LEASE_SCAN).remove(LEASE_UNTIL));
        match self
            .update(&self.keys().cluster(&lease.cluster), &change)
            .await
        {
            Ok(_) => self.hurry(&lease.cluster, &lease.scan, now).await,
            Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Frees every lease of this tenant and makes the scans that held them due now. Only for one who knows that nobody
    /// holds any: `plimsoll up`, at start, behind the lock on its directory. Returns those scans.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn break_leases(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(ClusterId, ScanId)>, StoreError> {
        let mut broken = Vec::new();
        for cluster in self.list_clusters().await? {
            let Some(scan) = cluster.lease.scan.clone() else {
                continue;
            };
            let lease = ScanLease {
                cluster: cluster.id,
                scan,
                epoch: cluster.lease.epoch,
                until: cluster.lease.until.unwrap_or(now),
            };
            self.give_up(&lease, now).await?;
            broken.push((lease.cluster, lease.scan));
        }
        Ok(broken)
    }

    async fn hurry(
        &self,
        cluster: &ClusterId,
        scan: &ScanId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = self.keys().scan(cluster, scan);
        let change = Expression::new()
            .require_equal("id", text(scan.as_str()))
            .require_present(crate::keys::DUE_PK);
        match self
            .update(&key, &self.set_due(change, DueKind::Scan, Some(now), &key))
            .await
        {
            Ok(_) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
