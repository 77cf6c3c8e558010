//! A workload's pods as the Pod Security Standards look at them.

use plimsoll_cel::Node;

use super::pods;
use crate::judging::container_lists;

/// What the checks read.
pub(super) struct Pod<'a> {
    pub(super) spec: Node<'a>,
    annotations: Node<'a>,
    pub(super) containers: Vec<Node<'a>>,
}

impl<'a> Pod<'a> {
    /// The pods that an object describes; none when it describes none.
    pub(super) fn of(kind: &str, object: &Node<'a>) -> Option<Self> {
        let spec = pods::spec(kind, object)?;
        let metadata = pods::metadata(kind, object);
        let annotations = metadata.and_then(|metadata| metadata.get("annotations"));
        Some(Self {
            spec,
            annotations: annotations.unwrap_or(Node::Null),
            containers: container_lists(&spec).concat(),
        })
    }

    /// Whether a field of the pod is true.
    pub(super) fn is(&self, field: &str) -> bool {
        truth(&self.spec, &[field]) == Some(true)
    }

    /// Whether the pod says that it is for Windows.
    pub(super) fn is_windows(&self) -> bool {
        text(&self.spec, &["os", "name"]) == Some("windows")
    }

    /// Whether root of its containers is an ordinary user of the node.
    pub(super) fn has_own_users(&self) -> bool {
        truth(&self.spec, &["hostUsers"]) == Some(false)
    }

    pub(super) fn volumes(&self) -> &'a [Node<'a>] {
        items(&self.spec, &["volumes"])
    }

    /// Its annotations by key.
    pub(super) fn annotations(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let entries = self.annotations.entries().iter();
        entries.filter_map(|entry| Some((entry.key, entry.value.as_str()?)))
    }

    /// Whether the pod, or one of its containers, has below `securityContext` what `wrong` says of.
    pub(super) fn any_context(&self, wrong: impl Fn(&Node<'a>) -> bool) -> bool {
        let holders = [self.spec]
            .into_iter()
            .chain(self.containers.iter().copied());
        let mut contexts = holders.filter_map(|holder| holder.get("securityContext"));
        contexts.any(|context| wrong(&context))
    }

    /// Whether one of its containers is as `wrong` says.
    pub(super) fn any_container(&self, wrong: impl Fn(&Node<'a>) -> bool) -> bool {
        self.containers.iter().any(wrong)
    }
}

pub(super) fn truth(node: &Node<'_>, keys: &[&str]) -> Option<bool> {
    node.at(keys)?.as_bool()
}

pub(super) fn text<'a>(node: &Node<'a>, keys: &[&str]) -> Option<&'a str> {
    node.at(keys)?.as_str()
}

pub(super) fn items<'a>(node: &Node<'a>, keys: &[&str]) -> &'a [Node<'a>] {
    node.at(keys).map_or(&[][..], |list| list.items())
}
