use plimsoll_model::DeliveryId;

use super::*;
use crate::Slack;
use crate::fake::{Fake, Reply};

fn ok(ts: &str) -> Reply {
    (
        "200 OK",
        "",
        format!(r#"{{"ok":true,"channel":"C0SEC","ts":"{ts}","message":{{}}}}"#),
    )
}

fn error(code: &str) -> Reply {
    ("200 OK", "", format!(r#"{{"ok":false,"error":"{code}"}}"#))
}

/// Sends one message to a server that gives this reply.
async fn send(
    reply: Reply,
    thread: Option<&Posted>,
    edits: Option<&Posted>,
) -> (Result<Posted, SendError>, Fake) {
    let fake = Fake::new(vec![reply]).await;
    let config = SlackConfig {
        api: Some(format!("{}/api/", fake.url).parse().unwrap()),
    };
    let message = json!({
        "text": "Critical",
        "blocks": [{ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": [{ "type": "text", "text": "ä<b>" }] }] }],
        "reply_broadcast": true,
    });
    let post = SlackPost {
        delivery: &DeliveryId::of(&["d"]),
        to: "#security",
        message: &message,
        thread,
        edits,
        now: "2026-11-21T01:10:00Z".parse().unwrap(),
    };
    let sent = Slack::api(&config).unwrap().send("xoxb-token", &post).await;
    (sent, fake)
}

fn root() -> Posted {
    Posted {
        channel: "C0SEC".to_owned(),
        ts: "1.1".to_owned(),
    }
}

#[tokio::test]
async fn a_post_carries_our_blocks_untouched_and_the_tenants_token() {
    let (sent, fake) = send(ok("1795227000.000100"), None, None).await;
    assert_eq!(sent.unwrap().remote_id(), "C0SEC/1795227000.000100");
    let asked = &fake.asked()[0];
    assert_eq!(asked.line, "POST /api/chat.postMessage HTTP/1.1");
    assert!(
        asked
            .headers
            .contains("authorization: bearer xoxb-token\r\n"),
        "{}",
        asked.headers
    );
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!(body["channel"], "#security");
    assert_eq!(
        body["blocks"][0]["elements"][0]["elements"][0]["text"],
        "ä<b>"
    );
    assert_eq!(
        body["metadata"]["event_payload"]["delivery"],
        DeliveryId::of(&["d"]).as_str()
    );
    assert_eq!(body["thread_ts"], Value::Null);
}

#[tokio::test]
async fn a_reply_goes_where_its_root_is() {
    let (sent, fake) = send(ok("2.2"), Some(&root()), None).await;
    assert_eq!(sent.unwrap().ts, "2.2");
    let body: Value = serde_json::from_str(&fake.asked()[0].body).unwrap();
    assert_eq!(
        (&body["channel"], &body["thread_ts"]),
        (&json!("C0SEC"), &json!("1.1"))
    );
    assert_eq!(body["reply_broadcast"], true);
}

#[tokio::test]
async fn an_edit_keeps_the_message_it_edits() {
    let (sent, fake) = send(ok("1.1"), None, Some(&root())).await;
    assert_eq!(sent.unwrap(), root());
    let asked = &fake.asked()[0];
    assert_eq!(asked.line, "POST /api/chat.update HTTP/1.1");
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!(
        (&body["channel"], &body["ts"]),
        (&json!("C0SEC"), &json!("1.1"))
    );
    assert_eq!(body["reply_broadcast"], Value::Null);
}

#[tokio::test]
async fn slack_is_waited_for_as_long_as_it_asks_but_not_for_ever() {
    let body = r#"{"ok":false,"error":"ratelimited"}"#.to_owned();
    for (header, seconds) in [
        ("retry-after: 7\r\n", 7),
        ("retry-after: 999999\r\n", 3600),
        ("", 30),
    ] {
        let (sent, _) = send(("429 Too Many Requests", header, body.clone()), None, None).await;
        let Err(SendError::Throttled { retry_after }) = sent else {
            panic!("{sent:?}")
        };
        assert_eq!(retry_after, Duration::from_secs(seconds));
    }
    let (sent, _) = send(error("ratelimited"), None, None).await;
    assert!(matches!(sent, Err(SendError::Throttled { .. })));
}

#[tokio::test]
async fn errors_that_stay_are_told_apart_from_those_that_pass() {
    for code in [
        "channel_not_found",
        "invalid_auth",
        "msg_blocks_too_long",
        "invalid_blocks",
    ] {
        let (sent, _) = send(error(code), None, None).await;
        let Err(SendError::Permanent { reason }) = sent else {
            panic!("{sent:?}")
        };
        assert!(
            reason.contains(code) && !reason.contains("xoxb"),
            "{reason}"
        );
    }
    for code in ["internal_error", "service_unavailable"] {
        let (sent, _) = send(error(code), None, None).await;
        assert!(matches!(sent, Err(SendError::Temporary(_))), "{sent:?}");
    }
    let (sent, _) = send(("503 Unavailable", "", String::new()), None, None).await;
    assert!(matches!(sent, Err(SendError::Temporary(_))), "{sent:?}");
    let (sent, _) = send(("200 OK", "", "not json".to_owned()), None, None).await;
    assert!(matches!(sent, Err(SendError::Temporary(_))), "{sent:?}");
}

#[tokio::test]
async fn nobody_answering_may_pass() {
    let config = SlackConfig {
        api: Some("http://127.0.0.1:1/api".parse().unwrap()),
    };
    let message = json!({ "text": "t" });
    let post = SlackPost {
        delivery: &DeliveryId::of(&["d"]),
        to: "#a",
        message: &message,
        thread: None,
        edits: None,
        now: "2026-11-21T01:10:00Z".parse().unwrap(),
    };
    let sent = Slack::api(&config).unwrap().send("t", &post).await;
    assert!(matches!(sent, Err(SendError::Temporary(_))), "{sent:?}");
}
