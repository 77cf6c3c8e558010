//! `[[tenant.connection]] endpoint = …`: a cluster by the address of its API server, as a configuration says it.

use std::path::{Path, PathBuf};

use plimsoll_inventory::kube::certificates;
use plimsoll_model::{Endpoint, EndpointAccess, Provider, token_secret};
use serde::Deserialize;

use super::config::{ConnectionConfig, Wrong};

/// `provider = …`: who runs the cluster, which decides the frameworks that apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ProviderConfig {
    Gke,
    Aks,
    SelfManaged,
}

/// `web_identity = …`: a token that AWS issues about us.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebIdentityConfig {
    /// Begins the audience, which ends with the connection's ExternalId.
    pub(crate) audience: Option<String>,
}

/// `gke = …`: the workload identity provider that trusts us.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GkeConfig {
    /// The project's number.
    pub(crate) project: String,
    pub(crate) pool: String,
    pub(crate) provider: String,
    pub(crate) service_account: Option<String>,
}

/// `aks = …`: the application that trusts us.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AksConfig {
    pub(crate) tenant_id: String,
    pub(crate) client_id: String,
}

impl From<ProviderConfig> for Provider {
    fn from(provider: ProviderConfig) -> Self {
        match provider {
            ProviderConfig::Gke => Provider::Gke,
            ProviderConfig::Aks => Provider::Aks,
            ProviderConfig::SelfManaged => Provider::Other,
        }
    }
}

fn letters(text: &str, also: &[u8]) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || also.contains(&byte);
    !text.is_empty() && text.len() <= 200 && text.bytes().all(fits)
}

/// What is wrong with a connection that has an `endpoint`.
pub(crate) fn mistake(connection: &ConnectionConfig, url: &str) -> Option<Wrong> {
    let host = url.strip_prefix("https://").unwrap_or_default();
    if !letters(host, b".-:[]/_") || host.starts_with(['/', ':']) {
        return Some((
            "`endpoint` must be an https:// address without a user and a query",
            Some("as the cluster's kubeconfig has it: https://api.example.com:6443"),
        ));
    }
    let name = connection.name.as_deref().unwrap_or_default();
    if !letters(name, b"-_.") {
        return Some((
            "`name` is needed with `endpoint`: letters, digits, `-`, `_` and `.`",
            None,
        ));
    }
    let Some(provider) = connection.provider else {
        return Some((
            "`provider` is needed with `endpoint`",
            Some("gke, aks or self-managed"),
        ));
    };
    let ways = [
        connection.token_secret.is_some(),
        connection.token_env.is_some(),
        connection.token_file.is_some(),
        connection.web_identity.is_some(),
        connection.gke.is_some(),
        connection.aks.is_some(),
    ];
    if ways.into_iter().filter(|is| *is).count() != 1 {
        return Some((
            "exactly one of `token_secret`, `token_env`, `token_file`, `web_identity`, `gke` and `aks` is needed",
            None,
        ));
    }
    if let Some(secret) = &connection.token_secret
        && token_secret("p", "t", secret).is_none()
    {
        return Some((
            "`token_secret` is the last part of the secret's name: letters, digits, `-` and `_`",
            Some("\"edge\" for the secret plimsoll/TENANT/cluster/edge"),
        ));
    }
    if let Some(WebIdentityConfig {
        audience: Some(begins),
    }) = &connection.web_identity
        && !letters(begins, b".-_:/")
    {
        return Some((
            "`audience` is made of letters, digits and `.-_:/`; the ExternalId follows by itself",
            None,
        ));
    }
    if let Some(gke) = &connection.gke {
        return gke.mistake(provider);
    }
    connection
        .aks
        .as_ref()
        .and_then(|aks| aks.mistake(provider))
}

impl GkeConfig {
    fn mistake(&self, provider: ProviderConfig) -> Option<Wrong> {
        let number = self.project.bytes().all(|byte| byte.is_ascii_digit());
        if !number || self.project.is_empty() {
            return Some(("`project` must be the project's number", None));
        }
        let names = letters(&self.pool, b"-") && letters(&self.provider, b"-");
        let account = self.service_account.as_deref();
        if !names || account.is_some_and(|account| !letters(account, b"-.@")) {
            return Some((
                "`pool`, `provider` and `service_account` must be names that Google gives",
                None,
            ));
        }
        (provider != ProviderConfig::Gke).then_some(("`gke` is for provider \"gke\"", None))
    }
}

impl AksConfig {
    fn mistake(&self, provider: ProviderConfig) -> Option<Wrong> {
        if !letters(&self.tenant_id, b"-.") || !letters(&self.client_id, b"-") {
            return Some((
                "`tenant_id` and `client_id` must be the ids of a directory and an application",
                None,
            ));
        }
        (provider != ProviderConfig::Aks).then_some(("`aks` is for provider \"aks\"", None))
    }
}

/// What a connection may not have in a deployed stack, or only there.
pub(crate) fn place_mistake(connection: &ConnectionConfig, deployed: bool) -> Option<Wrong> {
    let of_machine = connection.token_env.is_some() || connection.token_file.is_some();
    match deployed {
        true => of_machine.then_some((
            "`token_env` and `token_file` are for `plimsoll up` alone",
            Some("token_secret = \"NAME\" for the secret plimsoll/TENANT/cluster/NAME"),
        )),
        false => connection.token_secret.is_some().then_some((
            "`token_secret` is for a deployed stack",
            Some("token_env = \"VARIABLE\" or token_file = \"FILE\""),
        )),
    }
}

/// The connection with the certificates themselves in the place of their file, and the whole path of a token's file.
///
/// # Errors
/// A file that cannot be read, or certificates that are none.
pub(crate) fn beside(
    connection: &ConnectionConfig,
    folder: &Path,
) -> Result<ConnectionConfig, String> {
    let mut whole = connection.clone();
    if let Some(ca) = &connection.ca {
        let pem = match ca.contains("-----BEGIN") {
            true => ca.clone(),
            false => {
                let path = folder.join(ca);
                let text = std::fs::read_to_string(&path);
                text.map_err(|error| format!("`ca`: {}: {error}", path.display()))?
            }
        };
        if certificates(pem.as_bytes()).is_none() {
            return Err("`ca` holds no certificate in PEM".to_owned());
        }
        whole.ca = Some(pem);
    }
    if let Some(file) = &connection.token_file {
        let path = folder.join(file);
        whole.token_file = Some(std::path::absolute(&path).unwrap_or(path));
    }
    Ok(whole)
}

/// The cluster that a connection without mistakes means, if it has an `endpoint`.
pub(crate) fn endpoint(connection: &ConnectionConfig, external_id: &str) -> Option<Endpoint> {
    Some(Endpoint {
        name: connection.name.clone().unwrap_or_default(),
        url: address(connection)?.to_owned(),
        provider: connection.provider?.into(),
        ca: connection.ca.clone(),
        external_id: external_id.to_owned(),
        access: access(connection)?,
    })
}

/// The address as it is kept.
pub(crate) fn address(connection: &ConnectionConfig) -> Option<&str> {
    let url = connection.endpoint.as_deref();
    url.map(|url| url.trim_end_matches('/'))
}

fn access(connection: &ConnectionConfig) -> Option<EndpointAccess> {
    let path = |path: &PathBuf| path.display().to_string();
    Some(match connection {
        ConnectionConfig {
            token_secret: Some(name),
            ..
        } => EndpointAccess::Secret { name: name.clone() },
        ConnectionConfig {
            token_env: Some(variable),
            ..
        } => EndpointAccess::Environment {
            variable: variable.clone(),
        },
        ConnectionConfig {
            token_file: Some(file),
            ..
        } => EndpointAccess::File { path: path(file) },
        ConnectionConfig {
            web_identity: Some(web),
            ..
        } => EndpointAccess::WebIdentity {
            audience: web.audience.clone(),
        },
        ConnectionConfig { gke: Some(gke), .. } => EndpointAccess::Gke {
            project: gke.project.clone(),
            pool: gke.pool.clone(),
            provider: gke.provider.clone(),
            service_account: gke.service_account.clone(),
        },
        ConnectionConfig { aks: Some(aks), .. } => EndpointAccess::Aks {
            tenant_id: aks.tenant_id.clone(),
            client_id: aks.client_id.clone(),
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
