//! What AWS itself lets a tenant's handle do: its requests go out with credentials of the role for tenants' data, assumed
//! with a policy that leaves of that role one tenant's items and objects.
//!
//! The guard refuses a foreign key before it is sent, this refuses it where it arrives. The condition on
//! `dynamodb:LeadingKeys` comes with a test that the key is there at all: `ForAllValues` holds for a request without any
//! (IAM user guide, "Condition operators for multivalued context keys").

use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_dynamodb::config::IdentityCache;
use plimsoll_model::TenantId;
use serde_json::json;

use crate::keys::OPEN_INDEX;

/// How long before its end a session is replaced; it lasts an hour, the longest of a role that a role assumes.
const BEFORE_THE_END: Duration = Duration::from_secs(600);
/// See [`BEFORE_THE_END`].
const LASTS: Duration = Duration::from_secs(3600);

/// The role in AWS through which tenants' data is reached, and where that data lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataRole {
    /// Its ARN.
    pub arn: String,
    /// The region of the table.
    pub region: String,
    /// The table of all tenants' data.
    pub table: String,
    /// The bucket of all tenants' objects.
    pub bucket: String,
}

impl DataRole {
    /// The session policy that is sent for a tenant, as JSON: its own partitions of the table and of the index of open
    /// findings, and its own objects. At most 2,048 characters are allowed (STS, `AssumeRole`).
    ///
    /// Names of objects hold ids only; that they may be listed lets S3 tell what is missing from what is refused. What
    /// KMS is asked for on the tenant's behalf is limited by the role, which knows the key.
    #[must_use]
    pub fn session_policy(&self, tenant: &TenantId) -> String {
        let mut parts = self.arn.split(':');
        let (partition, account) = (parts.nth(1).unwrap_or("*"), parts.nth(2).unwrap_or("*"));
        let (region, table, bucket) = (&self.region, &self.table, &self.bucket);
        let table = format!("arn:{partition}:dynamodb:{region}:{account}:table/{table}");
        let bucket = format!("arn:{partition}:s3:::{bucket}");
        let items = json!({
            "Effect": "Allow",
            "Action": [
                "dynamodb:BatchGetItem",
                "dynamodb:ConditionCheckItem",
                "dynamodb:DeleteItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
            ],
            "Resource": [table, format!("{table}/index/{OPEN_INDEX}")],
            "Condition": {
                "ForAllValues:StringLike": {
                    "dynamodb:LeadingKeys": [format!("T#{tenant}"), format!("T#{tenant}#*")],
                },
                "Null": { "dynamodb:LeadingKeys": "false" },
            },
        });
        let objects = json!({
            "Effect": "Allow",
            "Action": ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            "Resource": format!("{bucket}/t/{tenant}/*"),
        });
        let missing = json!({ "Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket });
        let key = json!({
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": "*",
        });
        json!({ "Version": "2012-10-17", "Statement": [items, objects, missing, key] }).to_string()
    }
}

/// The way to tenants' sessions.
#[derive(Debug, Clone)]
pub(crate) struct Sessions {
    sts: aws_sdk_sts::Client,
    role: DataRole,
}

impl Sessions {
    /// `sdk` has the function's own credentials, which may do no more with tenants' items than assume the role.
    pub(crate) fn new(sdk: &SdkConfig, role: DataRole) -> Self {
        Self {
            sts: aws_sdk_sts::Client::new(sdk),
            role,
        }
    }

    /// The credentials of one tenant's requests.
    pub(crate) fn of(&self, tenant: &TenantId) -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(TenantSession {
            policy: self.role.session_policy(tenant),
            name: format!("t-{tenant}"),
            sessions: self.clone(),
        })
    }

    /// Keeps a session for fifty minutes, so that a tenant costs one call in that time.
    pub(crate) fn cache() -> aws_sdk_dynamodb::config::SharedIdentityCache {
        IdentityCache::lazy().buffer_time(BEFORE_THE_END).build()
    }
}

/// One tenant's.
#[derive(Debug)]
struct TenantSession {
    sessions: Sessions,
    name: String,
    policy: String,
}

impl TenantSession {
    async fn assume(&self) -> Result<Credentials, CredentialsError> {
        let call = self
            .sessions
            .sts
            .assume_role()
            .role_arn(&self.sessions.role.arn)
            .role_session_name(&self.name)
            .policy(&self.policy)
            .duration_seconds(i32::try_from(LASTS.as_secs()).unwrap_or(3600));
        let answer = call
            .send()
            .await
            .map_err(CredentialsError::provider_error)?;
        let given = answer
            .credentials()
            .ok_or_else(|| CredentialsError::unhandled("the answer holds no credentials"))?;
        let expires = std::time::SystemTime::try_from(*given.expiration());
        Ok(Credentials::new(
            given.access_key_id(),
            given.secret_access_key(),
            Some(given.session_token().to_owned()),
            Some(expires.map_err(CredentialsError::unhandled)?),
            "TenantSession",
        ))
    }
}

impl ProvideCredentials for TenantSession {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        // The call's future is large, and would lie in every caller's.
        future::ProvideCredentials::new(Box::pin(self.assume()))
    }
}

#[cfg(test)]
mod tests;
