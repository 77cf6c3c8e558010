//! The versions that nodes run, each combination once.

use plimsoll_cel::{Bump, Node};

use super::table::Texts;
use super::{Joins, texts_in};

const INFO: [&str; 5] = [
    "kubeletVersion",
    "kernelVersion",
    "containerRuntimeVersion",
    "operatingSystem",
    "osImage",
];

/// Keeps what a node's `status.nodeInfo` says.
pub(super) fn gather(joins: &mut Joins, object: &Node<'_>) {
    let info = object.at(&["status", "nodeInfo"]).unwrap_or(Node::Null);
    let text = |key| info.get(key).and_then(|value| value.as_str()).unwrap_or("");
    joins.nodes.push(|out| out.texts(INFO.map(text)));
}

/// `{kubelets, kernels, runtimes, systems, images}`: what differs among the nodes, each once and sorted. Kubelets and
/// kernels are `{version, major, minor, patch}`, 0 where a version does not have such a number.
pub(super) fn fact<'a>(joins: &Joins, arena: &'a Bump) -> Node<'a> {
    let column = |index: usize| {
        let mut values: Vec<&str> = joins
            .nodes
            .all()
            .filter_map(|mut texts: Texts<'_>| texts.nth(index))
            .filter(|value| !value.is_empty())
            .collect();
        values.sort_unstable();
        values.dedup();
        values
    };
    let versions = |index| {
        let nodes = column(index).into_iter().map(|text| version(text, arena));
        Node::list_in(arena, nodes.collect())
    };
    let entries = vec![
        ("kubelets", versions(0)),
        ("kernels", versions(1)),
        ("runtimes", texts_in(arena, &column(2))),
        ("systems", texts_in(arena, &column(3))),
        ("images", texts_in(arena, &column(4))),
    ];
    Node::map_in(arena, entries)
}

fn version<'a>(text: &str, arena: &'a Bump) -> Node<'a> {
    let mut numbers = text
        .trim_start_matches('v')
        .split(|c: char| !c.is_ascii_digit());
    let mut next = || {
        let number = numbers.next().and_then(|number| number.parse().ok());
        Node::Int(number.unwrap_or(0))
    };
    let entries = vec![
        ("version", Node::text_in(arena, text)),
        ("major", next()),
        ("minor", next()),
        ("patch", next()),
    ];
    Node::map_in(arena, entries)
}
