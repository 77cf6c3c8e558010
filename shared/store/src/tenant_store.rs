//! The handle on one tenant's data, and the few ways in which it reads and writes. What it offers is spread over files
//! by kind of item.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnValue};
use jiff::Timestamp;
use plimsoll_model::TenantId;

use crate::due::DueKind;
use crate::expression::Expression;
use crate::item::{Item, key_item, key_of, text};
use crate::keys::{DUE_PK, DUE_SK, Key, Keys, OPEN_INDEX, OPEN_PK, PK, SK};
use crate::store::Shared;
use crate::transaction::Transaction;
use crate::{StoreError, due, retry};

/// Everything of one tenant, and nothing of any other. Cheap to clone.
#[derive(Debug, Clone)]
pub struct TenantStore {
    tenant: TenantId,
    client: aws_sdk_dynamodb::Client,
    shared: Arc<Shared>,
}

/// A page of a longer list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
}

impl TenantStore {
    pub(crate) fn new(
        tenant: TenantId,
        client: aws_sdk_dynamodb::Client,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            tenant,
            client,
            shared,
        }
    }

    /// Whose data this is.
    #[must_use]
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    pub(crate) fn keys(&self) -> Keys<'_> {
        Keys(&self.tenant)
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn client(&self) -> &aws_sdk_dynamodb::Client {
        &self.client
    }

    pub(crate) fn transaction(&self) -> Transaction {
        Transaction::new(&self.shared.table)
    }

    /// The two attributes that put an item into the index of due work.
    pub(crate) fn due_attributes(&self, kind: DueKind, at: Timestamp, key: &Key) -> Item {
        let (partition, sort) = due::index_key(kind, at, key, self.shared.due_shards);
        HashMap::from([
            (DUE_PK.to_owned(), text(partition)),
            (DUE_SK.to_owned(), text(sort)),
        ])
    }

    /// The same as a change; without a time the item leaves the index.
    pub(crate) fn set_due(
        &self,
        change: Expression,
        kind: DueKind,
        at: Option<Timestamp>,
        key: &Key,
    ) -> Expression {
        match at {
            Some(at) => {
                let (partition, sort) = due::index_key(kind, at, key, self.shared.due_shards);
                change.set(DUE_PK, text(partition)).set(DUE_SK, text(sort))
            }
            None => change.remove(DUE_PK).remove(DUE_SK),
        }
    }

    /// Reads an item, with everything written before.
    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.shared.table)
            .set_key(Some(key_item(key)))
            .consistent_read(true)
            .send()
            .await?;
        Ok(answer.item)
    }

    /// Reads an item that must be there.
    pub(crate) async fn expect(&self, key: &Key, what: &str) -> Result<Item, StoreError> {
        self.get(key)
            .await?
            .ok_or_else(|| StoreError::NotFound(what.to_owned()))
    }

    /// Puts an item whole, if `require` holds.
    pub(crate) async fn put(&self, item: Item, require: &Expression) -> Result<(), StoreError> {
        let mut waits = retry::waits();
        loop {
            let sent = self
                .client
                .put_item()
                .table_name(&self.shared.table)
                .set_item(Some(item.clone()))
                .set_condition_expression(require.condition())
                .set_expression_attribute_names(require.names())
                .set_expression_attribute_values(require.values())
                .send()
                .await;
            match (sent.map_err(StoreError::from), waits.next()) {
                (Err(StoreError::Throttled(_)), Some(wait)) => tokio::time::sleep(wait).await,
                (outcome, _) => return outcome.map(drop),
            }
        }
    }

    /// Changes an item, if its conditions hold, and returns it whole as it is then.
    pub(crate) async fn update(&self, key: &Key, change: &Expression) -> Result<Item, StoreError> {
        let mut waits = retry::waits();
        loop {
            let sent = self
                .client
                .update_item()
                .table_name(&self.shared.table)
                .set_key(Some(key_item(key)))
                .set_update_expression(change.update())
                .set_condition_expression(change.condition())
                .set_expression_attribute_names(change.names())
                .set_expression_attribute_values(change.values())
                .return_values(ReturnValue::AllNew)
                .send()
                .await;
            match (sent.map_err(StoreError::from), waits.next()) {
                (Err(StoreError::Throttled(_)), Some(wait)) => tokio::time::sleep(wait).await,
                (outcome, _) => return Ok(outcome?.attributes.unwrap_or_default()),
            }
        }
    }

    /// Deletes an item; one that is not there is no error.
    pub(crate) async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.shared.table)
            .set_key(Some(key_item(key)))
            .send()
            .await?;
        Ok(())
    }

    /// One page of a partition, from after sort key `after`, those whose sort key begins with `prefix`.
    pub(crate) async fn page(
        &self,
        partition: &str,
        prefix: &str,
        after: Option<&str>,
        limit: Option<u32>,
        newest_first: bool,
    ) -> Result<Page<Item>, StoreError> {
        let mut query = self
            .client
            .query()
            .table_name(&self.shared.table)
            .expression_attribute_values(":pk", text(partition))
            .consistent_read(true)
            .scan_index_forward(!newest_first)
            .set_limit(limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)));
        // An empty text is no key value, not even as a prefix.
        query = if prefix.is_empty() {
            query.key_condition_expression(format!("{PK} = :pk"))
        } else {
            query
                .key_condition_expression(format!("{PK} = :pk AND begins_with({SK}, :prefix)"))
                .expression_attribute_values(":prefix", text(prefix))
        };
        if let Some(after) = after {
            query = query.set_exclusive_start_key(Some(key_item(&Key::new(partition, after))));
        }
        let answer = query.send().await?;
        Ok(Page {
            next: answer.last_evaluated_key.map(|key| key_of(&key).sk),
            items: answer.items.unwrap_or_default(),
        })
    }

    /// All items of a partition whose sort key begins with `prefix`.
    pub(crate) async fn all(&self, partition: &str, prefix: &str) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut after = None;
        loop {
            let page = self
                .page(partition, prefix, after.as_deref(), None, false)
                .await?;
            items.extend(page.items);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(items),
            }
        }
    }

    /// The keys of the open findings in one partition of their index, oldest first, at most `limit`.
    pub(crate) async fn open_keys(
        &self,
        partition: &str,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        let mut keys = Vec::new();
        let mut after: Option<Item> = None;
        while keys.len() < limit {
            let wanted = i32::try_from(limit - keys.len()).unwrap_or(i32::MAX);
            let answer = self
                .client
                .query()
                .table_name(&self.shared.table)
                .index_name(OPEN_INDEX)
                .key_condition_expression(format!("{OPEN_PK} = :pk"))
                .expression_attribute_values(":pk", text(partition))
                .limit(wanted)
                .set_exclusive_start_key(after)
                .send()
                .await?;
            keys.extend(answer.items.unwrap_or_default());
            after = answer.last_evaluated_key;
            if after.is_none() {
                break;
            }
        }
        Ok(keys)
    }

    /// Reads many items by key, in no order; those that are not there are left out.
    pub(crate) async fn get_many(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(100) {
            let mut wanted: Vec<Item> = chunk.iter().map(key_item).collect();
            let mut waits = retry::waits();
            while !wanted.is_empty() {
                let request = KeysAndAttributes::builder()
                    .set_keys(Some(wanted))
                    .consistent_read(true)
                    .build()
                    .map_err(StoreError::other)?;
                let answer = self
                    .client
                    .batch_get_item()
                    .request_items(&self.shared.table, request)
                    .send()
                    .await?;
                items.extend(
                    answer
                        .responses
                        .unwrap_or_default()
                        .remove(&self.shared.table)
                        .unwrap_or_default(),
                );
                let left = answer
                    .unprocessed_keys
                    .unwrap_or_default()
                    .remove(&self.shared.table);
                wanted = left.map(|left| left.keys).unwrap_or_default();
                if !wanted.is_empty() {
                    let wait = waits.next();
                    let wait =
                        wait.ok_or_else(|| StoreError::Throttled("keys left unread".to_owned()))?;
                    tokio::time::sleep(wait).await;
                }
            }
        }
        Ok(items)
    }
}
