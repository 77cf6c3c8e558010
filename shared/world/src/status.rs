//! Status objects, worded as an API server words them, because clients and messages key on them.

use http::{HeaderValue, Response};
use serde_json::{Value, json};

use crate::rbac::{Access, User};
use crate::reply::{Reply, json as json_reply, reply};

fn status(
    code: u16,
    reason: &str,
    message: &str,
    metadata: Value,
    details: Option<Value>,
) -> Response<Reply> {
    let mut body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": metadata, "status": "Failure",
        "message": message, "reason": reason, "code": code,
    });
    if let Some(details) = details {
        body["details"] = details;
    }
    json_reply(code, body.to_string() + "\n")
}

/// 401: never says why.
pub(crate) fn unauthorized() -> Response<Reply> {
    status(401, "Unauthorized", "Unauthorized", json!({}), None)
}

/// 403 for a resource.
pub(crate) fn forbidden(user: &User, access: &Access<'_>) -> Response<Reply> {
    let Access {
        verb,
        group,
        resource,
        namespace,
        name,
    } = access;
    let dotted = if group.is_empty() {
        (*resource).to_owned()
    } else {
        format!("{resource}.{group}")
    };
    let object = name.map_or(dotted.clone(), |name| format!("{dotted} \"{name}\""));
    let place = namespace.map_or_else(
        || "at the cluster scope".to_owned(),
        |namespace| format!("in the namespace \"{namespace}\""),
    );
    let message = format!(
        "{object} is forbidden: User \"{}\" cannot {verb} resource \"{resource}\" in API group \
         \"{group}\" {place}",
        user.name
    );
    let mut details = json!({ "kind": resource });
    if !group.is_empty() {
        details["group"] = json!(group);
    }
    if let Some(name) = name {
        details["name"] = json!(name);
    }
    status(403, "Forbidden", &message, json!({}), Some(details))
}

/// 403 for a path that is no resource.
pub(crate) fn forbidden_path(user: &User, verb: &str, path: &str) -> Response<Reply> {
    let message = format!(
        "forbidden: User \"{}\" cannot {verb} path \"{path}\"",
        user.name
    );
    status(403, "Forbidden", &message, json!({}), Some(json!({})))
}

/// 404 for a path the server does not have.
pub(crate) fn no_such_path() -> Response<Reply> {
    let message = "the server could not find the requested resource";
    status(404, "NotFound", message, json!({}), Some(json!({})))
}

/// 404 for an object.
pub(crate) fn not_found(resource: &str, group: &str, name: &str) -> Response<Reply> {
    let dotted = if group.is_empty() {
        resource.to_owned()
    } else {
        format!("{resource}.{group}")
    };
    let mut details = json!({ "name": name, "kind": resource });
    if !group.is_empty() {
        details["group"] = json!(group);
    }
    status(
        404,
        "NotFound",
        &format!("{dotted} \"{name}\" not found"),
        json!({}),
        Some(details),
    )
}

/// 400.
pub(crate) fn bad_request(message: &str) -> Response<Reply> {
    status(400, "BadRequest", message, json!({}), None)
}

/// 405.
pub(crate) fn method_not_allowed() -> Response<Reply> {
    let message = "the server does not allow this method on the requested resource";
    status(405, "MethodNotAllowed", message, json!({}), Some(json!({})))
}

/// 410, with the token that goes on at today's state.
pub(crate) fn expired(continue_token: &str) -> Response<Reply> {
    let message = "The provided continue parameter is too old to display a consistent list \
         result. You can start a new list without the continue parameter, or use the continue \
         token in this response to retrieve the remainder of the results. Continuing with the \
         provided token results in an inconsistent list - objects that were created, modified, or \
         deleted between the time the first chunk was returned and now may show up in the list.";
    status(
        410,
        "Expired",
        message,
        json!({ "continue": continue_token }),
        None,
    )
}

/// 429, as priority and fairness writes it: plain text.
pub(crate) fn too_many_requests(retry_after: u32) -> Response<Reply> {
    let text = "Too many requests, please try again later.\n";
    let mut response = reply(429, "text/plain; charset=utf-8", text);
    if let Ok(value) = HeaderValue::from_str(&retry_after.to_string()) {
        response
            .headers_mut()
            .insert(http::header::RETRY_AFTER, value);
    }
    response
}

/// 500.
pub(crate) fn internal_error() -> Response<Reply> {
    let message = "Internal error occurred: etcdserver: request timed out";
    let details = json!({ "causes": [{ "message": "etcdserver: request timed out" }] });
    status(500, "InternalError", message, json!({}), Some(details))
}
