//! The route collector: what programs on the nodes left in ConfigMaps.

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_cel::Bump;
use plimsoll_model::{
    COLLECTED_KEY, COLLECTED_LABEL, COLLECTOR_NAMESPACE, NodeEvidence, NodeRoute, Part, Reason,
    ReasonCode, kind,
};

use super::NodeRef;
use crate::kube::list::{ListEvent, ListOutcome, ListScope};
use crate::kube::reader::ClusterReader;

/// The longest evidence that is read, in bytes.
const LONGEST: usize = 256 << 10;

impl ClusterReader {
    /// What the collector left of every node, and why there is nothing where there is nothing.
    ///
    /// # Errors
    /// It left nothing at all, or what it left cannot be read: why, and what mends it.
    pub async fn collected(
        &self,
        nodes: &[NodeRef],
        now: Timestamp,
    ) -> Result<Vec<NodeEvidence>, Reason> {
        let left = self.left().await?;
        if left.is_empty() {
            let need = format!("evidence of nodes in the namespace {COLLECTOR_NAMESPACE}");
            let reason = Reason::new(ReasonCode::InputUnread, need);
            return Err(reason.mended_by("plimsoll collector | kubectl apply -f -"));
        }
        let evidence = nodes.iter().map(|node| {
            let found = evidence(node, left.get(&node.name).map(String::as_str), now);
            found.unwrap_or_else(|reason| NodeEvidence {
                node: node.name.clone(),
                read_at: now,
                kubelet: Part::unknown(&reason),
                files: Part::no_files(&reason),
            })
        });
        Ok(evidence.collect())
    }

    /// What was left, by name.
    async fn left(&self) -> Result<BTreeMap<String, String>, Reason> {
        let need = format!("list configmaps in {COLLECTOR_NAMESPACE}");
        let Some(config_maps) = kind::named("ConfigMap") else {
            return Err(Reason::new(ReasonCode::InputUnread, need));
        };
        let (label, value) = COLLECTED_LABEL;
        let scope = ListScope {
            namespaces: vec![COLLECTOR_NAMESPACE.to_owned()],
            label_selector: Some(format!("{label}={value}")),
        };
        let (mut left, mut arena) = (BTreeMap::<String, String>::new(), Bump::new());
        let mut see = |event: ListEvent<'_>| match event {
            ListEvent::Restarted => left.clear(),
            ListEvent::Page(page) => page.for_each(&mut arena, |node| {
                let text = |keys: &[&str]| node.at(keys).and_then(|value| value.as_str());
                if let Some(name) = text(&["metadata", "name"]) {
                    let evidence = text(&["data", COLLECTED_KEY]).unwrap_or_default();
                    left.insert(name.to_owned(), evidence.to_owned());
                }
            }),
        };
        match self.list(config_maps, &scope, &mut see).await {
            ListOutcome::Complete { .. } | ListOutcome::Absent => Ok(left),
            ListOutcome::Denied { .. } => {
                let route = NodeRoute::Collector.as_str();
                let reason = Reason::new(ReasonCode::PermissionMissing, need);
                Err(reason.mended_by(format!(
                    "plimsoll access cluster-role --node-evidence {route} | kubectl apply -f -"
                )))
            }
            ListOutcome::Failed { error, .. } => {
                let need = format!("{need}: {error}");
                Err(Reason::new(ReasonCode::ApiError, need))
            }
        }
    }
}

/// The evidence in a ConfigMap, if it is of this very node, and not old.
pub(super) fn evidence(
    node: &NodeRef,
    text: Option<&str>,
    now: Timestamp,
) -> Result<NodeEvidence, Reason> {
    let name = &node.name;
    let reason = |code, why: &str| Reason::new(code, format!("evidence of the node {name}{why}"));
    let Some(text) = text else {
        return Err(reason(ReasonCode::InputUnread, ""));
    };
    let malformed = |_| {
        let why = format!(": what stands in its ConfigMap is none of {COLLECTED_KEY}");
        reason(ReasonCode::MalformedInput, &why)
    };
    if text.len() > LONGEST {
        return Err(malformed(()));
    }
    let evidence: NodeEvidence = serde_json::from_str(text).map_err(|_| malformed(()))?;
    let read_at = evidence.read_at;
    if evidence.node != *name {
        return Err(malformed(()));
    }
    if evidence.is_outdated(now) {
        let why = format!(", read at {read_at}");
        return Err(reason(ReasonCode::Expired, &why));
    }
    let joined = node.created.unwrap_or(Timestamp::MIN);
    if joined.duration_since(read_at) > NodeEvidence::SKEW {
        let why = format!(", which joined at {joined}: what there is was read at {read_at}");
        return Err(reason(ReasonCode::InputUnread, &why));
    }
    Ok(evidence)
}
