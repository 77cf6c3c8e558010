//! Services: which select a workload's pods, and which ports they have.

use plimsoll_cel::{Bump, Node};

use super::selector;
use super::selectors::Selectors;
use super::table::Texts;
use super::{Joins, labels_of, name, namespace, pods, port_in, scheme, texts_in};

/// How many texts stand before the selector.
const BEFORE_SELECTOR: usize = 7;

/// Keeps namespace, name, type, scheme, external addresses, ports, own labels, selector. A service without a selector
/// selects nothing.
pub(super) fn gather(joins: &mut Joins, object: &Node<'_>) {
    let spec = object.get("spec").unwrap_or(Node::Null);
    let list = |key: &str| spec.get(key).map_or(&[][..], |list| list.items());
    let kind = spec.get("type").and_then(|value| value.as_str());
    let pods = spec.get("selector").unwrap_or(Node::Null);
    let pods = selector::labels(&pods);
    let ips: Vec<&str> = list("externalIPs")
        .iter()
        .filter_map(|ip| ip.as_str())
        .collect();
    let ports: Vec<String> = list("ports").iter().map(written).collect();
    let own = labels_of(object);
    let own = selector::flat(&own).join(SEPARATOR);
    joins.services.push(|out| {
        out.texts([namespace(object), name(object), kind.unwrap_or("ClusterIP")]);
        out.texts([
            scheme::of_service(object),
            &*ips.join(SEPARATOR),
            &*ports.join(SEPARATOR),
            &*own,
        ]);
        if pods.is_empty() {
            selector::write_none(out);
        } else {
            out.counted(&selector::flat(&pods));
        }
    });
}

/// Between parts of a text; no address, port, label or name has it.
const SEPARATOR: &str = "\n";
const WITHIN: &str = "/";

/// A port as kept: number, protocol, name.
fn written(port: &Node<'_>) -> String {
    let text = |key| port.get(key).and_then(|value| value.as_str());
    let number = port.get("port").and_then(|port| port.as_int());
    let number = number.unwrap_or_default().to_string();
    [
        &number,
        text("protocol").unwrap_or("TCP"),
        text("name").unwrap_or(""),
    ]
    .join(WITHIN)
}

/// A service as kept, without its namespace.
#[derive(Debug, Clone, Copy)]
pub(super) struct Service<'t> {
    pub(super) name: &'t str,
    pub(super) kind: &'t str,
    pub(super) scheme: &'t str,
    external_ips: &'t str,
    ports: &'t str,
    labels: &'t str,
    pods: Texts<'t>,
}

impl<'t> Service<'t> {
    fn read(mut texts: Texts<'t>) -> Self {
        Self::read_after(texts.text(), texts)
    }

    fn read_after(name: &'t str, mut texts: Texts<'t>) -> Self {
        Self {
            name,
            kind: texts.text(),
            scheme: texts.text(),
            external_ips: texts.text(),
            ports: texts.text(),
            labels: texts.text(),
            pods: texts,
        }
    }

    /// Its selector as kept; none when it selects nothing.
    pub(super) fn selector(self) -> Option<Texts<'t>> {
        let asks = selector::Kept(self.pods).pairs().next();
        asks.map(|_| self.pods)
    }

    /// Number, protocol and name of its ports.
    pub(super) fn ports(self) -> impl Iterator<Item = (i64, &'t str, &'t str)> {
        let ports = self.ports.split(SEPARATOR);
        ports.filter(|port| !port.is_empty()).map(|port| {
            let mut parts = port.splitn(3, WITHIN);
            let mut next = || parts.next().unwrap_or("");
            (next().parse().unwrap_or_default(), next(), next())
        })
    }

    /// `{name, type, scheme, externalIPs, ports: [{name, port, protocol}]}`.
    pub(super) fn node<'a>(self, arena: &'a Bump) -> Node<'a> {
        let text = |text| Node::text_in(arena, text);
        let ips = self.external_ips.split(SEPARATOR);
        let ips: Vec<&str> = ips.filter(|ip| !ip.is_empty()).collect();
        let ports = self.ports();
        let ports = ports.map(|(port, protocol, name)| port_in(arena, name, port, protocol));
        let entries = vec![
            ("name", text(self.name)),
            ("type", text(self.kind)),
            ("scheme", text(self.scheme)),
            ("externalIPs", texts_in(arena, &ips)),
            ("ports", Node::list_in(arena, ports.collect())),
        ];
        Node::map_in(arena, entries)
    }
}

impl selector::Labels for Service<'_> {
    fn value(&self, key: &str) -> Option<&str> {
        let mut flat = self.labels.split(SEPARATOR);
        let mut pairs = std::iter::from_fn(|| Some((flat.next()?, flat.next()?)));
        pairs.find_map(|(known, value)| (known == key).then_some(value))
    }
}

pub(super) fn settle(services: &mut Selectors) {
    services.settle(BEFORE_SELECTOR);
}

/// The services of a namespace.
pub(super) fn of<'t>(joins: &'t Joins, namespace: &'t str) -> impl Iterator<Item = Service<'t>> {
    joins.services.of([namespace]).map(Service::read)
}

/// The services of a namespace and name: one, but files may hold a name twice.
pub(super) fn named<'t>(
    joins: &'t Joins,
    namespace: &'t str,
    name: &'t str,
) -> impl Iterator<Item = Service<'t>> {
    let found = joins.services.of([namespace, name]);
    found.map(move |texts| Service::read_after(name, texts))
}

/// The services that select pods with a workload's labels, by name.
pub(super) fn selecting<'t>(
    joins: &'t Joins,
    kind: &str,
    object: &Node<'_>,
) -> impl Iterator<Item = Service<'t>> + use<'t> {
    let labels = pods::labels(kind, object);
    let found = joins
        .services
        .selecting(namespace(object), &labels, BEFORE_SELECTOR);
    found.map(Service::read)
}

/// A list of [`Service::node`].
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let nodes = selecting(joins, kind, object).map(|service| service.node(arena));
    Node::list_in(arena, nodes.collect())
}

/// The namespaces that have services.
pub(super) fn namespaces(joins: &Joins) -> Vec<&str> {
    let mut namespaces: Vec<&str> = joins.services.all().map(Texts::first).collect();
    namespaces.dedup();
    namespaces
}
