//! The ServiceAccount that a workload uses.

use plimsoll_cel::{Bump, Node};

use super::{Joins, name, namespace};

// What an account says of its token. Where files hold an account twice, the last of these counts.
const SILENT: &str = "";
const NOT_MOUNTED: &str = "n";
const MOUNTED: &str = "y";

/// Keeps namespace, name, what is said of the token, then the names of the secrets that Kubernetes before 1.24 made to
/// hold a token of it, and wrote into the account (kubernetes.io/docs/concepts/configuration/secret, "ServiceAccount token
/// Secrets").
pub(super) fn gather(joins: &mut Joins, object: &Node<'_>) {
    let automount = object
        .get("automountServiceAccountToken")
        .and_then(|value| value.as_bool());
    let automount = automount.map_or(SILENT, |is| if is { MOUNTED } else { NOT_MOUNTED });
    joins.service_accounts.push(|out| {
        out.texts([namespace(object), name(object), automount]);
        let secrets = object.get("secrets").unwrap_or(Node::Null);
        let names = secrets
            .items()
            .iter()
            .filter_map(|secret| secret.get("name")?.as_str());
        let rest = |name: &&str| {
            name.strip_prefix(super::name(object))
                .is_some_and(|rest| rest.starts_with("-token-"))
        };
        out.texts(names.filter(rest));
    });
}

/// The name of the account that pods of this spec use.
pub(super) fn used<'a>(spec: &Node<'a>) -> &'a str {
    let named = ["serviceAccountName", "serviceAccount"]
        .iter()
        .find_map(|key| {
            let name = spec.get(key)?.as_str()?;
            (!name.is_empty()).then_some(name)
        });
    named.unwrap_or("default")
}

/// `{name, exists, automount}`; `automount` is null when the account does not say.
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let spec = crate::kinds::pod_spec_keys(kind)
        .and_then(|keys| object.at(keys))
        .unwrap_or(Node::Null);
    let account = used(&spec);
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
