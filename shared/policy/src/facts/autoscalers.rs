//! Which HorizontalPodAutoscalers scale a workload, or the workloads that a PodDisruptionBudget protects.

use plimsoll_cel::{Bump, Node};

use super::table::Texts;
use super::workloads::{Workload, top};
use super::{Joins, backends, name, namespace};

/// Keeps namespace, kind and name of the target, own name, the least and the most replicas. The least is 1 when absent
/// (Kubernetes API, `HorizontalPodAutoscalerSpec`).
pub(super) fn gather(joins: &mut Joins, object: &Node<'_>) {
    let target = |key| {
        let value = object.at(&["spec", "scaleTargetRef", key]);
        value.and_then(|value| value.as_str()).unwrap_or("")
    };
    let count = |key| {
        let value = object.at(&["spec", key]);
        value.and_then(|value| value.as_int()).unwrap_or(1)
    };
    joins.autoscalers.push(|out| {
        out.texts([
            namespace(object),
            target("kind"),
            target("name"),
            name(object),
        ]);
        out.number(count("minReplicas"));
        out.number(count("maxReplicas"));
    });
}

/// On a workload a list of `{name, minReplicas, maxReplicas}`.
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let (kind, name) = top(kind, object);
    let found = joins
        .autoscalers
        .beginning_with([namespace(object), kind, name]);
    let nodes = found.map(|texts| node(texts, Vec::new(), arena));
    Node::list_in(arena, nodes.collect())
}

/// On whatever selects pods a list of `{name, minReplicas, maxReplicas, kind, target}` of the autoscalers of what it
/// selects.
pub(super) fn of_backends<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let Some(selector) = backends::of(kind, object) else {
        return Node::List(&[]);
    };
    let home = namespace(object);
    let mut nodes = Vec::new();
    for Workload { kind, name, .. } in joins.workloads.selected(home, selector.read()) {
        for texts in joins.autoscalers.beginning_with([home, kind, name]) {
            let text = |text| Node::text_in(arena, text);
            let more = vec![("kind", text(kind)), ("target", text(name))];
            nodes.push(node(texts, more, arena));
        }
    }
    Node::list_in(arena, nodes)
}

fn node<'a>(
    mut texts: Texts<'_>,
    mut entries: Vec<(&'a str, Node<'a>)>,
    arena: &'a Bump,
) -> Node<'a> {
    entries.push(("name", Node::text_in(arena, texts.text())));
    entries.push(("minReplicas", Node::Int(texts.number())));
    entries.push(("maxReplicas", Node::Int(texts.number())));
    Node::map_in(arena, entries)
}
