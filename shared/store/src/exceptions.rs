//! Exceptions: what a tenant accepts. Whether one counts at a time is the caller's to tell by its `expires`.

use plimsoll_model::{Exception, ExceptionId};

use crate::expression::Expression;
use crate::item::{decode, encode};
use crate::{StoreError, TenantStore};

impl TenantStore {
    /// Writes an exception whole.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn put_exception(&self, exception: &Exception) -> Result<(), StoreError> {
        let item = encode(&self.keys().exception(&exception.id), exception)?;
        self.put(item, &Expression::new()).await
    }

    /// All exceptions, by id, those that have ended as well.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn list_exceptions(&self) -> Result<Vec<Exception>, StoreError> {
        self.all(&self.keys().root(), "EXC#")
            .await?
            .into_iter()
            .map(decode)
            .collect()
    }

    /// Removes an exception; one that is not there is no error.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn delete_exception(&self, id: &ExceptionId) -> Result<(), StoreError> {
        self.delete(&self.keys().exception(id)).await
    }
}
