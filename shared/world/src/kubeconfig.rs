//! A kubeconfig for a cluster, as `aws eks update-kubeconfig` and its token command would give it:
//! for reading a cluster of the world by context instead of by connection.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::json;

use crate::cluster::Cluster;
use crate::identity::{Credential, Credentials, Identity};
use crate::sigv4::{ALGORITHM, Scope, canonical_query, canonical_request};

/// The session a token is made for lives as long as the longest the world's STS gives.
const SESSION_SECONDS: i64 = 3_600;

/// The text of a kubeconfig whose only context is named as the cluster.
pub(crate) fn kubeconfig(
    cluster: &Cluster,
    role: &str,
    credentials: &Credentials,
    now: Timestamp,
) -> String {
    let identity = Identity::session(&cluster.account, role, "kubeconfig");
    let credential = credentials.issue(identity, now, SESSION_SECONDS);
    let name = &cluster.name;
    let token = token(&credential, &cluster.region, name, now);
    let text = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": name,
        "clusters": [{ "name": name, "cluster": {
            "server": cluster.endpoint,
            "certificate-authority-data": cluster.certificate_authority,
        } }],
        "contexts": [{ "name": name, "context": { "cluster": name, "user": name } }],
        "users": [{ "name": name, "user": { "token": token } }],
    });
    // JSON is YAML.
    format!("{text:#}\n")
}

fn token(credential: &Credential, region: &str, cluster: &str, now: Timestamp) -> String {
    let time = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let date = time.split('T').next().unwrap_or_default();
    let host = format!("sts.{region}.amazonaws.com");
    let scope = format!("{}/{date}/{region}/sts/aws4_request", credential.access_key);
    let mut query: Vec<(String, String)> = [
        ("Action", "GetCallerIdentity"),
        ("Version", "2011-06-15"),
        ("X-Amz-Algorithm", ALGORITHM),
        ("X-Amz-Credential", &scope),
        ("X-Amz-Date", &time),
        ("X-Amz-Expires", "60"),
        ("X-Amz-SignedHeaders", "host;x-k8s-aws-id"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    if let Some(session) = &credential.session_token {
        query.push(("X-Amz-Security-Token".to_owned(), session.clone()));
    }
    let signed = ["host".to_owned(), "x-k8s-aws-id".to_owned()];
    let header = |name: &str| {
        Some(if name == "host" {
            host.as_str()
        } else {
            cluster
        })
    };
    let canonical = canonical_request("GET", "/", &query, &signed, header, b"");
    let scope = Scope {
        date,
        region,
        service: "sts",
        time: &time,
    };
    let signature = scope.sign(&credential.secret, &canonical.unwrap_or_default());
    let query = canonical_query(&query);
    let url = format!("https://{host}/?{query}&X-Amz-Signature={signature}");
    format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(url))
}
