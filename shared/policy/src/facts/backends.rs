//! What a selector selects: the pods behind a Service, under a NetworkPolicy or a PodDisruptionBudget.

use plimsoll_cel::{Bump, Node};

use super::selector;
use super::table::Record;
use super::workloads::written;
use super::{Joins, namespace};

/// A list of the workloads selected, by kind and name. Of selectors that are absent or empty (Kubernetes API): a Service
/// without one selects nothing (its endpoints are somebody else's), a NetworkPolicy's empty one everything in its
/// namespace; a PodDisruptionBudget's absent one nothing, its empty one everything.
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let Some(selector) = of(kind, object) else {
        return Node::List(&[]);
    };
    let found = joins
        .workloads
        .selected(namespace(object), selector.read())
        .map(|workload| workload.node(arena));
    let found = found.collect();
    Node::list_in(arena, found)
}

/// The selector of an object, written; none when it selects nothing.
pub(super) fn of(kind: &str, object: &Node<'_>) -> Option<Record> {
    let field = |key| object.at(&["spec", key]);
    match kind {
        "Service" => {
            let selector = field("selector")?;
            let labels = selector::labels(&selector);
            let mut record = Record::default();
            record.counted(&selector::flat(&labels));
            (!labels.is_empty()).then_some(record)
        }
        "NetworkPolicy" => Some(written(&field("podSelector").unwrap_or(Node::Null))),
        _ => match field("selector") {
            None | Some(Node::Null) => None,
            Some(selector) => Some(written(&selector)),
        },
    }
}
