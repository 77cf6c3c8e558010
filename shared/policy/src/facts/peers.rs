//! Peers of network policies that select no pod.

use plimsoll_cel::{Bump, Node};
use serde::{Deserialize, Serialize};

use super::index::{Index, hash};
use super::selector::{self, Kept};
use super::table::{Table, Texts};
use super::workloads::written;
use super::{Joins, items, labels_of, name, namespace};

/// The label that every namespace has (kubernetes.io/docs, "Namespaces", "Automatic labelling").
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// Runs what every cluster runs, and so is taken to hold anything when nothing of it was read: manifests rarely have it.
const SYSTEM: &str = "kube-system";

/// Name and labels of the namespaces that were read or that workloads lie in; with an index by label.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Namespaces {
    table: Table,
    labels: Index,
}

/// Keeps a namespace.
pub(super) fn gather(joins: &mut Joins, object: &Node<'_>) {
    let labels = labels_of(object);
    push(&mut joins.labelled, name(object), labels);
}

fn push<'n>(
    namespaces: &mut Namespaces,
    name: &'n str,
    mut labels: std::collections::BTreeMap<&'n str, &'n str>,
) {
    labels.insert(NAME_LABEL, name);
    namespaces.table.push(|out| {
        out.text(name);
        out.counted(&selector::flat(&labels));
    });
}

impl Namespaces {
    pub(super) fn append(&mut self, other: Namespaces) {
        self.table.append(other.table);
    }

    /// Adds the namespaces that only workloads tell of, then sorts.
    pub(super) fn settle(&mut self, inhabited: &[&str]) {
        self.table.sort();
        let read = |name: &str| self.table.beginning_with([name]).next().is_some();
        let others = inhabited.iter().copied().chain([SYSTEM]);
        let others: Vec<&str> = others.filter(|name| !read(name)).collect();
        for name in others {
            push(self, name, Default::default());
        }
        self.table.sort();
        self.table.dedup();
        self.labels = Index::of(&self.table, |mut texts, add| {
            texts.next();
            let pairs = Kept(texts).pairs();
            pairs.for_each(|(key, value)| add(hash("", key, value)));
        });
    }

    /// Whether `fits` holds for one of the namespaces that a written selector matches. Where it asks for no label,
    /// [`SYSTEM`] is tried first: most rules for all namespaces are about name resolution.
    fn any<'t>(&'t self, wanted: Texts<'_>, fits: impl Fn(&'t str) -> bool) -> bool {
        let matching = |mut texts: Texts<'t>| {
            let name = texts.text();
            selector::matches(wanted, &Kept(texts)) && fits(name)
        };
        let fewest = Kept(wanted)
            .pairs()
            .map(|(key, value)| self.labels.at(hash("", key, value)))
            .min_by_key(|entries| entries.len());
        match fewest {
            Some(fewest) => {
                let mut found = fewest.iter().map(|(_, position)| self.table.at(*position));
                found.any(matching)
            }
            None => {
                let system = self.labels.at(hash("", NAME_LABEL, SYSTEM));
                let mut first = system.iter().map(|(_, position)| self.table.at(*position));
                first.any(matching) || self.table.all().any(matching)
            }
        }
    }
}

/// The peers of a NetworkPolicy, as they stand in it, whose selectors match no pod's template (Kubernetes API,
/// `NetworkPolicyPeer`).
pub(super) fn dangling<'a>(joins: &Joins, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let spec = object.get("spec").unwrap_or(Node::Null);
    let directions = [("ingress", "from"), ("egress", "to")];
    let peers = directions.iter().flat_map(|(rules, peers)| {
        let rules = items(&spec, rules).iter();
        rules.flat_map(|rule| items(rule, peers))
    });
    let dangling = peers.filter(|peer| !selects_any(joins, namespace(object), peer));
    Node::list_in(arena, dangling.copied().collect())
}

fn selects_any(joins: &Joins, home: &str, peer: &Node<'_>) -> bool {
    let (pods, spaces) = (peer.get("podSelector"), peer.get("namespaceSelector"));
    let pods = match (pods, spaces) {
        (None, None) => return true,
        (pods, _) => written(&pods.unwrap_or(Node::Null)),
    };
    let holds = |space: &str| {
        let unread = || space == SYSTEM && !joins.workloads.any_in(SYSTEM);
        joins.workloads.selects(space, pods.read()) || unread()
    };
    match spaces {
        None => holds(home),
        Some(spaces) => joins.labelled.any(written(&spaces).read(), holds),
    }
}
