//! How a workload is reached from outside: by services that open a port to others, by ingresses, by routes of gateways.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_cel::{Bump, Node};

use super::missing::{backend, is_service};
use super::scheme::{self, UNKNOWN};
use super::services::Service;
use super::table::Texts;
use super::{Joins, items, name, namespace, services, text, texts_in};

/// The gateway of a mesh's own traffic, which leads nobody in (Istio API, `VirtualService`).
const MESH: &str = "mesh";

/// Keeps for each service that an ingress leads to: namespace, service, own name, scheme, hosts.
pub(super) fn gather_ingress(joins: &mut Joins, object: &Node<'_>) {
    let spec = object.get("spec").unwrap_or(Node::Null);
    let mut hosts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (host, node) in backends(&spec) {
        if let Some((service, _)) = backend(&node) {
            hosts.entry(service).or_default().extend(host);
        }
    }
    for (service, hosts) in hosts {
        joins.ingresses.push(|out| {
            out.texts([namespace(object), service, name(object)]);
            out.text(scheme::of_ingress(object));
            out.texts(hosts);
        });
    }
}

/// The backends of an ingress' `spec`, also of the versions before networking.k8s.io/v1, each with its host.
pub(super) fn backends<'a>(spec: &Node<'a>) -> Vec<(Option<&'a str>, Node<'a>)> {
    let own = ["defaultBackend", "backend"].map(|key| spec.get(key));
    let mut backends: Vec<_> = own.into_iter().flatten().map(|node| (None, node)).collect();
    for rule in items(spec, "rules") {
        let http = rule.get("http").unwrap_or(Node::Null);
        let paths = items(&http, "paths").iter();
        let nodes = paths.filter_map(|path| path.get("backend"));
        backends.extend(nodes.map(|node| (text(rule, "host"), node)));
    }
    backends
}

/// Keeps for each service that an HTTPRoute leads to and each gateway that it hangs on: the service's namespace and
/// name, the gateway's, kind, namespace and name of the route, hosts.
pub(super) fn gather_route(joins: &mut Joins, object: &Node<'_>) {
    let spec = object.get("spec").unwrap_or(Node::Null);
    let home = namespace(object);
    let parents = items(&spec, "parentRefs").iter();
    let parents = parents.filter(|parent| text(parent, "kind").is_none_or(|k| k == "Gateway"));
    let gateways: BTreeSet<_> = parents
        .filter_map(|parent| {
            Some((
                text(parent, "namespace").unwrap_or(home),
                text(parent, "name")?,
            ))
        })
        .collect();
    let rules = items(&spec, "rules").iter();
    let backends = rules.flat_map(|rule| items(rule, "backendRefs"));
    let services: BTreeSet<_> = backends
        .filter(|node| is_service(node))
        .filter_map(|node| Some((text(node, "namespace").unwrap_or(home), text(node, "name")?)))
        .collect();
    let hosts = items(&spec, "hostnames").iter();
    let hosts: Vec<&str> = hosts.filter_map(|host| host.as_str()).collect();
    push(joins, "HTTPRoute", object, &gateways, &services, &hosts);
}

/// Keeps of a VirtualService the same, for the gateways that it names. A host without a dot is a service of its own
/// namespace, `name.namespace` and what may follow that of another (Istio API, `Destination`).
pub(super) fn gather_virtual_service(joins: &mut Joins, object: &Node<'_>) {
    let spec = object.get("spec").unwrap_or(Node::Null);
    let home = namespace(object);
    let gateways = items(&spec, "gateways").iter();
    let gateways = gateways.filter_map(|gateway| gateway.as_str());
    let gateways: BTreeSet<_> = gateways
        .filter(|gateway| *gateway != MESH)
        .map(|gateway| gateway.split_once('/').unwrap_or((home, gateway)))
        .collect();
    let routes = ["http", "tls", "tcp"].map(|key| items(&spec, key));
    let routes = routes.into_iter().flatten();
    let destinations = routes.flat_map(|route| items(route, "route"));
    let services: BTreeSet<_> = destinations
        .filter_map(|node| text(&node.get("destination")?, "host"))
        .map(|host| {
            let mut parts = host.split('.');
            let name = parts.next().unwrap_or("");
            (parts.next().unwrap_or(home), name)
        })
        .collect();
    let hosts = items(&spec, "hosts").iter();
    let hosts: Vec<&str> = hosts.filter_map(|host| host.as_str()).collect();
    push(
        joins,
        "VirtualService",
        object,
        &gateways,
        &services,
        &hosts,
    );
}

fn push(
    joins: &mut Joins,
    kind: &str,
    object: &Node<'_>,
    gateways: &BTreeSet<(&str, &str)>,
    services: &BTreeSet<(&str, &str)>,
    hosts: &[&str],
) {
    for (space, service) in services {
        for (gateway_space, gateway) in gateways {
            joins.routes.push(|out| {
                out.texts([*space, *service, *gateway_space, *gateway]);
                out.texts([kind, namespace(object), name(object)]);
                out.texts(hosts.iter().copied());
            });
        }
    }
}

/// Keeps of a gateway namespace, name, scheme.
pub(super) fn gather_gateway(joins: &mut Joins, object: &Node<'_>) {
    joins.gateways.push(|out| {
        out.texts([namespace(object), name(object)]);
        out.text(scheme::of_gateway(object));
    });
}

/// A list of the ways in, each a map with `via` (`Service`, `Ingress`, `Gateway`), `namespace`, `name`, `service` and
/// `scheme` (`internet`, `limited` to address ranges, `internal`, `unknown`). A Service has `type` besides, the others
/// `hosts`, a Gateway the kind and name of its `route`. Services that are reached within the cluster only are left out.
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let home = namespace(object);
    let mut nodes = Vec::new();
    for service in services::selecting(joins, kind, object) {
        nodes.extend(by_service(&service, home, arena));
        let ingresses = joins.ingresses.beginning_with([home, service.name]);
        nodes.extend(ingresses.map(|texts| by_ingress(texts, &service, home, arena)));
        let routes = joins.routes.beginning_with([home, service.name]);
        nodes.extend(routes.map(|texts| by_gateway(joins, texts, &service, arena)));
    }
    Node::list_in(arena, nodes)
}

fn by_service<'a>(service: &Service<'_>, home: &str, arena: &'a Bump) -> Option<Node<'a>> {
    let outside = ["LoadBalancer", "NodePort"].contains(&service.kind);
    let text = |text| Node::text_in(arena, text);
    (outside || service.scheme != scheme::INTERNAL).then(|| {
        let entries = vec![
            ("via", text("Service")),
            ("namespace", text(home)),
            ("name", text(service.name)),
            ("service", text(service.name)),
            ("type", text(service.kind)),
            ("scheme", text(service.scheme)),
        ];
        Node::map_in(arena, entries)
    })
}

fn by_ingress<'a>(
    mut texts: Texts<'_>,
    service: &Service<'_>,
    home: &str,
    arena: &'a Bump,
) -> Node<'a> {
    let text = |text| Node::text_in(arena, text);
    let (name, scheme) = (texts.text(), texts.text());
    let hosts: Vec<&str> = texts.collect();
    let entries = vec![
        ("via", text("Ingress")),
        ("namespace", text(home)),
        ("name", text(name)),
        ("service", text(service.name)),
        ("scheme", text(scheme)),
        ("hosts", texts_in(arena, &hosts)),
    ];
    Node::map_in(arena, entries)
}

fn by_gateway<'a>(
    joins: &Joins,
    mut texts: Texts<'_>,
    service: &Service<'_>,
    arena: &'a Bump,
) -> Node<'a> {
    let text = |text| Node::text_in(arena, text);
    let named = [texts.text(), texts.text()];
    let route = [texts.text(), texts.text(), texts.text()];
    let hosts: Vec<&str> = texts.collect();
    // The gateways of Istio's own API have the same kind and are not read: nothing says what stands before them.
    let known = match route[0] {
        "HTTPRoute" => joins.gateways.beginning_with(named).last(),
        _ => None,
    };
    let scheme = known.map_or(UNKNOWN, |mut texts| texts.text());
    let entries = vec![
        ("via", text("Gateway")),
        ("namespace", text(named[0])),
        ("name", text(named[1])),
        ("service", text(service.name)),
        ("scheme", text(scheme)),
        ("hosts", texts_in(arena, &hosts)),
        (
            "route",
            text(&format!("{} {}/{}", route[0], route[1], route[2])),
        ),
    ];
    Node::map_in(arena, entries)
}
