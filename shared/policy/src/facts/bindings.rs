//! Roles and who is bound to them.

use plimsoll_cel::{Bump, Node, decode_json};

use super::{Joins, Rules, Table, default_roles, name, namespace};

/// Keeps kind and name of the role, name and namespace of the binding (empty for a ClusterRoleBinding), then each
/// subject's kind, namespace, name.
pub(super) fn gather_binding(joins: &mut Joins, kind: &str, object: &Node<'_>) {
    let role = object.get("roleRef").unwrap_or(Node::Null);
    let home = if kind == "RoleBinding" {
        namespace(object)
    } else {
        ""
    };
    let subjects = object.get("subjects").map_or(&[][..], |list| list.items());
    joins.bindings.push(|out| {
        out.texts([text(&role, "kind"), text(&role, "name"), name(object), home]);
        for subject in subjects {
            let kind = text(subject, "kind");
            let own = text(subject, "namespace");
            let place = if own.is_empty() && kind == "ServiceAccount" {
                home
            } else {
                own
            };
            out.texts([kind, place, text(subject, "name")]);
        }
    });
}

/// Keeps kind, namespace (empty for a ClusterRole), name, number of the rules.
pub(super) fn gather_role(joins: &mut Joins, kind: &str, object: &Node<'_>) {
    let home = if kind == "Role" {
        namespace(object)
    } else {
        ""
    };
    let rules = object.get("rules").unwrap_or(Node::List(&[]));
    let json = serde_json::to_string(&rules).unwrap_or_else(|_| "[]".to_owned());
    let rules = joins.rules.number(&json);
    if kind == "ClusterRole" {
        joins.aggregation.gather(object);
    }
    joins.roles.push(|out| {
        out.texts([kind, home, name(object)]);
        out.number(rules);
    });
}

/// Adds another worker's roles, with its numbers of rules made ours.
pub(super) fn append_roles(joins: &mut Joins, roles: &Table, rules: &Rules) {
    for mut texts in roles.all() {
        let named = [texts.text(), texts.text(), texts.text()];
        let number = joins.rules.number(rules.text(texts.number()));
        joins.roles.push(|out| {
            out.texts(named);
            out.number(number);
        });
    }
}

/// A list of `{kind, namespace, name, binding}` of everybody bound to the role.
pub(super) fn subjects<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let mut nodes = Vec::new();
    for mut texts in joins.bindings.beginning_with([kind, name(object)]) {
        let (binding, home) = (texts.text(), texts.text());
        if kind != "ClusterRole" && home != namespace(object) {
            continue;
        }
        while let Some(kind) = texts.next() {
            let node = |text| Node::text_in(arena, text);
            nodes.push(Node::map_in(
                arena,
                vec![
                    ("kind", node(kind)),
                    ("namespace", node(texts.text())),
                    ("name", node(texts.text())),
                    ("binding", node(binding)),
                ],
            ));
        }
    }
    Node::list_in(arena, nodes)
}

/// `{exists, rules}` of the role that a binding refers to: as it was read, with what is aggregated into it, else as
/// Kubernetes itself makes it.
pub(super) fn role<'a>(joins: &Joins, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let wanted = object.get("roleRef").unwrap_or(Node::Null);
    let (kind, name) = (text(&wanted, "kind"), text(&wanted, "name"));
    let home = if kind == "Role" {
        namespace(object)
    } else {
        ""
    };
    let mut roles = joins.roles.beginning_with([kind, home, name]);
    let rules = roles
        .next()
        .map(|mut texts| joins.rules.text(texts.number()))
        .or_else(|| default_roles::rules((kind, home, name)));
    let decoded = rules.and_then(|json| decode_json(arena, json.as_bytes()).ok());
    Node::map_in(
        arena,
        vec![
            ("exists", Node::Bool(rules.is_some())),
            ("rules", decoded.unwrap_or(Node::List(&[]))),
        ],
    )
}

fn text<'a>(node: &Node<'a>, key: &str) -> &'a str {
    node.get(key).and_then(|value| value.as_str()).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joins(roles: &[(&str, &str)]) -> Joins {
        let arena = Bump::new();
        let mut joins = Joins::default();
        for (name, verb) in roles {
            let json = format!(
                r#"{{"metadata":{{"name":"{name}","namespace":"shop"}},"rules":[{{"verbs":["{verb}"]}}]}}"#
            );
            let object = decode_json(&arena, json.as_bytes()).unwrap();
            gather_role(&mut joins, "Role", &object);
        }
        joins
    }

    /// The rules that a binding in `namespace` to the Role `name` gets, as JSON; none if there is no such role.
    fn rules(joins: &Joins, namespace: &str, name: &str) -> Option<String> {
        let arena = Bump::new();
        let json = format!(
            r#"{{"metadata":{{"namespace":"{namespace}"}},"roleRef":{{"kind":"Role","name":"{name}"}}}}"#
        );
        let binding = decode_json(&arena, json.as_bytes()).unwrap();
        let found = role(joins, &binding, &arena);
        let exists = found.get("exists").unwrap() == Node::Bool(true);
        exists.then(|| serde_json::to_string(&found.get("rules").unwrap()).unwrap())
    }

    #[test]
    fn roles_keep_their_rules_when_workers_that_numbered_them_otherwise_are_merged() {
        let parts = [
            joins(&[("a", "get"), ("b", "list")]),
            joins(&[("c", "list"), ("d", "watch"), ("e", "get")]),
        ];
        for order in [[0, 1], [1, 0_usize]] {
            let mut all = Joins::default();
            for part in order {
                all.merge(parts[part].clone());
            }
            all.settle();
            let verbs = [
                ("a", "get"),
                ("b", "list"),
                ("c", "list"),
                ("d", "watch"),
                ("e", "get"),
            ];
            for (name, verb) in verbs {
                let expected = format!(r#"[{{"verbs":["{verb}"]}}]"#);
                assert_eq!(rules(&all, "shop", name), Some(expected), "{name}");
            }
            assert_eq!(rules(&all, "shop", "f"), None);
            assert_eq!(rules(&all, "other", "a"), None);
        }
    }
}
