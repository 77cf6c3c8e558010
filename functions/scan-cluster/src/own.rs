//! The policies that a tenant's clusters are judged by: the built-in ones, its own, and its values of parameters.

use std::borrow::Cow;

use plimsoll_policy::own::OwnPolicy;
use plimsoll_policy::{Catalogue, ParameterValue, WrittenValue};
use plimsoll_store::{PolicyVersion, StoreError, TenantStore};

/// Reads what a tenant has in force beside the built-in policies. What cannot run any more is left out and named.
///
/// # Errors
/// When the store fails.
pub async fn policies_of<'c>(
    tenant: &TenantStore,
    built_in: &'c Catalogue,
) -> Result<(Cow<'c, Catalogue>, Vec<String>), StoreError> {
    let own: Vec<OwnPolicy> = tenant
        .active_policies()
        .await?
        .into_iter()
        .filter_map(as_kept)
        .collect();
    let parameters = tenant.parameters().await?;
    let parameters = parameters.into_iter().flat_map(|(policy, values)| {
        let value = move |(name, value)| ParameterValue {
            policy: policy.clone(),
            name,
            value: WrittenValue::Value(value),
        };
        values.into_iter().map(value)
    });
    let parameters: Vec<ParameterValue> = parameters.collect();
    Ok(built_in.with_own(&own, &parameters))
}

/// A version as policies are read; none where it says that the policy was taken away.
#[must_use]
pub fn as_kept(version: PolicyVersion) -> Option<OwnPolicy> {
    Some(OwnPolicy {
        id: version.id,
        text: version.text?,
        cases: version.cases,
    })
}
