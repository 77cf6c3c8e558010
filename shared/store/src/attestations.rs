//! Attestations: what a tenant vouches for. Whether one counts at a time is the caller's to tell by its `until`.

use plimsoll_model::Attestation;

use crate::expression::Expression;
use crate::item::{decode, encode};
use crate::{StoreError, TenantStore};

impl TenantStore {
    /// Writes an attestation whole, in the place of one about the same control and clusters.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn put_attestation(&self, attestation: &Attestation) -> Result<(), StoreError> {
        let item = encode(&self.keys().attestation(attestation), attestation)?;
        self.put(item, &Expression::new()).await
    }

    /// All attestations, by what they are about, those that have ended as well.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn list_attestations(&self) -> Result<Vec<Attestation>, StoreError> {
        self.all(&self.keys().root(), "ATT#")
            .await?
            .into_iter()
            .map(decode)
            .collect()
    }

    /// Removes what is said of the same control and clusters; that nothing is said is no error.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn delete_attestation(&self, attestation: &Attestation) -> Result<(), StoreError> {
        self.delete(&self.keys().attestation(attestation)).await
    }
}
