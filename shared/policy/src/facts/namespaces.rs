//! What a namespace has of its own: limits, quotas, Pod Security levels, policies of a mesh.

use plimsoll_cel::{Bump, Node};

use super::table::Table;
use super::{Joins, items, name, namespace, texts_in};

/// Keeps namespace and name, and of a ResourceQuota what it limits.
pub(super) fn gather_limits(table: &mut Table, object: &Node<'_>) {
    let hard = object.at(&["spec", "hard"]).unwrap_or(Node::Null);
    let limited = hard.entries().iter().map(|entry| entry.key);
    table.push(|out| {
        out.texts([namespace(object), name(object)]);
        out.texts(limited);
    });
}

/// The names of the LimitRanges of a Namespace.
pub(super) fn limit_ranges<'a>(joins: &Joins, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let found = joins.limit_ranges.beginning_with([name(object)]);
    let names: Vec<&str> = found.map(|mut texts| texts.text()).collect();
    texts_in(arena, &names)
}

/// A list of `{name, hard}` of the ResourceQuotas of a Namespace; `hard` has the resources' names.
pub(super) fn resource_quotas<'a>(joins: &Joins, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let found = joins.resource_quotas.beginning_with([name(object)]);
    let nodes = found.map(|mut texts| {
        let name = Node::text_in(arena, texts.text());
        let hard: Vec<&str> = texts.collect();
        Node::map_in(
            arena,
            vec![("name", name), ("hard", texts_in(arena, &hard))],
        )
    });
    Node::list_in(arena, nodes.collect())
}

/// The label of a Pod Security setting (kubernetes.io/docs, "Pod Security Admission").
const POD_SECURITY: &str = "pod-security.kubernetes.io/";

/// `{enforce, enforceVersion, audit, auditVersion, warn, warnVersion, said}` of a Namespace, or of the one an object lies
/// in. What its labels do not say is taken from the API server's configuration, which nobody sees: it is given as the
/// built-in default, `privileged` and `latest`, and `said` lists the modes that labels do speak of. A level that the API
/// server does not know counts as `restricted`, as it does there.
pub(super) fn pod_security<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let own = object.get("metadata").unwrap_or(Node::Null);
    let metadata = match kind {
        "Namespace" => own,
        _ => {
            let known = joins.namespace_object(object, arena);
            known.get("metadata").unwrap_or(Node::Null)
        }
    };
    let label = |key: &str| {
        let labels = metadata.get("labels")?;
        labels.get(&format!("{POD_SECURITY}{key}"))?.as_str()
    };
    let modes = [
        ("enforce", "enforceVersion", "enforce-version"),
        ("audit", "auditVersion", "audit-version"),
        ("warn", "warnVersion", "warn-version"),
    ];
    let mut entries = Vec::new();
    let mut said = Vec::new();
    for (mode, version_key, version_label) in modes {
        let level = match label(mode) {
            None => "privileged",
            Some(level) => {
                said.push(mode);
                match level {
                    "privileged" | "baseline" => level,
                    _ => "restricted",
                }
            }
        };
        let version = label(version_label).unwrap_or("latest");
        entries.push((mode, Node::Str(level)));
        entries.push((version_key, Node::Str(version)));
    }
    entries.push(("said", texts_in(arena, &said)));
    Node::map_in(arena, entries)
}

/// Keeps namespace, name, and whether the policy is about all workloads of its namespace.
pub(super) fn gather_authorization(joins: &mut Joins, object: &Node<'_>) {
    let spec = object.get("spec").unwrap_or(Node::Null);
    let some = spec.get("selector").is_some() || !items(&spec, "targetRefs").is_empty();
    joins.authorizations.push(|out| {
        out.texts([namespace(object), name(object)]);
        out.text(if some { "" } else { "all" });
    });
}

/// A list of `{namespace, name, all}` of the AuthorizationPolicies of a Namespace and of the mesh's root, istio-system,
/// whose policies hold everywhere (Istio, "AuthorizationPolicy").
pub(super) fn authorizations<'a>(joins: &Joins, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    const ROOT: &str = "istio-system";
    let own = name(object);
    let mut nodes = Vec::new();
    for space in [own, ROOT]
        .into_iter()
        .take(if own == ROOT { 1 } else { 2 })
    {
        let found = joins.authorizations.beginning_with([space]);
        nodes.extend(found.map(|mut texts| {
            let entries = vec![
                ("namespace", Node::text_in(arena, space)),
                ("name", Node::text_in(arena, texts.text())),
                ("all", Node::Bool(texts.text() == "all")),
            ];
            Node::map_in(arena, entries)
        }));
    }
    Node::list_in(arena, nodes)
}
