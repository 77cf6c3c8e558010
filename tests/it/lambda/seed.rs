//! A tenant with something of every kind of work that is due.

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{
    Cluster, ClusterId, Connection, ConnectionId, ConnectionKind, Lease, Provider, Readable,
    ScanCounts, ScanId, Stage, Tenant, TenantId,
};
use plimsoll_store::Store;

const ESCALATION: &str = "\
version: 1
timezone: Europe/Berlin
people: { ana: { email: ana@acme.example } }
route: { use: default }
policies: { default: { steps: [ { notify: { email: [ana@acme.example] } } ] } }
summary: { to: [ana], at: 'Mon 08:00' }
";

/// What is due.
pub(super) struct Seeded {
    pub(super) tenant: TenantId,
    /// A connection, due now.
    pub(super) connection: Connection,
    /// A cluster, due now, which no account job reached.
    pub(super) forgotten: ClusterId,
    /// A scan whose message was lost, and its cluster.
    pub(super) lost: (ClusterId, ScanId),
}

/// Puts a tenant and its work into the store, and a weekly summary that is due.
pub(super) async fn seed(store: &Store, now: Timestamp) -> Seeded {
    // Slots are given in whole seconds: entries of due work keep no more than milliseconds.
    let now = Timestamp::from_second(now.as_second()).unwrap();
    let tenant = TenantId::of(&["acme"]);
    let acme = Tenant {
        id: tenant.clone(),
        slug: "acme".to_owned(),
        name: "Acme".to_owned(),
        slack: None,
        mail: None,
        escalation_version: 0,
        last_incident_number: 0,
    };
    let kind = ConnectionKind::KubeContext {
        context: "staging-eu-1".to_owned(),
    };
    let id = ConnectionId::of(&["acme", "staging-eu-1"]);
    let connection = Connection::new(id, kind, Some(Stage::Staging), now);
    let store = store.of(&tenant);
    store.put_tenant(&acme).await.unwrap();
    store.set_escalation(ESCALATION, now).await.unwrap();
    store.set_next_summary(Some(now)).await.unwrap();
    store.put_connection(&connection).await.unwrap();
    let forgotten = cluster("forgotten", &connection.id, now);
    store.discover_cluster(&forgotten).await.unwrap();
    let tomorrow = now + SignedDuration::from_hours(24);
    let lost = cluster("lost", &connection.id, tomorrow);
    store.discover_cluster(&lost).await.unwrap();
    let earlier = now - SignedDuration::from_mins(30);
    let scan = store.plan_scan(&lost.id, earlier, earlier).await.unwrap();
    Seeded {
        tenant,
        connection,
        forgotten: forgotten.id,
        lost: (lost.id, scan.id),
    }
}

fn cluster(name: &str, connection: &ConnectionId, next_scan: Timestamp) -> Cluster {
    Cluster {
        id: ClusterId::of(&[name]),
        connection: connection.clone(),
        name: name.to_owned(),
        provider: Provider::Other,
        region: None,
        account: None,
        version: None,
        tags: Default::default(),
        stage: Stage::Staging,
        readable: Readable::Unknown,
        next_scan,
        last_scan: None,
        last_scan_at: None,
        counts: ScanCounts::default(),
        open: Vec::new(),
        scores: Vec::new(),
        manifest: None,
        pending_manifest: None,
        lease: Lease::default(),
    }
}
