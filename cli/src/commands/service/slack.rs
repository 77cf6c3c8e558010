//! Whether a tenant has a way to Slack. In AWS who has a token among the secrets is there, whatever the settings say.

use std::sync::Arc;

use plimsoll_inventory::aws::AwsError;
use plimsoll_inventory::aws::wire::{Account, Pace};
use plimsoll_model::Tenant;
use serde_json::{Value, json};

use super::target::Target;

/// What `SecretsPrefix` is unless it is set.
const PREFIX: &str = "plimsoll";

/// Where a tenant's token is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Where the configuration of `plimsoll up` says.
    Configured(String),
    /// In the secret of this name.
    Secret(String),
    /// There is none; in AWS it would be in the secret of this name.
    Missing(Option<String>),
    /// It would be in the secret of this name, and whether it is could not be asked.
    Unknown(String, String),
}

impl Token {
    /// Asks for it. The text of the secret is not asked for.
    pub(super) async fn of(target: &Target, tenant: &Tenant) -> Self {
        let Some(sdk) = &target.sdk else {
            let configured = tenant.slack.as_ref();
            return configured.map_or(Self::Missing(None), |slack| {
                Self::Configured(slack.token_reference.clone())
            });
        };
        let prefix = target.about.secrets_prefix.as_deref().unwrap_or(PREFIX);
        let secret = format!("{prefix}/{}/slack", tenant.slug);
        let ours = Account::new(sdk.clone(), "ours", Arc::new(Pace::default()));
        match has_secret(&ours, &secret).await {
            Ok(true) => Self::Secret(secret),
            Ok(false) => Self::Missing(Some(secret)),
            Err(error) => Self::Unknown(secret, error.to_string()),
        }
    }

    /// For people.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Configured(reference) => format!("token in {reference}"),
            Self::Secret(name) => format!("token in the secret {name}"),
            Self::Missing(None) => "none".to_owned(),
            Self::Missing(Some(name)) => format!("none: there is no secret {name}"),
            Self::Unknown(name, error) => {
                format!("not known, a token would be in the secret {name}: {error}")
            }
        }
    }

    /// For programs: `token` is whether there is one, null where that is not known.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Configured(reference) => json!({ "token": true, "reference": reference }),
            Self::Secret(name) => json!({ "token": true, "secret": name }),
            Self::Missing(name) => json!({ "token": false, "secret": name }),
            Self::Unknown(name, error) => {
                json!({ "token": null, "secret": name, "error": error })
            }
        }
    }
}

/// Whether there is a secret of that name.
async fn has_secret(ours: &Account, name: &str) -> Result<bool, AwsError> {
    let filter = json!({ "Filters": [{ "Key": "name", "Values": [name] }] });
    let answer = ours.call("secretsmanager", "ListSecrets", &filter).await?;
    let found = answer["SecretList"].as_array().into_iter().flatten();
    Ok(found
        .filter(|secret| secret["DeletedDate"].is_null())
        .any(|secret| secret["Name"] == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_said_to_be_none() {
        let name = "plimsoll/acme/slack".to_owned();
        let unknown = Token::Unknown(name.clone(), "AccessDenied".to_owned());
        assert_eq!(
            unknown.words(),
            "not known, a token would be in the secret plimsoll/acme/slack: AccessDenied"
        );
        assert!(unknown.json()["token"].is_null());
        let secret = Token::Secret(name);
        assert_eq!(secret.words(), "token in the secret plimsoll/acme/slack");
        assert_eq!(secret.json()["token"], true);
        assert_eq!(Token::Missing(None).words(), "none");
    }
}
