//! A cluster that a tenant gives by the address of its API server.

use serde::{Deserialize, Serialize};

use crate::Provider;

/// An API server, and how it lets us in. A token itself is never in it, only where one is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    /// What people call the cluster.
    pub name: String,
    /// The API server's address, `https://` and no path.
    pub url: String,
    /// Who runs it.
    pub provider: Provider,
    /// The certificates in PEM that its own must come from; none where the machine's trusted ones do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
    /// Made by us, never taken from a form. Audiences end with it.
    pub external_id: String,
    /// Whose word the cluster takes.
    pub access: EndpointAccess,
}

/// How we show who we are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum EndpointAccess {
    /// A token that is kept among the tenant's secrets, `PREFIX/TENANT/cluster/NAME`.
    Secret {
        /// The last part of the secret's name.
        name: String,
    },
    /// A token in the environment of `plimsoll up`.
    Environment {
        /// Name of the variable.
        variable: String,
    },
    /// A token in a file that `plimsoll up` can read.
    File {
        /// Its path.
        path: String,
    },
    /// A token that AWS issues about us (`sts:GetWebIdentityToken`), which the cluster trusts by structured authentication.
    WebIdentity {
        /// Begins the audience.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        audience: Option<String>,
    },
    /// The same token, exchanged at Google's workload identity federation.
    Gke {
        /// Number of the project that has the pool.
        project: String,
        /// The workload identity pool.
        pool: String,
        /// The provider in it.
        provider: String,
        /// E-mail of the service account to act as; none to be the pool's own principal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service_account: Option<String>,
    },
    /// The same token, exchanged at Microsoft Entra for one of an application.
    Aks {
        /// The directory (tenant) id.
        tenant_id: String,
        /// The application (client) id.
        client_id: String,
    },
}

impl Endpoint {
    /// The audience of tokens that AWS issues about us for this cluster; none where a token is kept. It ends with the
    /// connection's ExternalId, so that no other tenant's connection can have it.
    #[must_use]
    pub fn audience(&self) -> Option<String> {
        match &self.access {
            EndpointAccess::Secret { .. }
            | EndpointAccess::Environment { .. }
            | EndpointAccess::File { .. } => None,
            EndpointAccess::WebIdentity { audience } => {
                Some(audience_of(audience.as_deref(), &self.external_id))
            }
            EndpointAccess::Gke { .. } | EndpointAccess::Aks { .. } => {
                Some(audience_of(None, &self.external_id))
            }
        }
    }

    /// The same connection with another ExternalId: what somebody else's would be.
    #[must_use]
    pub fn with_external_id(&self, external_id: String) -> Self {
        Self {
            external_id,
            ..self.clone()
        }
    }
}

fn audience_of(begins: Option<&str>, external_id: &str) -> String {
    match begins {
        Some(begins) => format!("{begins}/{external_id}"),
        None => external_id.to_owned(),
    }
}

/// The name of the secret that keeps a tenant's token for a cluster; none if the tenant's short name or the secret's does
/// not fit in one. It follows from the tenant, so that no connection of one tenant can name another's secret.
#[must_use]
pub fn token_secret(prefix: &str, slug: &str, name: &str) -> Option<String> {
    let fits = |text: &str, also: &[u8]| {
        let fit = |byte: u8| byte.is_ascii_alphanumeric() || also.contains(&byte);
        !text.is_empty() && text.len() <= 100 && text.bytes().all(fit)
    };
    (fits(slug, b"-") && fits(name, b"-_")).then(|| format!("{prefix}/{slug}/cluster/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_ends_with_the_connections_external_id() {
        let mut endpoint = Endpoint {
            name: "edge".to_owned(),
            url: "https://api.example".to_owned(),
            provider: Provider::Other,
            ca: None,
            external_id: "plm-1".to_owned(),
            access: EndpointAccess::WebIdentity { audience: None },
        };
        assert_eq!(endpoint.audience().as_deref(), Some("plm-1"));
        let audience = Some("acme".to_owned());
        endpoint.access = EndpointAccess::WebIdentity { audience };
        assert_eq!(endpoint.audience().as_deref(), Some("acme/plm-1"));
        let other = endpoint.with_external_id("plm-2".to_owned());
        assert_eq!(other.audience().as_deref(), Some("acme/plm-2"));
        endpoint.access = EndpointAccess::Secret {
            name: "edge".to_owned(),
        };
        assert_eq!(endpoint.audience(), None);
    }

    #[test]
    fn a_secrets_name_leads_to_its_own_tenant_only() {
        let name = |slug, name| token_secret("plimsoll", slug, name);
        assert_eq!(
            name("acme", "edge_1").as_deref(),
            Some("plimsoll/acme/cluster/edge_1")
        );
        for (slug, other) in [
            ("acme", "../globex/cluster/x"),
            ("acme", ""),
            ("acme/globex", "x"),
            ("", "x"),
            ("acme", "a*"),
        ] {
            assert_eq!(name(slug, other), None, "{slug} {other}");
        }
    }
}
