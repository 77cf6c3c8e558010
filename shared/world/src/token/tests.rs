//! Every way to forge a token, each refused for its own reason.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as AwsCredentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;

use super::*;

const NOW: i64 = 1_793_584_800;

struct Forger {
    credentials: Credentials,
    key: (String, String, Option<String>),
}

impl Forger {
    fn new() -> Self {
        let credentials = Credentials::new();
        let identity = Identity::session("471100000815", "PlimsollScanner", "s-1");
        let issued = credentials.issue(identity, at(NOW), 900);
        let key = (issued.access_key, issued.secret, issued.session_token);
        Self { credentials, key }
    }

    fn url(&self, host: &str, cluster: &str, time: i64, expires: u64, action: &str) -> String {
        let mut settings = SigningSettings::default();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(expires));
        let (access, secret, token) = self.key.clone();
        let identity = AwsCredentials::new(access, secret, token, None, "test").into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("eu-central-1")
            .name("sts")
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(time.unsigned_abs()))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let url = format!("https://{host}/?Action={action}&Version=2011-06-15");
        let headers = [("host", host), ("x-k8s-aws-id", cluster)];
        let body = SignableBody::Bytes(b"");
        let request = SignableRequest::new("GET", &url, headers.into_iter(), body).unwrap();
        let (instructions, _) = sign(request, &params).unwrap().into_parts();
        let mut request = http::Request::builder().uri(&url).body(()).unwrap();
        instructions.apply_to_request_http1x(&mut request);
        request.uri().to_string()
    }

    fn good_url(&self) -> String {
        self.url(
            "sts.eu-central-1.amazonaws.com",
            "prod-eu-1",
            NOW,
            60,
            "GetCallerIdentity",
        )
    }

    fn judge(&self, url: &str, now: i64) -> Result<Identity, &'static str> {
        let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(url));
        identify(
            &token,
            "prod-eu-1",
            "eu-central-1",
            &self.credentials,
            at(now),
        )
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn a_good_token_names_the_role_and_the_session() {
    let forger = Forger::new();
    let identity = forger.judge(&forger.good_url(), NOW + 5).unwrap();
    assert_eq!(
        identity.principal,
        "arn:aws:iam::471100000815:role/PlimsollScanner"
    );
    assert_eq!(identity.session_name(), "s-1");
}

#[test]
fn forged_urls_are_refused() {
    let forger = Forger::new();
    let good = forger.good_url();
    let sts = "sts.eu-central-1.amazonaws.com";
    let signature = good.split("X-Amz-Signature=").nth(1).unwrap().to_owned();
    let flipped = if signature.starts_with('0') { "1" } else { "0" };
    let tampered = good.replace(&signature, &format!("{flipped}{}", &signature[1..]));
    for (url, reason) in [
        (tampered, "signature"),
        (
            forger.url(sts, "dev-1", NOW, 60, "GetCallerIdentity"),
            "another cluster",
        ),
        (
            forger.url("sts.example.com", "prod-eu-1", NOW, 60, "GetCallerIdentity"),
            "host",
        ),
        (
            forger.url(sts, "prod-eu-1", NOW, 60, "GetSessionToken"),
            "another action",
        ),
        (
            forger.url(sts, "prod-eu-1", NOW, 901, "GetCallerIdentity"),
            "900",
        ),
        (
            forger.url(sts, "prod-eu-1", NOW - 901, 60, "GetCallerIdentity"),
            "15 minutes",
        ),
        (
            forger.url(sts, "prod-eu-1", NOW + 600, 60, "GetCallerIdentity"),
            "future",
        ),
        (good.replace("https://", "http://"), "https"),
        (good.replace("/?", "/x?"), "root"),
        (format!("{good}&Extra=1"), "not allowed"),
        (format!("{good}&Version=2011-06-15"), "twice"),
        (
            good.replace("host%3Bx-k8s-aws-id", "host"),
            "signed headers",
        ),
        (good.replace("ASIA", "AKIA"), "unknown access key"),
        (
            good.replace("eu-central-1%2Fsts", "eu-west-1%2Fsts"),
            "service or region",
        ),
    ] {
        let error = forger.judge(&url, NOW).unwrap_err();
        assert!(error.contains(reason), "{reason:?}, got {error:?}: {url}");
    }
    assert!(forger.judge(&good, NOW).is_ok());
}

#[test]
fn the_token_and_the_session_age_by_the_worlds_clock() {
    let forger = Forger::new();
    let good = forger.good_url();
    assert!(forger.judge(&good, NOW + 899).is_ok());
    assert_eq!(
        forger.judge(&good, NOW + 900).unwrap_err(),
        "the session has expired"
    );
    assert!(
        forger
            .judge(&good, NOW + 901)
            .unwrap_err()
            .contains("15 minutes")
    );
}

#[test]
fn what_is_no_eks_token_is_refused() {
    let forger = Forger::new();
    for token in [
        "",
        "abc",
        "k8s-aws-v1.***",
        "k8s-aws-v1.",
        &"x".repeat(5_000),
    ] {
        let result = identify(
            token,
            "prod-eu-1",
            "eu-central-1",
            &forger.credentials,
            at(NOW),
        );
        assert!(result.is_err(), "{token}");
    }
}
