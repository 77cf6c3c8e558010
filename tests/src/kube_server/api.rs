//! Requests as they are, answers as they come: status, warnings and body.

use anyhow::{Context as _, bail};
use http::{Method, Request};
use http_body_util::BodyExt as _;
use kube::client::Body;
use kube::config::AuthInfo;
use serde_json::Value;

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The texts of the `Warning` headers.
    pub warnings: Vec<String>,
    /// The body; a string where it is not JSON.
    pub body: Value,
}

impl Answer {
    /// The server's own words on why it refused, or the body.
    pub fn message(&self) -> String {
        match &self.body["message"] {
            Value::String(message) => message.clone(),
            _ => self.body.to_string(),
        }
    }
}

/// A client with one caller's token.
#[derive(Clone)]
pub struct Api {
    client: kube::Client,
}

impl Api {
    pub(super) fn new(url: &str, ca_der: &[u8], token: &str) -> anyhow::Result<Self> {
        let mut config = kube::Config::new(url.parse()?);
        config.root_cert = Some(vec![ca_der.to_vec()]);
        config.auth_info = AuthInfo {
            token: Some(token.to_owned().into()),
            ..AuthInfo::default()
        };
        Ok(Self {
            client: kube::Client::try_from(config)?,
        })
    }

    /// Sends one request and reads the whole answer; a refusal is an answer.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Answer> {
        let bytes = body
            .map(serde_json::to_vec)
            .transpose()?
            .unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(http::header::CONTENT_TYPE, content_type)
            .body(Body::from(bytes))?;
        let response = self
            .client
            .send(request)
            .await
            .with_context(|| format!("no answer to {path}"))?;
        let status = response.status().as_u16();
        let warnings = response
            .headers()
            .get_all(http::header::WARNING)
            .iter()
            .filter_map(|value| warning_text(&String::from_utf8_lossy(value.as_bytes())))
            .collect();
        let bytes = response.into_body().collect().await?.to_bytes();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Ok(Answer {
            status,
            warnings,
            body,
        })
    }

    /// # Errors
    /// When there is no answer.
    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.send(Method::GET, path, "application/json", None).await
    }

    /// # Errors
    /// When there is no answer.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        self.send(Method::POST, path, "application/json", Some(body))
            .await
    }

    /// # Errors
    /// When there is no answer.
    pub async fn delete(&self, path: &str) -> anyhow::Result<Answer> {
        self.send(Method::DELETE, path, "application/json", None)
            .await
    }

    /// Creates an object and gives it back as the server stored it.
    ///
    /// # Errors
    /// When the server refuses it, with the server's words.
    pub async fn create(&self, object: &Value) -> anyhow::Result<Value> {
        let path = collection_path(object)?;
        let answer = self.post(&path, object).await?;
        if answer.status != 201 {
            bail!("POST {path}: {}: {}", answer.status, answer.message());
        }
        Ok(answer.body)
    }
}

/// The path under which objects like this one are listed and created.
///
/// # Errors
/// When `apiVersion` or `kind` is missing.
pub fn collection_path(object: &Value) -> anyhow::Result<String> {
    let version = object["apiVersion"].as_str().context("no apiVersion")?;
    let kind = object["kind"].as_str().context("no kind")?;
    let root = if version.contains('/') {
        "/apis"
    } else {
        "/api"
    };
    let lower = kind.to_lowercase();
    let plural = match lower.strip_suffix('y') {
        Some(stem) if !lower.ends_with("ay") => format!("{stem}ies"),
        _ if lower.ends_with('s') => format!("{lower}es"),
        _ => format!("{lower}s"),
    };
    let cluster_wide = matches!(
        kind,
        "Namespace"
            | "Node"
            | "PersistentVolume"
            | "ClusterRole"
            | "ClusterRoleBinding"
            | "StorageClass"
    ) || version.starts_with("admissionregistration.k8s.io/");
    if cluster_wide {
        return Ok(format!("{root}/{version}/{plural}"));
    }
    let namespace = object["metadata"]["namespace"]
        .as_str()
        .unwrap_or("default");
    Ok(format!("{root}/{version}/namespaces/{namespace}/{plural}"))
}

/// The text of `299 - "text"` (RFC 9110, section 5.6.4, says how quotes are escaped).
fn warning_text(header: &str) -> Option<String> {
    let quoted = header.strip_prefix("299 - \"")?.strip_suffix('"')?;
    let mut text = String::with_capacity(quoted.len());
    let mut letters = quoted.chars();
    while let Some(letter) = letters.next() {
        text.extend(if letter == '\\' {
            letters.next()
        } else {
            Some(letter)
        });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn warnings_lose_their_quotes() {
        assert_eq!(
            warning_text(r#"299 - "would violate \"restricted\"""#).as_deref(),
            Some(r#"would violate "restricted""#)
        );
        assert_eq!(warning_text("199 - \"other\""), None);
    }

    #[test]
    fn paths_of_collections() {
        for (object, path) in [
            (
                json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "namespace": "a" } }),
                "/api/v1/namespaces/a/pods",
            ),
            (
                json!({ "apiVersion": "v1", "kind": "Namespace" }),
                "/api/v1/namespaces",
            ),
            (
                json!({ "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy" }),
                "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies",
            ),
            (
                json!({ "apiVersion": "networking.k8s.io/v1", "kind": "Ingress" }),
                "/apis/networking.k8s.io/v1/namespaces/default/ingresses",
            ),
            (
                json!({ "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole" }),
                "/apis/rbac.authorization.k8s.io/v1/clusterroles",
            ),
        ] {
            assert_eq!(collection_path(&object).unwrap(), path);
        }
    }
}
