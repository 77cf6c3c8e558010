//! A tenant's own policies, version by version as they were accepted, and the values it gives to parameters.

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_model::PolicyId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::expression::Expression;
use crate::item::{Item, decode, decode_json, encode, json, key_item};
use crate::keys::PK;
use crate::{StoreError, TenantStore};

/// Versions of a policy that are kept, the one in force included.
const KEPT: u32 = 10;

/// One version of a tenant's policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// The policy.
    pub id: PolicyId,
    /// Counts from 1.
    pub version: u32,
    /// `policy.yaml`, checked before it came here; none where the policy was taken away.
    pub text: Option<String>,
    /// `cases.yaml`.
    pub cases: Option<String>,
    /// When it was accepted, or taken away.
    pub accepted: Timestamp,
}

/// By policy, the values of its parameters.
pub type ParameterValues = BTreeMap<String, BTreeMap<String, Value>>;

impl TenantStore {
    /// Makes a checked policy the version in force. Texts that are in force already keep their version, so that a repeat
    /// changes nothing; none for what was changed.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else sets one at the same time.
    pub async fn set_policy(
        &self,
        id: &PolicyId,
        text: &str,
        cases: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<PolicyVersion>, StoreError> {
        let version = PolicyVersion {
            id: id.clone(),
            version: 0,
            text: Some(text.to_owned()),
            cases: cases.map(str::to_owned),
            accepted: now,
        };
        self.put_policy_version(version).await
    }

    /// Takes a policy out of force; none where it is not in force.
    ///
    /// # Errors
    /// As [`TenantStore::set_policy`].
    pub async fn remove_policy(
        &self,
        id: &PolicyId,
        now: Timestamp,
    ) -> Result<Option<PolicyVersion>, StoreError> {
        let gone = PolicyVersion {
            id: id.clone(),
            version: 0,
            text: None,
            cases: None,
            accepted: now,
        };
        self.put_policy_version(gone).await
    }

    /// The policies in force, by id.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn active_policies(&self) -> Result<Vec<PolicyVersion>, StoreError> {
        let mut latest: BTreeMap<PolicyId, PolicyVersion> = BTreeMap::new();
        for item in self.all(&self.keys().root(), "POL#").await? {
            let version: PolicyVersion = decode(item)?;
            latest.insert(version.id.clone(), version);
        }
        let in_force = latest.into_values().filter(|one| one.text.is_some());
        Ok(in_force.collect())
    }

    /// The versions of a policy that are kept, oldest first; where the last one has no text, it was taken away.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or an item is corrupt.
    pub async fn policy_versions(&self, id: &PolicyId) -> Result<Vec<PolicyVersion>, StoreError> {
        let items = self.all(&self.keys().root(), &format!("POL#{id}#")).await?;
        items.into_iter().map(decode).collect()
    }

    /// Sets the values of parameters, those of all policies at once.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn set_parameters(&self, values: &ParameterValues) -> Result<(), StoreError> {
        let mut item: Item = key_item(&self.keys().parameters());
        item.insert("values".to_owned(), json(values)?);
        self.put(item, &Expression::new()).await
    }

    /// The values of parameters; none before they were set.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached, or the item is corrupt.
    pub async fn parameters(&self) -> Result<ParameterValues, StoreError> {
        match self.get(&self.keys().parameters()).await? {
            Some(item) => decode_json(&item, "values"),
            None => Ok(ParameterValues::new()),
        }
    }

    async fn put_policy_version(
        &self,
        mut version: PolicyVersion,
    ) -> Result<Option<PolicyVersion>, StoreError> {
        let versions = self.policy_versions(&version.id).await?;
        let last = versions.last();
        let same = match last {
            Some(last) => (&last.text, &last.cases) == (&version.text, &version.cases),
            None => version.text.is_none(),
        };
        if same {
            return Ok(None);
        }
        version.version = last.map_or(1, |last| last.version + 1);
        let key = self.keys().policy(&version.id, version.version);
        let absent = Expression::new().require_absent(PK);
        self.put(encode(&key, &version)?, &absent).await?;
        for old in versions
            .iter()
            .filter(|old| old.version + KEPT <= version.version)
        {
            self.delete(&self.keys().policy(&old.id, old.version))
                .await?;
        }
        Ok(Some(version))
    }
}
