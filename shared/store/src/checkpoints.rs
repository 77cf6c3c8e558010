//! Checkpoints: what a scan that ran out of time has read, so that it goes on from there. The scan's item says where it is
//! kept; an object that no item names is left over from a crash, and expires with the bucket's objects.

use std::path::Path;

use jiff::Timestamp;
use plimsoll_model::{ClusterId, ScanId};
use serde::{Deserialize, Serialize};

use crate::clusters::{LEASE_SCAN, LEASE_UNTIL};
use crate::due::DueKind;
use crate::expression::Expression;
use crate::item::{Item, decode_json, json};
use crate::keys::{DUE_PK, PK};
use crate::lease::ScanLease;
use crate::scans::SWEEP_AFTER;
use crate::transaction::Aborted;
use crate::{StoreError, TenantStore};

/// The attribute of a scan's item.
pub(crate) const CHECKPOINT: &str = "checkpoint";

/// Where a scan goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// How often the scan was interrupted.
    pub hops: u32,
    /// When the first attempt began whose lists are among them.
    pub begun: Timestamp,
    /// What decides how they were judged: what another plan gathered does not fit.
    pub plan: String,
    /// Keys of the objects that hold what was read, one of each part of the way.
    pub parts: Vec<String>,
}

impl TenantStore {
    /// Where a scan goes on; none when it begins.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such scan; [`StoreError::Corrupt`].
    pub async fn get_checkpoint(
        &self,
        cluster: &ClusterId,
        scan: &ScanId,
    ) -> Result<Option<Checkpoint>, StoreError> {
        let key = self.keys().scan(cluster, scan);
        checkpoint_of(&self.expect(&key, scan.as_str()).await?)
    }

    /// Puts what was read on this part of the way. Returns its key, to be named in the checkpoint.
    ///
    /// # Errors
    /// As the object store fails, and when the file cannot be read.
    pub async fn put_part(&self, lease: &ScanLease, from: &Path) -> Result<String, StoreError> {
        let name = format!(
            "checkpoints/{}/{}-{}",
            lease.cluster, lease.scan, lease.epoch
        );
        self.put_object_file(&name, from).await
    }

    /// Ends an attempt before its result: in one transaction the lease is given back and the scan says where it goes on.
    /// Its message is to be sent then; if that is lost, the sweep finds the scan.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`]: nothing is written.
    pub async fn put_checkpoint(
        &self,
        lease: &ScanLease,
        checkpoint: &Checkpoint,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.transaction();
        let free = Expression::new().remove(LEASE_SCAN).remove(LEASE_UNTIL);
        let own = self.keys().cluster(&lease.cluster);
        transaction.update(&own, &lease.required(free))?;
        let key = self.keys().scan(&lease.cluster, &lease.scan);
        let change = Expression::new()
            .set(CHECKPOINT, json(checkpoint)?)
            .require_present(PK)
            .require_present(DUE_PK);
        let before = self.get(&key).await?.unwrap_or_default();
        let due = Some(now + SWEEP_AFTER);
        transaction.update(&key, &self.set_due(change, DueKind::Scan, due, &key))?;
        let written = transaction.run(self.client()).await;
        written.map_err(|aborted| match aborted {
            Aborted::Refused(_) => lease.lost(),
            Aborted::Failed(error) => error,
        })?;
        self.tidy_parts(&before, &checkpoint.parts).await;
        Ok(())
    }

    /// Deletes what a scan had read by then, when its item names it no longer.
    pub(crate) async fn tidy_checkpoint(&self, item: &Item) {
        self.tidy_parts(item, &[]).await;
    }

    async fn tidy_parts(&self, item: &Item, kept: &[String]) {
        let found = checkpoint_of(item).ok().flatten().unwrap_or_default();
        for part in found.parts.iter().filter(|part| !kept.contains(part)) {
            self.tidy(part).await;
        }
    }
}

fn checkpoint_of(item: &Item) -> Result<Option<Checkpoint>, StoreError> {
    match item.contains_key(CHECKPOINT) {
        true => decode_json(item, CHECKPOINT).map(Some),
        false => Ok(None),
    }
}
