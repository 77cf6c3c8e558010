//! Versions of a tenant's escalation policy: documents as they were accepted, never changed afterwards.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::expression::Expression;
use crate::item::{decode, encode, number};
use crate::keys::PK;
use crate::{StoreError, TenantStore};

/// One version of a tenant's escalation policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationVersion {
    /// Counts from 1.
    pub version: u32,
    /// The document as the tenant wrote it, validated before it came here.
    pub text: String,
    /// When it was accepted.
    pub accepted: Timestamp,
}

impl TenantStore {
    /// Makes a validated document the policy in force and returns its version. The text already in force keeps its
    /// version, so that a repeat changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the tenant has never been put; [`StoreError::Conflict`] when somebody else sets
    /// one at the same time.
    pub async fn set_escalation(&self, text: &str, now: Timestamp) -> Result<u32, StoreError> {
        let in_force = self.get_tenant().await?.escalation_version;
        if in_force > 0 && self.get_escalation(in_force).await?.text == text {
            return Ok(in_force);
        }
        let next = EscalationVersion {
            version: in_force + 1,
            text: text.to_owned(),
            accepted: now,
        };
        let mut transaction = self.transaction();
        let key = self.keys().escalation(next.version);
        transaction.put(encode(&key, &next)?, &Expression::new().require_absent(PK))?;
        let change = Expression::new()
            .set("escalation_version", number(next.version))
            .require_equal("escalation_version", number(in_force));
        transaction.update(&self.keys().meta(), &change)?;
        let written = transaction.run(self.client()).await;
        written.map_err(|aborted| aborted.or_conflict("the escalation policy"))?;
        Ok(next.version)
    }

    /// A version of the policy.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn get_escalation(&self, version: u32) -> Result<EscalationVersion, StoreError> {
        decode(
            self.expect(&self.keys().escalation(version), "the escalation policy")
                .await?,
        )
    }
}
