//! Slack's web API through slack-morphism: its connection, token and error handling; the message stays the JSON we
//! rendered, because its typed blocks know fewer fields than Slack does.

use std::sync::Arc;
use std::time::Duration;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde::Deserialize;
use serde_json::{Value, json};
use slack_morphism::errors::SlackClientError;
use slack_morphism::prelude::{SlackClient, SlackClientHyperConnector};
use slack_morphism::{SlackApiToken, SlackApiTokenValue};

use super::{Posted, SlackConfig, SlackPost};
use crate::SendError;

/// How long one call may take.
const TIME_OUT: Duration = Duration::from_secs(20);
/// How long to wait when Slack says "too many" but not how long (its limit is about a message a second and channel).
const DEFAULT_WAIT: Duration = Duration::from_secs(30);
/// Errors that pass (docs.slack.dev, chat.postMessage errors); all others stay until somebody changes something.
const PASSING: [&str; 5] = [
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
];

type Connector = SlackClientHyperConnector<HttpsConnector<HttpConnector>>;

/// A client of Slack's web API; cloning shares its connections.
#[derive(Clone)]
pub struct SlackApi {
    client: Arc<SlackClient<Connector>>,
}

impl std::fmt::Debug for SlackApi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SlackApi")
    }
}

#[derive(Deserialize)]
struct Reply {
    channel: String,
    ts: String,
}

impl SlackApi {
    /// A client.
    ///
    /// # Errors
    /// [`SendError::Permanent`] when the machine has no certificates to trust.
    pub fn new(config: &SlackConfig) -> Result<Self, SendError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(provider)
            .map_err(|error| SendError::permanent(format!("no certificates to trust: {error}")))?;
        // Without TLS only where the operator's own configuration says so.
        let plain = config
            .api
            .as_ref()
            .is_some_and(|url| url.scheme() == "http");
        let builder = if plain {
            builder.https_or_http()
        } else {
            builder.https_only()
        };
        let mut connector =
            Connector::with_connector(builder.enable_http1().enable_http2().build());
        if let Some(url) = &config.api {
            connector = connector.with_slack_api_url(url.as_str().trim_end_matches('/'));
        }
        Ok(Self {
            client: Arc::new(SlackClient::new(connector)),
        })
    }

    pub(super) async fn send(
        &self,
        token: &str,
        post: &SlackPost<'_>,
    ) -> Result<Posted, SendError> {
        let mut body = post.message.clone();
        let Some(fields) = body.as_object_mut() else {
            return Err(SendError::permanent("the message is no JSON object"));
        };
        // Whoever looks at the channel can tell whether a delivery is there already.
        let payload = json!({ "delivery": post.delivery.as_str() });
        let metadata = json!({ "event_type": "plimsoll_delivery", "event_payload": payload });
        fields.insert("metadata".to_owned(), metadata);
        let method = if let Some(edited) = post.edits {
            fields.remove("reply_broadcast");
            fields.insert("channel".to_owned(), Value::from(edited.channel.as_str()));
            fields.insert("ts".to_owned(), Value::from(edited.ts.as_str()));
            "chat.update"
        } else {
            let channel = post.thread.map_or(post.to, |root| root.channel.as_str());
            fields.insert("channel".to_owned(), Value::from(channel));
            if let Some(root) = post.thread {
                fields.insert("thread_ts".to_owned(), Value::from(root.ts.as_str()));
            }
            "chat.postMessage"
        };
        let token = SlackApiToken::new(SlackApiTokenValue::from(token));
        let session = self.client.open_session(&token);
        let call = session
            .http_session_api
            .http_post::<Value, Reply>(method, &body, None);
        let reply = match tokio::time::timeout(TIME_OUT, call).await {
            Ok(reply) => reply.map_err(classify)?,
            Err(_) => return Err(SendError::temporary("Slack did not answer in time")),
        };
        Ok(Posted {
            channel: reply.channel,
            ts: reply.ts,
        })
    }
}

/// What can be done about an error. Replies' bodies are left out of all texts.
fn classify(error: SlackClientError) -> SendError {
    match error {
        SlackClientError::RateLimitError(limit) => {
            SendError::throttled(limit.retry_after, DEFAULT_WAIT)
        }
        SlackClientError::ApiError(api)
            if matches!(api.code.as_str(), "ratelimited" | "rate_limited") =>
        {
            SendError::throttled(None, DEFAULT_WAIT)
        }
        SlackClientError::ApiError(api) if PASSING.contains(&api.code.as_str()) => {
            SendError::temporary(format!("Slack says {}", api.code))
        }
        SlackClientError::ApiError(api) => SendError::permanent(explain(&api.code)),
        SlackClientError::HttpError(http) if http.status_code.is_client_error() => {
            SendError::permanent(format!("Slack answers {}", http.status_code))
        }
        SlackClientError::HttpError(http) => {
            SendError::temporary(format!("Slack answers {}", http.status_code))
        }
        SlackClientError::ProtocolError(protocol) => SendError::temporary(format!(
            "Slack's answer cannot be read: {}",
            protocol.json_error
        )),
        other => SendError::temporary(other),
    }
}

/// Slack's code, and for the usual ones what a tenant can do.
fn explain(code: &str) -> String {
    let act = match code {
        "channel_not_found" => {
            "there is no such channel, or the app may not see it: invite it there"
        }
        "not_in_channel" => "the app is not in the channel: invite it there",
        "is_archived" => "the channel is archived",
        "invalid_auth" | "token_revoked" | "token_expired" | "account_inactive" | "not_authed" => {
            "the token does not work any more: install the app again"
        }
        "missing_scope" => "the app lacks a permission: install it again",
        "message_not_found" => "the message to edit was deleted",
        _ => return format!("Slack says {code}"),
    };
    format!("Slack says {code}: {act}")
}

#[cfg(test)]
mod tests;
