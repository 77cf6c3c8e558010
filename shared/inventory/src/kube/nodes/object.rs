//! The object that policies judge.

use plimsoll_cel::{Bump, Node, decode_json};
use plimsoll_model::{NodeEvidence, NodeRoute, Part, Reason, ReasonCode, kind};
use serde_json::Value;

use super::NodeRef;

/// The longest reason of others that is passed on, in characters.
const LONGEST_REASON: usize = 300;

/// What is known of a node as an object of the kind NodeConfig; what is not known says why.
#[must_use]
pub fn node_config<'a>(
    node: &NodeRef,
    route: NodeRoute,
    evidence: &NodeEvidence,
    arena: &'a Bump,
) -> Node<'a> {
    let text = |text: &str| Node::text_in(arena, text);
    let files = evidence.files.iter();
    let files = files.map(|(key, file)| (&*arena.alloc_str(key), part(file, arena)));
    let mut metadata = vec![("name", text(&node.name))];
    if !node.uid.is_empty() {
        metadata.push(("uid", text(&node.uid)));
    }
    Node::map_in(
        arena,
        vec![
            ("apiVersion", text(&kind::NODE_CONFIG.api_version())),
            ("kind", Node::Str(kind::NODE_CONFIG.name)),
            ("metadata", Node::map_in(arena, metadata)),
            ("route", Node::Str(route.as_str())),
            ("kubelet", part(&evidence.kubelet, arena)),
            ("files", Node::map_in(arena, files.collect())),
        ],
    )
}

fn part<'a>(part: &Part, arena: &'a Bump) -> Node<'a> {
    match part {
        Part::Known(value) => known(value, arena),
        Part::Unknown(line) => {
            let line: String = line.chars().take(LONGEST_REASON).collect();
            Node::Unknown(arena.alloc_str(&line))
        }
    }
}

fn known<'a>(value: &Value, arena: &'a Bump) -> Node<'a> {
    match decode_json(arena, value.to_string().as_bytes()) {
        Ok(node @ Node::Map(_)) => node,
        _ => {
            let reason = Reason::new(ReasonCode::MalformedInput, "evidence that is no object");
            Node::Unknown(arena.alloc_str(&reason.line()))
        }
    }
}
