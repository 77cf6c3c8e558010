//! The tokens by which we are let into clusters given by their address.

use std::sync::Arc;

use plimsoll_inventory::aws::releases::own_account;
use plimsoll_inventory::aws::{AwsError, kept_token, web_identity_token};
use plimsoll_inventory::kube::{
    ClusterError, ClusterReader, EndpointTarget, ExchangeError, GoogleProvider, TokenServices,
    connect_endpoint,
};
use plimsoll_inventory::token::Token;
use plimsoll_model::{Endpoint, EndpointAccess, token_secret};
use plimsoll_runtime::Environment;

use crate::Reach;

/// Where tokens come from.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    /// Where those are that are kept.
    pub kept: Kept,
    /// Where those are exchanged that AWS issues about us.
    pub services: TokenServices,
}

/// Where tokens are kept.
#[derive(Debug, Clone, Default)]
pub enum Kept {
    /// Nowhere.
    #[default]
    Nowhere,
    /// In Secrets Manager, under names that begin with this and the tenant. The environment and the files of a function
    /// hold what no tenant may name.
    Secrets(String),
    /// In the environment and the files of `plimsoll up`.
    Machine,
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoToken {
    /// The tenant has to mend it.
    Refused(String),
    /// Nobody knows.
    Lost(String),
}

impl From<ExchangeError> for NoToken {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Refused(said) => NoToken::Refused(said),
            ExchangeError::Lost(said) => NoToken::Lost(said),
        }
    }
}

impl From<AwsError> for NoToken {
    fn from(error: AwsError) -> Self {
        NoToken::Lost(match &error {
            AwsError::Denied { call, .. } => format!("Plimsoll itself may not call {call}"),
            AwsError::NoCredentials { .. } => "Plimsoll itself has no AWS credentials".to_owned(),
            other => other.to_string(),
        })
    }
}

impl Reach {
    /// The token to show to a cluster of the tenant with that short name.
    ///
    /// # Errors
    /// See [`NoToken`]; no token is in it.
    pub async fn token(&self, slug: &str, endpoint: &Endpoint) -> Result<Token, NoToken> {
        let Some(audience) = endpoint.audience() else {
            return self.kept_token(slug, &endpoint.access).await;
        };
        let identity = web_identity_token(&self.sdk, &audience).await?;
        let services = &self.keys.services;
        match &endpoint.access {
            EndpointAccess::Gke {
                project,
                pool,
                provider,
                service_account,
            } => {
                let of = GoogleProvider {
                    project,
                    pool,
                    provider,
                    service_account: service_account.as_deref(),
                };
                Ok(services.google(of, &identity, &self.allowed).await?)
            }
            EndpointAccess::Aks {
                tenant_id,
                client_id,
            } => {
                let token = services.microsoft(tenant_id, client_id, &identity, &self.allowed);
                Ok(token.await?)
            }
            _ => Ok(identity),
        }
    }

    async fn kept_token(&self, slug: &str, access: &EndpointAccess) -> Result<Token, NoToken> {
        let refused = |said: String| Err(NoToken::Refused(said));
        match (access, &self.keys.kept) {
            (EndpointAccess::Secret { name }, Kept::Secrets(prefix)) => {
                let Some(secret) = token_secret(prefix, slug, name) else {
                    return refused(format!("`{name}` is no name of a secret"));
                };
                let region = self.sdk.region().map(ToString::to_string);
                let region = region.unwrap_or_default();
                let own = own_account(&self.sdk, &region, Arc::clone(&self.pace));
                let token = kept_token(&own, &secret).await?;
                token.ok_or_else(|| NoToken::Refused(format!("no token in the secret {secret}")))
            }
            (EndpointAccess::Environment { variable }, Kept::Machine) => {
                let environment = Environment::of_process();
                let token = environment.get(variable).and_then(Token::of);
                let said = format!("no token in the environment variable {variable}");
                token.ok_or(NoToken::Refused(said))
            }
            (EndpointAccess::File { path }, Kept::Machine) => {
                match std::fs::read_to_string(path).map(|text| Token::of(&text)) {
                    Ok(Some(token)) => Ok(token),
                    Ok(None) => refused(format!("no token in the file {path}")),
                    Err(error) => refused(format!("{path}: {}", error.kind())),
                }
            }
            (EndpointAccess::Secret { .. }, _) => {
                refused("`token_secret` is for a deployed stack".to_owned())
            }
            _ => refused("a deployed stack reads tokens from its secrets alone".to_owned()),
        }
    }

    /// Prepares a connection with a token; nothing is sent yet.
    ///
    /// # Errors
    /// What was said of the cluster is of no use.
    pub fn connect_endpoint(
        &self,
        endpoint: &Endpoint,
        token: Token,
    ) -> Result<ClusterReader, ClusterError> {
        let target = EndpointTarget {
            name: &endpoint.name,
            url: &endpoint.url,
            authority: endpoint.ca.as_deref(),
        };
        connect_endpoint(target, token, self.allowed.clone(), self.patience)
    }
}
