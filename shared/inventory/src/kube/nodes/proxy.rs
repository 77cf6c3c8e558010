//! The route nodes-proxy: the API server asks each kubelet.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use plimsoll_model::{NodeEvidence, NodeRoute, Part, Reason, ReasonCode};
use tokio::time::{Instant, timeout_at};

use super::{NodeRef, configz};
use crate::kube::error::ClusterError;
use crate::kube::reader::{ClusterReader, JSON};
use crate::kube::request::{Patience, Refusal};

/// Kubelets asked at once: the API server holds a connection for each.
const AT_ONCE: usize = 8;

/// How long one kubelet may take, and how often it is asked.
const EACH: Duration = Duration::from_secs(20);
const ATTEMPTS: u32 = 2;

/// How long all may take: a scan must not hang on machines that are gone.
const ALTOGETHER: Duration = Duration::from_secs(120);

impl ClusterReader {
    /// Asks the kubelet of every node for its settings, through the API server. Whoever may do that may also run commands
    /// in every pod of the cluster.
    ///
    /// # Errors
    /// Nobody may be asked: why, and what mends it.
    pub async fn proxied(
        &self,
        nodes: &[NodeRef],
        now: Timestamp,
    ) -> Result<Vec<NodeEvidence>, Reason> {
        let until = Instant::now() + ALTOGETHER;
        let patience = Patience {
            request: EACH,
            attempts: ATTEMPTS,
            ..self.patience()
        };
        let ask = |node: &NodeRef| {
            let (name, patience) = (node.name.clone(), patience);
            async move {
                let late = || {
                    let need = format!("the kubelet of {name}: there was no time left to ask it");
                    Err(Reason::new(ReasonCode::ApiError, need))
                };
                let asked = timeout_at(until, self.ask(&name, &patience)).await;
                asked.unwrap_or_else(|_| late())
            }
        };
        let asked = nodes.iter().map(ask).collect::<Vec<_>>();
        let answers: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
        if let Some(reason) = nobody_may(&answers) {
            return Err(reason);
        }
        let evidence = nodes
            .iter()
            .zip(answers)
            .map(|(node, kubelet)| NodeEvidence {
                node: node.name.clone(),
                read_at: now,
                kubelet: kubelet.unwrap_or_else(|reason| Part::unknown(&reason)),
                files: Part::no_files(&no_files()),
            });
        Ok(evidence.collect())
    }

    async fn ask(&self, node: &str, patience: &Patience) -> Result<Part, Reason> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        if !node.chars().all(fits) {
            let need = format!("the node {node}: it has no name that can be asked for");
            return Err(Reason::new(ReasonCode::MalformedInput, need));
        }
        let uri = format!("/api/v1/nodes/{node}/proxy/configz");
        let mut body = String::new();
        let answer = self.get_bounded(&uri, JSON, &mut body, patience, configz::MOST);
        match answer.await {
            Ok(()) => Ok(configz::settings(node, &body)),
            Err(refusal) => Err(reason(node, &refusal)),
        }
    }
}

/// The one reason why no kubelet could be asked, if it is the same right that was missing each time.
fn nobody_may(answers: &[Result<Part, Reason>]) -> Option<Reason> {
    let is_refused = |answer: &Result<Part, Reason>| matches!(answer, Err(reason) if reason.code == ReasonCode::PermissionMissing);
    let refused = !answers.is_empty() && answers.iter().all(is_refused);
    refused.then(|| {
        let route = NodeRoute::NodesProxy.as_str();
        Reason::new(ReasonCode::PermissionMissing, "get nodes/proxy").mended_by(format!(
            "plimsoll access cluster-role --node-evidence {route} | kubectl apply -f -"
        ))
    })
}

fn reason(node: &str, refusal: &Refusal) -> Reason {
    let of_kubelet = |why: &str| {
        let need = format!("the kubelet of {node}: {why}");
        Reason::new(ReasonCode::ApiError, need)
    };
    match refusal {
        Refusal::Denied(_) => Reason::new(
            ReasonCode::PermissionMissing,
            format!("get nodes/proxy of {node}"),
        ),
        Refusal::NotFound => of_kubelet("it has no /configz, or is gone"),
        Refusal::Expired => of_kubelet("it answered 410"),
        Refusal::Error(ClusterError::Server { status, message }) => {
            let message: String = message.chars().take(120).collect();
            of_kubelet(&format!("{status}: {message}"))
        }
        Refusal::Error(error) => of_kubelet(&error.to_string()),
    }
}

fn no_files() -> Reason {
    let need = "this route does not show files of nodes: plimsoll collector --files does";
    Reason::new(ReasonCode::RouteNotChosen, need)
}
