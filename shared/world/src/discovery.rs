//! What an API server says it serves, made from the table of kinds.

use serde_json::{Value, json};

use crate::kinds::{KINDS, Kind};

/// `/api`.
pub(crate) fn versions() -> Value {
    json!({ "kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [] })
}

/// `/apis`.
pub(crate) fn groups() -> Value {
    let mut groups: Vec<Value> = Vec::new();
    for kind in KINDS.iter().filter(|kind| !kind.group.is_empty()) {
        if groups.iter().any(|group| group["name"] == kind.group) {
            continue;
        }
        let version = json!({ "groupVersion": kind.api_version(), "version": kind.version });
        groups.push(json!({
            "name": kind.group, "versions": [version.clone()], "preferredVersion": version,
        }));
    }
    json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups })
}

/// `/api/v1`, `/apis/apps/v1`; `None` if the group or version is not served.
pub(crate) fn resources(group: &str, version: &str) -> Option<Value> {
    let kinds: Vec<&Kind> = KINDS
        .iter()
        .filter(|kind| kind.group == group && kind.version == version)
        .collect();
    let first = kinds.first()?;
    let resources = kinds.iter().map(|kind| {
        json!({
            "name": kind.plural, "singularName": kind.kind.to_lowercase(), "kind": kind.kind,
            "namespaced": kind.namespaced, "verbs": ["get", "list", "watch"],
        })
    });
    Some(json!({
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": first.api_version(),
        "resources": resources.collect::<Vec<_>>(),
    }))
}
