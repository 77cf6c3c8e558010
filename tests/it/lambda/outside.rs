//! What else functions ask, on the same loopback port: STS for tenants' credentials, and what messages leave by, which is
//! Secrets Manager, Amazon SES and Slack.

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

/// How the keys of tenants' sessions begin.
pub(super) const SESSION: &str = "ASIATENANT";
/// The logical id of the role that they are of.
pub(super) const DATA_ROLE: &str = "TenantDataRole";

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

/// Answers the request for a tenant's session; none if it is another request.
pub(super) fn session(body: &[u8]) -> Option<Response<Full<Bytes>>> {
    let form = std::str::from_utf8(body).ok()?;
    let has = |part: &str| form.split('&').any(|other| other == part);
    if !has("Action=AssumeRole") {
        return None;
    }
    let ours = has(&format!(
        "RoleArn={}",
        data_role().replace(':', "%3A").replace('/', "%2F")
    ));
    assert!(ours && form.contains("&Policy=%7B"), "{form}");
    let answer = format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
         <AccessKeyId>{SESSION}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>\
         <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
    );
    Some(Response::new(Full::new(answer.into())))
}

/// What `!GetAtt TenantDataRole.Arn` gives.
pub(super) fn data_role() -> String {
    format!("arn:aws:iam::111111111111:role/{DATA_ROLE}")
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
