use std::time::Duration;

use aws_sdk_sesv2::config::{BehaviorVersion, Credentials, Region, retry::RetryConfig};

use super::{delivery, mail};
use crate::fake::{Fake, Reply};
use crate::{Mail, SendError};

async fn send(reply: Reply) -> (Result<String, SendError>, Fake) {
    let fake = Fake::new(vec![reply]).await;
    let config = aws_sdk_sesv2::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(fake.url.clone())
        .credentials_provider(Credentials::new("AKID", "secret", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .build();
    let target = Mail::ses(aws_sdk_sesv2::Client::from_conf(config));
    let id = delivery();
    let sent = target.send(&mail(&id, "eve@acme.example")).await;
    (sent, fake)
}

#[tokio::test]
async fn ses_gets_the_whole_mail_and_its_id_is_kept() {
    let (sent, fake) = send(("200 OK", "", r#"{"MessageId":"0100abc"}"#.to_owned())).await;
    assert_eq!(sent.unwrap(), "0100abc@eu-central-1.amazonses.com");
    let asked = &fake.asked()[0];
    assert!(asked.line.starts_with("POST /v2/email/outbound-emails"));
    let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!(body["Destination"]["ToAddresses"][0], "eve@acme.example");
    assert!(body["Content"]["Raw"]["Data"].as_str().unwrap().len() > 500);
}

#[tokio::test]
async fn what_ses_says_decides_whether_to_try_again() {
    let error = |kind: &str| format!(r#"{{"__type":"{kind}","message":"m"}}"#);
    let (sent, _) = send(("429 Too Many", "", error("TooManyRequestsException"))).await;
    let Err(SendError::Throttled { retry_after }) = sent else {
        panic!("{sent:?}")
    };
    assert_eq!(retry_after, Duration::from_secs(5));
    let (sent, _) = send(("400 Bad", "", error("MessageRejected"))).await;
    assert!(matches!(sent, Err(SendError::Permanent { .. })), "{sent:?}");
    let (sent, _) = send(("500 Oh", "", error("InternalFailure"))).await;
    assert!(matches!(sent, Err(SendError::Temporary(_))), "{sent:?}");
}
