//! The handle on one tenant's data, and the few ways in which it reads and writes. What it offers is spread over files
//! by kind of item.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::types::ReturnValue;
use jiff::Timestamp;
use plimsoll_model::TenantId;

use crate::due::DueKind;
use crate::expression::Expression;
use crate::item::{Item, key_item, text};
use crate::keys::{DUE_PK, DUE_SK, Key, Keys};
use crate::objects::ObjectStore;
use crate::store::{Clients, Shared};
use crate::transaction::Transaction;
use crate::{StoreError, due, retry};

mod read;

/// Everything of one tenant, and nothing of any other. Cheap to clone.
#[derive(Debug, Clone)]
pub struct TenantStore {
    tenant: TenantId,
    clients: Clients,
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
    pub(crate) fn new(tenant: TenantId, clients: Clients, shared: Arc<Shared>) -> Self {
        Self {
            tenant,
            clients,
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
        &self.clients.dynamo
    }

    pub(crate) fn objects(&self) -> &ObjectStore {
        &self.clients.objects
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
            .client()
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
                .client()
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
                .client()
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
        self.client()
            .delete_item()
            .table_name(&self.shared.table)
            .set_key(Some(key_item(key)))
            .send()
            .await?;
        Ok(())
    }
}
