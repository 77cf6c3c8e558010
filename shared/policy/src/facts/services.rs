//! The services that select a workload's pods.

use plimsoll_cel::{Bump, Node};
use serde::{Deserialize, Serialize};

use super::{Joins, Selector, name, namespace, pod_labels, texts_in};

/// A service, kept small.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Service {
    name: String,
    kind: String,
    selector: Selector,
    external_ips: Vec<String>,
    ports: Vec<i64>,
}

pub(super) fn gather(joins: &mut Joins, object: &Node<'_>) {
    let spec = object.get("spec").unwrap_or(Node::Null);
    let list = |key: &str| spec.get(key).map_or(&[][..], |list| list.items());
    let service = Service {
        name: name(object).to_owned(),
        kind: spec
            .get("type")
            .and_then(|value| value.as_str())
            .unwrap_or("ClusterIP")
            .to_owned(),
        selector: Selector::of_labels(&spec.get("selector").unwrap_or(Node::Null)),
        external_ips: list("externalIPs")
            .iter()
            .filter_map(|ip| ip.as_str().map(str::to_owned))
            .collect(),
        ports: list("ports")
            .iter()
            .filter_map(|port| port.get("port")?.as_int())
            .collect(),
    };
    joins
        .services
        .entry(namespace(object).to_owned())
        .or_default()
        .push(service);
}

/// A list of `{name, type, externalIPs, ports}`. A service without a selector selects nothing.
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let labels = pod_labels(kind, object);
    let services = joins
        .services
        .get(namespace(object))
        .map_or(&[][..], Vec::as_slice);
    let selecting = services
        .iter()
        .filter(|service| !service.selector.is_empty() && service.selector.matches(&labels));
    let nodes = selecting.map(|service| {
        let ips: Vec<&str> = service.external_ips.iter().map(String::as_str).collect();
        let ports = service.ports.iter().map(|port| Node::Int(*port)).collect();
        Node::map_in(
            arena,
            vec![
                ("name", Node::text_in(arena, &service.name)),
                ("type", Node::text_in(arena, &service.kind)),
                ("externalIPs", texts_in(arena, &ips)),
                ("ports", Node::list_in(arena, ports)),
            ],
        )
    });
    Node::list_in(arena, nodes.collect())
}
