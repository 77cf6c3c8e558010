//! ConfigMaps and Secrets: what is there, and what is referred to without being there.

use plimsoll_cel::{Bump, Node};

use super::references::{self, Reference, To};
use super::{Joins, distinct_in, items, name, namespace, text};

/// ConfigMaps that Kubernetes and OpenShift put into every namespace (kubernetes.io/docs, "Service accounts";
/// docs.openshift.com, "Service CA").
const EVERYWHERE: &[&str] = &["kube-root-ca.crt", "openshift-service-ca.crt"];

/// Keeps namespace, name, keys.
pub(super) fn gather_config_map(joins: &mut Joins, object: &Node<'_>) {
    let parts = ["data", "binaryData"].map(|part| object.get(part));
    let keys = parts.iter().flatten().flat_map(|part| part.entries());
    joins.config_maps.push(|out| {
        out.texts([namespace(object), name(object)]);
        out.texts(keys.map(|entry| entry.key));
    });
}

/// Keeps namespace and name only: what is in a Secret is nobody's business.
pub(super) fn gather_secret(joins: &mut Joins, object: &Node<'_>) {
    joins
        .secrets
        .push(|out| out.texts([namespace(object), name(object)]));
}

/// Keeps the Secrets that an ExternalSecret or a SecretProviderClass makes as if they were there (external-secrets.io API,
/// `ExternalSecretTarget`: of its own name unless it gives another; secrets-store.csi.x-k8s.io API, `secretObjects`).
pub(super) fn gather_made(joins: &mut Joins, kind: &str, object: &Node<'_>) {
    let spec = object.get("spec").unwrap_or(Node::Null);
    let made: Vec<&str> = if kind == "ExternalSecret" {
        let target = spec.get("target").unwrap_or(Node::Null);
        vec![text(&target, "name").unwrap_or(name(object))]
    } else {
        let objects = items(&spec, "secretObjects").iter();
        objects.filter_map(|o| text(o, "secretName")).collect()
    };
    for made in made {
        joins
            .secrets
            .push(|out| out.texts([namespace(object), made]));
    }
}

/// The references of an object, as they stand in it, that lead nowhere: to no ConfigMap, to one without the key, to no
/// Secret. Optional ones do not count.
pub(super) fn missing<'a>(
    joins: &Joins,
    to: To,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let mut nodes = Vec::new();
    references::each(kind, object, &mut |reference| {
        if reference.to == to && !reference.optional && !is_there(joins, &reference) {
            nodes.push(reference.node);
        }
    });
    distinct_in(arena, nodes)
}

fn is_there(joins: &Joins, reference: &Reference<'_>) -> bool {
    let named = [reference.namespace, reference.name];
    match reference.to {
        To::Secret => joins.secrets.beginning_with(named).next().is_some(),
        To::ConfigMap if EVERYWHERE.contains(&reference.name) => true,
        To::ConfigMap => {
            let wanted = |key: &str| reference.key.is_none_or(|wanted| wanted == key);
            let mut found = joins.config_maps.beginning_with(named);
            found.any(|mut keys| reference.key.is_none() || keys.any(wanted))
        }
    }
}
