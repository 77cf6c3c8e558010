//! Several writes that happen together or not at all.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem, Update};

use crate::expression::Expression;
use crate::item::{Item, key_item};
use crate::keys::Key;
use crate::{StoreError, retry};

/// DynamoDB's limit on the actions of one transaction.
pub(crate) const MOST_ACTIONS: usize = 100;

/// The actions gathered so far. Each `put`, `update`, … is one action, counted from 0 in [`Refused::actions`].
#[derive(Debug)]
pub(crate) struct Transaction {
    table: String,
    actions: Vec<TransactWriteItem>,
}

/// How a transaction that wrote nothing ended.
#[derive(Debug)]
pub(crate) enum Aborted {
    /// The conditions of these actions did not hold.
    Refused(Vec<usize>),
    /// It failed otherwise.
    Failed(StoreError),
}

impl Aborted {
    /// The error for a caller who does not tell conditions apart.
    pub(crate) fn or_conflict(self, what: &str) -> StoreError {
        match self {
            Aborted::Refused(_) => StoreError::Conflict(what.to_owned()),
            Aborted::Failed(error) => error,
        }
    }
}

impl Transaction {
    pub(crate) fn new(table: &str) -> Self {
        Self {
            table: table.to_owned(),
            actions: Vec::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.actions.len()
    }

    /// Puts a whole item.
    pub(crate) fn put(&mut self, item: Item, require: &Expression) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .set_condition_expression(require.condition())
            .set_expression_attribute_names(require.names())
            .set_expression_attribute_values(require.values())
            .build()
            .map_err(StoreError::other)?;
        self.actions
            .push(TransactWriteItem::builder().put(put).build());
        Ok(())
    }

    /// Changes attributes of an item.
    pub(crate) fn update(&mut self, key: &Key, change: &Expression) -> Result<(), StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key_item(key)))
            .set_update_expression(change.update())
            .set_condition_expression(change.condition())
            .set_expression_attribute_names(change.names())
            .set_expression_attribute_values(change.values())
            .build()
            .map_err(StoreError::other)?;
        self.actions
            .push(TransactWriteItem::builder().update(update).build());
        Ok(())
    }

    /// Deletes an item; one that is not there is no error.
    pub(crate) fn delete(&mut self, key: &Key) -> Result<(), StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key_item(key)))
            .build()
            .map_err(StoreError::other)?;
        self.actions
            .push(TransactWriteItem::builder().delete(delete).build());
        Ok(())
    }

    /// Requires something of an item without changing it.
    pub(crate) fn check(&mut self, key: &Key, require: &Expression) -> Result<(), StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(key_item(key)))
            .set_condition_expression(require.condition())
            .set_expression_attribute_names(require.names())
            .set_expression_attribute_values(require.values())
            .build()
            .map_err(StoreError::other)?;
        self.actions
            .push(TransactWriteItem::builder().condition_check(check).build());
        Ok(())
    }

    /// Writes everything, or nothing. Clashes with other transactions on the same items are tried again.
    pub(crate) async fn run(self, client: &aws_sdk_dynamodb::Client) -> Result<(), Aborted> {
        if self.actions.is_empty() {
            return Ok(());
        }
        let mut waits = retry::waits();
        loop {
            let sent = client
                .transact_write_items()
                .set_transact_items(Some(self.actions.clone()))
                .send()
                .await;
            let aborted = match sent {
                Ok(_) => return Ok(()),
                Err(error) => reasons(error),
            };
            match (&aborted, waits.next()) {
                (Aborted::Failed(StoreError::Throttled(_)), Some(wait)) => {
                    tokio::time::sleep(wait).await
                }
                _ => return Err(aborted),
            }
        }
    }
}

fn reasons(error: SdkError<TransactWriteItemsError>) -> Aborted {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
        error.as_service_error()
    else {
        return Aborted::Failed(error.into());
    };
    let reasons = cancelled.cancellation_reasons();
    let refused: Vec<usize> = (0..reasons.len())
        .filter(|index| reasons[*index].code() == Some("ConditionalCheckFailed"))
        .collect();
    if !refused.is_empty() {
        return Aborted::Refused(refused);
    }
    let reason = reasons
        .iter()
        .find(|reason| reason.code().is_some_and(|code| code != "None"));
    let (code, message) = reason.map_or(("no reason", ""), |reason| {
        (
            reason.code().unwrap_or_default(),
            reason.message().unwrap_or_default(),
        )
    });
    let busy = [
        "TransactionConflict",
        "ProvisionedThroughputExceeded",
        "ThrottlingError",
    ];
    Aborted::Failed(if busy.contains(&code) {
        StoreError::Throttled(format!("{code}: {message}"))
    } else {
        StoreError::other(format!("the transaction was cancelled: {code}: {message}"))
    })
}
