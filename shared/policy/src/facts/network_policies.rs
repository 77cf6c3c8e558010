//! Which network policies select a pod, and what a namespace has of them.

use plimsoll_cel::{Bump, Node};
use serde::{Deserialize, Serialize};

use super::{Joins, Selector, name, namespace, pod_labels, texts_in};

/// A network policy, kept small.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct NetworkPolicy {
    name: String,
    selector: Selector,
    ingress: bool,
    egress: bool,
    denies_ingress: bool,
    denies_egress: bool,
}

/// Directions as the API defaults them: Ingress always, Egress when there are egress rules.
pub(super) fn gather(joins: &mut Joins, object: &Node<'_>) {
    let spec = object.get("spec").unwrap_or(Node::Null);
    let rules = |key: &str| spec.get(key).map_or(0, |list| list.items().len());
    let types: Option<Vec<&str>> = spec.get("policyTypes").map(|list| {
        list.items()
            .iter()
            .filter_map(|item| item.as_str())
            .collect()
    });
    let has = |wanted: &str, default: bool| {
        types
            .as_ref()
            .map_or(default, |types| types.contains(&wanted))
    };
    let selector = Selector::of_label_selector(&spec.get("podSelector").unwrap_or(Node::Null));
    let (ingress, egress) = (has("Ingress", true), has("Egress", rules("egress") > 0));
    let policy = NetworkPolicy {
        name: name(object).to_owned(),
        denies_ingress: ingress && selector.is_empty() && rules("ingress") == 0,
        denies_egress: egress && selector.is_empty() && rules("egress") == 0,
        selector,
        ingress,
        egress,
    };
    joins
        .network_policies
        .entry(namespace(object).to_owned())
        .or_default()
        .push(policy);
}

/// On a workload: names by direction. On a namespace: all names, and whether a default deny stands.
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let of = |namespace: &str| {
        joins
            .network_policies
            .get(namespace)
            .map_or(&[][..], Vec::as_slice)
    };
    if kind == "Namespace" {
        let policies = of(name(object));
        let names: Vec<&str> = policies.iter().map(|policy| policy.name.as_str()).collect();
        return Node::map_in(
            arena,
            vec![
                ("names", texts_in(arena, &names)),
                (
                    "defaultDenyIngress",
                    Node::Bool(policies.iter().any(|policy| policy.denies_ingress)),
                ),
                (
                    "defaultDenyEgress",
                    Node::Bool(policies.iter().any(|policy| policy.denies_egress)),
                ),
            ],
        );
    }
    let labels = pod_labels(kind, object);
    let selecting: Vec<_> = of(namespace(object))
        .iter()
        .filter(|policy| policy.selector.matches(&labels))
        .collect();
    let names = |wanted: fn(&NetworkPolicy) -> bool| {
        let names: Vec<&str> = selecting
            .iter()
            .filter(|policy| wanted(policy))
            .map(|policy| policy.name.as_str())
            .collect();
        texts_in(arena, &names)
    };
    Node::map_in(
        arena,
        vec![
            ("ingress", names(|policy| policy.ingress)),
            ("egress", names(|policy| policy.egress)),
        ],
    )
}
