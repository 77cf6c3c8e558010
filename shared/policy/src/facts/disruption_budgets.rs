//! Which PodDisruptionBudgets protect a workload's pods.

use plimsoll_cel::{Bump, Node};

use super::selector;
use super::selectors::Selectors;
use super::{Joins, name, namespace, pods};

/// Keeps namespace, name, `minAvailable` and `maxUnavailable` as text, the selector. A budget whose selector is absent
/// selects nothing (Kubernetes API, `PodDisruptionBudgetSpec` of policy/v1) and is not kept.
pub(super) fn gather(joins: &mut Joins, object: &Node<'_>) {
    let field = |key| object.at(&["spec", key]);
    let Some(pods @ Node::Map(_)) = field("selector") else {
        return;
    };
    let amount = |key| match field(key) {
        Some(Node::Int(count)) => count.to_string(),
        Some(Node::Str(text)) => text.to_owned(),
        _ => String::new(),
    };
    joins.disruption_budgets.push(|out| {
        out.texts([namespace(object), name(object)]);
        out.texts([&*amount("minAvailable"), &*amount("maxUnavailable")]);
        selector::write(&pods, out);
    });
}

/// How many texts stand before the selector.
const BEFORE_SELECTOR: usize = 4;

pub(super) fn settle(budgets: &mut Selectors) {
    budgets.settle(BEFORE_SELECTOR);
}

/// A list of `{name, minAvailable, maxUnavailable}`, each amount a text, empty when not said.
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let labels = pods::labels(kind, object);
    let found = joins
        .disruption_budgets
        .selecting(namespace(object), &labels, BEFORE_SELECTOR);
    let nodes = found.map(|mut texts| {
        let mut next = || Node::text_in(arena, texts.text());
        let entries = vec![
            ("name", next()),
            ("minAvailable", next()),
            ("maxUnavailable", next()),
        ];
        Node::map_in(arena, entries)
    });
    Node::list_in(arena, nodes.collect())
}
