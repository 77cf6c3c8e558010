//! Scans: planned once for a slot, found again by the sweep until they are finished.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{ClusterId, FrameworkScore, Reason, Scan, ScanCounts, ScanId, ScanStatus};
use serde::{Deserialize, Serialize};

use crate::due::DueKind;
use crate::expression::Expression;
use crate::item::{Item, attribute, decode, encode, key_of, number};
use crate::keys::{EXPIRES, PK};
use crate::manifests::{pack, unpack};
use crate::{StoreError, TenantStore};

/// After what time the sweep takes a message for lost.
pub const SWEEP_AFTER: SignedDuration = SignedDuration::from_mins(2);
/// For how long after its lapse a lease keeps the sweep away.
const LAPSED_FOR: SignedDuration = SignedDuration::from_mins(1);
/// How long scans are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);

/// What the sweep finds of a scan that should have finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanSweep {
    /// Nobody works on it: send its message again, then defer the entry.
    Requeue,
    /// Somebody works on its cluster: defer the entry to this time.
    Wait(Timestamp),
    /// It is finished, or was dropped for a newer one.
    Finished,
}

/// What a scan came to. It is kept packed in one attribute: scores and reasons are told in the same words over and over,
/// and an item is paid for by the kilobyte.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) counts: ScanCounts,
    pub(crate) scores: Vec<FrameworkScore>,
    pub(crate) missing: Vec<Reason>,
}

/// Where it is kept.
const OUTCOME: &str = "outcome";

impl Outcome {
    /// The change of a scan's item that says it.
    pub(crate) fn said(&self, change: Expression) -> Result<Expression, StoreError> {
        let packed = AttributeValue::B(Blob::new(pack(self)?));
        let change = change.set(OUTCOME, packed).remove("counts");
        Ok(change.remove("scores").remove("missing"))
    }
}

fn read(mut item: Item) -> Result<Scan, StoreError> {
    if let Some(AttributeValue::B(packed)) = item.remove(OUTCOME) {
        let outcome: Outcome = unpack(&key_of(&item).to_string(), packed.as_ref())?;
        item.insert("counts".to_owned(), attribute(&outcome.counts)?);
        item.insert("scores".to_owned(), attribute(&outcome.scores)?);
        item.insert("missing".to_owned(), attribute(&outcome.missing)?);
    }
    decode(item)
}

impl TenantStore {
    /// Plans the scan of a cluster for a slot, or finds it planned: the same slot is the same scan. From [`SWEEP_AFTER`]
    /// after `now` the sweep finds it if its message is lost.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn plan_scan(
        &self,
        cluster: &ClusterId,
        slot: Timestamp,
        now: Timestamp,
    ) -> Result<Scan, StoreError> {
        let scan = Scan {
            id: ScanId::of_slot(cluster, slot),
            cluster: cluster.clone(),
            slot,
            status: ScanStatus::Queued,
            finished: None,
            counts: ScanCounts::default(),
            scores: Vec::new(),
            snapshot: None,
            missing: Vec::new(),
        };
        let key = self.keys().scan(cluster, &scan.id);
        let mut item = encode(&key, &scan)?;
        item.insert(EXPIRES.to_owned(), number((now + KEPT).as_second()));
        item.extend(self.due_attributes(DueKind::Scan, now + SWEEP_AFTER, &key));
        match self.put(item, &Expression::new().require_absent(PK)).await {
            Ok(()) => Ok(scan),
            Err(StoreError::Conflict(_)) => self.get_scan(cluster, &scan.id).await,
            Err(error) => Err(error),
        }
    }

    /// A scan.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], also after it has expired.
    pub async fn get_scan(&self, cluster: &ClusterId, scan: &ScanId) -> Result<Scan, StoreError> {
        read(
            self.expect(&self.keys().scan(cluster, scan), scan.as_str())
                .await?,
        )
    }

    /// A cluster's newest scans, at most `limit`, newest slot first; planned ones as well.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn recent_scans(
        &self,
        cluster: &ClusterId,
        limit: u32,
    ) -> Result<Vec<Scan>, StoreError> {
        let partition = self.keys().scans(cluster);
        let page = self
            .page(&partition, "SCAN#", None, Some(limit), true)
            .await?;
        page.items.into_iter().map(read).collect()
    }

    /// What is to be done about a scan that the sweep found due.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn sweep_scan(
        &self,
        cluster: &ClusterId,
        scan: &ScanId,
        now: Timestamp,
    ) -> Result<ScanSweep, StoreError> {
        match self.get_scan(cluster, scan).await {
            Err(StoreError::NotFound(_)) => return Ok(ScanSweep::Finished),
            Err(error) => return Err(error),
            Ok(scan) if scan.status != ScanStatus::Queued => return Ok(ScanSweep::Finished),
            Ok(_) => {}
        }
        let lease = self.get_cluster(cluster).await?.lease;
        match lease.until.map(|until| until + LAPSED_FOR) {
            Some(free) if free > now => Ok(ScanSweep::Wait(free)),
            _ => Ok(ScanSweep::Requeue),
        }
    }
}
