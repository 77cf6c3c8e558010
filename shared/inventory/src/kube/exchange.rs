//! A token that AWS issued about us, given for one that a cloud's clusters accept. Nothing of an answer but its token, a
//! status and a code gets out of here: an answer may repeat what it was asked.

use std::sync::Arc;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use kube::client::Body;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::connect::{CONNECT_TIMEOUT, client};
use crate::network::AllowedNetworks;
use crate::token::Token;

/// How long one exchange may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 64 << 10;

/// What a token is for, as Google calls it: every API of the cloud, as far as roles allow.
const GOOGLE_SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
/// The application that AKS's API servers are for Microsoft Entra (Azure/kubelogin, README).
const AKS_SCOPE: &str = "6dae42f8-4368-4678-94ff-3960e28e3630/.default";

/// Where tokens are exchanged: base addresses. They are the operator's word, never a tenant's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenServices {
    /// Google's security token service.
    pub google_tokens: String,
    /// Google's service account credentials.
    pub google_credentials: String,
    /// Microsoft Entra.
    pub microsoft: String,
}

impl Default for TokenServices {
    fn default() -> Self {
        Self {
            google_tokens: "https://sts.googleapis.com".to_owned(),
            google_credentials: "https://iamcredentials.googleapis.com".to_owned(),
            microsoft: "https://login.microsoftonline.com".to_owned(),
        }
    }
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// Whoever is asked does not trust us so: the tenant has to mend it.
    #[error("{0}")]
    Refused(String),
    /// Nobody knows: there was no answer, or none that means anything.
    #[error("{0}")]
    Lost(String),
}

/// A provider of one of Google's workload identity pools.
#[derive(Debug, Clone, Copy)]
pub struct GoogleProvider<'p> {
    /// Number of the project.
    pub project: &'p str,
    /// The pool.
    pub pool: &'p str,
    /// The provider in it.
    pub provider: &'p str,
    /// E-mail of the service account to act as.
    pub service_account: Option<&'p str>,
}

impl TokenServices {
    /// Google's token for `identity`: its security token service gives one for the pool's principal, and with a service
    /// account that principal asks for one of it.
    ///
    /// # Errors
    /// See [`ExchangeError`].
    pub async fn google(
        &self,
        of: GoogleProvider<'_>,
        identity: &Token,
        allowed: &AllowedNetworks,
    ) -> Result<Token, ExchangeError> {
        let audience = format!(
            "//iam.googleapis.com/projects/{}/locations/global/workloadIdentityPools/{}/providers/{}",
            of.project, of.pool, of.provider
        );
        let asked = json!({
            "grantType": "urn:ietf:params:oauth:grant-type:token-exchange",
            "audience": audience,
            "scope": GOOGLE_SCOPE,
            "requestedTokenType": "urn:ietf:params:oauth:token-type:access_token",
            "subjectTokenType": "urn:ietf:params:oauth:token-type:jwt",
            "subjectToken": identity.as_str(),
        });
        let request = Request::post("/v1/token").header(CONTENT_TYPE, "application/json");
        let request = request.body(Body::from(asked.to_string().into_bytes()));
        let answer = send(&self.google_tokens, request, allowed).await?;
        let principal = token(&self.google_tokens, &answer, "access_token")?;
        let Some(account) = of.service_account else {
            return Ok(principal);
        };
        let asked = json!({ "scope": [GOOGLE_SCOPE], "lifetime": "3600s" });
        let path = format!("/v1/projects/-/serviceAccounts/{account}:generateAccessToken");
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", principal.as_str()))
            .map_err(|_| lost(&self.google_credentials, "cannot be asked"))?;
        bearer.set_sensitive(true);
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, bearer)
            .body(Body::from(asked.to_string().into_bytes()));
        let answer = send(&self.google_credentials, request, allowed).await?;
        token(&self.google_credentials, &answer, "accessToken")
    }

    /// The token of an application of a Microsoft Entra directory that trusts `identity` by a federated credential.
    ///
    /// # Errors
    /// See [`ExchangeError`].
    pub async fn microsoft(
        &self,
        directory: &str,
        application: &str,
        identity: &Token,
        allowed: &AllowedNetworks,
    ) -> Result<Token, ExchangeError> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", application)
            .append_pair(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            )
            .append_pair("client_assertion", identity.as_str())
            .append_pair("scope", AKS_SCOPE)
            .finish();
        let request = Request::post(format!("/{directory}/oauth2/v2.0/token"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.into_bytes()));
        let answer = send(&self.microsoft, request, allowed).await?;
        token(&self.microsoft, &answer, "access_token")
    }
}

/// The answer of a service; a redirect is none.
async fn send(
    base: &str,
    request: http::Result<Request<Body>>,
    allowed: &AllowedNetworks,
) -> Result<Value, ExchangeError> {
    let request = request.map_err(|_| lost(base, "cannot be asked"))?;
    let to = base.parse().map_err(|_| lost(base, "is no address"))?;
    let mut config = kube::Config::new(to);
    config.proxy_url = None;
    let client = client(&config, None, Arc::new(allowed.clone()), CONNECT_TIMEOUT)
        .map_err(|error| lost(base, &error.to_string()))?;
    let exchange = async {
        let answer = client.send(request).await;
        let answer = answer.map_err(|_| lost(base, "does not answer"))?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), MAX_ANSWER).collect().await;
        let body = body.map_err(|_| lost(base, "broke off in the middle of its answer"))?;
        Ok::<_, ExchangeError>((status, body.to_bytes()))
    };
    let answer = tokio::time::timeout(TIMEOUT, exchange).await;
    let (status, body) = answer.map_err(|_| lost(base, "does not answer"))??;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    match status {
        StatusCode::OK => Ok(body),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
            Err(lost(base, &format!("answers {status}")))
        }
        _ if status.is_client_error() => {
            let code = code(&body);
            let status = status.as_u16();
            let said = format!("{} refuses us ({status}{code})", host(base));
            Err(ExchangeError::Refused(said))
        }
        _ => Err(lost(base, &format!("answers {status}"))),
    }
}

fn token(base: &str, answer: &Value, member: &str) -> Result<Token, ExchangeError> {
    let token = answer[member].as_str().and_then(Token::of);
    token.ok_or_else(|| lost(base, "answers without a token"))
}

/// The code of a refusal: OAuth's, that of Google's APIs, and with Microsoft's the number of its error.
fn code(body: &Value) -> String {
    let word = body["error"].as_str();
    let word = word.or_else(|| body["error"]["status"].as_str());
    let is_code = |word: &&str| {
        word.len() <= 60 && word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
    };
    let word = word.filter(is_code).map(|word| format!(" {word}"));
    let number = body["error_codes"][0].as_u64();
    let number = number.map(|number| format!(", AADSTS{number}"));
    word.unwrap_or_default() + &number.unwrap_or_default()
}

fn lost(base: &str, what: &str) -> ExchangeError {
    ExchangeError::Lost(format!("{} {what}", host(base)))
}

fn host(base: &str) -> &str {
    base.split("://").last().unwrap_or(base)
}

#[cfg(test)]
mod tests;
