//! What stands above tenants: the list of them, and what only one of them may have. It has its own table and, in AWS,
//! its own role.

use std::sync::Arc;

use plimsoll_model::{Tenant, TenantId};

use crate::StoreError;
use crate::expression::Expression;
use crate::item::{Item, key_item, key_of, required, text, text_of};
use crate::keys::{Key, PK, SK};
use crate::store::Shared;

/// The partition that lists the tenants.
const TENANTS: &str = "TENANTS";

/// The list of tenants and what only one of them may have.
#[derive(Debug, Clone)]
pub struct Control {
    shared: Arc<Shared>,
}

/// A tenant as the list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredTenant {
    /// Its id.
    pub id: TenantId,
    /// Its short name.
    pub slug: String,
    /// Its name for people.
    pub name: String,
}

/// What only one tenant may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// An AWS account id.
    AwsAccount,
    /// A Slack workspace id.
    SlackTeam,
}

impl Claim {
    fn as_str(self) -> &'static str {
        match self {
            Claim::AwsAccount => "awsAccount",
            Claim::SlackTeam => "slackTeam",
        }
    }

    fn key(self, value: &str) -> Key {
        Key::new(format!("CLAIM#{}#{value}", self.as_str()), "OWNER")
    }
}

fn releases_of(region: &str) -> Key {
    Key::new(format!("RELEASES#{region}"), "TOLD")
}

impl Control {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Enters a tenant into the list, or renews its names.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn register(&self, tenant: &Tenant) -> Result<(), StoreError> {
        let change = Expression::new()
            .set("slug", text(&tenant.slug))
            .set("name", text(&tenant.name));
        self.update(&Key::new(TENANTS, tenant.id.as_str()), &change)
            .await
    }

    /// All tenants, by id.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an entry is corrupt.
    pub async fn tenants(&self) -> Result<Vec<RegisteredTenant>, StoreError> {
        let mut tenants = Vec::new();
        let mut after: Option<Item> = None;
        loop {
            let answer = self
                .shared
                .unguarded
                .query()
                .table_name(&self.shared.control_table)
                .key_condition_expression(format!("{PK} = :pk"))
                .expression_attribute_values(":pk", text(TENANTS))
                .consistent_read(true)
                .set_exclusive_start_key(after)
                .send()
                .await?;
            for item in answer.items.unwrap_or_default() {
                let id = text_of(&item, SK).and_then(|id| TenantId::parse(id).ok());
                tenants.push(RegisteredTenant {
                    id: required(&item, "tenant id", id)?,
                    slug: text_of(&item, "slug").unwrap_or_default().to_owned(),
                    name: text_of(&item, "name").unwrap_or_default().to_owned(),
                });
            }
            after = answer.last_evaluated_key;
            if after.is_none() {
                return Ok(tenants);
            }
        }
    }

    /// Claims `value` for a tenant; claiming again what is one's own is no error.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another tenant has it.
    pub async fn claim(
        &self,
        claim: Claim,
        value: &str,
        tenant: &TenantId,
    ) -> Result<(), StoreError> {
        let change = Expression::new()
            .set("tenant", text(tenant.as_str()))
            .require_absent_or_equal("tenant", text(tenant.as_str()));
        self.update(&claim.key(value), &change)
            .await
            .map_err(|error| match error {
                StoreError::Conflict(_) => StoreError::Conflict(format!("the claim on {value}")),
                other => other,
            })
    }

    /// Gives back what a tenant has claimed; what another has, or nobody, stays as it is.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn release(
        &self,
        claim: Claim,
        value: &str,
        tenant: &TenantId,
    ) -> Result<(), StoreError> {
        let ours = Expression::new().require_equal("tenant", text(tenant.as_str()));
        let deleted = self
            .shared
            .unguarded
            .delete_item()
            .table_name(&self.shared.control_table)
            .set_key(Some(key_item(&claim.key(value))))
            .set_condition_expression(ours.condition())
            .set_expression_attribute_names(ours.names())
            .set_expression_attribute_values(ours.values())
            .send()
            .await;
        match deleted.map_err(StoreError::from) {
            Ok(_) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Who has `value`, if anybody.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or the entry is corrupt.
    pub async fn owner(&self, claim: Claim, value: &str) -> Result<Option<TenantId>, StoreError> {
        let Some(item) = self.get(&claim.key(value)).await? else {
            return Ok(None);
        };
        let tenant = text_of(&item, "tenant").and_then(|id| TenantId::parse(id).ok());
        required(&item, "tenant id", tenant).map(Some)
    }

    /// The keys of a tenant's claims, and of whatever else names it as its owner.
    pub(crate) async fn claimed_by(&self, tenant: &TenantId) -> Result<Vec<Key>, StoreError> {
        let mut keys = Vec::new();
        let mut after: Option<Item> = None;
        loop {
            let answer = self
                .shared
                .unguarded
                .scan()
                .table_name(&self.shared.control_table)
                .filter_expression("#tenant = :tenant")
                .expression_attribute_names("#tenant", "tenant")
                .expression_attribute_values(":tenant", text(tenant.as_str()))
                .consistent_read(true)
                .set_exclusive_start_key(after)
                .send()
                .await?;
            keys.extend(answer.items.unwrap_or_default().iter().map(key_of));
            after = answer.last_evaluated_key.filter(|key| !key.is_empty());
            if after.is_none() {
                return Ok(keys);
            }
        }
    }

    /// Whether the list has a tenant.
    pub(crate) async fn is_listed(&self, tenant: &TenantId) -> Result<bool, StoreError> {
        let entry = self.get(&Key::new(TENANTS, tenant.as_str())).await?;
        Ok(entry.is_some())
    }

    /// Takes a tenant out of the list.
    pub(crate) async fn unregister(&self, tenant: &TenantId) -> Result<(), StoreError> {
        self.delete(&Key::new(TENANTS, tenant.as_str())).await
    }

    pub(crate) async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.shared
            .unguarded
            .delete_item()
            .table_name(&self.shared.control_table)
            .set_key(Some(key_item(key)))
            .send()
            .await?;
        Ok(())
    }

    /// What AWS told everybody of a region, as it was kept: text, of which the store knows nothing.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn releases(&self, region: &str) -> Result<Option<String>, StoreError> {
        let item = self.get(&releases_of(region)).await?;
        Ok(item.and_then(|item| text_of(&item, "told").map(str::to_owned)))
    }

    /// Keeps it. Of two that do so at once, one asks for its part again.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn keep_releases(&self, region: &str, told: &str) -> Result<(), StoreError> {
        let change = Expression::new().set("told", text(told));
        self.update(&releases_of(region), &change).await
    }

    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let answer = self
            .shared
            .unguarded
            .get_item()
            .table_name(&self.shared.control_table)
            .set_key(Some(key_item(key)))
            .consistent_read(true)
            .send()
            .await?;
        Ok(answer.item)
    }

    pub(crate) async fn update(&self, key: &Key, change: &Expression) -> Result<(), StoreError> {
        self.shared
            .unguarded
            .update_item()
            .table_name(&self.shared.control_table)
            .set_key(Some(key_item(key)))
            .set_update_expression(change.update())
            .set_condition_expression(change.condition())
            .set_expression_attribute_names(change.names())
            .set_expression_attribute_values(change.values())
            .send()
            .await?;
        Ok(())
    }
}
