//! The end of a scan: everything becomes visible in one transaction, or nothing does.

use jiff::Timestamp;
use plimsoll_model::{
    Cluster, ClusterId, FrameworkScore, OutboxItem, Readable, Reason, ScanCounts, ScanStatus,
    Severity,
};

use crate::checkpoints::CHECKPOINT;
use crate::clusters::{LEASE_SCAN, LEASE_UNTIL};
use crate::expression::Expression;
use crate::item::{attribute, members, text};
use crate::keys::{DUE_PK, DUE_SK, PK};
use crate::lease::{LAST_ATTEMPT, ScanLease};
use crate::scans::Outcome;
use crate::transaction::Aborted;
use crate::{StoreError, TenantStore};

/// When a cluster's first scan finished that had a result.
const FIRST_SCAN_AT: &str = "first_scan_at";
/// When the first of them finished that could read the cluster.
const FIRST_READ_AT: &str = "first_read_at";

/// What a scan ends with.
#[derive(Debug, Clone, PartialEq)]
pub struct Publication {
    /// When it ended.
    pub finished: Timestamp,
    /// What came of it; nothing for a cluster that could not be read, and of whose surroundings nothing is known.
    pub result: Option<ScanResult>,
    /// Whether the cluster can be read.
    pub readable: Readable,
    /// What the router is to look at; none when nothing changed.
    pub outbox: Option<OutboxItem>,
}

/// The result of a scan that could read its cluster, or what is around it.
#[derive(Debug, Clone, PartialEq)]
pub struct ScanResult {
    /// Key of the manifest put before; none when it equals the published one, which then stays.
    pub manifest: Option<String>,
    /// Verdicts, counted.
    pub counts: ScanCounts,
    /// Open findings by severity, worst first.
    pub open: Vec<(Severity, u32)>,
    /// Scores by framework.
    pub scores: Vec<FrameworkScore>,
    /// Why some policies were not evaluated: one entry a reason.
    pub missing: Vec<Reason>,
    /// Kubernetes minor version, where it was learnt.
    pub version: Option<String>,
    /// Object-store key of the snapshot, where one was stored.
    pub snapshot: Option<String>,
}

impl TenantStore {
    /// Publishes a scan: manifest, status, counters and scores, one outbox item, and the end of the lease. Publishing
    /// what is published already changes nothing.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`]: nothing is written.
    pub async fn publish(
        &self,
        lease: &ScanLease,
        publication: &Publication,
    ) -> Result<(), StoreError> {
        let before = self.get_cluster(&lease.cluster).await?;
        let scan_key = self.keys().scan(&lease.cluster, &lease.scan);
        let scan_before = self.get(&scan_key).await?.unwrap_or_default();
        let mut transaction = self.transaction();
        let change = lease.required(own_change(lease, publication)?);
        transaction.update(&self.keys().cluster(&lease.cluster), &change)?;
        if let Some(change) = about_change(&before, publication)? {
            let beside = self.keys().about(&lease.cluster);
            transaction.update(&beside, &change.require_present(PK))?;
        }
        let scan_change = scan_change(publication)?.require_present(PK);
        transaction.update(&scan_key, &scan_change)?;
        if let Some(outbox) = &publication.outbox {
            transaction.put(self.outbox_item(outbox).await?, &Expression::new())?;
        }
        match transaction.run(self.client()).await {
            Ok(()) => {}
            Err(Aborted::Refused(_)) => return self.published_before(lease).await,
            Err(Aborted::Failed(error)) => return Err(error),
        }
        self.tidy_checkpoint(&scan_before).await;
        let kept = publication
            .result
            .as_ref()
            .map(|result| result.manifest.as_ref().or(before.manifest.as_ref()));
        if let Some(kept) = kept {
            for old in [&before.manifest, &before.pending_manifest]
                .into_iter()
                .flatten()
            {
                if Some(old) != kept {
                    self.tidy(old).await;
                }
            }
        }
        Ok(())
    }

    /// After a refusal: fine if it was this very scan that was published before.
    async fn published_before(&self, lease: &ScanLease) -> Result<(), StoreError> {
        match self.get_scan(&lease.cluster, &lease.scan).await {
            Ok(scan) if scan.status != ScanStatus::Queued => Ok(()),
            Ok(_) | Err(StoreError::NotFound(_)) => Err(lease.lost()),
            Err(error) => Err(error),
        }
    }

    /// Deletes an object that nothing refers to any more. Left behind by a crash, it costs its room and no more.
    pub(crate) async fn tidy(&self, key: &str) {
        if let Err(error) = self.delete_object(key).await {
            tracing::debug!(%error, key, "an object that nothing refers to stays");
        }
    }

    /// When the first scan of a cluster finished, if one has; one that could judge only what is around the cluster is one.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such cluster.
    pub async fn first_scan_at(
        &self,
        cluster: &ClusterId,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.moment(cluster, FIRST_SCAN_AT).await
    }

    /// When the first scan finished that could read the cluster itself, if one has.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such cluster.
    pub async fn first_read_at(
        &self,
        cluster: &ClusterId,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.moment(cluster, FIRST_READ_AT).await
    }

    async fn moment(
        &self,
        cluster: &ClusterId,
        name: &str,
    ) -> Result<Option<Timestamp>, StoreError> {
        let item = self
            .expect(&self.keys().cluster(cluster), cluster.as_str())
            .await?;
        let at = item.get(name).and_then(|at| at.as_s().ok());
        Ok(at.and_then(|at| at.parse().ok()))
    }
}

/// What the cluster's own item is to say: the same few attributes after every scan.
fn own_change(lease: &ScanLease, publication: &Publication) -> Result<Expression, StoreError> {
    let mut change = Expression::new()
        .set(LAST_ATTEMPT, text(lease.scan.as_str()))
        .remove(LEASE_SCAN)
        .remove(LEASE_UNTIL);
    let Some(result) = &publication.result else {
        return Ok(change);
    };
    change = change
        .set("last_scan", text(lease.scan.as_str()))
        .set("last_scan_at", attribute(&publication.finished)?)
        .set_once(FIRST_SCAN_AT, attribute(&publication.finished)?);
    if publication.readable == Readable::Yes {
        change = change.set_once(FIRST_READ_AT, attribute(&publication.finished)?);
    }
    // Without a new manifest nothing was written, and what an earlier attempt may have written stays pending.
    if let Some(manifest) = &result.manifest {
        change = change
            .set("manifest", text(manifest))
            .remove("pending_manifest");
    }
    Ok(change)
}

/// What is known of the cluster, as far as it is not what was known before.
fn about_change(
    before: &Cluster,
    publication: &Publication,
) -> Result<Option<Expression>, StoreError> {
    let before = members(before)?;
    let mut known = vec![("readable", attribute(&publication.readable)?)];
    if let Some(result) = &publication.result {
        known.push(("counts", attribute(&result.counts)?));
        known.push(("open", attribute(&result.open)?));
        known.push(("scores", attribute(&result.scores)?));
        let version = result.version.as_ref();
        known.extend(version.map(|version| ("version", text(version))));
    }
    known.retain(|(name, value)| before.get(*name) != Some(value));
    let change = known
        .into_iter()
        .fold(Expression::new(), |change, (name, value)| {
            change.set(name, value)
        });
    Ok((!change.changes_nothing()).then_some(change))
}

fn scan_change(publication: &Publication) -> Result<Expression, StoreError> {
    let change = Expression::new()
        .set("finished", attribute(&publication.finished)?)
        .remove(CHECKPOINT)
        .remove(DUE_PK)
        .remove(DUE_SK);
    let status = match (&publication.result, &publication.readable) {
        (_, Readable::No { reason, .. }) => ScanStatus::Unreadable {
            reason: reason.clone(),
        },
        (Some(_), _) => ScanStatus::Done,
        (None, _) => {
            return Err(StoreError::other(
                "a scan without result whose cluster is readable",
            ));
        }
    };
    let change = change.set("status", attribute(&status)?);
    let Some(result) = &publication.result else {
        return Ok(change);
    };
    let outcome = Outcome {
        counts: result.counts,
        scores: result.scores.clone(),
        missing: result.missing.clone(),
    };
    Ok(outcome
        .said(change)?
        .set_or_remove("snapshot", result.snapshot.as_ref().map(text)))
}
