//! The object that policies judge.

use plimsoll_cel::{Bump, Node, decode_json, decode_our_own};
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
    let files = files.map(|(key, file)| (&*arena.alloc_str(key), part(file, route, arena)));
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
            ("kubelet", part(&evidence.kubelet, route, arena)),
            ("files", Node::map_in(arena, files.collect())),
        ],
    )
}

fn part<'a>(part: &Part, route: NodeRoute, arena: &'a Bump) -> Node<'a> {
    match part {
        Part::Known(value) => known(value, route, arena),
        Part::Unknown(line) => {
            let line: String = line.chars().take(LONGEST_REASON).collect();
            Node::Unknown(arena.alloc_str(&line))
        }
    }
}

/// What we made ourselves may be unknown in its parts; to others the word for that means nothing.
fn known<'a>(value: &Value, route: NodeRoute, arena: &'a Bump) -> Node<'a> {
    let text = value.to_string();
    let decoded = match route {
        NodeRoute::Ami => decode_our_own(arena, text.as_bytes()),
        NodeRoute::Collector | NodeRoute::Ssm | NodeRoute::NodesProxy => {
            decode_json(arena, text.as_bytes())
        }
    };
    match decoded {
        Ok(node @ Node::Map(_)) => node,
        _ => {
            let reason = Reason::new(ReasonCode::MalformedInput, "evidence that is no object");
            Node::Unknown(arena.alloc_str(&reason.line()))
        }
    }
}
