//! The ServiceAccount that a workload uses.

use plimsoll_cel::{Bump, Node};

use super::{Joins, name, namespace};

// What an account says of its token. Where files hold an account twice, the last of these counts.
const SILENT: &str = "";
const NOT_MOUNTED: &str = "n";
const MOUNTED: &str = "y";

/// Keeps namespace, name, what is said of the token.
pub(super) fn gather(joins: &mut Joins, object: &Node<'_>) {
    let automount = object
        .get("automountServiceAccountToken")
        .and_then(|value| value.as_bool());
    let automount = automount.map_or(SILENT, |is| if is { MOUNTED } else { NOT_MOUNTED });
    joins
        .service_accounts
        .push(|out| out.texts([namespace(object), name(object), automount]));
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
    let named = [namespace(object), account];
    let found = joins.service_accounts.beginning_with(named).last();
    let automount = found.map_or(SILENT, |mut texts| texts.text());
    Node::map_in(
        arena,
        vec![
            ("name", Node::text_in(arena, account)),
            ("exists", Node::Bool(found.is_some())),
            (
                "automount",
                match automount {
                    MOUNTED => Node::Bool(true),
                    NOT_MOUNTED => Node::Bool(false),
                    _ => Node::Null,
                },
            ),
        ],
    )
}
