//! The tenant's role: assuming it, and knocking at it as others could.

use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use plimsoll_model::{ScanId, TenantId};

use super::error::AwsError;

const ASSUME: &str = "sts:AssumeRole";

/// An AWS account that we may look into for an hour (the longest session of a chained role).
#[derive(Debug, Clone)]
pub struct AssumedAccount {
    /// Its twelve digits.
    pub account: String,
    credentials: Credentials,
    config: SdkConfig,
}

/// What a role says to whoever knocks.
#[derive(Debug, Clone)]
pub enum Answer {
    /// It lets us in.
    Admitted(Box<AssumedAccount>),
    /// Its trust policy does not admit us so.
    Refused,
    /// Nobody knows: AWS did not answer, or does not let us ask. This is no refusal.
    Lost(AwsError),
}

/// Whose policy it is that denies a call, as AWS's messages say it: these are about the caller, which is us.
/// Source: "Troubleshoot access denied error messages" of the IAM guide.
const OURS: [&str; 5] = [
    "identity-based policy",
    "service control policy",
    "permissions boundary",
    "session policy",
    "VPC endpoint policy",
];

/// The session name that a customer sees in CloudTrail, at most 64 characters.
#[must_use]
pub fn session_name(tenant: &TenantId, scan: &ScanId) -> String {
    format!("t-{tenant}.s-{scan}")
}

/// The account of a role's ARN, if it is one.
#[must_use]
pub fn account_of_role(role_arn: &str) -> Option<&str> {
    let mut parts = role_arn.splitn(6, ':');
    let (arn, _partition, iam, _region) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let (account, rest) = (parts.next()?, parts.next()?);
    let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    (arn == "arn" && iam == "iam" && digits && rest.starts_with("role/")).then_some(account)
}

impl AssumedAccount {
    /// Assumes a role with the ExternalId of its connection. `base` holds the operator's own credentials and region.
    ///
    /// # Errors
    /// [`AwsError::Denied`] when the trust policy does not admit us; others as AWS says.
    pub async fn assume(
        base: &SdkConfig,
        role_arn: &str,
        external_id: &str,
        session: &str,
    ) -> Result<Self, AwsError> {
        Self::assume_with(base, role_arn, Some(external_id), session).await
    }

    async fn assume_with(
        base: &SdkConfig,
        role_arn: &str,
        external_id: Option<&str>,
        session: &str,
    ) -> Result<Self, AwsError> {
        let other = |message: &str| AwsError::Other {
            call: ASSUME.to_owned(),
            message: message.to_owned(),
        };
        let account = account_of_role(role_arn)
            .ok_or_else(|| other(&format!("`{role_arn}` is no ARN of a role")))?;
        let call = aws_sdk_sts::Client::new(base)
            .assume_role()
            .role_arn(role_arn)
            .role_session_name(session)
            .set_external_id(external_id.map(str::to_owned));
        let answer = call
            .send()
            .await
            .map_err(|error| AwsError::of(ASSUME, &error))?;
        let given = answer
            .credentials()
            .ok_or_else(|| other("the answer holds no credentials"))?;
        let user = answer
            .assumed_role_user()
            .map(|user| user.arn())
            .unwrap_or_default();
        if user.split(':').nth(4) != Some(account) {
            return Err(other(
                "the role belongs to another account than its ARN says",
            ));
        }
        let expires = std::time::SystemTime::try_from(*given.expiration()).ok();
        let credentials = Credentials::new(
            given.access_key_id(),
            given.secret_access_key(),
            Some(given.session_token().to_owned()),
            expires,
            "AssumedAccount",
        );
        let provider = SharedCredentialsProvider::new(credentials.clone());
        let config = base.to_builder().credentials_provider(provider).build();
        Ok(Self {
            account: account.to_owned(),
            credentials,
            config,
        })
    }

    /// The SDK configuration for one region of the account.
    #[must_use]
    pub fn in_region(&self, region: &str) -> SdkConfig {
        self.config
            .to_builder()
            .region(Region::new(region.to_owned()))
            .build()
    }

    /// The session's credentials, to sign EKS tokens with.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        self.credentials.clone()
    }
}

/// Asks a role to let us in, with an ExternalId or without one. That it refuses proves something only while it also lets
/// the right one in: IAM is eventually consistent, and a role that is gone refuses everybody.
pub async fn knock(
    base: &SdkConfig,
    role_arn: &str,
    external_id: Option<&str>,
    session: &str,
) -> Answer {
    match AssumedAccount::assume_with(base, role_arn, external_id, session).await {
        Ok(account) => Answer::Admitted(Box::new(account)),
        Err(AwsError::Denied { message, .. }) if !is_ours(&message) => Answer::Refused,
        Err(error) => Answer::Lost(error),
    }
}

/// Whether a refusal comes from a policy on us, and says nothing of the role's.
fn is_ours(message: &str) -> bool {
    OURS.iter().any(|policy| message.contains(policy))
}

/// The account that credentials belong to, by AWS's own word. `config` holds them.
///
/// # Errors
/// As AWS says.
pub async fn caller_account(config: &SdkConfig) -> Result<String, AwsError> {
    let call = "sts:GetCallerIdentity";
    let answer = aws_sdk_sts::Client::new(config).get_caller_identity();
    let answer = answer.send().await;
    let answer = answer.map_err(|error| AwsError::of(call, &error))?;
    Ok(answer.account().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_model::ClusterId;

    #[test]
    fn session_names_fit_what_sts_takes() {
        let scan = ScanId::of_slot(&ClusterId::of(&["c"]), jiff::Timestamp::UNIX_EPOCH);
        let name = session_name(&TenantId::of(&["acme"]), &scan);
        assert!(name.len() <= 64, "{}", name.len());
        assert!(
            name.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b)),
            "{name}"
        );
    }

    #[test]
    fn a_refusal_by_a_policy_on_us_says_nothing_of_the_role() {
        let user = "User: arn:aws:sts::471100000001:assumed-role/scan/s is not authorized to perform: sts:AssumeRole";
        let role = "on resource: arn:aws:iam::471100000815:role/PlimsollScanner";
        assert!(!is_ours(&format!("{user} {role}")));
        let trust = "because no role trust policy allows the sts:AssumeRole action";
        assert!(!is_ours(&format!("{user} {trust}")));
        for ours in [
            "because no identity-based policy allows the sts:AssumeRole action",
            "with an explicit deny in a service control policy",
        ] {
            assert!(is_ours(&format!("{user} {role} {ours}")), "{ours}");
        }
    }

    #[test]
    fn the_account_is_read_from_the_arn() {
        assert_eq!(
            account_of_role("arn:aws:iam::471100000815:role/PlimsollScanner"),
            Some("471100000815")
        );
        assert_eq!(
            account_of_role("arn:aws-cn:iam::471100000815:role/a/b"),
            Some("471100000815")
        );
        for wrong in [
            "",
            "arn:aws:iam::47:role/x",
            "arn:aws:sts::471100000815:role/x",
            "arn:aws:iam::471100000815:user/x",
        ] {
            assert_eq!(account_of_role(wrong), None, "{wrong}");
        }
    }
}
