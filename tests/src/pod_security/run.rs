//! Puts pods before both judges, many at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use serde_json::Value;
use tokio::task::JoinSet;

use super::comparison::{Comparison, Outcome};
use super::oracle::Oracle;
use super::{Base, GeneratedPod, Level, Verdict, Version};

/// Requests in flight at once.
const WORKERS: usize = 16;

/// What one of our judges says of a pod at a level.
#[derive(Clone, Debug)]
pub struct Opinion {
    /// Which of them.
    pub judge: &'static str,
    /// The level.
    pub level: Level,
    /// What it says.
    pub verdict: Verdict,
}

/// A pod as of a version.
struct Case {
    version: Version,
    /// The base whose pod is there, to which an ephemeral container is added; none to create the pod.
    there: Option<Base>,
    generated: GeneratedPod,
}

/// Pods for both judges, for each version.
#[derive(Default)]
pub struct Questions {
    cases: Vec<Case>,
    hosts: Vec<(Base, Value)>,
}

impl Questions {
    /// Adds pods that are to be created.
    pub fn add(&mut self, version: Version, pods: Vec<GeneratedPod>) {
        self.cases.extend(pods.into_iter().map(|generated| Case {
            version,
            there: None,
            generated,
        }));
    }

    /// Adds what [`super::ephemeral_pods`] gives, for each of the versions.
    pub fn add_ephemeral(&mut self, versions: &[Version], pods: Vec<(Value, GeneratedPod)>) {
        for (host, generated) in pods {
            if generated.changed.is_empty() {
                self.hosts.push((generated.base, host));
            }
            self.cases.extend(versions.iter().map(|version| Case {
                version: *version,
                there: Some(generated.base),
                generated: generated.clone(),
            }));
        }
    }

    /// Asks the server and `judge`, which sees every pod twice: as it was sent and as the server completed it.
    ///
    /// # Errors
    /// When the server does not answer, or refuses a pod without its ephemeral container.
    pub async fn put<J>(self, oracle: &Oracle, judge: J) -> anyhow::Result<Comparison>
    where
        J: Fn(&Value, Version) -> Vec<Opinion> + Send + Sync + 'static,
    {
        for (base, host) in &self.hosts {
            oracle.create_host(*base, host).await?;
        }
        let cases = Arc::new(self.cases);
        let (judge, next) = (Arc::new(judge), Arc::new(AtomicUsize::new(0)));
        let mut workers = JoinSet::new();
        for _ in 0..WORKERS {
            let oracle = oracle.clone();
            let (cases, judge, next) = (Arc::clone(&cases), Arc::clone(&judge), Arc::clone(&next));
            workers.spawn(async move {
                let mut outcomes = Vec::new();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(index) else {
                        return outcomes;
                    };
                    outcomes.push((index, case.put(&oracle, judge.as_ref()).await));
                }
            });
        }
        let mut outcomes = Vec::with_capacity(cases.len());
        while let Some(done) = workers.join_next().await {
            outcomes.extend(done.context("a worker failed")?);
        }
        outcomes.sort_by_key(|(index, _)| *index);
        let mut comparison = Comparison::default();
        for (index, outcome) in outcomes {
            let case = &cases[index];
            let ephemeral = case.there.is_some();
            match outcome {
                Ok(outcome) => {
                    comparison.count(&case.generated, case.version, ephemeral, outcome);
                }
                Err(error) => comparison
                    .invalid
                    .push(format!("{error:#}\n  {}", case.generated.pod)),
            }
        }
        Ok(comparison)
    }
}

impl Case {
    async fn put<J>(&self, oracle: &Oracle, judge: &J) -> anyhow::Result<Outcome>
    where
        J: Fn(&Value, Version) -> Vec<Opinion>,
    {
        let pod = &self.generated.pod;
        let answer = oracle.judge(self.there, pod, self.version).await?;
        let mut differences = Vec::new();
        let mut opinions = 0;
        for (form, pod) in [("as sent", pod), ("as completed", &answer.completed)] {
            for ours in judge(pod, self.version) {
                opinions += 1;
                let theirs = &answer.verdicts[ours.level as usize];
                if ours.verdict.passes() != theirs.passes() {
                    differences.push(format!(
                        "{} at {}, pod {form}, {:?} with {:?}\n  server: {theirs}\n  {}: {}\n  {}",
                        ours.level,
                        self.version,
                        self.generated.base,
                        self.generated.changed,
                        ours.judge,
                        ours.verdict,
                        self.generated.pod
                    ));
                }
            }
        }
        Ok(Outcome {
            passes: [answer.verdicts[0].passes(), answer.verdicts[1].passes()],
            requests: answer.requests,
            opinions,
            differences,
        })
    }
}
