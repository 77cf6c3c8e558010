//! What a message leaves by, on the same loopback port: Secrets Manager, Amazon SES and Slack, as far as they are asked.

use http::request::Parts;
use http::{Response, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::calls::Calls;

/// The one secret there is.
pub(super) const SECRET: &str = "plimsoll/acme/slack";
/// What stands in it.
pub(super) const TOKEN: &str = "xoxb-canary-of-acme";
/// Below which path Slack's API answers.
pub(super) const SLACK: &str = "/slack";

/// A message that has arrived.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Arrived {
    /// In Slack: the token it came with, and its body.
    Slack(String, Value),
    /// At SES.
    Mail(Value),
}

/// An answer of one of these services, what had to be permitted for it, and what has arrived with it.
pub(super) type Answer = (Response<Full<Bytes>>, Calls, Option<Arrived>);

/// Answers a request to one of these services; none if it is to another.
pub(super) fn answer(parts: &Parts, request: &Value) -> Option<Answer> {
    let header = |name| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let path = parts.uri.path();
    if header("x-amz-target") == Some("secretsmanager.GetSecretValue") {
        return Some((
            secret(request),
            permission(
                "secretsmanager:GetSecretValue",
                "secretsmanager",
                "secret:SecretsPrefix/*/slack-??????",
            ),
            None,
        ));
    }
    if path == "/v2/email/outbound-emails" {
        let raw = !request["Content"]["Raw"].is_null();
        let action = if raw {
            "ses:SendRawEmail"
        } else {
            "ses:SendEmail"
        };
        let permission = permission(action, "ses", "identity/*");
        let reply = reply(StatusCode::OK, &json!({ "MessageId": "0100" }));
        return Some((reply, permission, Some(Arrived::Mail(request.clone()))));
    }
    if path == format!("{SLACK}/chat.postMessage") {
        let token = header("authorization").unwrap_or_default().to_owned();
        let reply = reply(
            StatusCode::OK,
            &json!({ "ok": true, "channel": "C0SEC", "ts": "1.1", "message": {} }),
        );
        return Some((
            reply,
            Calls::new(),
            Some(Arrived::Slack(token, request.clone())),
        ));
    }
    None
}

fn secret(request: &Value) -> Response<Full<Bytes>> {
    if request["SecretId"] == SECRET {
        let secret = json!({ "Name": SECRET, "SecretString": TOKEN });
        return reply(StatusCode::OK, &secret);
    }
    let refusal = json!({ "__type": "ResourceNotFoundException", "Message": "no such secret" });
    reply(StatusCode::BAD_REQUEST, &refusal)
}

/// A permission by the template's words.
fn permission(action: &str, service: &str, resource: &str) -> Calls {
    let resource = format!("arn:AWS::Partition:{service}:AWS::Region:AWS::AccountId:{resource}");
    Calls::from([(action.to_owned(), resource)])
}

fn reply(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Full::new(body.to_string().into()))
        .unwrap()
}
