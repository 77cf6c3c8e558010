//! Which network policies select a pod, and what a namespace has of them.

use plimsoll_cel::{Bump, Node};

use super::table::Texts;
use super::{Joins, name, namespace, pod_labels, selector, texts_in};

// What a policy is about, one letter each.
const INGRESS: char = 'i';
const EGRESS: char = 'e';
const DENIES_INGRESS: char = 'I';
const DENIES_EGRESS: char = 'E';

/// Keeps namespace, name, letters, selector. Directions as the API defaults them: Ingress always, Egress when there
/// are egress rules.
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
    let pods = spec.get("podSelector").unwrap_or(Node::Null);
    let everything = selector::is_empty(&pods);
    let (ingress, egress) = (has("Ingress", true), has("Egress", rules("egress") > 0));
    let letters = [
        (ingress, INGRESS),
        (egress, EGRESS),
        (
            ingress && everything && rules("ingress") == 0,
            DENIES_INGRESS,
        ),
        (egress && everything && rules("egress") == 0, DENIES_EGRESS),
    ];
    let letters = letters.iter().filter(|(is, _)| *is);
    let letters: String = letters.map(|(_, letter)| letter).collect();
    joins.network_policies.push(|out| {
        out.texts([namespace(object), name(object), &letters]);
        selector::write(&pods, out);
    });
}

/// A policy as kept.
struct Kept<'t> {
    name: &'t str,
    letters: &'t str,
    selector: Texts<'t>,
}

fn of<'t>(joins: &'t Joins, namespace: &str) -> Vec<Kept<'t>> {
    let policies = joins.network_policies.beginning_with([namespace]);
    let kept = policies.map(|mut texts| Kept {
        name: texts.text(),
        letters: texts.text(),
        selector: texts,
    });
    kept.collect()
}

/// On a workload: names by direction. On a namespace: all names, and whether a default deny stands.
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    if kind == "Namespace" {
        let policies = of(joins, name(object));
        let names: Vec<&str> = policies.iter().map(|policy| policy.name).collect();
        let denied = |letter| {
            Node::Bool(
                policies
                    .iter()
                    .any(|policy| policy.letters.contains(letter)),
            )
        };
        return Node::map_in(
            arena,
            vec![
                ("names", texts_in(arena, &names)),
                ("defaultDenyIngress", denied(DENIES_INGRESS)),
                ("defaultDenyEgress", denied(DENIES_EGRESS)),
            ],
        );
    }
    let labels = pod_labels(kind, object);
    let mut selecting = of(joins, namespace(object));
    selecting.retain(|policy| selector::matches(policy.selector, &labels));
    let names = |wanted: char| {
        let wanted = selecting
            .iter()
            .filter(|policy| policy.letters.contains(wanted));
        let names: Vec<&str> = wanted.map(|policy| policy.name).collect();
        texts_in(arena, &names)
    };
    Node::map_in(
        arena,
        vec![("ingress", names(INGRESS)), ("egress", names(EGRESS))],
    )
}
