//! A real SDK, the real Kubernetes client and requests that the SDK's own signer signed against the world.

mod aws;
mod failures;
mod kubernetes;
mod signed;
mod story;

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as Keys;
use aws_sdk_sts::config::{BehaviorVersion, Region};
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use self::signed::Signed;
use super::*;

pub(super) const ACME: &str = "471100000815";
pub(super) const GLOBEX: &str = "471100000933";
pub(super) const ROLE: &str = "PlimsollScanner";

/// The first night of the tests.
const NIGHT: i64 = 1_793_584_800;

/// Seconds since 1970, moved by the tests: for the world and for the SDKs.
#[derive(Debug, Clone)]
pub(super) struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

impl aws_smithy_async::time::TimeSource for TestClock {
    fn now(&self) -> SystemTime {
        TestClock::now(self).into()
    }
}

/// A world, and a clock that it shares with its clients.
pub(super) struct Stage {
    pub(super) world: World,
    pub(super) clock: TestClock,
}

impl Stage {
    pub(super) async fn new() -> Self {
        let clock = TestClock(Arc::new(AtomicI64::new(NIGHT)));
        let worlds = clock.clone();
        let world = World::start(WorldConfig::new(move || worlds.now()));
        let world = world.await.unwrap();
        for account in [ACME, GLOBEX] {
            world.trust_vendor(account, ROLE, &external_id(account));
        }
        Self { world, clock }
    }

    pub(super) fn wait(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(super) fn vendor(&self) -> Keys {
        let vendor = self.world.vendor_credentials();
        Keys::new(vendor.access_key, vendor.secret, None, None, "test")
    }

    pub(super) fn sts(&self, keys: Keys) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::from_conf(
            aws_sdk_sts::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("eu-central-1"))
                .endpoint_url(self.world.aws_endpoint())
                .credentials_provider(keys)
                .time_source(self.clock.clone())
                .build(),
        )
    }

    pub(super) fn eks(&self, keys: Keys, region: &'static str) -> Signed {
        Signed {
            endpoint: self.world.aws_endpoint(),
            clock: self.clock.clone(),
            keys,
            region,
            service: "eks",
        }
    }

    /// Assumes the tenant's role as the operator does.
    pub(super) async fn assume(&self, account: &str) -> Keys {
        let output = self
            .sts(self.vendor())
            .assume_role()
            .role_arn(format!("arn:aws:iam::{account}:role/{ROLE}"))
            .role_session_name("t-test.s-1")
            .external_id(external_id(account))
            .duration_seconds(900)
            .send()
            .await
            .unwrap();
        let c = output.credentials.unwrap();
        let token = Some(c.session_token);
        Keys::new(c.access_key_id, c.secret_access_key, token, None, "test")
    }

    /// The cluster as EKS describes it, and a token for it.
    pub(super) async fn cluster(&self, account: &str, region: &'static str, name: &str) -> Far {
        let keys = self.assume(account).await;
        let path = format!("/clusters/{name}");
        let cluster = self
            .eks(keys.clone(), region)
            .get(&path)
            .await
            .read("cluster");
        let pem = cluster["certificateAuthority"]["data"].as_str().unwrap();
        let pem = String::from_utf8(STANDARD.decode(pem).unwrap()).unwrap();
        let token = token(&keys, region, name, self.clock.now());
        Far {
            endpoint: cluster["endpoint"].as_str().unwrap().to_owned(),
            pem,
            token,
        }
    }
}

pub(super) fn external_id(account: &str) -> String {
    format!("plm-{account}")
}

/// What a client knows of a cluster.
pub(super) struct Far {
    pub(super) endpoint: String,
    pub(super) pem: String,
    pub(super) token: String,
}

impl Far {
    pub(super) fn http(&self) -> reqwest::Client {
        let certificate = reqwest::Certificate::from_pem(self.pem.as_bytes()).unwrap();
        reqwest::Client::builder()
            .tls_certs_only([certificate])
            .build()
            .unwrap()
    }

    pub(super) async fn get(&self, path: &str) -> reqwest::Response {
        let request = self.http().get(format!("{}{path}", self.endpoint));
        request.bearer_auth(&self.token).send().await.unwrap()
    }

    pub(super) async fn json(&self, path: &str) -> serde_json::Value {
        self.get(path).await.json().await.unwrap()
    }
}

/// A token as Plimsoll makes it.
pub(super) fn token(keys: &Keys, region: &str, cluster: &str, now: Timestamp) -> String {
    let host = format!("sts.{region}.amazonaws.com");
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(Duration::from_secs(60));
    let identity = keys.clone().into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sts")
        .time(now.into())
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let url = format!("https://{host}/?Action=GetCallerIdentity&Version=2011-06-15");
    let headers = [("host", host.as_str()), ("x-k8s-aws-id", cluster)];
    let body = SignableBody::Bytes(b"");
    let request = SignableRequest::new("GET", &url, headers.into_iter(), body).unwrap();
    let (instructions, _) = sign(request, &params).unwrap().into_parts();
    let mut request = http::Request::builder().uri(&url).body(()).unwrap();
    instructions.apply_to_request_http1x(&mut request);
    format!(
        "k8s-aws-v1.{}",
        URL_SAFE_NO_PAD.encode(request.uri().to_string())
    )
}
