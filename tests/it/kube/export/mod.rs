//! Exported policies against the API server: it takes them without a type warning, and decides every case as we do.

mod cases;
mod compare;
mod complete;
mod ours;
mod server;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use plimsoll_tests::kube_server::KubeServer;
use serde_json::Value;
use tokio::task::JoinSet;

use cases::{Exported, Question, exports};
use compare::Comparison;
use ours::Ours;
use server::Server;

/// Policies that are in force at once: a server spends a millisecond and more on each for every request.
const BATCH: usize = 12;

/// Requests in flight at once.
const WORKERS: usize = 12;

/// The warnings that a cluster's controller would write into the policies' status.
fn type_warnings(server: &KubeServer, policies: &[Value]) -> Value {
    let folder = std::env::var_os("PLIMSOLL_KUBE_BIN").expect("PLIMSOLL_KUBE_BIN is not set");
    let input = tempfile::NamedTempFile::new().unwrap();
    serde_json::to_writer(input.as_file(), policies).unwrap();
    let output = Command::new(Path::new(&folder).join("typecheck"))
        .arg(server.kubeconfig())
        .stdin(Stdio::from(input.reopen().unwrap()))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exported_policies_decide_as_ours() {
    let catalogue = plimsoll_catalogue::built_in().unwrap();
    let exports = exports(&catalogue);
    let kube = KubeServer::start().await.unwrap();
    let server = Arc::new(Server::new(&kube).await.unwrap());
    let questions = || exports.iter().flat_map(|exported| &exported.questions);
    server.prepare(questions()).await.unwrap();

    let policies: Vec<Value> = exports.iter().flat_map(Exported::policies).collect();
    let warnings = type_warnings(&kube, &policies);
    let warnings = warnings.as_object().unwrap();
    assert_eq!(warnings.len(), policies.len());
    let found: Vec<String> = warnings
        .iter()
        .filter(|(_, found)| found.as_array().is_none_or(|found| !found.is_empty()))
        .map(|(name, found)| format!("{name}: {found}"))
        .collect();
    assert!(found.is_empty(), "type warnings:\n{}", found.join("\n"));

    let mut comparison = Comparison::default();
    for batch in exports.chunks(BATCH) {
        let documents: Vec<Value> = batch.iter().flat_map(Exported::documents).collect();
        server.install(&documents).await.unwrap();
        let ids: BTreeSet<&str> = batch.iter().map(|exported| exported.id.as_str()).collect();
        let ours = Ours::new(&catalogue, &ids);
        let mut queue: Vec<(&Exported, &Question)> = batch
            .iter()
            .flat_map(|exported| {
                exported
                    .questions
                    .iter()
                    .map(move |question| (exported, question))
            })
            .collect();
        let mut running = JoinSet::new();
        let mut answers = Vec::new();
        loop {
            while running.len() < WORKERS
                && let Some((exported, question)) = queue.pop()
            {
                let (server, object) = (server.clone(), question.object.clone());
                let key = (exported.number, question.number);
                running.spawn(async move { (key, server.judge(&object).await) });
            }
            let Some(answer) = running.join_next().await else {
                break;
            };
            answers.push(answer.unwrap());
        }
        for ((exported, question), answer) in answers {
            let exported = batch.iter().find(|one| one.number == exported).unwrap();
            let question = &exported.questions[question];
            comparison.add(batch, exported, question, &answer.unwrap(), &ours);
        }
        server.remove(&documents).await.unwrap();
    }
    comparison.finish(&catalogue, &exports);
}
