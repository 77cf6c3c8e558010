//! A cluster on EKS: its authority, and the bearer token its authenticator wants.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};

use super::connect::BearerToken;
use super::endpoint::certificates;
use super::error::ClusterError;
use super::reader::ClusterReader;
use super::request::Patience;
use crate::network::AllowedNetworks;

/// A token is made anew after this time; the server accepts it for 15 minutes (aws-iam-authenticator, `pkg/token`).
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// What must be known of an EKS cluster to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EksTarget {
    /// Its name in EKS.
    pub name: String,
    /// Its region.
    pub region: String,
    /// The API server's URL.
    pub endpoint: String,
    /// `certificateAuthority.data` as EKS gives it: PEM in base 64.
    pub certificate_authority: String,
}

/// Tells the time; handed in so that tests can.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Connects to an EKS cluster as the role that `credentials` are of. Nothing is sent yet.
///
/// # Errors
/// The endpoint or the authority cannot be read.
pub fn connect_eks(
    target: &EksTarget,
    credentials: Credentials,
    clock: Clock,
    allowed: AllowedNetworks,
    patience: Patience,
) -> Result<ClusterReader, ClusterError> {
    let unusable = |what: &str| ClusterError::Configuration {
        message: format!("EKS gives cluster {} an unusable {what}", target.name),
        help: None,
    };
    let endpoint = target.endpoint.parse().map_err(|_| unusable("endpoint"))?;
    let authority = authority(&target.certificate_authority)
        .ok_or_else(|| unusable("certificate authority"))?;
    let mut config = kube::Config::new(endpoint);
    config.root_cert = Some(authority);
    let token = EksToken {
        credentials,
        region: target.region.clone(),
        cluster: target.name.clone(),
        clock,
        current: Mutex::new(None),
    };
    ClusterReader::new(
        &target.name,
        &config,
        Some(Arc::new(token)),
        allowed,
        patience,
    )
}

fn authority(data: &str) -> Option<Vec<Vec<u8>>> {
    let pem = STANDARD.decode(data.trim()).ok()?;
    certificates(&pem)
}

struct EksToken {
    credentials: Credentials,
    region: String,
    cluster: String,
    clock: Clock,
    current: Mutex<Option<(Timestamp, String)>>,
}

impl BearerToken for EksToken {
    fn bearer(&self) -> Result<String, String> {
        let now = (self.clock)();
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((made, token)) = current.as_ref()
            && (SignedDuration::ZERO..TOKEN_LIFE).contains(&now.duration_since(*made))
        {
            return Ok(token.clone());
        }
        let token = eks_token(&self.credentials, &self.region, &self.cluster, now)?;
        *current = Some((now, token.clone()));
        Ok(token)
    }

    fn forget(&self) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The bearer token for a cluster: a presigned `GetCallerIdentity` of the cluster's region, bound to the cluster by a
/// signed header (aws-iam-authenticator, `pkg/token`). Nothing is sent.
///
/// # Errors
/// The request cannot be signed.
pub fn eks_token(
    credentials: &Credentials,
    region: &str,
    cluster: &str,
    now: Timestamp,
) -> Result<String, String> {
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(Duration::from_secs(60));
    let identity = credentials.clone().into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sts")
        .time(SystemTime::from(now))
        .settings(settings)
        .build()
        .map_err(|error| error.to_string())?
        .into();
    let host = sts_host(region);
    let url = format!("https://{host}/?Action=GetCallerIdentity&Version=2011-06-15");
    let headers = [("host", host.as_str()), ("x-k8s-aws-id", cluster)];
    let request = SignableRequest::new("GET", &url, headers.into_iter(), SignableBody::Bytes(b""))
        .map_err(|error| error.to_string())?;
    let (instructions, _) = sign(request, &params)
        .map_err(|error| error.to_string())?
        .into_parts();
    let mut signed = http::Request::get(&url)
        .body(())
        .map_err(|error| error.to_string())?;
    instructions.apply_to_request_http1x(&mut signed);
    Ok(format!(
        "k8s-aws-v1.{}",
        URL_SAFE_NO_PAD.encode(signed.uri().to_string())
    ))
}

/// The regional STS host; China's regions have a suffix of their own.
fn sts_host(region: &str) -> String {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("sts.{region}.amazonaws.com{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials() -> Credentials {
        Credentials::new(
            "AKIDEXAMPLE",
            "secret",
            Some("session/token+=".to_owned()),
            None,
            "test",
        )
    }

    fn url(token: &str) -> String {
        let encoded = token.strip_prefix("k8s-aws-v1.").unwrap();
        String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
    }

    #[test]
    fn a_token_is_a_presigned_call_bound_to_the_cluster() {
        let now: Timestamp = "2026-11-21T02:00:00Z".parse().unwrap();
        let token = eks_token(&credentials(), "eu-central-1", "prod-eu-1", now).unwrap();
        let url = url(&token);
        assert!(url.starts_with(
            "https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&"
        ));
        for part in [
            "X-Amz-Expires=60",
            "X-Amz-SignedHeaders=host%3Bx-k8s-aws-id",
            "X-Amz-Date=20261121T020000Z",
            "%2Feu-central-1%2Fsts%2Faws4_request",
            "X-Amz-Security-Token=",
        ] {
            assert!(url.contains(part), "{part} in {url}");
        }
        assert_ne!(
            token,
            eks_token(&credentials(), "eu-central-1", "other", now).unwrap()
        );
        assert!(
            self::url(&eks_token(&credentials(), "cn-north-1", "x", now).unwrap())
                .contains(".amazonaws.com.cn/")
        );
    }

    #[test]
    fn a_token_is_kept_for_ten_minutes_and_can_be_forgotten() {
        let now = Arc::new(Mutex::new(
            "2026-11-21T02:00:00Z".parse::<Timestamp>().unwrap(),
        ));
        let clock = Arc::clone(&now);
        let token = EksToken {
            credentials: credentials(),
            region: "eu-west-1".into(),
            cluster: "c".into(),
            clock: Arc::new(move || *clock.lock().unwrap()),
            current: Mutex::new(None),
        };
        let first = token.bearer().unwrap();
        *now.lock().unwrap() += SignedDuration::from_secs(599);
        assert_eq!(token.bearer().unwrap(), first);
        *now.lock().unwrap() += SignedDuration::from_secs(1);
        let second = token.bearer().unwrap();
        assert_ne!(second, first);
        *now.lock().unwrap() += SignedDuration::from_secs(1);
        token.forget();
        assert_ne!(token.bearer().unwrap(), second);
    }

    #[test]
    fn an_unusable_authority_is_refused() {
        assert!(authority("!!").is_none());
        assert!(authority(&STANDARD.encode("no certificate")).is_none());
    }
}
