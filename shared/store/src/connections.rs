//! Connections: a tenant's AWS accounts and single clusters.

use jiff::Timestamp;
use plimsoll_model::{Connection, ConnectionId, ConnectionState};

use crate::due::DueKind;
use crate::expression::Expression;
use crate::item::{attribute, decode, encode};
use crate::keys::PK;
use crate::{StoreError, TenantStore};

impl TenantStore {
    /// Writes a connection whole, due at its `next_scan`, which must not lie before the present: minutes that have passed
    /// are not looked at again.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn put_connection(&self, connection: &Connection) -> Result<(), StoreError> {
        let key = self.keys().connection(&connection.id);
        let mut item = encode(&key, connection)?;
        item.extend(self.due_attributes(DueKind::Connection, connection.next_scan, &key));
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

    /// Writes how a connection is; nothing else of it changes.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_connection_state(
        &self,
        id: &ConnectionId,
        state: &ConnectionState,
    ) -> Result<(), StoreError> {
        let change = Expression::new()
            .set("state", attribute(state)?)
            .require_present(PK);
        self.change_connection(id, change).await
    }

    /// Says that the slot is dealt with and when the next one is. A repeat for a slot that has passed changes nothing.
    /// Until then the planner only defers the entry ([`TenantStore::defer`]), so that a lost job is sent again.
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
        self.advance(&key, DueKind::Connection, slot, next).await
    }

    async fn change_connection(
        &self,
        id: &ConnectionId,
        change: Expression,
    ) -> Result<(), StoreError> {
        match self.update(&self.keys().connection(id), &change).await {
            Err(StoreError::Conflict(_)) => Err(StoreError::NotFound(id.to_string())),
            outcome => outcome.map(drop),
        }
    }
}
