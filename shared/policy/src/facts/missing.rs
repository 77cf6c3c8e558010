//! References to services and scale targets that lead nowhere.

use plimsoll_cel::{Bump, Node};

use super::exposure::backends;
use super::{Joins, distinct_in, items, namespace, services, text};

/// A reference to a service as it stands in an object.
struct Reference<'a> {
    namespace: &'a str,
    name: &'a str,
    port: Port<'a>,
    /// The map that names it.
    node: Node<'a>,
}

/// The port that a reference asks for.
enum Port<'a> {
    Number(i64),
    Name(&'a str),
    Any,
}

/// The references, as they stand in the object, to a service that is not there or has no such port: an Ingress'
/// `backend`, an HTTPRoute's `backendRefs`, a webhook's `clientConfig.service`, an APIService's
/// `service` (Kubernetes API and Gateway API). Backends that are no services are left out.
pub(super) fn services<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let mut nodes = Vec::new();
    each(kind, object, &mut |reference| {
        if !is_there(joins, &reference) {
            nodes.push(reference.node);
        }
    });
    distinct_in(arena, nodes)
}

/// All references to services of an object, as they stand in it.
pub(super) fn references<'a>(kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let mut nodes = Vec::new();
    each(kind, object, &mut |reference| nodes.push(reference.node));
    Node::list_in(arena, nodes)
}

/// The references, as they stand in the object, to a service that is there and has a selector, but selects no workload:
/// whatever calls it gets no answer.
pub(super) fn endpoints<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let mut nodes = Vec::new();
    each(kind, object, &mut |reference| {
        let mut found = services::named(joins, reference.namespace, reference.name).peekable();
        let is_idle = |service: services::Service<'_>| {
            let selects = |selector| joins.workloads.selects(reference.namespace, selector);
            service.selector().is_some_and(|pods| !selects(pods))
        };
        if found.peek().is_some() && found.all(is_idle) {
            nodes.push(reference.node);
        }
    });
    distinct_in(arena, nodes)
}

fn is_there(joins: &Joins, reference: &Reference<'_>) -> bool {
    let mut found = services::named(joins, reference.namespace, reference.name);
    found.any(|service| {
        let mut ports = service.ports();
        match reference.port {
            _ if service.kind == "ExternalName" => true,
            Port::Any => true,
            Port::Number(wanted) => ports.any(|(number, ..)| number == wanted),
            Port::Name(wanted) => ports.any(|(_, _, name)| name == wanted),
        }
    })
}

fn each<'a>(kind: &str, object: &Node<'a>, give: &mut dyn FnMut(Reference<'a>)) {
    let home = namespace(object);
    let spec = object.get("spec").unwrap_or(Node::Null);
    match kind {
        "Ingress" => {
            for (_, node) in backends(&spec) {
                let Some((name, port)) = backend(&node) else {
                    continue;
                };
                let port = port.map_or(Port::Any, |port| match port.as_int() {
                    Some(number) => Port::Number(number),
                    None => port.as_str().map_or(Port::Any, Port::Name),
                });
                give(Reference {
                    namespace: home,
                    name,
                    port,
                    node,
                });
            }
        }
        "HTTPRoute" => {
            let rules = items(&spec, "rules").iter();
            for node in rules.flat_map(|rule| items(rule, "backendRefs")) {
                if let Some(name) = text(node, "name").filter(|_| is_service(node)) {
                    let namespace = text(node, "namespace").unwrap_or(home);
                    give(numbered(node, namespace, name, Port::Any));
                }
            }
        }
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => {
            let hooks = items(object, "webhooks").iter();
            for node in hooks.filter_map(|hook| hook.at(&["clientConfig", "service"])) {
                called(&node, give);
            }
        }
        "APIService" => {
            if let Some(node @ Node::Map(_)) = spec.get("service") {
                called(&node, give);
            }
        }
        _ => {}
    }
}

/// Whether a route's backend is a service of the cluster, which it is unless it says otherwise.
pub(super) fn is_service(node: &Node<'_>) -> bool {
    text(node, "kind").is_none_or(|kind| kind == "Service")
        && text(node, "group").is_none_or(str::is_empty)
}

/// The API server calls port 443 unless another is given (Kubernetes API, `ServiceReference`).
fn called<'a>(node: &Node<'a>, give: &mut dyn FnMut(Reference<'a>)) {
    let namespace = text(node, "namespace").unwrap_or("");
    let name = text(node, "name").unwrap_or("");
    give(numbered(node, namespace, name, Port::Number(443)));
}

fn numbered<'a>(
    node: &Node<'a>,
    namespace: &'a str,
    name: &'a str,
    otherwise: Port<'a>,
) -> Reference<'a> {
    let port = node.get("port").and_then(|port| port.as_int());
    Reference {
        namespace,
        name,
        port: port.map_or(otherwise, Port::Number),
        node: *node,
    }
}

/// Name and port of an ingress' backend, if that is a service.
pub(super) fn backend<'a>(node: &Node<'a>) -> Option<(&'a str, Option<Node<'a>>)> {
    if let Some(service) = node.get("service") {
        let port = ["number", "name"].map(|key| service.at(&["port", key]));
        return Some((text(&service, "name")?, port.into_iter().flatten().next()));
    }
    Some((text(node, "serviceName")?, node.get("servicePort")))
}

/// Whether an autoscaler's `scaleTargetRef` names a workload that is not there. Targets of other kinds, and ReplicaSets,
/// which mostly belong to somebody, are left out.
pub(super) fn scale_targets<'a>(joins: &Joins, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let target = object.at(&["spec", "scaleTargetRef"]);
    let lost = target.filter(|target| {
        let kind = text(target, "kind").unwrap_or("");
        let name = text(target, "name").unwrap_or("");
        let known = ["Deployment", "StatefulSet", "ReplicationController"].contains(&kind);
        known && !joins.workloads.has(namespace(object), kind, name)
    });
    Node::list_in(arena, lost.into_iter().collect())
}
