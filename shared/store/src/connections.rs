//! Connections: a tenant's AWS accounts and single clusters.

use jiff::Timestamp;
use plimsoll_model::{Connection, ConnectionId, OutboxItem};

use crate::due::DueKind;
use crate::expression::Expression;
use crate::item::{attribute, decode, encode, number};
use crate::keys::PK;
use crate::transaction::Aborted;
use crate::{StoreError, TenantStore};

/// The rounds of checks in an attribute of their own, for conditions to compare; absent before the first.
const ROUNDS: &str = "rounds";

impl TenantStore {
    /// Writes a connection whole, due at [`Connection::due`], which must not lie before the present: minutes that have
    /// passed are not looked at again.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn put_connection(&self, connection: &Connection) -> Result<(), StoreError> {
        let key = self.keys().connection(&connection.id);
        let mut item = encode(&key, connection)?;
        item.extend(self.due_attributes(DueKind::Connection, connection.due(), &key));
        self.put(item, &Expression::new()).await
    }

    /// A connection.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn get_connection(&self, id: &ConnectionId) -> Result<Connection, StoreError> {
        decode(
            self.expect(&self.keys().connection(id), id.as_str())
                .await?,
        )
    }

    /// All connections, by id.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn list_connections(&self) -> Result<Vec<Connection>, StoreError> {
        self.all(&self.keys().root(), "CON#")
            .await?
            .into_iter()
            .map(decode)
            .collect()
    }

    /// Writes what a round of checks came to: the state, what was checked, the next scan where it comes earlier for it, and
    /// what the tenant is to be told, all of it or nothing. `read` is the connection as the round began with it, `now`
    /// what becomes of it, one round later.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else has written it since, [`StoreError::NotFound`] when it is gone: read
    /// again and decide again.
    pub async fn settle_connection(
        &self,
        read: &Connection,
        now: &Connection,
        outbox: Option<&OutboxItem>,
    ) -> Result<(), StoreError> {
        let key = self.keys().connection(&read.id);
        let change = Expression::new()
            .set("state", attribute(&now.state)?)
            .set("checked", attribute(&now.checked)?)
            .set(ROUNDS, number(now.checked.rounds))
            .set("next_scan", attribute(&now.next_scan)?)
            .require_present(PK)
            .require_equal("next_scan", attribute(&read.next_scan)?)
            .require_absent_or_equal(ROUNDS, number(read.checked.rounds));
        let change = self.set_due(change, DueKind::Connection, Some(now.due()), &key);
        let mut transaction = self.transaction();
        transaction.update(&key, &change)?;
        if let Some(outbox) = outbox {
            transaction.put(self.outbox_item(outbox).await?, &Expression::new())?;
        }
        match transaction.run(self.client()).await {
            Ok(()) => Ok(()),
            Err(Aborted::Failed(error)) => Err(error),
            Err(Aborted::Refused(_)) => {
                self.get_connection(&read.id).await?;
                Err(StoreError::Conflict(read.id.to_string()))
            }
        }
    }

    /// Says that the slot is dealt with and when the next one is. A repeat for a slot that has passed changes nothing.
    /// Until then the planner only defers the entry ([`TenantStore::defer`]), so that a lost job is sent again. Checks
    /// that are due before the next slot keep their time.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn advance_connection(
        &self,
        id: &ConnectionId,
        slot: Timestamp,
        next: Timestamp,
    ) -> Result<(), StoreError> {
        let key = self.keys().connection(id);
        let mut connection = match self.get_connection(id).await {
            Err(StoreError::NotFound(_)) => return Ok(()),
            known => known?,
        };
        connection.next_scan = next;
        let change = Expression::new()
            .set("next_scan", attribute(&next)?)
            .require_equal("next_scan", attribute(&slot)?);
        let due = Some(connection.due());
        let change = self.set_due(change, DueKind::Connection, due, &key);
        match self.update(&key, &change).await {
            Err(StoreError::Conflict(_)) => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    /// Removes a connection. One that is not there is no error.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn remove_connection(&self, id: &ConnectionId) -> Result<(), StoreError> {
        self.delete(&self.keys().connection(id)).await
    }
}
