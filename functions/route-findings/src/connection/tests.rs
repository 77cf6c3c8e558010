use jiff::Timestamp;
use plimsoll_alerting::{Channel, Links, Rendered, render};
use plimsoll_model::{
    Cluster, ClusterId, Connection, ConnectionId, ConnectionKind, ConnectionState, Delivery,
    FinishedScan, NextStep, OutboxId, OutboxItem, Readable, Reason, ReasonCode, ScanId, Tenant,
    TenantId,
};
use plimsoll_policy::Catalogue;
use plimsoll_store::Store;

use super::*;
use crate::handle;

const ESCALATION: &str = "
version: 1
timezone: Europe/Berlin
route: { use: default }
policies:
  default: { steps: [ { notify: { slack: '#security' } }, { notify: { email: [ana@acme.example] } } ] }
";

fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-11-17T01:10:00Z".parse().unwrap();
    start + jiff::SignedDuration::from_mins(minutes)
}

struct Office {
    store: Store,
    catalogue: Catalogue,
    tenant: TenantId,
    connection: Connection,
}

impl Office {
    async fn new() -> Self {
        let store = Store::embedded(None).await.unwrap();
        let tenant = TenantId::of(&["acme"]);
        let own = store.of(&tenant);
        own.put_tenant(&Tenant {
            id: tenant.clone(),
            slug: "acme".to_owned(),
            name: "Acme".to_owned(),
            slack: None,
            mail: None,
            escalation_version: 0,
            last_incident_number: 0,
        })
        .await
        .unwrap();
        own.set_escalation(ESCALATION, at(0)).await.unwrap();
        let kind = ConnectionKind::Aws {
            account: "471100000815".to_owned(),
            role: "PlimsollScanner".to_owned(),
            external_id: "plm-7f".to_owned(),
            regions: vec!["eu-central-1".to_owned()],
        };
        let connection = Connection::new(ConnectionId::of(&["acme", "1"]), kind, None, at(0));
        own.put_connection(&connection).await.unwrap();
        let catalogue = Catalogue::load(&[]).unwrap();
        Self {
            store,
            catalogue,
            tenant,
            connection,
        }
    }

    /// A round of checks that came to a state; routes what it left, twice.
    async fn becomes(&mut self, state: ConnectionState, minute: i64) {
        let mut after = self.connection.clone();
        after.state = state;
        after.checked.rounds += 1;
        let scope = after.as_scope(Stage::Prod).id;
        let scan = ScanId::of_slot(&scope, at(minute));
        let outbox = OutboxItem {
            connection: Some(ConnectionChange {
                connection: after.id.clone(),
                trouble: after.trouble(),
            }),
            ..item(&scan, scope, minute)
        };
        let own = self.store.of(&self.tenant);
        let settled = own.settle_connection(&self.connection, &after, Some(&outbox));
        settled.await.unwrap();
        self.connection = after;
        self.route(&outbox.id, minute).await;
        self.route(&outbox.id, minute).await;
    }

    async fn route(&self, outbox: &OutboxId, minute: i64) {
        let links = Links::default();
        let desk = Desk {
            store: &self.store,
            catalogue: &self.catalogue,
            links: &links,
            now: at(minute),
        };
        let job = FinishedScan {
            tenant: self.tenant.clone(),
            outbox: outbox.clone(),
        };
        handle(&desk, &job).await.unwrap();
    }

    /// The incidents there are, and every message about the first, in words: `~` edits, `>` replies.
    async fn told(&self) -> (usize, Vec<String>) {
        let own = self.store.of(&self.tenant);
        let incidents = own.recent_incidents(9).await.unwrap();
        let Some(first) = incidents.first() else {
            return (0, Vec::new());
        };
        let mut deliveries = own.list_deliveries(Some(&first.id)).await.unwrap();
        deliveries.sort_by(|a, b| (a.created, &a.step).cmp(&(b.created, &b.step)));
        let words = |delivery: &Delivery| {
            let how = match (&delivery.content.edits, &delivery.content.thread) {
                (Some(_), _) => "~",
                (_, Some(_)) => ">",
                _ => "",
            };
            let to = delivery.destination.key();
            format!("{how}{to} {}", delivery.content.message)
        };
        (incidents.len(), deliveries.iter().map(words).collect())
    }
}

fn item(scan: &ScanId, cluster: ClusterId, minute: i64) -> OutboxItem {
    OutboxItem {
        id: OutboxId::of_scan(scan),
        scan: scan.clone(),
        cluster,
        at: at(minute),
        first: false,
        unreadable: None,
        readable_changed: false,
        changes: Vec::new(),
        connection: None,
    }
}

fn suspended(minute: i64) -> ConnectionState {
    ConnectionState::Suspended {
        reason: "The role PlimsollScanner lets us in without an ExternalId.".to_owned(),
        mend: NextStep::words("Put this condition into its trust policy.").copying("\"Condition\""),
        since: at(minute),
    }
}

fn degraded(minute: i64) -> ConnectionState {
    ConnectionState::Degraded {
        reason: "The role PlimsollScanner does not let us in.".to_owned(),
        mend: NextStep::words("Deploy its stack again."),
        since: at(minute),
    }
}

#[tokio::test]
async fn a_connection_that_breaks_and_works_again_is_told_once_each() {
    let mut office = Office::new().await;
    office.becomes(suspended(0), 0).await;
    let opened = ["email:ana@acme.example", "slack:#security"];
    let opened = opened.map(|to| format!("{to} connection-broken"));
    let (incidents, mut told) = office.told().await;
    told.sort();
    assert_eq!((incidents, told), (1, opened.to_vec()));
    let own = office.store.of(&office.tenant);
    let incident = own.recent_incidents(9).await.unwrap().remove(0);
    assert_eq!(incident.cluster_name, "AWS 4711…0815");
    assert_eq!(incident.connection.as_ref(), Some(&office.connection.id));

    office.becomes(ConnectionState::Connected, 90).await;
    let (incidents, told) = office.told().await;
    assert_eq!(incidents, 1);
    assert_eq!(
        told[2..],
        [
            "~slack:#security connection-works",
            ">email:ana@acme.example connection-works"
        ]
    );
    let ended = own.get_incident(&incident.id).await.unwrap();
    assert!(!ended.is_open());
    office.becomes(suspended(200), 200).await;
    assert_eq!(office.told().await.0, 2, "this is another incident");
}

#[tokio::test]
async fn who_was_told_of_one_trouble_is_told_of_a_worse_one_in_the_same_thread() {
    let mut office = Office::new().await;
    office.becomes(degraded(0), 0).await;
    office.becomes(suspended(60), 60).await;
    let (incidents, told) = office.told().await;
    assert_eq!((incidents, told.len()), (1, 5), "{told:?}");
    for message in [
        "~slack:#security connection-broken",
        ">slack:#security connection-broken",
        ">email:ana@acme.example connection-broken",
    ] {
        assert!(told[2..].iter().any(|one| one == message), "{told:?}");
    }
    let own = office.store.of(&office.tenant);
    let incident = own.recent_incidents(9).await.unwrap().remove(0);
    let deliveries = own.list_deliveries(Some(&incident.id)).await.unwrap();
    let mails = deliveries.iter().filter_map(|delivery| {
        let content = &delivery.content;
        match render(&content.message, Channel::Email, &content.context).unwrap() {
            Rendered::Email(mail) => Some(mail),
            Rendered::Slack(_) => None,
        }
    });
    let suspended = mails.filter(|mail| mail.text.contains("has stopped reading"));
    assert!(suspended.count() >= 1);
}

#[tokio::test]
async fn what_a_broken_connection_hides_is_not_told_once_more() {
    let mut office = Office::new().await;
    let own = office.store.of(&office.tenant);
    let cluster = Cluster {
        id: ClusterId::of(&["prod"]),
        name: "prod-eu-1".to_owned(),
        provider: plimsoll_model::Provider::Eks,
        readable: Readable::Yes,
        ..office.connection.as_scope(Stage::Prod)
    };
    own.discover_cluster(&cluster).await.unwrap();
    office.becomes(suspended(0), 0).await;
    let unreadable = async |minute, reason: Reason| {
        // As a scan leaves it; how the store keeps it is another matter.
        let scan = ScanId::of_slot(&cluster.id, at(minute));
        let outbox = OutboxItem {
            unreadable: Some(reason),
            readable_changed: true,
            ..item(&scan, cluster.id.clone(), minute)
        };
        let connection = own.get_connection(&office.connection.id).await.unwrap();
        let mut next = connection.clone();
        next.checked.rounds += 1;
        let settled = own.settle_connection(&connection, &next, Some(&outbox));
        settled.await.unwrap();
        office.route(&outbox.id, minute).await;
    };
    unreadable(5, Reason::of_connection("is suspended: it lets others in")).await;
    assert_eq!(office.told().await.0, 1);
    let reason = Reason::new(ReasonCode::PermissionMissing, "access entry missing (401)");
    unreadable(9, reason).await;
    assert_eq!(office.told().await.0, 2, "that is its own reason");
}
