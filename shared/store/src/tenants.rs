//! The tenant itself and its settings.

use plimsoll_model::Tenant;

use crate::expression::Expression;
use crate::item::{attribute, decode, number, text};
use crate::{StoreError, TenantStore};

impl TenantStore {
    /// Writes who the tenant is and where its messages go. What it has come to by itself (escalation version, incident
    /// numbers, summary time) stays, and begins as given.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn put_tenant(&self, tenant: &Tenant) -> Result<(), StoreError> {
        let slack = tenant.slack.as_ref().map(attribute).transpose()?;
        let mail = tenant.mail.as_ref().map(attribute).transpose()?;
        let change = Expression::new()
            .set("id", text(self.tenant().as_str()))
            .set("slug", text(&tenant.slug))
            .set("name", text(&tenant.name))
            .set_or_remove("slack", slack)
            .set_or_remove("mail", mail)
            .set_once("escalation_version", number(tenant.escalation_version))
            .set_once("last_incident_number", number(tenant.last_incident_number));
        self.update(&self.keys().meta(), &change).await.map(drop)
    }

    /// The tenant.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it has never been put.
    pub async fn get_tenant(&self) -> Result<Tenant, StoreError> {
        decode(self.expect(&self.keys().meta(), "the tenant").await?)
    }
}
