use plimsoll_model::{
    Cluster, ClusterId, Connection, ConnectionId, ConnectionKind, ConnectionState, Lease, Provider,
    Readable, ScanCounts, Stage, TenantId,
};
use plimsoll_store::Queue;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[tokio::test]
async fn a_due_connection_is_enqueued_once_and_again_only_when_its_job_is_lost() {
    let store = Store::embedded(None).await.unwrap();
    let tenant = TenantId::of(&["acme"]);
    let connection = Connection {
        id: ConnectionId::of(&["acme", "1"]),
        kind: ConnectionKind::KubeContext {
            context: "dev".into(),
        },
        stage: None,
        state: ConnectionState::Waiting,
        next_scan: at(0),
    };
    store.of(&tenant).put_connection(&connection).await.unwrap();
    assert_eq!(handle(&store, DAY, at(-60)).await.unwrap().sent, 0);
    assert_eq!(handle(&store, DAY, at(0)).await.unwrap().sent, 1);
    assert_eq!(handle(&store, DAY, at(60)).await.unwrap().sent, 0);
    assert_eq!(handle(&store, DAY, at(601)).await.unwrap().sent, 1);
    store
        .of(&tenant)
        .advance_connection(&connection.id, at(0), at(86_400))
        .await
        .unwrap();
    assert_eq!(handle(&store, DAY, at(1300)).await.unwrap().sent, 0);
    let messages = store
        .queues()
        .receive(Queue::AccountJobs, 10, std::time::Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(messages.len(), 2);
    let slots = messages
        .into_iter()
        .map(|received| match received.message.unwrap() {
            Message::AccountJob(job) => job.slot,
            other => panic!("{other:?}"),
        });
    assert_eq!(
        slots.collect::<Vec<_>>(),
        [at(0), at(0)],
        "a job that is sent again is for the same slot"
    );
}

#[tokio::test]
async fn a_cluster_whose_account_job_never_came_is_planned_and_a_lost_scan_message_is_sent_again() {
    let store = Store::embedded(None).await.unwrap();
    let tenant = TenantId::of(&["acme"]);
    // Between two milliseconds: due entries are sorted by milliseconds, slots are exact.
    let slot = at(0) + SignedDuration::from_nanos(123_456_789);
    let now = at(1);
    let cluster = Cluster {
        id: ClusterId::of(&["c"]),
        connection: ConnectionId::of(&["acme", "1"]),
        name: "prod".into(),
        provider: Provider::Other,
        region: None,
        account: None,
        version: None,
        stage: Stage::Prod,
        readable: Readable::Unknown,
        next_scan: slot,
        last_scan: None,
        last_scan_at: None,
        counts: ScanCounts::default(),
        open: Vec::new(),
        scores: Vec::new(),
        manifest: None,
        pending_manifest: None,
        tags: Default::default(),
        lease: Lease::default(),
    };
    store.of(&tenant).discover_cluster(&cluster).await.unwrap();
    assert_eq!(handle(&store, DAY, now).await.unwrap().sent, 1);
    assert_eq!(handle(&store, DAY, at(60)).await.unwrap().sent, 0);
    assert_eq!(
        handle(&store, DAY, at(125)).await.unwrap().sent,
        1,
        "two minutes later the sweep sends it again"
    );
    assert_eq!(
        recover(&store, at(126)).await.unwrap(),
        1,
        "whoever starts anew does not wait for the sweep"
    );
    assert_eq!(handle(&store, DAY, at(126)).await.unwrap().sent, 0);
    let scans = store
        .of(&tenant)
        .recent_scans(&cluster.id, 5)
        .await
        .unwrap();
    assert_eq!(scans.len(), 1, "the same slot is the same scan");
}
