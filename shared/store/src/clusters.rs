//! Clusters: what discovery knows of them, and what their scans have left. The two are written apart, so that neither
//! undoes the other.
//!
//! A cluster is two items. Its own holds what every scan writes: lease, slots, keys of manifests; it stays below the
//! kilobyte that a write unit pays for, whatever the cluster is called. The one beside it holds all else (names, tags,
//! counts, scores), and is written only when something in it changes.

use jiff::Timestamp;
use plimsoll_model::{Cluster, ClusterId, Lease};

use crate::due::DueKind;
use crate::expression::Expression;
use crate::item::{Item, attribute, decode, key_item, key_of, members, number, number_of, text_of};
use crate::keys::{PK, about_key};
use crate::transaction::Aborted;
use crate::{StoreError, TenantStore};

/// What stands in the cluster's own item; the lease and the due time do as well.
const OF_EACH_SCAN: [&str; 5] = [
    "next_scan",
    "last_scan",
    "last_scan_at",
    "manifest",
    "pending_manifest",
];
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
    /// where it is known), as far as it is new. What its scans have left stays; for a new cluster it begins as given.
    /// Returns the cluster as it is then.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached; [`StoreError::Conflict`] when it is removed, or found by somebody else,
    /// at the same time.
    pub async fn discover_cluster(&self, cluster: &Cluster) -> Result<Cluster, StoreError> {
        match self.get_cluster(&cluster.id).await {
            Ok(known) => self.renew_cluster(known, cluster).await,
            Err(StoreError::NotFound(_)) => self.add_cluster(cluster).await,
            Err(error) => Err(error),
        }
    }

    async fn add_cluster(&self, cluster: &Cluster) -> Result<Cluster, StoreError> {
        let (key, beside) = (
            self.keys().cluster(&cluster.id),
            self.keys().about(&cluster.id),
        );
        let mut about = members(cluster)?;
        about.remove("lease");
        let mut own = key_item(&key);
        for name in OF_EACH_SCAN {
            own.extend(about.remove_entry(name));
        }
        own.extend(self.due_attributes(DueKind::Cluster, cluster.next_scan, &key));
        own.insert(LEASE_EPOCH.to_owned(), number(0));
        about.extend(key_item(&beside));
        let read = whole(own.clone(), about.clone())?;
        let new = Expression::new().require_absent(PK);
        let mut transaction = self.transaction();
        transaction.put(own, &new)?;
        transaction.put(about, &new)?;
        let written = transaction.run(self.client()).await;
        written.map_err(|aborted| aborted.or_conflict(cluster.id.as_str()))?;
        Ok(read)
    }

    async fn renew_cluster(&self, known: Cluster, found: &Cluster) -> Result<Cluster, StoreError> {
        let (before, mut fields) = (members(&known)?, members(found)?);
        let mut change = Expression::new();
        for name in DISCOVERED {
            let value = fields.remove(name);
            if value.as_ref() != before.get(name) {
                change = change.set_or_remove(name, value);
            }
        }
        let version = fields.remove("version");
        if let Some(version) = version.filter(|version| Some(version) != before.get("version")) {
            change = change.set("version", version);
        }
        if change.changes_nothing() {
            return Ok(known);
        }
        let beside = self.keys().about(&found.id);
        let about = self.update(&beside, &change.require_present(PK)).await?;
        let key = self.keys().cluster(&found.id);
        whole(self.expect(&key, found.id.as_str()).await?, about)
    }

    /// A cluster.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn get_cluster(&self, id: &ClusterId) -> Result<Cluster, StoreError> {
        let key = self.keys().cluster(id);
        let found = together(self.all(&key.pk, &key.sk).await?).next();
        found.unwrap_or_else(|| Err(StoreError::NotFound(id.to_string())))
    }

    /// All clusters, by id.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn list_clusters(&self) -> Result<Vec<Cluster>, StoreError> {
        together(self.all(&self.keys().root(), "CL#").await?).collect()
    }

    /// Removes a cluster: it is not scanned or shown any more. One that is not there is no error.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn remove_cluster(&self, id: &ClusterId) -> Result<(), StoreError> {
        let mut transaction = self.transaction();
        transaction.delete(&self.keys().cluster(id))?;
        transaction.delete(&self.keys().about(id))?;
        match transaction.run(self.client()).await {
            Ok(()) | Err(Aborted::Refused(_)) => Ok(()),
            Err(Aborted::Failed(error)) => Err(error),
        }
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

/// The clusters among items in the order of their keys; one of which only a part is left is none.
fn together(items: Vec<Item>) -> impl Iterator<Item = Result<Cluster, StoreError>> {
    let mut items = items.into_iter().peekable();
    std::iter::from_fn(move || {
        loop {
            let own = items.next()?;
            let id = key_of(&own).sk;
            if let Some(about) = items.next_if(|next| key_of(next).sk == about_key(&id)) {
                return Some(whole(own, about));
            }
        }
    })
}

/// Reads a cluster from its own item and the one beside it.
pub(crate) fn whole(own: Item, mut about: Item) -> Result<Cluster, StoreError> {
    about.insert("lease".to_owned(), attribute(&lease_of(&own))?);
    about.extend(own);
    decode(about)
}

/// The lease, from attributes of its own.
pub(crate) fn lease_of(own: &Item) -> Lease {
    Lease {
        epoch: number_of(own, LEASE_EPOCH).unwrap_or(0),
        scan: text_of(own, LEASE_SCAN).and_then(|scan| plimsoll_model::ScanId::parse(scan).ok()),
        until: number_of(own, LEASE_UNTIL)
            .and_then(|millis| Timestamp::from_millisecond(millis).ok()),
    }
}
