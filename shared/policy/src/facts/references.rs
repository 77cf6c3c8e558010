//! The ConfigMaps and Secrets that an object names: in its pods' environment and volumes, as credentials of a registry
//! or certificates of an ingress or a gateway (Kubernetes API, `EnvVarSource`, `EnvFromSource`, `Volume`, `IngressTLS`;
//! Gateway API, `GatewayTLSConfig`).

use plimsoll_cel::Node;

use super::{items, namespace, pods, text};

/// What is referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    ConfigMap,
    Secret,
}

/// A reference as it stands in an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference<'a> {
    pub(super) to: To,
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    /// The key wanted, if one is.
    pub(super) key: Option<&'a str>,
    /// Whether the object can do without.
    pub(super) optional: bool,
    /// The map that holds the name.
    pub(super) node: Node<'a>,
}

/// Calls `give` for every reference of an object.
pub(super) fn each<'a>(kind: &str, object: &Node<'a>, give: &mut dyn FnMut(Reference<'a>)) {
    let home = namespace(object);
    if let Some(spec) = pods::spec(kind, object) {
        return of_pods(&spec, home, give);
    }
    let mut secret = |node: &Node<'a>, key, namespace| {
        give_one(To::Secret, node, key, namespace, give);
    };
    match kind {
        "ServiceAccount" => {
            for list in ["secrets", "imagePullSecrets"] {
                let named = items(object, list).iter();
                named.for_each(|node| secret(node, "name", home));
            }
        }
        "Ingress" => {
            let spec = object.get("spec").unwrap_or(Node::Null);
            let tls = items(&spec, "tls").iter();
            tls.for_each(|node| secret(node, "secretName", home));
            noted(object, home, give);
        }
        "PersistentVolume" => {
            let driver = object.at(&["spec", "csi"]).unwrap_or(Node::Null);
            let parts = driver.entries().iter();
            let named = parts.filter(|part| part.key.ends_with("SecretRef"));
            named.for_each(|part| {
                let namespace = text(&part.value, "namespace").unwrap_or(home);
                secret(&part.value, "name", namespace);
            });
        }
        "Gateway" => {
            let spec = object.get("spec").unwrap_or(Node::Null);
            for listener in items(&spec, "listeners") {
                let tls = listener.get("tls").unwrap_or(Node::Null);
                for node in items(&tls, "certificateRefs") {
                    if text(node, "kind").is_none_or(|kind| kind == "Secret") {
                        secret(node, "name", text(node, "namespace").unwrap_or(home));
                    }
                }
            }
        }
        _ => {}
    }
}

/// Annotations of ingress-nginx that name a Secret, of the ingress' own namespace unless they say another
/// (kubernetes.github.io/ingress-nginx, "Annotations").
fn noted<'a>(object: &Node<'a>, home: &'a str, give: &mut dyn FnMut(Reference<'a>)) {
    let notes = object.at(&["metadata", "annotations"]);
    let notes = notes.unwrap_or(Node::Null);
    for key in ["auth-secret", "auth-tls-secret", "proxy-ssl-secret"] {
        let key = format!("nginx.ingress.kubernetes.io/{key}");
        if let Some(node @ Node::Str(named)) = notes.get(&key) {
            let (namespace, name) = named.split_once('/').unwrap_or((home, named));
            give(Reference {
                to: To::Secret,
                namespace,
                name,
                key: None,
                optional: false,
                node,
            });
        }
    }
}

fn of_pods<'a>(spec: &Node<'a>, home: &'a str, give: &mut dyn FnMut(Reference<'a>)) {
    let mut one = |to, node: Option<Node<'a>>, key| {
        if let Some(node) = node {
            give_one(to, &node, key, home, give);
        }
    };
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        for container in items(spec, list) {
            for env in items(container, "env") {
                let from = env.get("valueFrom").unwrap_or(Node::Null);
                one(To::ConfigMap, from.get("configMapKeyRef"), "name");
                one(To::Secret, from.get("secretKeyRef"), "name");
            }
            for from in items(container, "envFrom") {
                one(To::ConfigMap, from.get("configMapRef"), "name");
                one(To::Secret, from.get("secretRef"), "name");
            }
        }
    }
    for volume in items(spec, "volumes") {
        one(To::ConfigMap, volume.get("configMap"), "name");
        one(To::Secret, volume.get("secret"), "secretName");
        let projected = volume.get("projected").unwrap_or(Node::Null);
        for source in items(&projected, "sources") {
            one(To::ConfigMap, source.get("configMap"), "name");
            one(To::Secret, source.get("secret"), "name");
        }
        let driver = volume.get("csi").unwrap_or(Node::Null);
        one(To::Secret, driver.get("nodePublishSecretRef"), "name");
    }
    // A registry's credentials may be absent: the image is then pulled without.
    for node in items(spec, "imagePullSecrets") {
        let mut optional = |reference| {
            give(Reference {
                optional: true,
                ..reference
            });
        };
        give_one(To::Secret, node, "name", home, &mut optional);
    }
}

fn give_one<'a>(
    to: To,
    node: &Node<'a>,
    key: &str,
    namespace: &'a str,
    give: &mut dyn FnMut(Reference<'a>),
) {
    let text = |key| node.get(key).and_then(|value| value.as_str());
    let optional = node.get("optional").and_then(|value| value.as_bool());
    let name = text(key).unwrap_or("");
    if !name.is_empty() {
        give(Reference {
            to,
            namespace,
            name,
            key: text("key"),
            optional: optional == Some(true),
            node: *node,
        });
    }
}
