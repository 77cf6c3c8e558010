//! The workloads of a scan as what selects pods sees them: labels, ports, replicas.

use plimsoll_cel::{Bump, Node};
use serde::{Deserialize, Serialize};

use super::index::{Index, hash};
use super::selector::{self, Kept};
use super::table::{Record, Table, Texts};
use super::{Joins, name, namespace, pods, port_in};
use crate::kinds;

/// Kinds whose `replicas` is 1 when absent (Kubernetes API, `DeploymentSpec` and its like).
const REPLICATED: &[&str] = &[
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
];

/// Namespace, kind, name, replicas (empty when not said), labels, ports; with an index by label.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Workloads {
    table: Table,
    labels: Index,
}

/// A workload as kept, without its namespace.
#[derive(Debug, Clone, Copy)]
pub(super) struct Workload<'t> {
    pub(super) kind: &'t str,
    pub(super) name: &'t str,
    replicas: &'t str,
    labels: Kept<'t>,
}

/// Kind and name that stand for an object: its own, or those of an owner whose template we do not read.
pub(super) fn top<'a>(kind: &'a str, object: &Node<'a>) -> (&'a str, &'a str) {
    let metadata = object.get("metadata").unwrap_or(Node::Null);
    match kinds::controller(&metadata) {
        Some((_, owner, name)) if owner != "Node" => (owner, name),
        _ => (kind, name(object)),
    }
}

/// Keeps a workload; the pods of one owner that are alike become one in [`settle`]. A SandboxTemplate runs none.
pub(super) fn gather(joins: &mut Joins, kind: &str, object: &Node<'_>) {
    let Some(spec) = pods::spec(kind, object).filter(|_| kind != "SandboxTemplate") else {
        return;
    };
    let labels = pods::labels(kind, object);
    let labels = selector::labels(&labels);
    let (kind, name) = top(kind, object);
    let replicas = object
        .at(&["spec", "replicas"])
        .and_then(|count| count.as_int())
        .or_else(|| (REPLICATED.contains(&kind)).then_some(1));
    let lists = ["containers", "initContainers"].map(|key| spec.get(key));
    let containers = lists.iter().flatten().flat_map(|list| list.items());
    joins.workloads.table.push(|out| {
        out.texts([namespace(object), kind, name]);
        out.text(&replicas.map(|count| count.to_string()).unwrap_or_default());
        out.counted(&selector::flat(&labels));
        for port in containers.flat_map(|c| c.get("ports").map_or(&[][..], |list| list.items())) {
            let text = |key| port.get(key).and_then(|value| value.as_str());
            let number = port.get("containerPort").and_then(|port| port.as_int());
            out.text(text("name").unwrap_or(""));
            out.number(number.unwrap_or_default());
            out.text(text("protocol").unwrap_or("TCP"));
        }
    });
}

pub(super) fn settle(workloads: &mut Workloads) {
    workloads.table.sort();
    workloads.table.dedup();
    workloads.labels = Index::of(&workloads.table, |mut texts, add| {
        let namespace = texts.text();
        let labels = Workload::read(texts).labels;
        labels
            .pairs()
            .for_each(|(key, value)| add(hash(namespace, key, value)));
    });
}

impl Workloads {
    pub(super) fn append(&mut self, other: Workloads) {
        self.table.append(other.table);
    }

    /// Whether there is any workload in a namespace.
    pub(super) fn any_in(&self, namespace: &str) -> bool {
        self.table.beginning_with([namespace]).next().is_some()
    }

    /// The namespaces that hold workloads, in order.
    pub(super) fn namespaces(&self) -> Vec<&str> {
        let mut namespaces: Vec<&str> = self.table.all().map(Texts::first).collect();
        namespaces.dedup();
        namespaces
    }

    /// Whether there is a workload of this kind and name.
    pub(super) fn has(&self, namespace: &str, kind: &str, name: &str) -> bool {
        let mut found = self.table.beginning_with([namespace, kind, name]);
        found.next().is_some()
    }

    /// Whether a selector written by [`selector::write`] matches any workload of a namespace.
    pub(super) fn selects(&self, namespace: &str, selector: Texts<'_>) -> bool {
        self.selected(namespace, selector).next().is_some()
    }

    /// The workloads of a namespace that a selector written by [`selector::write`] matches, by kind and name.
    pub(super) fn selected<'t, 's: 't>(
        &'t self,
        namespace: &'s str,
        selector: Texts<'s>,
    ) -> Box<dyn Iterator<Item = Workload<'t>> + 't> {
        let fits = move |workload: &Workload<'t>| selector::matches(selector, &workload.labels);
        let fewest = Kept(selector)
            .pairs()
            .map(|(key, value)| self.labels.at(hash(namespace, key, value)))
            .min_by_key(|entries| entries.len());
        let Some(fewest) = fewest else {
            let all = self.table.beginning_with([namespace]);
            return Box::new(all.map(Workload::read).filter(fits));
        };
        let found = fewest.iter().map(|(_, position)| self.table.at(*position));
        let here = found.filter_map(move |mut texts| (texts.text() == namespace).then_some(texts));
        Box::new(here.map(Workload::read).filter(fits))
    }
}

impl<'t> Workload<'t> {
    fn read(mut texts: Texts<'t>) -> Self {
        Self {
            kind: texts.text(),
            name: texts.text(),
            replicas: texts.text(),
            labels: Kept(texts),
        }
    }

    /// Name, number and protocol of its containers' ports.
    fn ports(self) -> impl Iterator<Item = (&'t str, i64, &'t str)> {
        let mut texts = self.labels.0;
        let _labels = texts.counted();
        std::iter::from_fn(move || Some((texts.next()?, texts.number(), texts.text())))
    }

    /// `{kind, name, replicas, ports: [{name, port, protocol}]}`; `replicas` is null where nobody says.
    pub(super) fn node<'a>(self, arena: &'a Bump) -> Node<'a> {
        let text = |text| Node::text_in(arena, text);
        let ports = self.ports();
        let ports = ports.map(|(name, port, protocol)| port_in(arena, name, port, protocol));
        let entries = vec![
            ("kind", text(self.kind)),
            ("name", text(self.name)),
            (
                "replicas",
                self.replicas.parse().map_or(Node::Null, Node::Int),
            ),
            ("ports", Node::list_in(arena, ports.collect())),
        ];
        Node::map_in(arena, entries)
    }
}

/// A selector as [`selector::write`] writes it, of an object that is at hand.
pub(super) fn written(selector: &Node<'_>) -> Record {
    let mut record = Record::default();
    selector::write(selector, &mut record);
    record
}
