//! The front of all AWS services: who signed, for which service, and which part answers.

use std::sync::Arc;

use http::Response;
use http::request::Parts;
use hyper::body::Bytes;
use jiff::{SignedDuration, Timestamp};

use crate::account::Asked;
use crate::faults::Failure;
use crate::identity::Credential;
use crate::refusal::{Protocol, Refusal};
use crate::reply::{Reply, reply};
use crate::requests::Request;
use crate::server::Closed;
use crate::services::{Named, named};
use crate::sigv4::{Claim, NoClaim, canonical_request, query_pairs};
use crate::state::Shared;
use crate::{account, eks, sts};

/// One call as the services see it.
pub(crate) struct Call {
    /// Path segments, decoded.
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    /// Query and form body together: the parameters of the query protocols.
    pub(crate) params: Vec<(String, String)>,
    pub(crate) region: String,
    pub(crate) caller: Credential,
    pub(crate) body: Bytes,
}

impl Call {
    /// What the files of the account are chosen by.
    pub(crate) fn asked(&self) -> Asked<'_> {
        Asked {
            account: &self.caller.identity.account,
            region: &self.region,
            path: &self.path,
            params: &self.params,
            body: &self.body,
        }
    }
}

/// Answers one request to the AWS endpoint and logs it.
pub(crate) fn answer(
    world: &Arc<Shared>,
    parts: &Parts,
    body: &Bytes,
) -> Result<Response<Reply>, Closed> {
    let now = (world.clock)();
    let claim = Claim::from_headers(&parts.headers);
    let service = claim
        .as_ref()
        .map_or("aws", |claim| claim.service.as_str())
        .to_owned();
    let query = query_pairs(parts.uri.query().unwrap_or(""));
    let mut params = query.clone();
    if let Ok(text) = std::str::from_utf8(body) {
        params.extend(query_pairs(text));
    }
    let path = segments(parts.uri.path());
    let named = named(
        &service,
        parts.method.as_str(),
        &path,
        &params,
        &parts.headers,
    );
    let (protocol, operation) = (named.protocol, named.operation.clone());
    let fault = world.faults.aws(&service, &operation);
    let mut log = Request {
        at: now,
        cluster: (service == "eks").then(|| path.get(1).cloned()).flatten(),
        service,
        operation,
        account: None,
        uri: parts.uri.to_string(),
        status: 0,
        reason: None,
    };
    if fault == Some(Failure::Closed) {
        log.reason = Some("closed on order".to_owned());
        world.requests.push(log);
        return Err(Closed);
    }
    let result =
        authenticate(world, parts, body, claim, &query, now).and_then(|(claim, caller)| {
            log.account = Some(caller.identity.account.clone());
            refuse_on_order(fault, &log.operation, &log.service, &caller)?;
            let region = claim.region;
            let call = Call {
                path,
                query,
                params,
                region,
                caller,
                body: body.clone(),
            };
            dispatch(world, &named, &call, now)
        });
    let id = request_id(world.next_request());
    let mut response = match result {
        Ok((media_type, text)) => reply(200, media_type, text.replace("REQUEST-ID", &id)),
        Err(refusal) => {
            log.reason = Some(refusal.message());
            refusal.response(protocol, &id)
        }
    };
    if fault == Some(Failure::CutShort) {
        response = response.map(Reply::cut_short);
    }
    log.status = response.status().as_u16();
    world.requests.push(log);
    Ok(response)
}

fn dispatch(
    world: &Shared,
    named: &Named,
    call: &Call,
    now: Timestamp,
) -> Result<(&'static str, String), Refusal> {
    let operation = named.operation.as_str();
    let text = match (named.service.as_str(), operation) {
        ("sts", _) => {
            let (roles, credentials) = (&world.roles, &world.credentials);
            let (params, caller) = (&call.params, &call.caller);
            sts::answer(operation, params, caller, roles, credentials, now)
        }
        ("eks", _) => eks::answer(world, named, call),
        _ if operation.contains([' ', '/']) => Err(Refusal::UnknownOperation(format!(
            "{operation} of {}",
            named.service
        ))),
        _ => account::answer(&world.replies, named, &call.asked()),
    };
    let media_type = match named.protocol {
        Protocol::Sts => "text/xml",
        Protocol::Ec2 => "text/xml;charset=UTF-8",
        Protocol::RestJson => "application/json",
    };
    text.map(|text| (media_type, text))
}

fn refuse_on_order(
    fault: Option<Failure>,
    operation: &str,
    service: &str,
    caller: &Credential,
) -> Result<(), Refusal> {
    match fault {
        Some(Failure::TooManyRequests { .. }) => Err(Refusal::Throttled),
        Some(Failure::InternalError | Failure::Expired) => Err(Refusal::Broken),
        Some(Failure::Forbidden) => Err(Refusal::Denied(format!(
            "User: {} is not authorized to perform: {service}:{operation} because no identity-based policy allows the {service}:{operation} action",
            caller.identity.arn
        ))),
        Some(Failure::Unauthorized) => Err(Refusal::UnknownKey),
        Some(Failure::Closed | Failure::CutShort) | None => Ok(()),
    }
}

fn authenticate(
    world: &Shared,
    parts: &Parts,
    body: &Bytes,
    claim: Result<Claim, NoClaim>,
    query: &[(String, String)],
    now: Timestamp,
) -> Result<(Claim, Credential), Refusal> {
    let claim = claim.map_err(|none| match none {
        NoClaim::Unsigned => Refusal::Unsigned,
        NoClaim::Malformed => Refusal::Incomplete,
    })?;
    let credential = world
        .credentials
        .get(&claim.access_key)
        .ok_or(Refusal::UnknownKey)?;
    if credential.session_token != claim.session_token {
        return Err(Refusal::UnknownKey);
    }
    let must_sign = ["host", "x-amz-date"].into_iter();
    let must_sign = must_sign.chain(claim.session_token.as_ref().map(|_| "x-amz-security-token"));
    if !must_sign
        .into_iter()
        .all(|name| claim.signed_headers.iter().any(|h| h == name))
    {
        return Err(Refusal::Incomplete);
    }
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let method = parts.method.as_str();
    let canonical = canonical_request(
        method,
        parts.uri.path(),
        query,
        &claim.signed_headers,
        header,
        body,
    )
    .ok_or(Refusal::SignatureMismatch)?;
    if !claim.verifies(&credential.secret, &canonical) {
        return Err(Refusal::SignatureMismatch);
    }
    check_time(&claim, now, world.max_skew)?;
    if credential.expires.is_some_and(|expires| expires <= now) {
        return Err(Refusal::SessionExpired);
    }
    Ok((claim, credential))
}

/// A signed request is good for five minutes either way.
fn check_time(claim: &Claim, now: Timestamp, skew: Option<SignedDuration>) -> Result<(), Refusal> {
    let Some(skew) = skew else { return Ok(()) };
    if now.duration_since(claim.time).abs() <= skew {
        return Ok(());
    }
    let (word, order) = if claim.time < now {
        ("expired", "earlier")
    } else {
        ("not yet current", "later")
    };
    Err(Refusal::Skewed(format!(
        "Signature {word}: {} is now {order} than {} allows",
        claim.time_text,
        now.strftime("%Y%m%dT%H%M%SZ")
    )))
}

fn segments(path: &str) -> Vec<String> {
    let decode = |part: &str| {
        // '+' is a plus in a path; the form decoder would make it a space.
        let pair = format!("x={}", part.replace('+', "%2B"));
        query_pairs(&pair)
            .pop()
            .map_or_else(String::new, |(_, value)| value)
    };
    path.split('/')
        .filter(|part| !part.is_empty())
        .map(decode)
        .collect()
}

fn request_id(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}
