//! How a handle reads more than one item.

use aws_sdk_dynamodb::types::KeysAndAttributes;

use super::{Page, TenantStore};
use crate::item::{Item, key_item, key_of, text};
use crate::keys::{Key, OPEN_INDEX, OPEN_PK, PK, SK};
use crate::{StoreError, retry};

impl TenantStore {
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
            .client()
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
                .client()
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
                    .client()
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
