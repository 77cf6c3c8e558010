//! The Kubernetes API of one cluster: who asks, may they, and the answer. The order is the real
//! server's: authentication, authorization, and only then whether the thing exists, so a restricted
//! reader gets 403 for what is not there.

use std::sync::Arc;

use http::request::Parts;
use http::{Method, Response};
use serde_json::json;

use crate::cluster::{Cluster, State};
use crate::faults::Failure;
use crate::kinds;
use crate::page::{self, Continue};
use crate::rbac::{Access, User};
use crate::reply::{Reply, json as json_reply};
use crate::requests::Request;
use crate::server::Closed;
use crate::sigv4::query_pairs;
use crate::state::Shared;
use crate::target::{Target, target, verb};
use crate::{discovery, status, token};

/// Answers one request to a cluster and logs it.
pub(crate) fn answer(
    world: &Arc<Shared>,
    cluster: &Cluster,
    parts: &Parts,
) -> Result<Response<Reply>, Closed> {
    let now = (world.clock)();
    let path: Vec<&str> = parts
        .uri
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let target = target(&path);
    let query = query_pairs(parts.uri.query().unwrap_or(""));
    let verb = verb(&parts.method, &target);
    let mut log = Request {
        at: now,
        service: "kubernetes".to_owned(),
        operation: match &target {
            Target::Resource { resource, .. } => format!("{verb} {resource}"),
            Target::Path => format!("{} {}", parts.method, parts.uri.path()),
        },
        account: None,
        cluster: Some(cluster.name.clone()),
        uri: parts.uri.to_string(),
        status: 0,
        reason: None,
    };
    let continues = query
        .iter()
        .any(|(key, value)| key == "continue" && !value.is_empty());
    let resource = match &target {
        Target::Resource { resource, .. } => resource,
        Target::Path => "",
    };
    let fault = world.faults.list(&cluster.name, resource, continues);
    if fault == Some(Failure::Closed) {
        log.reason = Some("closed on order".to_owned());
        world.requests.push(log);
        return Err(Closed);
    }
    let Ok(state) = cluster.state(world) else {
        log.reason = Some("the example data is broken".to_owned());
        log.status = 500;
        world.requests.push(log);
        return Ok(status::internal_error());
    };
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let credentials = &world.credentials;
    let user = token::user(
        header("authorization"),
        cluster,
        &state.access_entries,
        credentials,
        now,
    );
    let mut response = match (user, fault) {
        (Err(reason), _) => {
            log.reason = Some(reason.to_owned());
            status::unauthorized()
        }
        (Ok(_), Some(Failure::Unauthorized)) => status::unauthorized(),
        (Ok((identity, user)), fault) => {
            log.account = Some(identity.account);
            let accept = header("accept").unwrap_or_default();
            let ask = Ask {
                cluster,
                state: &state,
                user: &user,
                verb,
                query: &query,
                accept,
            };
            ask.respond(&parts.method, parts.uri.path(), &path, &target, fault)
        }
    };
    if fault == Some(Failure::CutShort) {
        response = response.map(Reply::cut_short);
    }
    log.status = response.status().as_u16();
    world.requests.push(log);
    Ok(response)
}

struct Ask<'a> {
    cluster: &'a Cluster,
    state: &'a Arc<State>,
    user: &'a User,
    verb: &'a str,
    query: &'a [(String, String)],
    accept: &'a str,
}

impl Ask<'_> {
    fn respond(
        &self,
        method: &Method,
        uri_path: &str,
        path: &[&str],
        target: &Target<'_>,
        fault: Option<Failure>,
    ) -> Response<Reply> {
        let Target::Resource {
            group,
            version,
            resource,
            namespace,
            name,
        } = *target
        else {
            return self.respond_to_path(method, uri_path, path);
        };
        let access = Access {
            verb: self.verb,
            group,
            resource,
            namespace,
            name,
        };
        if fault == Some(Failure::Forbidden) || !self.state.rbac.allows(self.user, &access) {
            return status::forbidden(self.user, &access);
        }
        match fault {
            Some(Failure::TooManyRequests { retry_after }) => {
                return status::too_many_requests(retry_after);
            }
            Some(Failure::InternalError) => return status::internal_error(),
            _ => {}
        }
        let Some(kind) = kinds::served(group, version, resource) else {
            return status::no_such_path();
        };
        if method != Method::GET {
            return status::method_not_allowed();
        }
        match name {
            Some(name) => self.get(&kind, namespace, name),
            None => self.list(&kind, namespace, fault == Some(Failure::Expired)),
        }
    }

    fn get(&self, kind: &kinds::Kind, namespace: Option<&str>, name: &str) -> Response<Reply> {
        let place = namespace.map_or_else(|| name.to_owned(), |ns| format!("{ns}/{name}"));
        let item = self
            .state
            .lists
            .get(kind.plural)
            .and_then(|items| items.get(&place));
        match item {
            Some(item) => json_reply(200, page::single(kind, item)),
            None => status::not_found(kind.plural, kind.group, name),
        }
    }

    fn list(&self, kind: &kinds::Kind, namespace: Option<&str>, gone: bool) -> Response<Reply> {
        let get = |name: &str| {
            let found = self
                .query
                .iter()
                .find(|(key, value)| key == name && !value.is_empty());
            found.map(|(_, value)| value.as_str())
        };
        for unsupported in ["labelSelector", "fieldSelector"] {
            if get(unsupported).is_some() {
                return status::bad_request(&format!("the example world knows no {unsupported}"));
            }
        }
        if get("watch").is_some_and(|watch| watch == "true" || watch == "1") {
            return status::bad_request("the example world knows no watch");
        }
        let Ok(limit) = get("limit").unwrap_or("0").parse() else {
            return status::bad_request("limit: not a number");
        };
        let mut state = Arc::clone(self.state);
        let mut after = None;
        if let Some(token) = get("continue") {
            let Some(next) = Continue::parse(token) else {
                return status::bad_request("continue key is not valid");
            };
            if next.resource_version != -1 {
                let version = u64::try_from(next.resource_version).unwrap_or_default();
                match self.cluster.state_at(version).filter(|_| !gone) {
                    Some(at) => state = at,
                    None => {
                        let fresh = Continue {
                            resource_version: -1,
                            after: next.after,
                        };
                        return status::expired(&fresh.token());
                    }
                }
            }
            after = Some(next.after);
        }
        let metadata_only = self.accept.contains("as=PartialObjectMetadataList");
        let items = state.lists.get(kind.plural);
        let version = state.resource_version;
        let after = after.as_deref();
        json_reply(
            200,
            page::list(kind, items, version, namespace, after, limit, metadata_only),
        )
    }

    fn respond_to_path(&self, method: &Method, uri: &str, path: &[&str]) -> Response<Reply> {
        let open = matches!(
            path,
            ["version" | "livez" | "readyz" | "healthz" | "openapi", ..]
        ) || matches!(path, ["api" | "apis", ..]);
        if !open || method != Method::GET {
            return status::forbidden_path(self.user, &method.as_str().to_lowercase(), uri);
        }
        let body = match path {
            ["version"] => Some(self.version()),
            ["livez" | "readyz" | "healthz"] => {
                return crate::reply::reply(200, "text/plain; charset=utf-8", "ok");
            }
            ["api"] => Some(discovery::versions()),
            ["apis"] => Some(discovery::groups()),
            ["api", version] => discovery::resources("", version),
            ["apis", group, version] => discovery::resources(group, version),
            _ => None,
        };
        body.map_or_else(status::no_such_path, |body| {
            json_reply(200, body.to_string() + "\n")
        })
    }

    fn version(&self) -> serde_json::Value {
        let git = &self.cluster.git_version;
        let mut parts = git.trim_start_matches('v').split('.');
        let (major, minor) = (parts.next().unwrap_or("1"), parts.next().unwrap_or("0"));
        json!({
            "major": major, "minor": minor, "gitVersion": git, "gitTreeState": "clean",
            "goVersion": "go1.25.3", "compiler": "gc", "platform": "linux/amd64",
        })
    }
}
