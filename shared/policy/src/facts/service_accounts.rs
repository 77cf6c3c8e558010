//! The ServiceAccount that a workload uses.

use plimsoll_cel::{Bump, Node};

use super::{Joins, name, namespace};

// What an account says of its token. Where files hold an account twice, the last of these counts.
const SILENT: &str = "";
const NOT_MOUNTED: &str = "n";
const MOUNTED: &str = "y";

/// How the audience begins that API servers take by default, when they are asked by name.
const SERVER: &str = "https://kubernetes.default";

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

/// `{name, exists, automount, mounted}`: `automount` is null when the account does not say; `mounted` says whether the pods
/// get a token for the API server. Of an association of EKS Pod Identity `{name, exists}`.
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    if kind == super::aws::ASSOCIATION {
        return super::aws::associated(joins, object, arena);
    }
    let spec = crate::kinds::pod_spec_keys(kind)
        .and_then(|keys| object.at(keys))
        .unwrap_or(Node::Null);
    let account = used(&spec);
    let named = [namespace(object), account];
    let found = joins.service_accounts.beginning_with(named).last();
    let automount = found.map_or(SILENT, |mut texts| texts.text());
    let automount = match automount {
        MOUNTED => Some(true),
        NOT_MOUNTED => Some(false),
        _ => None,
    };
    let fields = vec![
        ("name", Node::text_in(arena, account)),
        ("exists", Node::Bool(found.is_some())),
        ("automount", automount.map_or(Node::Null, Node::Bool)),
        ("mounted", Node::Bool(mounted(&spec, automount))),
    ];
    Node::map_in(arena, fields)
}

/// The pod's setting wins over the account's, and absence is yes; a projected token is one too, if it is for the API server
/// (kubernetes.io/docs/tasks/configure-pod-container/configure-service-account).
fn mounted(spec: &Node<'_>, automount: Option<bool>) -> bool {
    let own = spec
        .get("automountServiceAccountToken")
        .and_then(|value| value.as_bool());
    let for_server = |source: &Node<'_>| {
        source.get("serviceAccountToken").is_some_and(|token| {
            let audience = token.get("audience").and_then(|audience| audience.as_str());
            audience.is_none_or(|audience| audience.is_empty() || audience.starts_with(SERVER))
        })
    };
    let projected = |volume: &Node<'_>| {
        let sources = volume.at(&["projected", "sources"]).unwrap_or(Node::Null);
        sources.items().iter().any(for_server)
    };
    let volumes = spec.get("volumes").unwrap_or(Node::Null);
    own.or(automount).unwrap_or(true) || volumes.items().iter().any(projected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_cel::decode_json;

    #[test]
    fn a_pod_gets_a_token_unless_it_or_its_account_declines_or_by_a_volume() {
        let volume = |token: &str| {
            format!(
                r#"{{"automountServiceAccountToken":false,"volumes":[{{"emptyDir":{{}}}},{{"projected":{{"sources":[{{"configMap":{{}}}},{token}]}}}}]}}"#
            )
        };
        let cases = [
            ("{}".to_owned(), None, true),
            ("{}".to_owned(), Some(true), true),
            ("{}".to_owned(), Some(false), false),
            (
                r#"{"automountServiceAccountToken":true}"#.to_owned(),
                Some(false),
                true,
            ),
            (
                r#"{"automountServiceAccountToken":false}"#.to_owned(),
                Some(true),
                false,
            ),
            (
                volume(r#"{"serviceAccountToken":{"path":"t"}}"#),
                None,
                true,
            ),
            (
                volume(
                    r#"{"serviceAccountToken":{"path":"t","audience":"https://kubernetes.default.svc"}}"#,
                ),
                None,
                true,
            ),
            (
                volume(r#"{"serviceAccountToken":{"path":"t","audience":"sts.amazonaws.com"}}"#),
                None,
                false,
            ),
            (volume(r#"{"secret":{}}"#), None, false),
        ];
        let arena = Bump::new();
        for (spec, automount, expected) in cases {
            let node = decode_json(&arena, spec.as_bytes()).unwrap();
            assert_eq!(mounted(&node, automount), expected, "{spec} {automount:?}");
        }
    }
}
