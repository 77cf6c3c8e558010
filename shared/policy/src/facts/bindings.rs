//! Roles and who is bound to them.

use plimsoll_cel::{Bump, Node, decode_json};
use serde::{Deserialize, Serialize};

use super::{Joins, default_roles, name, namespace};

/// A RoleBinding or ClusterRoleBinding, kept small.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Binding {
    name: String,
    /// Empty for a ClusterRoleBinding.
    namespace: String,
    /// Kind, namespace, name.
    subjects: Vec<(String, String, String)>,
}

pub(super) fn gather_binding(joins: &mut Joins, kind: &str, object: &Node<'_>) {
    let text = |node: &Node<'_>, key: &str| {
        node.get(key)
            .and_then(|v| v.as_str())
            .unwrap_or("")
            .to_owned()
    };
    let role = object.get("roleRef").unwrap_or(Node::Null);
    let home = if kind == "RoleBinding" {
        namespace(object)
    } else {
        ""
    };
    let subjects = object.get("subjects").map_or(&[][..], |list| list.items());
    let subject = |node: &Node<'_>| {
        let kind = text(node, "kind");
        let own = text(node, "namespace");
        let place = if own.is_empty() && kind == "ServiceAccount" {
            home.to_owned()
        } else {
            own
        };
        (kind, place, text(node, "name"))
    };
    let binding = Binding {
        name: name(object).to_owned(),
        namespace: home.to_owned(),
        subjects: subjects.iter().map(subject).collect(),
    };
    joins
        .bindings
        .entry((text(&role, "kind"), text(&role, "name")))
        .or_default()
        .push(binding);
}

pub(super) fn gather_role(joins: &mut Joins, kind: &str, object: &Node<'_>) {
    let home = if kind == "Role" {
        namespace(object)
    } else {
        ""
    };
    let rules = object.get("rules").unwrap_or(Node::List(&[]));
    let json = serde_json::to_string(&rules).unwrap_or_else(|_| "[]".to_owned());
    joins.roles.insert(
        (kind.to_owned(), home.to_owned(), name(object).to_owned()),
        json,
    );
}

/// A list of `{kind, namespace, name, binding}` of everybody bound to the role.
pub(super) fn subjects<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let all = joins
        .bindings
        .get(&(kind.to_owned(), name(object).to_owned()))
        .map_or(&[][..], Vec::as_slice);
    let bound = all
        .iter()
        .filter(|binding| kind == "ClusterRole" || binding.namespace == namespace(object));
    let nodes = bound
        .flat_map(|binding| {
            binding
                .subjects
                .iter()
                .map(move |subject| (binding, subject))
        })
        .map(|(binding, (kind, namespace, name))| {
            Node::map_in(
                arena,
                vec![
                    ("kind", Node::text_in(arena, kind)),
                    ("namespace", Node::text_in(arena, namespace)),
                    ("name", Node::text_in(arena, name)),
                    ("binding", Node::text_in(arena, &binding.name)),
                ],
            )
        });
    Node::list_in(arena, nodes.collect())
}

/// `{exists, rules}` of the role that a binding refers to: as it was read, else as Kubernetes itself makes it.
pub(super) fn role<'a>(joins: &Joins, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let text = |key: &str| {
        object
            .at(&["roleRef", key])
            .and_then(|value| value.as_str())
            .unwrap_or("")
    };
    let home = if text("kind") == "Role" {
        namespace(object)
    } else {
        ""
    };
    let key = (text("kind"), home, text("name"));
    let rules = joins
        .roles
        .get(&(key.0.to_owned(), key.1.to_owned(), key.2.to_owned()))
        .map(String::as_str)
        .or_else(|| default_roles::rules(key));
    let decoded = rules.and_then(|json| decode_json(arena, json.as_bytes()).ok());
    Node::map_in(
        arena,
        vec![
            ("exists", Node::Bool(rules.is_some())),
            ("rules", decoded.unwrap_or(Node::List(&[]))),
        ],
    )
}
