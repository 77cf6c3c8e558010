//! The services that select a workload's pods.

use plimsoll_cel::{Bump, Node};

use super::table::Texts;
use super::{Joins, name, namespace, pod_labels, selector, texts_in};

/// Keeps namespace, name, type, the selector's labels, external addresses, ports.
pub(super) fn gather(joins: &mut Joins, object: &Node<'_>) {
    let spec = object.get("spec").unwrap_or(Node::Null);
    let list = |key: &str| spec.get(key).map_or(&[][..], |list| list.items());
    let kind = spec.get("type").and_then(|value| value.as_str());
    let labels = spec.get("selector").unwrap_or(Node::Null);
    let labels = selector::labels(&labels);
    let ips: Vec<&str> = list("externalIPs")
        .iter()
        .filter_map(|ip| ip.as_str())
        .collect();
    joins.services.push(|out| {
        out.texts([namespace(object), name(object), kind.unwrap_or("ClusterIP")]);
        out.counted(&selector::flat(&labels));
        out.counted(&ips);
        let ports = list("ports").iter();
        for port in ports.filter_map(|port| port.get("port")?.as_int()) {
            out.number(port);
        }
    });
}

/// A service as kept, without namespace and selector; ordered as the fact lists them.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Service<'t> {
    name: &'t str,
    kind: &'t str,
    labels: Vec<&'t str>,
    external_ips: Vec<&'t str>,
    ports: Vec<i64>,
}

impl<'t> Service<'t> {
    fn read(mut texts: Texts<'t>) -> Self {
        Self {
            name: texts.text(),
            kind: texts.text(),
            labels: texts.counted().collect(),
            external_ips: texts.counted().collect(),
            ports: texts.map(|port| port.parse().unwrap_or_default()).collect(),
        }
    }
}

/// By namespace, then name, then whatever else there is (files may hold a name twice).
pub(super) fn settle(joins: &mut Joins) {
    joins.services.sort_by(|mut a, mut b| {
        let namespaces = a.text().cmp(b.text());
        let names = || a.first().cmp(b.first());
        let all = || Service::read(a).cmp(&Service::read(b));
        namespaces.then_with(names).then_with(all)
    });
}

/// A list of `{name, type, externalIPs, ports}`. A service without a selector selects nothing.
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let labels = pod_labels(kind, object);
    let services = joins.services.beginning_with([namespace(object)]);
    let selecting = services.filter(|service| {
        let mut wanted = *service;
        wanted.by_ref().take(2).for_each(drop);
        let mut wanted = wanted.counted().peekable();
        wanted.peek().is_some() && selector::all_there(wanted, &labels)
    });
    let nodes = selecting.map(Service::read).map(|service| {
        let ports = service.ports.iter().map(|port| Node::Int(*port)).collect();
        Node::map_in(
            arena,
            vec![
                ("name", Node::text_in(arena, service.name)),
                ("type", Node::text_in(arena, service.kind)),
                ("externalIPs", texts_in(arena, &service.external_ips)),
                ("ports", Node::list_in(arena, ports)),
            ],
        )
    });
    Node::list_in(arena, nodes.collect())
}
