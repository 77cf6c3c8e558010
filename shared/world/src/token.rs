//! The bearer token of an EKS cluster, judged as the cluster's authenticator does it: the token is
//! a presigned GetCallerIdentity URL, good for 15 minutes, bound to the cluster by a signed header.
//! Source of the rules: aws-iam-authenticator, `pkg/token`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};

use crate::cluster::{AccessEntry, Cluster};
use crate::identity::{Credentials, Identity};
use crate::rbac::User;
use crate::sigv4::{Claim, canonical_request, query_pairs};

const PREFIX: &str = "k8s-aws-v1.";
const MAX_LENGTH: usize = 4_096;
const LIFETIME: SignedDuration = SignedDuration::from_mins(15);
const SKEW: SignedDuration = SignedDuration::from_mins(5);
const PARAMETERS: [&str; 9] = [
    "action",
    "version",
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-signedheaders",
];

/// The user behind an `Authorization` header, or why there is none (for the log only; the client
/// is told nothing but 401).
pub(crate) fn user(
    authorization: Option<&str>,
    cluster: &Cluster,
    entries: &[AccessEntry],
    credentials: &Credentials,
    now: Timestamp,
) -> Result<(Identity, User), &'static str> {
    let header = authorization.ok_or("no token")?;
    let token = header.strip_prefix("Bearer ").ok_or("not a bearer token")?;
    let identity = identify(token, &cluster.name, &cluster.region, credentials, now)?;
    let entry = entries
        .iter()
        .find(|entry| entry.principal == identity.principal);
    let entry = entry.ok_or("no access entry for the role")?;
    let name = entry
        .username
        .replace("{{SessionName}}", identity.session_name());
    let mut groups = entry.groups.clone();
    groups.push("system:authenticated".to_owned());
    Ok((identity, User { name, groups }))
}

/// Whose token it is.
fn identify(
    token: &str,
    cluster: &str,
    region: &str,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<Identity, &'static str> {
    if token.len() > MAX_LENGTH {
        return Err("the token is too long");
    }
    let encoded = token.strip_prefix(PREFIX).ok_or("not an EKS token")?;
    let url = URL_SAFE_NO_PAD
        .decode(encoded)
        .map_err(|_| "the token is not base64url")?;
    let url = String::from_utf8(url).map_err(|_| "the token is not text")?;
    let (host, path, query) = take_apart(&url).ok_or("not an https URL")?;
    if !sts_hosts(region).contains(&host.to_owned()) {
        return Err("not an STS host of the cluster's region");
    }
    if path != "/" {
        return Err("not the root path");
    }
    let query = query_pairs(query);
    check_parameters(&query)?;
    let claim = Claim::from_query(&query).map_err(|_| "not signed")?;
    if claim.signed_headers != ["host", "x-k8s-aws-id"] {
        return Err("the signed headers are not host;x-k8s-aws-id");
    }
    if claim.service != "sts" || claim.region != region {
        return Err("signed for another service or region");
    }
    let credential = credentials
        .get(&claim.access_key)
        .ok_or("unknown access key")?;
    if credential.session_token != claim.session_token {
        return Err("the session token is not the key's");
    }
    let header = |name: &str| match name {
        "host" => Some(host),
        "x-k8s-aws-id" => Some(cluster),
        _ => None,
    };
    let signed = &claim.signed_headers;
    let canonical = canonical_request("GET", path, &query, signed, header, b"");
    if !canonical.is_some_and(|canonical| claim.verifies(&credential.secret, &canonical)) {
        return Err("the signature does not fit: tampered with, or made for another cluster");
    }
    let age = now.duration_since(claim.time);
    if age > LIFETIME {
        return Err("the token is older than 15 minutes");
    }
    if age < -SKEW {
        return Err("the token comes from the future");
    }
    if credential.expires.is_some_and(|expires| expires <= now) {
        return Err("the session has expired");
    }
    Ok(credential.identity)
}

fn check_parameters(query: &[(String, String)]) -> Result<(), &'static str> {
    let mut seen: Vec<String> = Vec::new();
    for (name, value) in query {
        let name = name.to_ascii_lowercase();
        if !PARAMETERS.contains(&name.as_str()) {
            return Err("a query parameter that is not allowed");
        }
        if seen.contains(&name) {
            return Err("a query parameter twice");
        }
        match name.as_str() {
            "action" if value != "GetCallerIdentity" => return Err("another action"),
            "x-amz-expires" if !value.parse().is_ok_and(|s: u32| s <= 900) => {
                return Err("X-Amz-Expires is not 0 to 900");
            }
            _ => {}
        }
        seen.push(name);
    }
    if ["action", "x-amz-expires"]
        .iter()
        .all(|name| seen.iter().any(|s| s == name))
    {
        Ok(())
    } else {
        Err("a query parameter is missing")
    }
}

fn take_apart(url: &str) -> Option<(&str, &str, &str)> {
    let rest = url.strip_prefix("https://")?;
    let (before, query) = rest.split_once('?')?;
    let slash = before.find('/').unwrap_or(before.len());
    let path = if slash == before.len() {
        "/"
    } else {
        &before[slash..]
    };
    Some((&before[..slash], path, query))
}

/// Regional, FIPS and dual-stack names of STS.
fn sts_hosts(region: &str) -> [String; 3] {
    [
        format!("sts.{region}.amazonaws.com"),
        format!("sts-fips.{region}.amazonaws.com"),
        format!("sts.{region}.api.aws"),
    ]
}

#[cfg(test)]
mod tests;
