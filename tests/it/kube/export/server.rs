//! The server with a batch of policies in force.

mod definitions;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use http::Method;
use plimsoll_model::kind;
use plimsoll_tests::kube_server::{Api, Caller, KubeServer};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::export::cases::{Form, STAND_INS};

/// A policy counts within a second of its creation; a busy machine takes longer.
const IN_FORCE_WITHIN: Duration = Duration::from_secs(60);

/// What the server said to an object.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The policies saw it.
    Judged {
        /// What each policy that refuses says.
        refusals: BTreeMap<String, String>,
        /// The object with the server's defaults, unless it was not to be created because it is there.
        object: Option<Value>,
    },
    /// It is no valid object: no policy saw it.
    Invalid(String),
}

pub(crate) struct Server {
    api: Api,
    markers: AtomicUsize,
    /// Pods that are really created have one name.
    created: Mutex<()>,
}

impl Server {
    pub(crate) async fn new(server: &KubeServer) -> anyhow::Result<Self> {
        Ok(Self {
            api: server.api(Caller::Admin)?,
            markers: AtomicUsize::new(0),
            created: Mutex::new(()),
        })
    }

    /// The answer's object is of the real kind again.
    async fn judge_stand_in(&self, object: &Value) -> anyhow::Result<Answer> {
        let kind = object["kind"]
            .as_str()
            .and_then(kind::named)
            .context("no kind")?;
        let namespace = object["metadata"]["namespace"]
            .as_str()
            .unwrap_or("default");
        let path = match kind.namespaced {
            true => format!(
                "/apis/{STAND_INS}/v1/namespaces/{namespace}/{}",
                kind.plural
            ),
            false => format!("/apis/{STAND_INS}/v1/{}", kind.plural),
        };
        let mut answer = self.api.post(&format!("{path}?dryRun=All"), object).await?;
        answer.body["apiVersion"] = json!(kind.api_version());
        Ok(read(answer))
    }

    /// Creates policies and bindings and waits until they count: the server sees policies in the order of their
    /// creation, and bindings too, so all count when the last one does.
    pub(crate) async fn install(&self, documents: &[Value]) -> anyhow::Result<()> {
        let number = self.markers.fetch_add(1, Ordering::Relaxed);
        let name = format!("marker-{number}");
        for document in documents.iter().chain(&marker(&name)) {
            self.api.create(document).await?;
        }
        let probe = json!({ "metadata": { "name": name } });
        let path = "/api/v1/namespaces/default/configmaps?dryRun=All";
        let started = Instant::now();
        loop {
            let answer = self.api.post(path, &probe).await?;
            if refusals(&answer.warnings).contains_key(&name) {
                return Ok(());
            }
            if started.elapsed() > IN_FORCE_WITHIN {
                bail!("{name} does not count: {answer:?}");
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Deletes them.
    pub(crate) async fn remove(&self, documents: &[Value]) -> anyhow::Result<()> {
        for document in documents {
            let kind = document["kind"]
                .as_str()
                .and_then(kind::named)
                .context("no kind")?;
            let name = document["metadata"]["name"].as_str().unwrap_or_default();
            let path = format!("{}/{name}", kind.list_path(None));
            let answer = self.api.delete(&path).await?;
            if answer.status != 200 {
                bail!("{path}: {}", answer.message());
            }
        }
        Ok(())
    }

    /// Asks what would come of creating an object.
    pub(crate) async fn judge(&self, object: &Value, form: Form) -> anyhow::Result<Answer> {
        match form {
            Form::Real => self.judge_real(object).await,
            Form::StandIn => self.judge_stand_in(object).await,
        }
    }

    async fn judge_real(&self, object: &Value) -> anyhow::Result<Answer> {
        let mut object = object.clone();
        let debugged = match object["kind"] == "Pod" {
            true => object["spec"]
                .as_object_mut()
                .and_then(|spec| spec.remove("ephemeralContainers")),
            false => None,
        };
        let kind = object["kind"]
            .as_str()
            .and_then(kind::named)
            .context("no kind")?;
        let namespace = object["metadata"]["namespace"]
            .as_str()
            .unwrap_or("default");
        let path = kind.list_path(Some(namespace));
        let options = "dryRun=All&fieldValidation=Ignore";
        let answer = match debugged {
            None => self.api.post(&format!("{path}?{options}"), &object).await?,
            Some(containers) => {
                // Debugging containers are added to pods that run.
                let _alone = self.created.lock().await;
                let answer = self.api.post(&path, &object).await?;
                if answer.status != 201 {
                    return Ok(Answer::Invalid(answer.message()));
                }
                let name = object["metadata"]["name"].as_str().unwrap_or_default();
                let patch = json!({ "spec": { "ephemeralContainers": containers } });
                let place = format!("{path}/{name}/ephemeralcontainers?{options}");
                let content = "application/strategic-merge-patch+json";
                let answer = self
                    .api
                    .send(Method::PATCH, &place, content, Some(&patch))
                    .await?;
                let place = format!("{path}/{name}?gracePeriodSeconds=0");
                let gone = self.api.delete(&place).await?;
                if gone.status != 200 {
                    bail!("{place}: {}", gone.message());
                }
                answer
            }
        };
        Ok(read(answer))
    }
}

fn read(answer: plimsoll_tests::kube_server::Answer) -> Answer {
    let refusals = refusals(&answer.warnings);
    match answer.status {
        200 | 201 => Answer::Judged {
            refusals,
            object: Some(answer.body),
        },
        409 => Answer::Judged {
            refusals,
            object: None,
        },
        _ => Answer::Invalid(answer.message()),
    }
}

/// A policy that warns of one config map.
fn marker(name: &str) -> [Value; 2] {
    let version = "admissionregistration.k8s.io/v1";
    let rule = json!({
        "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"],
    });
    let expression = format!("object.metadata.name != '{name}'");
    let policy = json!({
        "apiVersion": version,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": { "name": name },
        "spec": {
            "matchConstraints": { "resourceRules": [rule] },
            "validations": [{ "expression": expression }],
        },
    });
    let binding = json!({
        "apiVersion": version,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": { "name": name },
        "spec": { "policyName": name, "validationActions": ["Warn"] },
    });
    [policy, binding]
}

/// The messages by policy, out of `Validation failed for ValidatingAdmissionPolicy 'P' with binding 'B': MESSAGE`.
fn refusals(warnings: &[String]) -> BTreeMap<String, String> {
    let read = |warning: &String| {
        let rest = warning.strip_prefix("Validation failed for ValidatingAdmissionPolicy '")?;
        let (policy, rest) = rest.split_once("' with binding '")?;
        let (_, message) = rest.split_once("': ")?;
        Some((policy.to_owned(), message.to_owned()))
    };
    warnings.iter().filter_map(read).collect()
}
