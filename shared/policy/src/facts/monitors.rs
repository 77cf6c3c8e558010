//! The services that a ServiceMonitor selects.

use plimsoll_cel::{Bump, Node};

use super::selector;
use super::workloads::written;
use super::{Joins, namespace, services};

/// A list of the services, by namespace and name; in the monitor's own namespace unless `namespaceSelector` names others
/// or `any` (prometheus-operator API, `ServiceMonitorSpec`).
pub(super) fn fact<'a>(joins: &Joins, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let field = |keys: &[&str]| object.at(keys).unwrap_or(Node::Null);
    let wanted = written(&field(&["spec", "selector"]));
    let others = field(&["spec", "namespaceSelector", "matchNames"]);
    let others = others.items().iter().filter_map(|name| name.as_str());
    let others: Vec<&str> = others.collect();
    let anywhere = field(&["spec", "namespaceSelector", "any"]).as_bool() == Some(true);
    let within: Vec<&str> = match anywhere {
        true => services::namespaces(joins),
        false if others.is_empty() => vec![namespace(object)],
        false => others,
    };
    let mut nodes = Vec::new();
    for place in within {
        let here = services::of(joins, place);
        let selected = here.filter(|service| selector::matches(wanted.read(), service));
        nodes.extend(selected.map(|service| service.node(arena)));
    }
    Node::list_in(arena, nodes)
}
