//! Everything that a ServiceAccount may do, as a fact.

use std::collections::BTreeMap;

use plimsoll_cel::{Bump, Node, decode_json};

use super::super::Joins;
use super::account;
use super::grants::Grants;

/// A list of `{namespace, verbs, apiGroups, resources, resourceNames, nonResourceURLs, binding, role}`, one for each rule that
/// the account holds; every list is there, and the namespace is empty for the whole cluster. A RoleBinding gives no URLs.
pub(in super::super) fn fact<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let Some((namespace, name)) = account(kind, object) else {
        return Node::List(&[]);
    };
    let grants = joins.access.grants.get_or_init(|| Grants::of(joins));
    let mut all = Vec::new();
    let mut decoded = BTreeMap::new();
    for grant in grants.to_account(namespace, name) {
        let (space, binding, role) = (
            Node::text_in(arena, grant.space),
            Node::text_in(arena, grant.binding),
            Node::text_in(arena, grant.role),
        );
        let rules: &Node<'a> = decoded.entry(grant.rules).or_insert_with(|| {
            let json = grants.rules(grant.rules);
            decode_json(arena, json.as_bytes()).unwrap_or(Node::Null)
        });
        for rule in rules.items() {
            let list = |key: &str| Node::List(rule.get(key).map_or(&[][..], |list| list.items()));
            let everywhere = grant.space.is_empty();
            if !everywhere && list("resources").items().is_empty() {
                continue;
            }
            let urls = match everywhere {
                true => list("nonResourceURLs"),
                false => Node::List(&[]),
            };
            let fields = vec![
                ("apiGroups", list("apiGroups")),
                ("binding", binding),
                ("namespace", space),
                ("nonResourceURLs", urls),
                ("resourceNames", list("resourceNames")),
                ("resources", list("resources")),
                ("role", role),
                ("verbs", list("verbs")),
            ];
            all.push(Node::map_in(arena, fields));
        }
    }
    Node::list_in(arena, all)
}
