//! What a decoded document is: an object, a list of objects, a question about an object, a template of AWS
//! resources, or nothing for us.

use plimsoll_cel::{Bump, Node};

use super::problem::ProblemCode;
use crate::templates::is_template;

/// Groups of configuration files that look like objects but are never sent to an API server.
const LOCAL_GROUPS: [&str; 6] = [
    "kustomize.config.k8s.io",
    "kind.x-k8s.io",
    "kubeadm.k8s.io",
    "kubelet.config.k8s.io",
    "skaffold",
    "ctlptl.dev",
];

/// The way from an AdmissionReview to the object it asks about.
pub(crate) const REVIEWED: [&str; 2] = ["request", "object"];

/// Whether a document is the question of an API server whether an object may be admitted.
pub(crate) fn is_review(api_version: &str, kind: &str) -> bool {
    kind == "AdmissionReview" && api_version.starts_with("admission.k8s.io/")
}

pub(crate) enum Document<'a> {
    Object,
    /// The object that an AdmissionReview asks about.
    Reviewed(Node<'a>),
    List {
        api_version: &'a str,
        kind: &'a str,
        items: &'a [Node<'a>],
    },
    /// A CloudFormation or SAM template.
    Template,
    NotKubernetes,
    Broken {
        code: ProblemCode,
        label: &'static str,
        path: &'static str,
    },
}

pub(crate) fn classify<'a>(node: &Node<'a>) -> Document<'a> {
    let text = |key| {
        node.get(key)
            .and_then(|n| n.as_str())
            .filter(|t| !t.is_empty())
    };
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    let has_metadata = matches!(node.get("metadata"), Some(Node::Map(_)));
    match (api_version, kind) {
        (Some(api_version), Some(kind)) => {
            if LOCAL_GROUPS.contains(&api_version.split('/').next().unwrap_or_default())
                || (api_version == "v1" && kind == "Config")
            {
                return Document::NotKubernetes;
            }
            if kind.ends_with("List")
                && let Some(Node::List(items)) = node.get("items")
            {
                return Document::List {
                    api_version,
                    kind,
                    items,
                };
            }
            if is_review(api_version, kind) {
                // Of a deletion there is only the old object, which nobody wants to run any more.
                return match node.at(&REVIEWED) {
                    Some(object @ Node::Map(_)) => Document::Reviewed(object),
                    _ => Document::NotKubernetes,
                };
            }
            match template(node) {
                Some(path) => Document::Broken {
                    code: ProblemCode::ChartNotRendered,
                    label: "this is filled in when the chart is rendered",
                    path,
                },
                None => Document::Object,
            }
        }
        (None, Some(_)) if has_metadata => Document::Broken {
            code: ProblemCode::NoKind,
            label: "an object needs an `apiVersion`",
            path: "kind",
        },
        (Some(_), None) if has_metadata => Document::Broken {
            code: ProblemCode::NoKind,
            label: "an object needs a `kind`",
            path: "apiVersion",
        },
        _ if is_template(node) => Document::Template,
        _ => Document::NotKubernetes,
    }
}

/// Where a template's braces stand in what must be a plain name.
fn template(node: &Node<'_>) -> Option<&'static str> {
    let at = |keys: &[&str]| {
        node.at(keys)
            .and_then(|n| n.as_str())
            .is_some_and(|t| t.contains("{{"))
    };
    [
        (&["apiVersion"][..], "apiVersion"),
        (&["kind"][..], "kind"),
        (&["metadata", "name"][..], "metadata.name"),
        (&["metadata", "namespace"][..], "metadata.namespace"),
    ]
    .into_iter()
    .find(|(keys, _)| at(keys))
    .map(|(_, path)| path)
}

/// An item of a list with a kind of its own: items of a typed list (`PodList`) get theirs from it.
pub(crate) fn typed_item<'a>(
    arena: &'a Bump,
    item: Node<'a>,
    list_api_version: &str,
    list_kind: &str,
) -> Node<'a> {
    let own = list_kind.strip_suffix("List").unwrap_or_default();
    if own.is_empty() || item.get("kind").is_some() || !matches!(item, Node::Map(_)) {
        return item;
    }
    let mut entries: Vec<_> = item.entries().iter().map(|e| (e.key, e.value)).collect();
    entries.push(("apiVersion", Node::text_in(arena, list_api_version)));
    entries.push(("kind", Node::text_in(arena, own)));
    Node::map_in(arena, entries)
}
