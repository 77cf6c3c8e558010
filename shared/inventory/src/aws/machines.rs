//! Evidence of nodes that lies in the AWS account of their cluster, by EC2 instance.

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_model::{NodeEvidence, NodeRoute, Part, Reason, ReasonCode};
use serde::{Deserialize, Serialize};

use crate::kube::NodeRef;

/// What a route told of the instances of a region.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machines {
    /// Why of those that are missing nothing is known, if that is the reason: the route was refused, or cut short.
    pub gap: Option<Reason>,
    /// By instance id; in [`NodeEvidence::node`] it stands, too.
    pub evidence: BTreeMap<String, NodeEvidence>,
}

/// What there is of each node by a route of the account, in the order of the nodes, and why there is nothing where there
/// is nothing. `machines` is none where nobody took the route when the account was read.
#[must_use]
pub fn of_nodes(
    machines: Option<&Machines>,
    route: NodeRoute,
    nodes: &[NodeRef],
    now: Timestamp,
) -> Vec<NodeEvidence> {
    let of = |node: &NodeRef| match of_node(machines, route, node, now) {
        Ok(evidence) => NodeEvidence {
            node: node.name.clone(),
            ..evidence
        },
        Err(reason) => NodeEvidence {
            node: node.name.clone(),
            read_at: now,
            kubelet: Part::unknown(&reason),
            files: Part::no_files(&reason),
        },
    };
    nodes.iter().map(of).collect()
}

fn of_node(
    machines: Option<&Machines>,
    route: NodeRoute,
    node: &NodeRef,
    now: Timestamp,
) -> Result<NodeEvidence, Reason> {
    let unread = |need: String| Reason::new(ReasonCode::InputUnread, need);
    let Some(id) = node.instance_id() else {
        return Err(unread("a node that is no EC2 instance".to_owned()));
    };
    let Some(machines) = machines else {
        let need = format!(
            "evidence of nodes by the route {}, by the next reading of the account",
            route.as_str()
        );
        return Err(unread(need));
    };
    if let Some(evidence) = machines.evidence.get(id) {
        // What nobody could make sense of says so at any age. Ids of instances never come again: it is of this machine.
        if tells_nothing(evidence) || !evidence.is_outdated(now) {
            return Ok(evidence.clone());
        }
        let need = format!("evidence of {id}, read at {}", evidence.read_at);
        return Err(Reason::new(ReasonCode::Expired, need));
    }
    Err(machines
        .gap
        .clone()
        .unwrap_or_else(|| unread(format!("evidence of {id} by the route {}", route.as_str()))))
}

fn tells_nothing(evidence: &NodeEvidence) -> bool {
    let mut parts = evidence.files.values().chain([&evidence.kubelet]);
    parts.all(|part| matches!(part, Part::Unknown(_)))
}

#[cfg(test)]
mod tests;
