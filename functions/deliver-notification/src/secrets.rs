//! Tenants' Slack tokens in AWS: one secret of Secrets Manager each, `PREFIX/TENANT/slack`, whose text is the token.
//!
//! The name follows from the tenant alone, so that no setting of one tenant can name another's. It is asked for with
//! every message: messages are rare, and a token that was replaced is used at once.

use std::fmt;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use plimsoll_channels::SendError;
use plimsoll_model::Tenant;

/// The secrets of all tenants.
#[derive(Debug, Clone)]
pub struct Secrets {
    client: Client,
    prefix: String,
}

/// A Slack token; what is written of it for people is that it is there.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl Secrets {
    /// Secrets whose names begin with `prefix` and `/`.
    #[must_use]
    pub fn new(client: Client, prefix: &str) -> Self {
        Self {
            client,
            prefix: prefix.to_owned(),
        }
    }

    /// The name of the secret that holds a tenant's Slack token; none if the tenant's short name does not fit in one.
    fn name(&self, tenant: &Tenant) -> Option<String> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        let slug = &tenant.slug;
        (!slug.is_empty() && slug.chars().all(fits))
            .then(|| format!("{}/{slug}/slack", self.prefix))
    }

    /// The tenant's token; none when there is no such secret, when it is about to be deleted, and when it is empty.
    ///
    /// # Errors
    /// [`SendError::Temporary`] when Secrets Manager does not give it: it may next time.
    pub(crate) async fn slack_token(&self, tenant: &Tenant) -> Result<Option<Token>, SendError> {
        let Some(name) = self.name(tenant) else {
            return Ok(None);
        };
        let asked = self.client.get_secret_value().secret_id(name).send().await;
        let text = match asked {
            Ok(secret) => secret.secret_string,
            Err(error) => match error.as_service_error() {
                Some(
                    GetSecretValueError::ResourceNotFoundException(_)
                    | GetSecretValueError::InvalidRequestException(_),
                ) => None,
                // The SDK's error may carry the answer, and with it the secret.
                _ => {
                    let said = error.code().unwrap_or("no answer");
                    let said = format!("Secrets Manager gives no token: {said}");
                    return Err(SendError::Temporary(said.into()));
                }
            },
        };
        Ok(text
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(Token::new))
    }
}

#[cfg(test)]
mod tests;
