//! Evidence of nodes: what the Kubernetes API does not give safely, and the ways to it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Reason;

/// A way to the kubelet settings and files of nodes. None is taken unless a tenant chooses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeRoute {
    /// A program on each node reads its own kubelet and leaves what it says in a ConfigMap (`plimsoll collector`).
    Collector,
    /// What a document of AWS Systems Manager, run on each EC2 instance by its owner, left in its inventory.
    Ssm,
    /// What the image and the user data of each EC2 instance say that its kubelet is started with.
    Ami,
    /// The API server asks each kubelet. The right to that, `nodes/proxy`, allows to run commands in every pod.
    NodesProxy,
}

impl NodeRoute {
    /// All of them, the one to choose first before the others.
    pub const ALL: [NodeRoute; 4] = [
        NodeRoute::Collector,
        NodeRoute::Ssm,
        NodeRoute::Ami,
        NodeRoute::NodesProxy,
    ];

    /// The name in documents and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            NodeRoute::Collector => "collector",
            NodeRoute::Ssm => "ssm",
            NodeRoute::Ami => "ami",
            NodeRoute::NodesProxy => "nodes-proxy",
        }
    }

    /// Whether the way leads through the AWS account of the cluster, not through the cluster itself.
    #[must_use]
    pub fn is_of_account(self) -> bool {
        matches!(self, NodeRoute::Ssm | NodeRoute::Ami)
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|route| route.as_str() == name)
    }
}

/// The files of a node that policies are about, by their keys in a NodeConfig: the kubeconfig and the configuration of its
/// kubelet, and the certificates that the kubelet checks clients by.
pub const NODE_FILES: [&str; 3] = ["kubeconfig", "config", "clientCa"];

/// The namespace in which the programs of `plimsoll collector` run and leave what they read.
pub const COLLECTOR_NAMESPACE: &str = "plimsoll-collector";

/// The label of the ConfigMaps that they leave, one a node, named as the node.
pub const COLLECTED_LABEL: (&str, &str) = ("plimsoll.io/evidence", "node");

/// The key in those ConfigMaps under which the [`NodeEvidence`] stands as JSON.
pub const COLLECTED_KEY: &str = "evidence.json";

/// What was read of one node, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeEvidence {
    /// The node's name.
    pub node: String,
    /// When it was read.
    pub read_at: Timestamp,
    /// The settings that the kubelet uses, as its `/configz` names them.
    pub kubelet: Part,
    /// By the keys of [`NODE_FILES`], `{path, mode, owner, group}`: the mode in octal digits, owner and group by name
    /// where they are root, else by number. A file that is missing here does not exist.
    pub files: BTreeMap<String, Part>,
}

impl NodeEvidence {
    /// What is older tells nothing any more: what runs on a node leaves something every twelve hours.
    pub const FRESH: SignedDuration = SignedDuration::from_hours(48);

    /// How far clocks of nodes may be off.
    pub const SKEW: SignedDuration = SignedDuration::from_mins(5);

    /// Whether it is too old to be believed, or from a time that has not come.
    #[must_use]
    pub fn is_outdated(&self, now: Timestamp) -> bool {
        now.duration_since(self.read_at) > Self::FRESH
            || self.read_at.duration_since(now) > Self::SKEW
    }
}

/// A part of it, or why it is not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// What was read.
    Known(serde_json::Value),
    /// A line that [`crate::Reason::of_unknown`] reads.
    Unknown(String),
}

impl Part {
    /// Not known, for a reason.
    #[must_use]
    pub fn unknown(reason: &Reason) -> Self {
        Part::Unknown(reason.line())
    }

    /// That no file is known, each for the same reason.
    #[must_use]
    pub fn no_files(reason: &Reason) -> BTreeMap<String, Part> {
        let untold = |key: &str| (key.to_owned(), Part::unknown(reason));
        NODE_FILES.into_iter().map(untold).collect()
    }
}
