use plimsoll_model::{
    Cluster, ClusterId, Connection, ConnectionId, ConnectionKind, Lease, Provider, Readable,
    ScanCounts, Stage, TenantId,
};
use plimsoll_store::{Meter, Queue};

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn connection(due: Timestamp) -> Connection {
    let kind = ConnectionKind::KubeContext {
        context: "dev".into(),
    };
    Connection::new(ConnectionId::of(&["acme", "1"]), kind, None, due)
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[tokio::test]
async fn a_due_connection_is_enqueued_once_and_again_only_when_its_job_is_lost() {
    let store = Store::embedded(None).await.unwrap();
    let tenant = TenantId::of(&["acme"]);
    let connection = connection(at(0));
    store.of(&tenant).put_connection(&connection).await.unwrap();
    assert_eq!(handle(&store, DAY, at(-60)).await.unwrap().sent, 0);
    assert_eq!(handle(&store, DAY, at(0)).await.unwrap().sent, 1);
    assert_eq!(handle(&store, DAY, at(60)).await.unwrap().sent, 0);
    assert_eq!(recover(&store, DAY, at(61)).await.unwrap(), 1);
    assert_eq!(handle(&store, DAY, at(601)).await.unwrap().sent, 0);
    assert_eq!(handle(&store, DAY, at(662)).await.unwrap().sent, 1);
    store
        .of(&tenant)
        .advance_connection(&connection.id, at(0), at(86_400))
        .await
        .unwrap();
    assert_eq!(handle(&store, DAY, at(1300)).await.unwrap().sent, 0);
    assert_eq!(recover(&store, DAY, at(1301)).await.unwrap(), 0);
    let messages = store
        .queues()
        .receive(Queue::AccountJobs, 10, std::time::Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(messages.len(), 3);
    let slots = messages
        .into_iter()
        .map(|received| match received.message.unwrap() {
            Message::AccountJob(job) => job.slot,
            other => panic!("{other:?}"),
        });
    assert_eq!(
        slots.collect::<Vec<_>>(),
        [at(0); 3],
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
    let cluster = cluster("c", slot);
    store.of(&tenant).discover_cluster(&cluster).await.unwrap();
    assert_eq!(handle(&store, DAY, now).await.unwrap().sent, 1);
    assert_eq!(handle(&store, DAY, at(60)).await.unwrap().sent, 0);
    assert_eq!(
        handle(&store, DAY, at(125)).await.unwrap().sent,
        1,
        "two minutes later the sweep sends it again"
    );
    assert_eq!(
        recover(&store, DAY, at(126)).await.unwrap(),
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

/// How many clusters the larger of the two fleets has: `tests/bench units` measures a hundred thousand.
fn fleet() -> i64 {
    std::env::var("PLIMSOLL_FLEET").map_or(5_000, |text| text.parse().unwrap())
}

#[tokio::test]
async fn a_tick_reads_what_is_due_and_not_the_fleet() {
    let (few, many) = (tick(fleet() / 10).await, tick(fleet()).await);
    let growth = many / few;
    println!(
        "exercised: planner-tick-growth {growth:.2} ({many} read units at {} clusters)",
        fleet()
    );
    assert!(few > 0.0 && growth <= 1.2, "{few} and {many} read units");
}

/// The read units of a tick in which fifty clusters are due, of so many that are due some time in the day.
async fn tick(clusters: i64) -> f64 {
    let meter = Meter::default();
    let store = Store::embedded_metered(&meter).await.unwrap();
    let tenant = store.of(&TenantId::of(&["acme"]));
    for number in 0..clusters {
        let slot = match number < 50 {
            true => at(30),
            false => at(3600 + number * 80_000 / clusters),
        };
        let name = format!("c{number}");
        tenant
            .discover_cluster(&cluster(&name, slot))
            .await
            .unwrap();
    }
    handle(&store, DAY, at(0)).await.unwrap();
    let _ = meter.take();
    assert_eq!(handle(&store, DAY, at(60)).await.unwrap().sent, 50);
    meter.take().read
}

fn cluster(name: &str, next_scan: Timestamp) -> Cluster {
    Cluster {
        id: ClusterId::of(&[name]),
        connection: ConnectionId::of(&["acme", "1"]),
        name: name.to_owned(),
        provider: Provider::Other,
        region: None,
        account: None,
        version: None,
        stage: Stage::Prod,
        readable: Readable::Unknown,
        next_scan,
        last_scan: None,
        last_scan_at: None,
        counts: ScanCounts::default(),
        open: Vec::new(),
        scores: Vec::new(),
        manifest: None,
        pending_manifest: None,
        tags: Default::default(),
        lease: Lease::default(),
    }
}

#[tokio::test]
async fn checks_come_when_they_are_due_and_a_scan_stands_for_them() {
    let store = Store::embedded(None).await.unwrap();
    let tenant = TenantId::of(&["acme"]);
    let own = store.of(&tenant);
    // A scan a week, checks a day.
    let mut connection = connection(at(7 * 86_400));
    connection.checked.next = Some(at(86_400));
    own.put_connection(&connection).await.unwrap();
    let sent = async |second| {
        handle(&store, DAY, at(second)).await.unwrap();
        let wait = std::time::Duration::ZERO;
        let queue = Queue::AccountJobs;
        let received = store.queues().receive(queue, 10, wait).await.unwrap();
        let mut words = Vec::new();
        for received in received {
            words.push(match received.message.unwrap() {
                Message::AccountJob(job) => format!("scan for {}", job.slot),
                Message::ConnectionCheck(_) => "check".to_owned(),
                other => panic!("{other:?}"),
            });
            let deleted = store.queues().delete(queue, &received.receipt).await;
            deleted.unwrap();
        }
        words
    };
    assert_eq!(sent(86_399).await, [""; 0]);
    assert_eq!(sent(86_400).await, ["check"]);
    assert_eq!(sent(86_460).await, [""; 0], "it is under way");
    assert_eq!(sent(87_060).await, ["check"], "it was lost");
    let settle = async |read: &Connection, second| {
        let mut now = read.clone();
        now.checked.rounds += 1;
        now.checked.next = Some(at(second));
        own.settle_connection(read, &now, None).await.unwrap();
        now
    };
    let connection = settle(&connection, 2 * 86_400).await;
    assert_eq!(sent(87_660).await, [""; 0], "it was made");
    assert_eq!(sent(2 * 86_400).await, ["check"]);
    let connection = settle(&connection, 7 * 86_400 + 5).await;
    let scan = format!("scan for {}", at(7 * 86_400));
    assert_eq!(sent(7 * 86_400 + 5).await, [scan], "which checks, too");
    settle(&connection, 8 * 86_400).await;
    let advanced = own.advance_connection(&connection.id, at(7 * 86_400), at(14 * 86_400));
    advanced.await.unwrap();
    assert_eq!(sent(8 * 86_400 - 1).await, [""; 0]);
    assert_eq!(sent(8 * 86_400).await, ["check"]);
}
