//! The API server's own pod security admission as judge.
//!
//! For each version there is a namespace that enforces baseline and warns of restricted, so that a dry-run create is refused
//! exactly when the pod breaks baseline, and answered with a warning exactly when it breaks restricted. What is refused is
//! put to a second namespace, which only warns.

use anyhow::bail;
use http::Method;
use serde_json::{Value, json};

use super::standard::VERSIONS;
use super::{Base, Verdict, Version};
use crate::kube_server::{Answer, Api, Caller, KubeServer};

/// The API server as judge.
#[derive(Clone)]
pub struct Oracle {
    api: Api,
}

/// The server's verdicts, in the order of the levels, and the pod as the server completed it with its defaults.
pub(super) struct Answered {
    pub(super) verdicts: [Verdict; 2],
    pub(super) completed: Value,
    pub(super) requests: usize,
}

impl Oracle {
    /// Makes the namespaces.
    ///
    /// # Errors
    /// When the server refuses them.
    pub async fn new(server: &KubeServer) -> anyhow::Result<Self> {
        let api = server.api(Caller::Admin)?;
        for version in VERSIONS {
            for (enforces, namespace) in [(true, enforcing(version)), (false, warning(version))] {
                let labels = json!({
                    "pod-security.kubernetes.io/enforce": if enforces { "baseline" } else { "privileged" },
                    "pod-security.kubernetes.io/enforce-version": version.label(),
                    "pod-security.kubernetes.io/warn": "restricted",
                    "pod-security.kubernetes.io/warn-version": version.label(),
                });
                let metadata = json!({ "name": namespace, "labels": labels });
                api.create(
                    &json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": metadata }),
                )
                .await?;
            }
        }
        Ok(Self { api })
    }

    /// Makes the pod to which pods with ephemeral containers are compared, in every namespace.
    pub(super) async fn create_host(&self, base: Base, pod: &Value) -> anyhow::Result<()> {
        for version in VERSIONS {
            for namespace in [enforcing(version), warning(version)] {
                let mut pod = pod.clone();
                pod["metadata"]["name"] = json!(host(base));
                pod["metadata"]["namespace"] = json!(namespace);
                self.api.create(&pod).await?;
            }
        }
        Ok(())
    }

    /// Judges a pod that is created, or, of a base's pod that is there, what an ephemeral container makes of it.
    pub(super) async fn judge(
        &self,
        there: Option<Base>,
        pod: &Value,
        version: Version,
    ) -> anyhow::Result<Answered> {
        let first = self.ask(&enforcing(version), there, pod).await?;
        let refusal = format!("violates PodSecurity \"baseline:{}\": ", version.label());
        let message = first.message();
        let refused = match message.split_once(&refusal) {
            Some((_, why)) if first.status == 403 => Some(why.to_owned()),
            _ => None,
        };
        let (last, requests) = match refused {
            None => (first, 1),
            Some(_) => (self.ask(&warning(version), there, pod).await?, 2),
        };
        if !(200..300).contains(&last.status) {
            bail!("{}: {}", last.status, last.message());
        }
        let start = format!(
            "would violate PodSecurity \"restricted:{}\": ",
            version.label()
        );
        let warned = last
            .warnings
            .iter()
            .find_map(|warning| warning.strip_prefix(&start));
        let restricted = Verdict::of(warned.map(str::to_owned));
        Ok(Answered {
            verdicts: [Verdict::of(refused), restricted],
            completed: last.body,
            requests,
        })
    }

    async fn ask(
        &self,
        namespace: &str,
        there: Option<Base>,
        pod: &Value,
    ) -> anyhow::Result<Answer> {
        let pods = format!("/api/v1/namespaces/{namespace}/pods");
        let Some(base) = there else {
            return self.api.post(&format!("{pods}?dryRun=All"), pod).await;
        };
        let path = format!("{pods}/{}/ephemeralcontainers?dryRun=All", host(base));
        let patch =
            json!({ "spec": { "ephemeralContainers": pod["spec"]["ephemeralContainers"] } });
        let kind = "application/strategic-merge-patch+json";
        self.api
            .send(Method::PATCH, &path, kind, Some(&patch))
            .await
    }
}

fn enforcing(version: Version) -> String {
    format!("enforces-{}", version.0)
}

fn warning(version: Version) -> String {
    format!("warns-{}", version.0)
}

fn host(base: Base) -> String {
    format!("host-{base:?}").to_lowercase()
}
