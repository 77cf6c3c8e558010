//! One object as policies look at it: what it is, whose it is, where its pods are described.

use std::cell::OnceCell;
use std::sync::Arc;

use plimsoll_cel::{Key, Node};
use plimsoll_model::{ResourceRef, SourceRef};

use crate::facts::Owner;
use crate::kinds::{controller, is_built_in, pod_spec_keys, workload_kinds};

/// The kind that is made from templates.
pub(crate) const POD: &str = "Pod";

const API_VERSION: Key = Key::new("apiVersion");
const KIND: Key = Key::new("kind");
const METADATA: Key = Key::new("metadata");
const NAMESPACE: Key = Key::new("namespace");
const NAME: Key = Key::new("name");
const GENERATE_NAME: Key = Key::new("generateName");
const UID: Key = Key::new("uid");
const ARN: Key = Key::new("arn");
const RESOURCE_VERSION: Key = Key::new("resourceVersion");

/// An object under judgement.
#[derive(Debug, Clone)]
pub(crate) struct View<'a> {
    pub(crate) node: Node<'a>,
    pub(crate) kind: &'a str,
    pub(crate) source: Option<SourceRef>,
    pub(crate) pod_spec_keys: Option<&'static [&'static str]>,
    api_version: &'a str,
    metadata: Node<'a>,
    /// The owner that its pods are reported on.
    pub(crate) owner: Option<Owner<'a>>,
    /// What is added to messages about a pod that a built-in owner made.
    pub(crate) in_pods: Option<&'static str>,
    /// Made when it is first asked for: most objects pass, and nobody asks.
    resource: OnceCell<Arc<ResourceRef>>,
}

/// Whether an object is judged.
#[derive(Debug)]
pub(crate) enum Judged<'a> {
    /// It is.
    Yes(View<'a>),
    /// It is described by its owner, which is judged in its place, but for what the owner's template does not say.
    ByOwner(View<'a>),
    /// It has no apiVersion and kind of ours.
    NotOurs,
}

pub(crate) fn view<'a>(node: &Node<'a>, source: Option<&SourceRef>) -> Judged<'a> {
    let text = |of: &Node<'a>, key| of.get_key(key).and_then(|value| value.as_str());
    let (Some(api_version), Some(kind)) = (text(node, API_VERSION), text(node, KIND)) else {
        return Judged::NotOurs;
    };
    if !is_built_in(kind, api_version) {
        return Judged::NotOurs;
    }
    let pod_spec_keys = pod_spec_keys(kind);
    let metadata = node.get_key(METADATA).unwrap_or(Node::Null);
    let owner =
        controller(&metadata).filter(|(_, owner, _)| pod_spec_keys.is_some() && *owner != "Node");
    let described = owner.is_some_and(|(version, kind, _)| {
        workload_kinds().any(|known| known == kind) && is_built_in(kind, version)
    });
    let view = View {
        node: *node,
        kind,
        source: source.cloned(),
        pod_spec_keys,
        api_version,
        metadata,
        owner: owner.map(|owner| top_owner(owner, &metadata)),
        in_pods: None,
        resource: OnceCell::new(),
    };
    if described {
        Judged::ByOwner(view)
    } else {
        Judged::Yes(view)
    }
}

/// The owner above, where the object itself tells it: a Deployment's ReplicaSets have its name and the hash that its pods
/// carry as a label (Kubernetes, "Deployments", pod-template-hash label); what comes of a Service of Knative, a revision
/// for each change, carries that name as a label (Knative Serving, "Labels and annotations").
fn top_owner<'a>(owner: Owner<'a>, metadata: &Node<'a>) -> Owner<'a> {
    const KNATIVE: &str = "serving.knative.dev";
    let (version, kind, name) = owner;
    let label = |key: &str| {
        metadata
            .at(&["labels", key])
            .and_then(|label| label.as_str())
    };
    let above = match kind {
        "ReplicaSet" => label("pod-template-hash")
            .and_then(|hash| name.strip_suffix(hash)?.strip_suffix('-'))
            .map(|deployment| (version, "Deployment", deployment)),
        "Revision" if version.starts_with(KNATIVE) => {
            label("serving.knative.dev/service").map(|service| (version, "Service", service))
        }
        _ => None,
    };
    above.unwrap_or(owner)
}

impl View<'_> {
    /// Whether replicas of it may come, which must be reported once.
    pub(crate) fn is_replica(&self) -> bool {
        self.owner.is_some()
    }

    /// Whether there may be pods that were made from it: it has a template, and an API server keeps it. A manifest that
    /// somebody wrote has no uid, and a pod names its owner by uid.
    pub(crate) fn may_have_pods(&self) -> bool {
        self.pod_spec_keys.is_some() && self.kind != POD && self.metadata.get_key(UID).is_some()
    }

    /// What is reported: the object, or the owner that its pods come from.
    pub(crate) fn resource(&self) -> &Arc<ResourceRef> {
        self.resource.get_or_init(|| Arc::new(self.make_resource()))
    }

    fn make_resource(&self) -> ResourceRef {
        let text = |key| {
            let value = self.metadata.get_key(key);
            value.and_then(|value| value.as_str()).map(str::to_owned)
        };
        let namespace = text(NAMESPACE);
        if let Some((version, kind, name)) = self.owner {
            return ResourceRef {
                api_version: version.to_owned(),
                kind: kind.to_owned(),
                namespace,
                name: Some(name.to_owned()),
                ..ResourceRef::default()
            };
        }
        ResourceRef {
            api_version: self.api_version.to_owned(),
            kind: self.kind.to_owned(),
            namespace,
            name: text(NAME).or_else(|| text(GENERATE_NAME).map(|prefix| format!("{prefix}*"))),
            uid: text(UID),
            resource_version: text(RESOURCE_VERSION),
            arn: text(ARN),
        }
    }
}
