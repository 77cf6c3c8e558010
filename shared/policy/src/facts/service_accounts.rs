//! The ServiceAccount that a workload uses.

use plimsoll_cel::{Bump, Node};

use super::{Joins, name, namespace};

pub(super) fn gather(joins: &mut Joins, object: &Node<'_>) {
    let automount = object
        .get("automountServiceAccountToken")
        .and_then(|value| value.as_bool());
    joins.service_accounts.insert(
        (namespace(object).to_owned(), name(object).to_owned()),
        automount,
    );
}

/// `{name, exists, automount}`; `automount` is null when the account does not say.
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let spec = crate::kinds::pod_spec_keys(kind)
        .and_then(|keys| object.at(keys))
        .unwrap_or(Node::Null);
    let account = ["serviceAccountName", "serviceAccount"]
        .iter()
        .find_map(|key| {
            spec.get(key)
                .and_then(|value| value.as_str())
                .filter(|text| !text.is_empty())
        })
        .unwrap_or("default");
    let found = joins
        .service_accounts
        .get(&(namespace(object).to_owned(), account.to_owned()));
    Node::map_in(
        arena,
        vec![
            ("name", Node::text_in(arena, account)),
            ("exists", Node::Bool(found.is_some())),
            (
                "automount",
                found.copied().flatten().map_or(Node::Null, Node::Bool),
            ),
        ],
    )
}
