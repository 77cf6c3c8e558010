//! One object as policies look at it: what it is, whose it is, where its pods are described.

use std::sync::Arc;

use plimsoll_cel::{Key, Node};
use plimsoll_model::{ResourceRef, SourceRef};

use crate::kinds::{controller, is_built_in, pod_spec_keys, workload_kinds};

const API_VERSION: Key = Key::new("apiVersion");
const KIND: Key = Key::new("kind");
const METADATA: Key = Key::new("metadata");
const NAMESPACE: Key = Key::new("namespace");
const NAME: Key = Key::new("name");
const GENERATE_NAME: Key = Key::new("generateName");
const UID: Key = Key::new("uid");
const RESOURCE_VERSION: Key = Key::new("resourceVersion");

/// An object under judgement.
#[derive(Debug, Clone)]
pub(crate) struct View<'a> {
    pub(crate) node: Node<'a>,
    pub(crate) kind: &'a str,
    /// What is reported: the object, or the owner that its pods come from.
    pub(crate) resource: Arc<ResourceRef>,
    pub(crate) source: Option<SourceRef>,
    pub(crate) pod_spec_keys: Option<&'static [&'static str]>,
    /// Its pods' owner is of a kind without a built-in template, so replicas must be reported once.
    pub(crate) replica: bool,
}

/// Whether an object is judged.
#[derive(Debug)]
pub(crate) enum Judged<'a> {
    /// It is.
    Yes(View<'a>),
    /// It is described by its owner, which is judged in its place.
    ByOwner,
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
    let named = |key| text(&metadata, key).map(str::to_owned);
    let mut resource = ResourceRef {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        namespace: named(NAMESPACE),
        name: named(NAME)
            .or_else(|| text(&metadata, GENERATE_NAME).map(|prefix| format!("{prefix}*"))),
        uid: named(UID),
        resource_version: named(RESOURCE_VERSION),
        arn: None,
    };
    let mut replica = false;
    if let Some((owner_version, owner_kind, owner_name)) =
        controller(&metadata).filter(|(_, owner, _)| pod_spec_keys.is_some() && *owner != "Node")
    {
        if workload_kinds().any(|known| known == owner_kind)
            && is_built_in(owner_kind, owner_version)
        {
            return Judged::ByOwner;
        }
        resource.api_version = owner_version.to_owned();
        resource.kind = owner_kind.to_owned();
        resource.name = Some(owner_name.to_owned());
        (resource.uid, resource.resource_version) = (None, None);
        replica = true;
    }
    Judged::Yes(View {
        node: *node,
        kind,
        resource: Arc::new(resource),
        source: source.cloned(),
        pod_spec_keys,
        replica,
    })
}
