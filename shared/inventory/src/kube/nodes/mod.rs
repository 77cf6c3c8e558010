//! Evidence of nodes, by the routes that lead through the cluster: what is asked of each kubelet (`proxy`), and what a
//! program on each node left behind (`collected`), which is `collect`.

mod collect;
mod collected;
mod configz;
mod object;
mod proxy;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use plimsoll_cel::Node;

pub use self::collect::{KubeletDoor, collect};
pub use self::object::node_config;

/// AWS runs Fargate's machines, one a pod, and shows nobody how.
const COMPUTE_TYPE: &str = "eks.amazonaws.com/compute-type";

/// A node, as far as evidence of it has to be found and told from that of its namesakes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeRef {
    /// Its name.
    pub name: String,
    /// Its uid, empty if it has none.
    pub uid: String,
    /// When it joined the cluster.
    pub created: Option<Timestamp>,
    /// What its cloud calls it: `aws:///eu-central-1a/i-0abc`.
    pub provider_id: Option<String>,
}

impl NodeRef {
    /// Of a Node object; none for what is no machine that its owner could look into (Fargate).
    #[must_use]
    pub fn of(node: &Node<'_>) -> Option<Self> {
        let text = |keys: &[&str]| node.at(keys).and_then(|value| value.as_str());
        if text(&["metadata", "labels", COMPUTE_TYPE]) == Some("fargate") {
            return None;
        }
        let created = text(&["metadata", "creationTimestamp"]);
        Some(Self {
            name: text(&["metadata", "name"])?.to_owned(),
            uid: text(&["metadata", "uid"]).unwrap_or_default().to_owned(),
            created: created.and_then(|text| text.parse().ok()),
            provider_id: text(&["spec", "providerID"]).map(str::to_owned),
        })
    }

    /// The id of the EC2 instance that it is: the last part of `aws:///eu-central-1a/i-0abc`.
    #[must_use]
    pub fn instance_id(&self) -> Option<&str> {
        let (_, id) = self
            .provider_id
            .as_deref()?
            .strip_prefix("aws://")?
            .rsplit_once('/')?;
        id.starts_with("i-").then_some(id)
    }
}
