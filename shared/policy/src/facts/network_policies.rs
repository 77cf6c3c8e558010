//! Which network policies select a pod, what they leave it, and what a namespace has of them.

use plimsoll_cel::{Bump, Node, decode_json};

use super::selectors::Selectors;
use super::table::Texts;
use super::{Joins, Rules, name, namespace, pods, selector, texts_in};

// What a policy is about, one letter each.
const INGRESS: char = 'i';
const EGRESS: char = 'e';
const DENIES_INGRESS: char = 'I';
const DENIES_EGRESS: char = 'E';

/// How many texts stand before the selector.
const BEFORE_SELECTOR: usize = 4;

/// Keeps namespace, name, letters, number of the egress rules, selector. Directions as the API defaults them: Ingress
/// always, Egress when there are egress rules.
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
    let allowed = spec.get("egress").filter(|_| egress);
    let allowed = serde_json::to_string(&allowed.unwrap_or(Node::List(&[])));
    let allowed = joins.egress.number(&allowed.unwrap_or_default());
    joins.network_policies.push(|out| {
        out.texts([namespace(object), name(object), &letters]);
        out.number(allowed);
        selector::write(&pods, out);
    });
}

/// Adds another worker's policies, with its numbers of rules made ours.
pub(super) fn append(joins: &mut Joins, policies: &Selectors, egress: &Rules) {
    for mut texts in policies.all() {
        let named = [texts.text(), texts.text(), texts.text()];
        let number = joins.egress.number(egress.text(texts.number()));
        joins.network_policies.push(|out| {
            out.texts(named);
            out.number(number);
            out.rest(texts);
        });
    }
}

/// Sorts; policies of one name that differ in their rules only are told apart by these, not by their numbers.
pub(super) fn settle(joins: &mut Joins) {
    let egress = &joins.egress;
    joins.network_policies.settle_by(BEFORE_SELECTOR, |a, b| {
        let names = a.take(3).cmp(b.take(3));
        let rules = |mut texts: Texts<'_>| {
            texts.by_ref().take(3).for_each(drop);
            egress.text(texts.number())
        };
        names
            .then_with(|| rules(a).cmp(rules(b)))
            .then_with(|| a.cmp(b))
    });
}

/// A policy as kept.
#[derive(Clone, Copy)]
struct Kept<'t> {
    name: &'t str,
    letters: &'t str,
    egress: u32,
}

impl<'t> Kept<'t> {
    fn read(mut texts: Texts<'t>) -> Self {
        Self {
            name: texts.text(),
            letters: texts.text(),
            egress: texts.number(),
        }
    }
}

/// The policies that select a workload's pods, by name.
fn selecting<'t>(joins: &'t Joins, kind: &str, object: &Node<'_>) -> Vec<Kept<'t>> {
    let labels = pods::labels(kind, object);
    let found = joins
        .network_policies
        .selecting(namespace(object), &labels, BEFORE_SELECTOR);
    found.map(Kept::read).collect()
}

/// Keeps namespace and name of a policy of Cilium; those for the whole cluster under no namespace.
pub(super) fn gather_cilium(joins: &mut Joins, kind: &str, object: &Node<'_>) {
    let home = match kind {
        "CiliumNetworkPolicy" => namespace(object),
        _ => "",
    };
    joins
        .cilium_policies
        .push(|out| out.texts([home, name(object)]));
}

/// `{ingressIsolated, egressIsolated, egress, cilium}`: whether some policy selects the pods for a direction, so that only what
/// a policy allows passes, and all `egress` rules of those that do, as they are written (Kubernetes API,
/// `NetworkPolicyEgressRule`: one without `to` allows every destination, one without `ports` every port). `cilium` has
/// the names of Cilium's policies of the namespace and of the cluster, whose effect is not worked out: where there are
/// any, what passes is not known.
pub(super) fn network<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let selecting = selecting(joins, kind, object);
    let isolated = |letter| {
        let isolates = selecting.iter().any(|p| p.letters.contains(letter));
        Node::Bool(isolates)
    };
    let rules = selecting.iter().filter(|p| p.letters.contains(EGRESS));
    let rules = rules.filter_map(|policy| {
        let json = joins.egress.text(policy.egress);
        decode_json(arena, json.as_bytes()).ok()
    });
    let rules = rules.flat_map(|rules| rules.items().iter().copied());
    let cilium = |home| joins.cilium_policies.beginning_with([home]);
    let cilium = cilium("").chain(cilium(namespace(object)));
    let cilium: Vec<&str> = cilium.map(Texts::first).collect();
    let entries = vec![
        ("ingressIsolated", isolated(INGRESS)),
        ("egressIsolated", isolated(EGRESS)),
        ("egress", Node::list_in(arena, rules.collect())),
        ("cilium", texts_in(arena, &cilium)),
    ];
    Node::map_in(arena, entries)
}

/// On a workload: names by direction. On a namespace: all names, and whether a default deny stands.
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    if kind == "Namespace" {
        let policies = joins.network_policies.of([name(object)]);
        let policies: Vec<Kept<'_>> = policies.map(Kept::read).collect();
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
    let selecting = selecting(joins, kind, object);
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
