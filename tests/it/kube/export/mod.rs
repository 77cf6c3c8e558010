//! Exported policies against the API server: it takes them without a type warning, and decides every case as we do.

mod cases;
mod compare;
mod complete;
mod deny;
mod large;
mod ours;
mod server;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use plimsoll_tests::kube_server::KubeServer;
use serde_json::Value;
use tokio::task::JoinSet;

use cases::{Exported, Form, Question, exports};
use compare::Comparison;
use ours::Ours;
use plimsoll_policy::Catalogue;
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
        let batch: Vec<&Exported> = batch.iter().collect();
        ask(&server, &catalogue, Form::Real, &batch, &mut comparison).await;
    }
    // Some cases show what the server refuses by itself: custom resources with the same fields stand in for them.
    let refused = |exported: &&Exported| {
        let mut questions = exported.questions.iter();
        questions.any(|question| comparison.is_invalid(exported, question))
    };
    let again: Vec<&Exported> = exports.iter().filter(refused).collect();
    let kinds: BTreeSet<String> = questions()
        .filter_map(|question| question.object["kind"].as_str().map(str::to_owned))
        .collect();
    server.prepare_stand_ins(&kinds).await.unwrap();
    for batch in again.chunks(BATCH) {
        ask(&server, &catalogue, Form::StandIn, batch, &mut comparison).await;
    }
    comparison.finish(&catalogue, &exports);
}

/// Puts the batch's policies in force and its questions to the server; for stand-ins only those that could not be put
/// before.
async fn ask(
    server: &Arc<Server>,
    catalogue: &Catalogue,
    form: Form,
    batch: &[&Exported],
    comparison: &mut Comparison,
) {
    let documents: Vec<Value> = batch
        .iter()
        .flat_map(|exported| exported.documents(form))
        .collect();
    server.install(&documents).await.unwrap();
    let ids: BTreeSet<&str> = batch.iter().map(|exported| exported.id.as_str()).collect();
    let ours = Ours::new(catalogue, &ids);
    let all = batch.iter().flat_map(|exported| {
        let questions = exported.questions.iter();
        questions.map(move |question| (*exported, question))
    });
    let mut queue: Vec<(&Exported, &Question)> = all
        .filter(|(exported, question)| {
            form == Form::Real || comparison.is_invalid(exported, question)
        })
        .collect();
    let mut running = JoinSet::new();
    loop {
        while running.len() < WORKERS
            && let Some((exported, question)) = queue.pop()
        {
            let (server, object) = (server.clone(), question.object(form));
            let key = (exported.number, question.number);
            running.spawn(async move { (key, server.judge(&object, form).await) });
        }
        let Some(answer) = running.join_next().await else {
            break;
        };
        let ((exported, question), answer) = answer.unwrap();
        let exported = batch.iter().find(|one| one.number == exported).unwrap();
        let question = &exported.questions[question];
        comparison.add(batch, exported, question, &answer.unwrap(), &ours);
    }
    if form == Form::Real {
        let mut running_large = JoinSet::new();
        let judged = |object: &Value| {
            batch
                .iter()
                .any(|exported| exported.judges(&object["kind"]))
        };
        for object in large::objects().into_iter().filter(judged) {
            let server = server.clone();
            running_large.spawn(async move { (server.judge(&object, form).await, object) });
        }
        while let Some(answer) = running_large.join_next().await {
            let (answer, object) = answer.unwrap();
            comparison.add_large(batch, &object, &answer.unwrap(), &ours);
        }
    }
    server.remove(&documents).await.unwrap();
}
