//! What functions answer to the Runtime API, and that what they ask of AWS is what their roles allow.

use std::time::Duration;

use plimsoll_model::{ClusterJob, ConnectionState, Message};
use plimsoll_runtime::Clock;
use plimsoll_store::Queue;
use serde_json::json;

use super::aws::Aws;
use super::events::{queue_event, schedule_event};
use super::function::Function;
use super::outside::DATA_ROLE;
use super::seed::{Seeded, seed};
use super::template;

/// AWS with one tenant in it.
async fn start() -> (Aws, Seeded) {
    let aws = Aws::start().await;
    let seeded = seed(&aws.store, Clock::machine().now()).await;
    aws.calls();
    (aws, seeded)
}

/// The messages in a queue, which are taken out of it.
async fn take(aws: &Aws, queue: Queue) -> Vec<Message> {
    let queues = aws.store.queues();
    let received = queues.receive(queue, 10, Duration::ZERO).await.unwrap();
    for one in &received {
        queues.delete(queue, &one.receipt).await.unwrap();
    }
    aws.calls();
    let messages = received.into_iter().map(|one| one.message);
    messages.collect::<Result<_, _>>().unwrap()
}

/// Fails with every call since the last check that the function's role does not allow.
pub(super) fn assert_allowed(aws: &Aws, folder: &str) {
    let calls = aws.calls();
    assert!(!calls.is_empty(), "{folder} asked nothing of AWS");
    let allowed = template::function(folder).allowed;
    let refused: Vec<_> = calls.difference(&allowed).collect();
    assert!(refused.is_empty(), "AWS would refuse {folder} {refused:?}");
    // Tenants' data is reached by their sessions alone.
    let of_sessions = aws.calls_of_sessions();
    let allowed = template::role(DATA_ROLE);
    let refused: Vec<_> = of_sessions.difference(&allowed).collect();
    assert!(
        refused.is_empty(),
        "AWS would refuse tenants' sessions {refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tick_plans_what_is_due_and_the_message_is_worked_off() {
    let (aws, seeded) = start().await;
    let store = aws.store.of(&seeded.tenant);

    let mut planner = Function::start("plan-scans", &aws.variables("plan-scans")).await;
    planner.ready().await;
    assert_eq!(planner.invoke(schedule_event()).await, Ok(json!(null)));
    assert_allowed(&aws, "plan-scans");
    let jobs = take(&aws, Queue::AccountJobs).await;
    let [Message::AccountJob(job)] = jobs.as_slice() else {
        panic!("{jobs:?}");
    };
    assert_eq!(job.connection, seeded.connection.id);
    assert_eq!(job.slot, seeded.connection.next_scan);
    let forgotten = store.recent_scans(&seeded.forgotten, 5).await.unwrap();
    let (lost, scan) = seeded.lost.clone();
    let mut expected = [
        (seeded.forgotten.clone(), forgotten[0].id.clone()),
        (lost, scan),
    ];
    expected.sort();
    let mut planned = scans(take(&aws, Queue::ClusterJobs).await);
    planned.sort();
    assert_eq!(planned, expected);
    // The same process again: what has been sent is not sent twice.
    assert_eq!(planner.invoke(schedule_event()).await, Ok(json!(null)));
    assert_eq!(take(&aws, Queue::AccountJobs).await, []);
    assert_eq!(take(&aws, Queue::ClusterJobs).await, []);

    let mut scanner = Function::start("scan-account", &aws.variables("scan-account")).await;
    scanner.ready().await;
    let body = serde_json::to_string(&jobs[0]).unwrap();
    let event = queue_event("account-jobs", &[("good", &body), ("bad", "{\"type\":")]);
    assert_eq!(
        scanner.invoke(event).await,
        Ok(json!({ "batchItemFailures": [{ "itemIdentifier": "bad" }] }))
    );
    assert_allowed(&aws, "scan-account");
    let clusters = store.list_clusters().await.unwrap();
    let found = clusters
        .iter()
        .find(|cluster| cluster.name == "staging-eu-1");
    let discovered = scans(take(&aws, Queue::ClusterJobs).await);
    assert_eq!(discovered.len(), 1);
    assert_eq!(discovered[0].0, found.unwrap().id);
    let known = store.get_connection(&seeded.connection.id).await.unwrap();
    assert_eq!(known.state, ConnectionState::Connected);
    println!("exercised: 2 functions over the Lambda Runtime API");
}

fn scans(messages: Vec<Message>) -> Vec<(plimsoll_model::ClusterId, plimsoll_model::ScanId)> {
    let scan = |message| match message {
        Message::ClusterJob(ClusterJob { cluster, scan, .. }) => (cluster, scan),
        other => panic!("{other:?}"),
    };
    messages.into_iter().map(scan).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_summary_is_made_and_idle_ticks_succeed_within_their_roles() {
    let (aws, _) = start().await;
    for (folder, made) in [("send-summaries", 1), ("escalate-incidents", 0)] {
        let mut function = Function::start(folder, &aws.variables(folder)).await;
        function.ready().await;
        assert_eq!(function.invoke(schedule_event()).await, Ok(json!(null)));
        assert_allowed(&aws, folder);
        let sent = take(&aws, Queue::Deliveries).await;
        assert_eq!(sent.len(), made, "{folder}: {sent:?}");
    }
    println!(
        "exercised: 2 more functions over the Lambda Runtime API, which make a summary and find nothing due"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tick_that_fails_is_reported_so_that_the_schedule_tries_again() {
    let (aws, _) = start().await;
    let mut variables = aws.variables("plan-scans");
    variables.push(("CONTROL_TABLE".to_owned(), "nowhere".to_owned()));
    let mut planner = Function::start("plan-scans", &variables).await;
    planner.ready().await;
    let error = planner.invoke(schedule_event()).await.unwrap_err();
    assert!(error["errorType"].is_string(), "{error}");
    planner.logs("tick failed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_without_its_table_says_so_and_does_not_start() {
    let (aws, _) = start().await;
    let mut variables = aws.variables("plan-scans");
    variables.retain(|(name, _)| name != "TABLE");
    let planner = Function::start("plan-scans", &variables).await;
    let log = planner.fails_to_start().await;
    assert!(
        log.contains("Error: environment variable TABLE is not set"),
        "{log}"
    );
}
