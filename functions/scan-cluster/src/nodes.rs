//! Evidence of nodes: judged node by node, like any list, once the list of nodes is known.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use jiff::Timestamp;
use plimsoll_cel::Bump;
use plimsoll_inventory::aws::machines;
use plimsoll_inventory::kube::{ClusterReader, NodeRef, node_config};
use plimsoll_inventory::snapshot::{SnapshotError, SnapshotReader};
use plimsoll_model::kind::{Kind, NODE_CONFIG, named};
use plimsoll_model::{NodeEvidence, NodeRoute, Reason, ReasonCode};
use plimsoll_policy::{ListState, Lists, Owners};

use crate::around::Around;
use crate::attempt::{Attempt, Ended};
use crate::live::{ListSink, LiveScan};

const NODE: &str = "Node";

/// The route to evidence of nodes that the tenant chose.
#[derive(Debug, Clone, Copy)]
pub struct NodeAccess {
    /// Which.
    pub route: NodeRoute,
    /// The time now: evidence that was left earlier may be too old.
    pub now: Timestamp,
}

/// Whether a list is that of nodes.
pub(crate) fn are_in(spec: &Kind) -> bool {
    spec.name == NODE
}

/// The nodes in a list that was read.
///
/// # Errors
/// The disk fails.
pub(crate) fn of(spool: &mut File) -> Result<Vec<NodeRef>, SnapshotError> {
    let mut nodes = Vec::new();
    spool.seek(SeekFrom::Start(0))?;
    let mut objects = SnapshotReader::new(&*spool)?;
    objects.for_each(&mut Bump::new(), |node| nodes.extend(NodeRef::of(&node)))?;
    Ok(nodes)
}

/// What there is of nodes, if policies are about it and the route leads through the cluster. Where nobody chose a route the
/// list says so by itself; without nodes there is nothing to be told.
pub(crate) async fn read<K>(
    reader: &ClusterReader,
    scan: &mut LiveScan<'_, K>,
    nodes: &[NodeRef],
    access: Option<NodeAccess>,
    around: Option<&Around>,
) -> Vec<NodeEvidence> {
    if !scan.session.judges(NODE_CONFIG.name) {
        return Vec::new();
    }
    let state = match (scan.lists.gap(nodes_list()), access) {
        (Some(gap), _) => Err(gap),
        (None, _) if nodes.is_empty() => Ok(Vec::new()),
        (None, None) => return Vec::new(),
        (None, Some(NodeAccess { route, now })) => match route {
            NodeRoute::NodesProxy => reader.proxied(nodes, now).await,
            NodeRoute::Collector => reader.collected(nodes, now).await,
            NodeRoute::Ssm | NodeRoute::Ami => of_account(around, route, nodes, now),
        },
    };
    match state {
        Ok(evidence) => {
            scan.lists.set(NODE_CONFIG.plural, ListState::Complete);
            evidence
        }
        Err(reason) => {
            let unread = ListState::Incomplete(reason);
            scan.lists.set(NODE_CONFIG.plural, unread);
            Vec::new()
        }
    }
}

fn of_account(
    around: Option<&Around>,
    route: NodeRoute,
    nodes: &[NodeRef],
    now: Timestamp,
) -> Result<Vec<NodeEvidence>, Reason> {
    let Some(around) = around else {
        let need = format!(
            "the cluster's AWS account, for the route {}",
            route.as_str()
        );
        return Err(Reason::new(ReasonCode::InputUnread, need));
    };
    let machines = around.machines(route)?;
    Ok(machines::of_nodes(machines, route, nodes, now))
}

/// Judges the evidence of each node.
///
/// # Errors
/// The disk fails.
pub(crate) fn judge<'c, K: ListSink>(
    mut attempt: Attempt<'c, K>,
    route: NodeRoute,
    nodes: &[NodeRef],
    evidence: &[NodeEvidence],
) -> Result<Ended<'c, K>, SnapshotError> {
    let nobody = (Owners::default(), Lists::of_cluster());
    let (mut arena, mut scratch) = (Bump::new(), Bump::new());
    for (node, evidence) in nodes.iter().zip(evidence) {
        arena.reset();
        scratch.reset();
        let object = node_config(node, route, evidence, &arena);
        attempt.see(&object, &scratch, (&nobody.0, &nobody.1))?;
    }
    attempt.end()
}

fn nodes_list() -> &'static str {
    named(NODE).map_or("nodes", |kind| kind.plural)
}
