//! The end of a tenant: everything of it is deleted, and then everything is read again, which is the proof.
//!
//! Neither goes by what ought to be there. Both read the whole table, its indexes, the control table and the tenant's
//! objects, so that an item of a kind that nobody thought of, or one that another has left behind, is found as well.
//! That takes a read of every item of every tenant: a matter for the operator, with rights that no function has.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};
use plimsoll_model::TenantId;

use crate::item::{Item, key_item, key_of, text};
use crate::keys::{DUE_INDEX, KINDS, Key, OPEN_INDEX, PK, SK, kind_of};
use crate::store::Shared;
use crate::{Control, Store, StoreError, TenantStore, retry};

/// DynamoDB's limit on the deletes of one request.
const MOST_DELETES: usize = 25;

/// The waits after the usual ones: deleting much at once is more than a table takes in a second.
fn long_waits() -> impl Iterator<Item = Duration> {
    std::iter::repeat_n(Duration::from_secs(1), 60)
}

/// What there is of a tenant beside the kinds of [`KINDS`].
const INDEXES: [(&str, &str); 2] = [
    ("index of open findings", OPEN_INDEX),
    ("index of due work", DUE_INDEX),
];
const OBJECTS: &str = "objects, old versions as well";
const CLAIMS: &str = "claims on accounts and workspaces";
const LISTED: &str = "in the list of tenants";

/// How much there is of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remains {
    /// For people, for example `findings`.
    pub kind: &'static str,
    /// How many.
    pub count: u64,
}

/// One tenant's end.
#[derive(Debug, Clone)]
pub struct Erasure {
    tenant: TenantStore,
    shared: Arc<Shared>,
}

impl Store {
    /// What deletes a tenant: for the operator.
    #[must_use]
    pub fn erasure(&self, tenant: &TenantId) -> Erasure {
        Erasure {
            tenant: self.of(tenant),
            shared: Arc::clone(&self.shared),
        }
    }
}

impl Erasure {
    /// Deletes everything. Connections and clusters go first, so that no more work is planned and what is under way
    /// cannot write findings any more; the entry in the list of tenants goes last, so that a deletion that was cut short
    /// shows. Repeating it is harmless, also when the tenant is gone. Returns how much was deleted.
    ///
    /// # Errors
    /// When DynamoDB or the object store refuse or cannot be reached; deleting goes on with the next call.
    pub async fn delete(&self) -> Result<u64, StoreError> {
        let tenant = self.tenant.tenant();
        let root = self.tenant.keys().root();
        let first = self.tenant.all(&root, "").await?;
        let first: Vec<Key> = first.iter().map(key_of).collect();
        let mut deleted = self.delete_items(&first).await?;
        let mut after = None;
        loop {
            let (keys, next) = self.page(None, after).await?;
            deleted += self.delete_items(&keys).await?;
            after = next;
            if after.is_none() {
                break;
            }
        }
        deleted += self.shared.objects.delete_all(tenant).await?;
        let control = Control::new(Arc::clone(&self.shared));
        for key in control.claimed_by(tenant).await? {
            control.delete(&key).await?;
            deleted += 1;
        }
        if control.is_listed(tenant).await? {
            control.unregister(tenant).await?;
            deleted += 1;
        }
        Ok(deleted)
    }

    /// Reads everything again and counts what there is of the tenant, by kind, those of which there is nothing as well.
    ///
    /// # Errors
    /// When DynamoDB or the object store refuse or cannot be reached: then nothing is proven.
    pub async fn remains(&self) -> Result<Vec<Remains>, StoreError> {
        let tenant = self.tenant.tenant();
        let mut counts: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut after = None;
        loop {
            let (keys, next) = self.page(None, after).await?;
            for key in &keys {
                *counts.entry(kind_of(tenant, key)).or_default() += 1;
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
        let items = KINDS.into_iter();
        let mut remains: Vec<Remains> = items
            .map(|kind| Remains {
                kind,
                count: counts.remove(kind).unwrap_or(0),
            })
            .collect();
        for (kind, index) in INDEXES {
            let count = self.count_index(index).await?;
            remains.push(Remains { kind, count });
        }
        let control = Control::new(Arc::clone(&self.shared));
        let objects = self.shared.objects.count_all(tenant).await?;
        let claims = control.claimed_by(tenant).await?.len() as u64;
        let listed = u64::from(control.is_listed(tenant).await?);
        for (kind, count) in [(OBJECTS, objects), (CLAIMS, claims), (LISTED, listed)] {
            remains.push(Remains { kind, count });
        }
        Ok(remains)
    }

    async fn count_index(&self, index: &str) -> Result<u64, StoreError> {
        let (mut count, mut after) = (0, None);
        loop {
            let (keys, next) = self.page(Some(index), after).await?;
            count += keys.len() as u64;
            after = next;
            if after.is_none() {
                return Ok(count);
            }
        }
    }

    /// The tenant's keys in one page of the table or of one of its indexes, whatever they look like beyond the tenant.
    async fn page(
        &self,
        index: Option<&str>,
        after: Option<Item>,
    ) -> Result<(Vec<Key>, Option<Item>), StoreError> {
        let root = self.tenant.keys().root();
        let answer = self
            .shared
            .unguarded
            .scan()
            .table_name(&self.shared.table)
            .set_index_name(index.map(str::to_owned))
            .projection_expression(format!("{PK}, {SK}"))
            .filter_expression(format!("{PK} = :root OR begins_with({PK}, :under)"))
            .expression_attribute_values(":root", text(&root))
            .expression_attribute_values(":under", text(format!("{root}#")))
            // An index follows its table; it knows no other reads.
            .set_consistent_read(index.is_none().then_some(true))
            .set_exclusive_start_key(after)
            .send()
            .await?;
        let keys = answer.items.unwrap_or_default();
        let keys = keys.iter().map(key_of).collect();
        Ok((
            keys,
            answer.last_evaluated_key.filter(|key| !key.is_empty()),
        ))
    }

    /// Deletes items by key, through the tenant's own client, which lets no other's key pass.
    async fn delete_items(&self, keys: &[Key]) -> Result<u64, StoreError> {
        for chunk in keys.chunks(MOST_DELETES) {
            let mut wanted = Vec::with_capacity(chunk.len());
            for key in chunk {
                let delete = DeleteRequest::builder().set_key(Some(key_item(key)));
                let delete = delete.build().map_err(StoreError::other)?;
                wanted.push(WriteRequest::builder().delete_request(delete).build());
            }
            let mut waits = retry::waits().chain(long_waits());
            while !wanted.is_empty() {
                let sent = self
                    .tenant
                    .client()
                    .batch_write_item()
                    .request_items(&self.shared.table, wanted.clone())
                    .send()
                    .await;
                match sent.map_err(StoreError::from) {
                    Ok(answer) => {
                        let mut left = answer.unprocessed_items.unwrap_or_default();
                        wanted = left.remove(&self.shared.table).unwrap_or_default();
                    }
                    Err(StoreError::Throttled(_)) => {}
                    Err(error) => return Err(error),
                }
                if !wanted.is_empty() {
                    let wait = waits.next();
                    let wait =
                        wait.ok_or_else(|| StoreError::Throttled("items left".to_owned()))?;
                    tokio::time::sleep(wait).await;
                }
            }
        }
        Ok(keys.len() as u64)
    }
}

#[cfg(all(test, feature = "embedded"))]
mod tests;
