//! What a cluster itself is made of: the components of kube-system and whatever runs on every node, by image and
//! arguments; the namespaces, images and aggregated APIs in use; what verifies images.

use std::collections::BTreeSet;

use plimsoll_cel::{Bump, Node};

use super::{Joins, items, name, namespace, pods, text, texts_in, workloads};

/// Where a cluster's own components run.
const SYSTEM: &str = "kube-system";

/// Keeps of a DaemonSet, and of any workload of kube-system, namespace, kind, name, images, and the commands and
/// arguments of its containers. Of every workload the images, each once.
pub(super) fn gather(joins: &mut Joins, kind: &str, object: &Node<'_>) {
    let Some(spec) = pods::spec(kind, object) else {
        return;
    };
    let containers = || {
        let lists = ["containers", "initContainers"].map(|key| items(&spec, key));
        lists.into_iter().flatten()
    };
    gather_images(joins, &spec);
    let images = containers().filter_map(|container| text(container, "image"));
    let images: Vec<&str> = images.collect();
    if kind != "DaemonSet" && namespace(object) != SYSTEM {
        return;
    }
    let args = containers().flat_map(|container| {
        let parts = ["command", "args"].map(|key| items(container, key));
        parts.into_iter().flatten()
    });
    let args = args.filter_map(|arg| arg.as_str());
    let (kind, name) = workloads::top(kind, object);
    joins.components.push(|out| {
        out.texts([namespace(object), kind, name]);
        out.counted(&images);
        out.texts(args);
    });
}

/// Keeps the images of a pod spec, each once.
pub(super) fn gather_images(joins: &mut Joins, spec: &Node<'_>) {
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        let images = items(spec, list).iter();
        for image in images.filter_map(|container| text(container, "image")) {
            if !joins.images.contains(image) {
                joins.images.insert(image.to_owned());
            }
        }
    }
}

/// A list of `{namespace, kind, name, images, args}`: on the Cluster all, and on what EKS says of it, on an object of kube-system those of
/// kube-system, on others none.
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let all = [plimsoll_model::kind::CLUSTER.name, super::aws::CLUSTER].contains(&kind);
    if !all && namespace(object) != SYSTEM {
        return Node::List(&[]);
    }
    let kept = joins.components.all();
    let kept = kept.filter(|texts| all || texts.first() == SYSTEM);
    let nodes = kept.map(|mut texts| {
        let mut next = || Node::text_in(arena, texts.text());
        let named = vec![("namespace", next()), ("kind", next()), ("name", next())];
        let images: Vec<&str> = texts.counted().collect();
        let args: Vec<&str> = texts.collect();
        let lists = [
            ("images", texts_in(arena, &images)),
            ("args", texts_in(arena, &args)),
        ];
        Node::map_in(arena, named.into_iter().chain(lists).collect())
    });
    Node::list_in(arena, nodes.collect())
}

/// Keeps the name of an API that another server answers (Kubernetes API, `APIServiceSpec`).
pub(super) fn gather_api(joins: &mut Joins, object: &Node<'_>) {
    if matches!(object.at(&["spec", "service"]), Some(Node::Map(_))) {
        joins.aggregated.insert(name(object).to_owned());
    }
}

/// Words in the names of webhooks that verify images' signatures.
const VERIFIERS: &[&str] = &[
    "policy.sigstore.dev",
    "cosign",
    "connaisseur",
    "ratify",
    "portieris",
    "image-policy",
    "notation",
];

/// Keeps the name of what verifies the signatures of images when pods are made: a ClusterImagePolicy of Sigstore's
/// policy controller, a ClusterPolicy of Kyverno with `verifyImages`, a webhook whose name says so.
pub(super) fn gather_verifier(joins: &mut Joins, kind: &str, object: &Node<'_>) {
    let spec = object.get("spec").unwrap_or(Node::Null);
    let hooks = || {
        let hooks = items(object, "webhooks").iter();
        hooks.filter_map(|hook| text(hook, "name"))
    };
    let says = |name: &str| VERIFIERS.iter().any(|word| name.contains(word));
    let verifies = match kind {
        "ClusterImagePolicy" => true,
        "ClusterPolicy" => {
            let mut rules = items(&spec, "rules").iter();
            rules.any(|rule| !items(rule, "verifyImages").is_empty())
        }
        _ => says(name(object)) || hooks().any(says),
    };
    if verifies {
        let named = format!("{kind} {}", name(object));
        joins.verifiers.insert(named);
    }
}

/// A sorted list of texts.
pub(super) fn listed<'a>(texts: &BTreeSet<String>, arena: &'a Bump) -> Node<'a> {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    texts_in(arena, &texts)
}
