//! Where an object describes pods: built-in workloads, sandboxes, and the templates of controllers that nobody judges.

use plimsoll_cel::Node;
use plimsoll_model::kind;

use crate::kinds;

/// `podTemplate` of a Sandbox and of its template (agents.x-k8s.io API).
const SANDBOXES: [&str; 2] = ["Sandbox", "SandboxTemplate"];

/// Where most controllers of others have it, those of Argo Rollouts, Knative and OpenShift for example.
const CUSTOM_SPEC: &[&str] = &["spec", "template", "spec"];
const CUSTOM_METADATA: &[&str] = &["spec", "template", "metadata"];

/// The spec of the pods that an object describes.
pub(super) fn spec<'a>(kind: &str, object: &Node<'a>) -> Option<Node<'a>> {
    if SANDBOXES.contains(&kind) {
        return object.at(&["spec", "podTemplate", "spec"]);
    }
    match kinds::pod_spec_keys(kind) {
        Some(keys) => object.at(keys),
        None if kind::named(kind).is_none() => {
            let spec = object.at(CUSTOM_SPEC)?;
            spec.get("containers").map(|_| spec)
        }
        None => None,
    }
}

/// The labels of those pods; null when they have none.
pub(super) fn labels<'a>(kind: &str, object: &Node<'a>) -> Node<'a> {
    let metadata = if SANDBOXES.contains(&kind) {
        object.at(&["spec", "podTemplate", "metadata"])
    } else {
        let known = kinds::pod_metadata_keys(kind);
        let custom = || kind::named(kind).is_none().then_some(CUSTOM_METADATA);
        known.or_else(custom).and_then(|keys| object.at(keys))
    };
    let labels = metadata.and_then(|metadata| metadata.get("labels"));
    labels.unwrap_or(Node::Null)
}

/// What an object of a kind that nobody judges is called, if it describes pods: its kind, with its API group where a
/// known kind has the same name (`Service` of Knative).
pub(super) fn custom_kind(object: &Node<'_>) -> Option<String> {
    object.at(CUSTOM_SPEC)?.get("containers")?;
    let text = |key: &str| object.get(key).and_then(|value| value.as_str());
    let kind = text("kind")?;
    let group = text("apiVersion")?.rsplit_once('/');
    match group {
        Some((group, _)) if kind::named(kind).is_some() => Some(format!("{kind}.{group}")),
        _ => Some(kind.to_owned()),
    }
}
