//! The API server's own pod security admission as judge, and the comparison with another one.
//!
//! A namespace that enforces nothing but warns at a level answers a dry-run create with a warning exactly
//! when the pod breaks that level.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use http::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::fields::{NEVER_ALONE, NOT_READ};
use super::{Base, GeneratedPod, Level};
use crate::kube_server::{Answer, Api, Caller, KubeServer};

/// Requests in flight at once.
const WORKERS: usize = 16;

/// One judge's word on one pod at one level.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Whether the pod keeps the level.
    pub passes: bool,
    /// Why not, in the judge's words.
    pub because: String,
}

/// The API server as judge.
#[derive(Clone)]
pub struct Oracle {
    api: Api,
}

/// The server's verdict and the pod as the server completed it with its defaults.
struct Answered {
    verdict: Verdict,
    completed: Value,
}

impl Oracle {
    /// Makes the namespaces.
    ///
    /// # Errors
    /// When the server refuses them.
    pub async fn new(server: &KubeServer) -> anyhow::Result<Self> {
        let api = server.api(Caller::Admin)?;
        for level in Level::ALL {
            let labels = json!({
                "pod-security.kubernetes.io/enforce": "privileged",
                "pod-security.kubernetes.io/warn": level.name(),
                "pod-security.kubernetes.io/warn-version": "latest",
            });
            let metadata = json!({ "name": namespace(level), "labels": labels });
            api.create(&json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": metadata }))
                .await?;
        }
        Ok(Self { api })
    }

    async fn judge(&self, pod: &Value, level: Level) -> anyhow::Result<Answered> {
        let path = format!("/api/v1/namespaces/{}/pods?dryRun=All", namespace(level));
        read(self.api.post(&path, pod).await?, 201, level)
    }

    /// Judges a pod with ephemeral containers: the pod without them must be there under the name given.
    async fn judge_ephemeral(
        &self,
        name: &str,
        pod: &Value,
        level: Level,
    ) -> anyhow::Result<Answered> {
        let path = format!(
            "/api/v1/namespaces/{}/pods/{name}/ephemeralcontainers?dryRun=All",
            namespace(level)
        );
        let patch =
            json!({ "spec": { "ephemeralContainers": pod["spec"]["ephemeralContainers"] } });
        let kind = "application/strategic-merge-patch+json";
        read(
            self.api
                .send(Method::PATCH, &path, kind, Some(&patch))
                .await?,
            200,
            level,
        )
    }

    /// Puts every pod before the server and before `judge`, which sees it twice: as it was sent and as the
    /// server completed it.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn compare<J>(&self, pods: Vec<GeneratedPod>, judge: J) -> anyhow::Result<Comparison>
    where
        J: Fn(&Value, Level) -> Verdict,
    {
        let cases = pods.into_iter().map(|pod| (None, pod)).collect();
        self.compare_all(cases, judge).await
    }

    /// As [`Self::compare`], for what [`super::ephemeral_pods`] gives.
    ///
    /// # Errors
    /// When the server does not answer or refuses a pod without its ephemeral container.
    pub async fn compare_ephemeral<J>(
        &self,
        pods: Vec<(Value, GeneratedPod)>,
        judge: J,
    ) -> anyhow::Result<Comparison>
    where
        J: Fn(&Value, Level) -> Verdict,
    {
        let mut cases = Vec::with_capacity(pods.len());
        for (mut host, pod) in pods {
            let name = format!("host-{:?}", pod.base).to_lowercase();
            if pod.changed.is_empty() {
                for level in Level::ALL {
                    host["metadata"]["name"] = json!(name);
                    host["metadata"]["namespace"] = json!(namespace(level));
                    self.api.create(&host).await?;
                }
            }
            cases.push((Some(name), pod));
        }
        self.compare_all(cases, judge).await
    }

    async fn compare_all<J>(
        &self,
        cases: Vec<(Option<String>, GeneratedPod)>,
        judge: J,
    ) -> anyhow::Result<Comparison>
    where
        J: Fn(&Value, Level) -> Verdict,
    {
        let cases = Arc::new(cases);
        let mut workers = JoinSet::new();
        for worker in 0..WORKERS {
            let (oracle, cases) = (self.clone(), Arc::clone(&cases));
            workers.spawn(async move {
                let mut answers = Vec::new();
                for index in (worker..cases.len()).step_by(WORKERS) {
                    let (host, generated) = &cases[index];
                    for level in Level::ALL {
                        let answer = match host {
                            None => oracle.judge(&generated.pod, level).await,
                            Some(name) => oracle.judge_ephemeral(name, &generated.pod, level).await,
                        };
                        answers.push((index, level, answer));
                    }
                }
                answers
            });
        }
        let mut comparison = Comparison::default();
        let mut answers = Vec::new();
        while let Some(done) = workers.join_next().await {
            for (index, level, answer) in done.context("a worker failed")? {
                match answer {
                    Ok(answer) => answers.push((index, level, answer)),
                    Err(error) => comparison
                        .invalid
                        .push(format!("{error:#}\n  {}", cases[index].1.pod)),
                }
            }
        }
        answers.sort_by_key(|(index, level, _)| (*index, *level as usize));
        comparison.pods = cases.len();
        for (index, level, answer) in answers {
            comparison.count(&cases[index].1, level, &answer, &judge);
        }
        Ok(comparison)
    }
}

fn namespace(level: Level) -> String {
    format!("warns-{level}")
}

fn read(answer: Answer, wanted: u16, level: Level) -> anyhow::Result<Answered> {
    if answer.status != wanted {
        bail!("{}: {}", answer.status, answer.message());
    }
    let start = format!("would violate PodSecurity \"{level}:latest\": ");
    let warning = answer
        .warnings
        .iter()
        .find_map(|warning| warning.strip_prefix(&start));
    let verdict = Verdict {
        passes: warning.is_none(),
        because: warning.unwrap_or_default().to_owned(),
    };
    Ok(Answered {
        verdict,
        completed: answer.body,
    })
}

/// What came of a comparison.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Pods judged.
    pub pods: usize,
    /// How many the server lets pass, by level.
    pub passing: BTreeMap<&'static str, usize>,
    /// Pods on which the two judges differ, described.
    pub disagreements: Vec<String>,
    /// Pods that the server found invalid: errors of the generator.
    pub invalid: Vec<String>,
    /// For each field how many pods that differ from their base in this field only have another verdict
    /// than the base, by level (in the order of [`Level::ALL`]).
    pub decided: BTreeMap<String, [usize; 2]>,
    bases: BTreeMap<(Base, &'static str), bool>,
}

impl Comparison {
    fn count<J>(&mut self, generated: &GeneratedPod, level: Level, answer: &Answered, judge: &J)
    where
        J: Fn(&Value, Level) -> Verdict,
    {
        let theirs = &answer.verdict;
        *self.passing.entry(level.name()).or_default() += usize::from(theirs.passes);
        match generated.changed.as_slice() {
            [] => {
                self.bases
                    .insert((generated.base, level.name()), theirs.passes);
            }
            [field] => {
                let flipped =
                    self.bases.get(&(generated.base, level.name())) != Some(&theirs.passes);
                self.decided.entry(field.clone()).or_default()[level as usize] +=
                    usize::from(flipped);
            }
            _ => {}
        }
        for (form, pod) in [
            ("as sent", &generated.pod),
            ("as completed", &answer.completed),
        ] {
            let ours = judge(pod, level);
            if ours.passes != theirs.passes {
                let word = |verdict: &Verdict| match verdict.passes {
                    true => "passes".to_owned(),
                    false => format!("fails: {}", verdict.because),
                };
                self.disagreements.push(format!(
                    "{level}, pod {form}, {:?} with {:?}\n  server: {}\n  ours:   {}\n  {}",
                    generated.base,
                    generated.changed,
                    word(theirs),
                    word(&ours),
                    generated.pod
                ));
            }
        }
    }

    /// The table: field, how often it alone decided baseline, how often restricted.
    pub fn table(&self) -> String {
        let mut text = format!("{:<76} baseline restricted\n", "field that alone decided");
        for (field, [baseline, restricted]) in &self.decided {
            text.push_str(&format!("{field:<76} {baseline:>8} {restricted:>10}\n"));
        }
        text
    }

    /// What the table shows to be wrong with the generator of these fields: a field of the standard that
    /// never decided, or one that the standard does not read and that did.
    pub fn gaps(&self, fields: &BTreeSet<String>) -> Vec<String> {
        let mut gaps = Vec::new();
        for field in fields {
            if !self.decided.contains_key(field) && !matches_any(field, NEVER_ALONE) {
                gaps.push(format!("{field} was never changed alone"));
            }
        }
        for (field, decided) in &self.decided {
            let ever = decided.iter().sum::<usize>() > 0;
            let read = !matches_any(field, NOT_READ);
            if ever && !read {
                gaps.push(format!(
                    "{field} decided, though the standard does not read it"
                ));
            } else if !ever && read && !matches_any(field, NEVER_ALONE) {
                gaps.push(format!("{field} never decided"));
            }
        }
        gaps
    }
}

fn matches_any(field: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| field.contains(part))
}
