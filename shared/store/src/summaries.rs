//! When a tenant's next summary is due. The summaries themselves are deliveries without an incident, whose key is period
//! and recipient, so that nobody gets a period twice.

use jiff::Timestamp;

use crate::due::DueKind;
use crate::expression::Expression;
use crate::item::{attribute, decode};
use crate::{StoreError, TenantStore};

/// When the next summary is due, on the tenant's item.
const NEXT_SUMMARY: &str = "next_summary";

impl TenantStore {
    /// Sets when the next summary is due, or that none is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the tenant has never been put.
    pub async fn set_next_summary(&self, at: Option<Timestamp>) -> Result<(), StoreError> {
        let key = self.keys().meta();
        let next = at.map(|at| attribute(&at)).transpose()?;
        let change = Expression::new()
            .set_or_remove(NEXT_SUMMARY, next)
            .require_present("id");
        let change = self.set_due(change, DueKind::Summary, at, &key);
        match self.update(&key, &change).await {
            Err(StoreError::Conflict(_)) => Err(StoreError::NotFound("the tenant".to_owned())),
            outcome => outcome.map(drop),
        }
    }

    /// When the next summary is due.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the tenant has never been put.
    pub async fn next_summary(&self) -> Result<Option<Timestamp>, StoreError> {
        #[derive(serde::Deserialize)]
        struct Next {
            next_summary: Option<Timestamp>,
        }
        let next: Next = decode(self.expect(&self.keys().meta(), "the tenant").await?)?;
        Ok(next.next_summary)
    }

    /// Says that the summary due at `slot` is written (as deliveries, put before) and when the next one is due. A repeat
    /// for a slot that has passed changes nothing.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn advance_summary(
        &self,
        slot: Timestamp,
        next: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let key = self.keys().meta();
        let value = next.map(|next| attribute(&next)).transpose()?;
        let change = Expression::new()
            .set_or_remove(NEXT_SUMMARY, value)
            .require_equal(NEXT_SUMMARY, attribute(&slot)?);
        match self
            .update(&key, &self.set_due(change, DueKind::Summary, next, &key))
            .await
        {
            Err(StoreError::Conflict(_)) => Ok(()),
            outcome => outcome.map(drop),
        }
    }
}
