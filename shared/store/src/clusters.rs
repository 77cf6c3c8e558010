//! Clusters: what discovery knows of them, and what their scans have left. The two are written apart, so that neither
//! undoes the other.

use jiff::Timestamp;
use plimsoll_model::{Cluster, ClusterId, Lease};

use crate::due::DueKind;
use crate::expression::Expression;
use crate::item::{Item, attribute, decode, members, number, number_of, text_of};
use crate::{StoreError, TenantStore};

/// What discovery finds and may change.
const DISCOVERED: [&str; 7] = [
    "connection",
    "name",
    "provider",
    "region",
    "account",
    "stage",
    "tags",
];
/// The lease stands in attributes of its own, for conditions to compare.
pub(crate) const LEASE_EPOCH: &str = "lease_epoch";
/// The scan that holds the lease; absent when it is free.
pub(crate) const LEASE_SCAN: &str = "lease_scan";
/// When the lease lapses, in milliseconds since 1970; absent when it is free.
pub(crate) const LEASE_UNTIL: &str = "lease_until";

impl TenantStore {
    /// Writes what discovery knows of a cluster (connection, name, provider, region, account, stage, and the version
    /// where it is known). What its scans have left stays; for a new cluster it begins as given. Returns the cluster as
    /// it is then.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn discover_cluster(&self, cluster: &Cluster) -> Result<Cluster, StoreError> {
        let key = self.keys().cluster(&cluster.id);
        let mut fields = members(cluster)?;
        fields.remove("lease");
        let mut change = Expression::new();
        for name in DISCOVERED {
            change = change.set_or_remove(name, fields.remove(name));
        }
        if let Some(version) = fields.remove("version") {
            change = change.set("version", version);
        }
        for (name, value) in fields {
            change = change.set_once(&name, value);
        }
        for (name, value) in self.due_attributes(DueKind::Cluster, cluster.next_scan, &key) {
            change = change.set_once(&name, value);
        }
        change = change.set_once(LEASE_EPOCH, number(0));
        read_cluster(self.update(&key, &change).await?)
    }

    /// A cluster.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn get_cluster(&self, id: &ClusterId) -> Result<Cluster, StoreError> {
        read_cluster(self.expect(&self.keys().cluster(id), id.as_str()).await?)
    }

    /// All clusters, by id.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn list_clusters(&self) -> Result<Vec<Cluster>, StoreError> {
        self.all(&self.keys().root(), "CL#")
            .await?
            .into_iter()
            .map(read_cluster)
            .collect()
    }

    /// Removes a cluster: it is not scanned or shown any more. One that is not there is no error.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn remove_cluster(&self, id: &ClusterId) -> Result<(), StoreError> {
        self.delete(&self.keys().cluster(id)).await
    }

    /// Says that the slot is planned and when the next one is. A repeat for a slot that has passed changes nothing.
    /// Plan and enqueue first, then advance.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn advance_cluster(
        &self,
        id: &ClusterId,
        slot: Timestamp,
        next: Timestamp,
    ) -> Result<(), StoreError> {
        let key = self.keys().cluster(id);
        let change = Expression::new()
            .set("next_scan", attribute(&next)?)
            .require_equal("next_scan", attribute(&slot)?);
        let change = self.set_due(change, DueKind::Cluster, Some(next), &key);
        match self.update(&key, &change).await {
            Err(StoreError::Conflict(_)) => Ok(()),
            outcome => outcome.map(drop),
        }
    }
}

/// Reads a cluster's item, its lease from the attributes of its own.
pub(crate) fn read_cluster(mut item: Item) -> Result<Cluster, StoreError> {
    let lease = Lease {
        epoch: number_of(&item, LEASE_EPOCH).unwrap_or(0),
        scan: text_of(&item, LEASE_SCAN).and_then(|scan| plimsoll_model::ScanId::parse(scan).ok()),
        until: number_of(&item, LEASE_UNTIL)
            .and_then(|millis| Timestamp::from_millisecond(millis).ok()),
    };
    item.insert("lease".to_owned(), attribute(&lease)?);
    decode(item)
}
