//! The audit trail: appended to, a partition a month.

use jiff::Timestamp;
use plimsoll_model::{AuditEntry, ordered_id};

use crate::expression::Expression;
use crate::item::{decode, encode};
use crate::keys::Key;
use crate::{StoreError, TenantStore};

impl TenantStore {
    /// Appends a line. The same line again is the same item.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn append_audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let id = ordered_id(
            entry.at,
            &[&entry.actor, &entry.action, &entry.subject, &entry.text],
        );
        let item = encode(&Key::new(self.keys().audit(entry.at), id), entry)?;
        self.put(item, &Expression::new()).await
    }

    /// The lines of the month (UTC) in which `month` lies, oldest first.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn list_audit(&self, month: Timestamp) -> Result<Vec<AuditEntry>, StoreError> {
        self.all(&self.keys().audit(month), "")
            .await?
            .into_iter()
            .map(decode)
            .collect()
    }
}
