//! Stores and values to test with.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::*;
use plimsoll_store::{
    Acquired, Publication, ScanLease, ScanResult, Store, StoreConfig, TenantStore, create_queues,
};

use crate::iam::{Seen, watch};

/// The minute at which the tests' story begins.
pub(crate) fn start() -> Timestamp {
    "2026-10-05T03:00:00Z".parse().unwrap()
}

pub(crate) fn after(minutes: i64) -> Timestamp {
    start() + SignedDuration::from_mins(minutes)
}

pub(crate) fn ttl() -> SignedDuration {
    SignedDuration::from_mins(1)
}

/// An empty store; an embedded one fails on whatever AWS would refuse.
pub(crate) async fn store() -> Store {
    if std::env::var_os("AWS_ENDPOINT_URL").is_none() {
        return watched().await.0;
    }
    static TURN: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "t{}-{}",
        std::process::id(),
        TURN.fetch_add(1, Ordering::Relaxed)
    );
    let sdk = aws_config::defaults(aws_config::BehaviorVersion::latest())
        .load()
        .await;
    let s3 = aws_sdk_s3::Client::new(&sdk);
    s3.create_bucket().bucket(&name).send().await.unwrap();
    let config = StoreConfig {
        table: format!("{name}-core"),
        control_table: format!("{name}-control"),
        bucket: name.clone(),
        queues: create_queues(&aws_sdk_sqs::Client::new(&sdk), &name)
            .await
            .unwrap(),
        due_shards: 4,
        data_role: None,
    };
    let store = Store::aws(&sdk, config);
    store.create_tables().await.unwrap();
    store
}

/// An embedded store, and what its tenants' handles ask for.
pub(crate) async fn watched() -> (Store, Seen) {
    let seen = Seen::default();
    let store = Store::embedded_watched(false, watch(&seen)).await;
    (store.unwrap(), seen)
}

/// Empty stores that look for due work in each of the ways there are.
pub(crate) async fn stores() -> Vec<Store> {
    let mut stores = vec![store().await];
    if std::env::var_os("AWS_ENDPOINT_URL").is_none() {
        let store = Store::embedded_watched(true, watch(&Seen::default())).await;
        stores.push(store.unwrap());
    }
    stores
}

/// A store and one tenant in it.
pub(crate) async fn tenant_store() -> (Store, TenantStore) {
    let store = store().await;
    let tenant = tenant("acme");
    let handle = store.of(&tenant.id);
    handle.put_tenant(&tenant).await.unwrap();
    (store, handle)
}

pub(crate) fn tenant(slug: &str) -> Tenant {
    Tenant {
        id: TenantId::of(&[slug]),
        slug: slug.to_owned(),
        name: format!("The {slug}"),
        slack: None,
        mail: None,
        escalation_version: 0,
        last_incident_number: 0,
    }
}

pub(crate) fn connection(name: &str) -> Connection {
    Connection {
        id: ConnectionId::of(&["connection"]),
        kind: ConnectionKind::KubeContext {
            context: name.to_owned(),
        },
        stage: None,
        node_evidence: None,
        state: ConnectionState::Waiting,
        next_scan: start(),
        checked: Checked::default(),
    }
}

pub(crate) fn cluster(name: &str) -> Cluster {
    Cluster {
        id: ClusterId::of(&["cluster"]),
        connection: ConnectionId::of(&["connection"]),
        name: name.to_owned(),
        provider: Provider::Other,
        region: None,
        account: None,
        version: None,
        stage: Stage::Prod,
        readable: Readable::Unknown,
        next_scan: start(),
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

pub(crate) fn fingerprint(name: &str) -> Fingerprint {
    Fingerprint::of(&FingerprintParts {
        policy: "privileged-container",
        scope: "cluster",
        group: "apps",
        kind: "Deployment",
        namespace: "shop",
        name,
        element: "app",
    })
}

pub(crate) fn finding(name: &str, state: FindingState, scan: &ScanId) -> Finding {
    Finding {
        fingerprint: fingerprint(name),
        cluster: cluster("any").id,
        policy: PolicyId::new("privileged-container"),
        title: "Container runs privileged".to_owned(),
        severity: Severity::Critical,
        resource: Arc::new(ResourceRef {
            kind: "Deployment".to_owned(),
            name: Some(name.to_owned()),
            ..ResourceRef::default()
        }),
        element: Some("app".to_owned()),
        paths: vec!["spec.privileged".to_owned()],
        observed: Some("true".to_owned()),
        message: String::new(),
        state,
        excepted: None,
        first_seen: start(),
        reopened: None,
        resolved: (state == FindingState::Resolved).then(|| after(60)),
        scan: scan.clone(),
    }
}

pub(crate) fn manifest(names: &[&str]) -> Manifest {
    let about = Arc::new(About {
        policy: PolicyId::new("privileged-container"),
        severity: Severity::Critical,
        lists: vec!["deployments".to_owned()],
    });
    let mut entries: Vec<ManifestEntry> = names
        .iter()
        .map(|name| ManifestEntry {
            fingerprint: fingerprint(name),
            object: fingerprint(name),
            about: Arc::clone(&about),
            hash: 1,
            verdict: Verdict::Fail,
            excepted: false,
        })
        .collect();
    entries.sort_by_key(|entry| entry.fingerprint);
    Manifest { entries }
}

pub(crate) fn outbox(scan: &ScanId, changes: Vec<Change>) -> OutboxItem {
    OutboxItem {
        id: OutboxId::of_scan(scan),
        scan: scan.clone(),
        cluster: cluster("any").id,
        at: after(1),
        first: true,
        unreadable: None,
        readable_changed: true,
        changes,
        connection: None,
    }
}

pub(crate) fn change(name: &str) -> Change {
    Change {
        fingerprint: fingerprint(name),
        policy: PolicyId::new("privileged-container"),
        severity: Severity::Critical,
        what: ChangeKind::New,
    }
}

pub(crate) fn publication(manifest: Option<String>, outbox: Option<OutboxItem>) -> Publication {
    Publication {
        finished: after(1),
        result: Some(ScanResult {
            manifest,
            counts: ScanCounts {
                resources: 7,
                fail: 2,
                ..ScanCounts::default()
            },
            open: vec![(Severity::Critical, 2)],
            scores: vec![FrameworkScore {
                id: "pss-baseline".to_owned(),
                title: "Baseline".to_owned(),
                passed: 9,
                failed: 1,
                not_evaluated: 0,
                attested: 0,
            }],
            missing: vec![Reason::new(ReasonCode::PermissionMissing, "list roles")],
            version: Some("1.34".to_owned()),
            snapshot: None,
        }),
        readable: Readable::Yes,
        outbox,
    }
}

/// A cluster found, and its first scan begun.
pub(crate) async fn begun(tenant: &TenantStore) -> ScanLease {
    let cluster = tenant
        .discover_cluster(&cluster("prod-eu-1"))
        .await
        .unwrap();
    let scan = tenant
        .plan_scan(&cluster.id, start(), start())
        .await
        .unwrap();
    held(tenant, &scan.id, start()).await
}

/// Takes the lease for a scan, which must be free.
pub(crate) async fn held(tenant: &TenantStore, scan: &ScanId, now: Timestamp) -> ScanLease {
    match tenant
        .acquire(&cluster("any").id, scan, now, ttl())
        .await
        .unwrap()
    {
        Acquired::Held(lease, _) => lease,
        other => panic!("not free: {other:?}"),
    }
}

pub(crate) fn incident(number: u32, policy: &str, scan: &ScanId) -> Incident {
    let cluster = cluster("prod-eu-1");
    Incident {
        id: IncidentId::of(&[cluster.id.as_str(), policy, scan.as_str()]),
        number,
        cluster: cluster.id,
        cluster_name: cluster.name,
        stage: cluster.stage,
        connection: None,
        policy: Some(PolicyId::new(policy)),
        title: "Container runs privileged".to_owned(),
        severity: Severity::Critical,
        open: BTreeSet::from([fingerprint("a"), fingerprint("b")]),
        total: 2,
        state: IncidentState::Open,
        opened: start(),
        due: None,
        escalation: serde_json::json!({ "steps": [{ "wait": 1.0 }, {}], "deep": [[[[null]]]] }),
        escalation_name: "payments-prod".to_owned(),
        step: 0,
        round: 0,
        told: BTreeSet::from([fingerprint("b"), fingerprint("c")]),
        told_at: None,
        audience: vec![Thread {
            destination: Destination::Slack("#sec".to_owned()),
            root: DeliveryId::of(&["root"]),
        }],
        chain_at: None,
        overdue_told: false,
        wake_up: Some(WakeUp {
            at: after(30),
            step: 1,
            round: 0,
        }),
        revision: 1,
    }
}

pub(crate) fn delivery(incident: Option<&IncidentId>, step: &str, to: &str) -> Delivery {
    let owner = incident.map_or("none", IncidentId::as_str);
    Delivery {
        id: DeliveryId::of(&[owner, step, to]),
        incident: incident.cloned(),
        step: step.to_owned(),
        destination: Destination::Email(to.to_owned()),
        content: DeliveryContent {
            message: "incident-opened".to_owned(),
            context: serde_json::json!({ "score": 93.0, "empty": "", "list": [1, null, { "a": [] }] }),
            edits: None,
            thread: Some(DeliveryId::of(&["root"])),
        },
        state: DeliveryState::Pending {
            not_before: start(),
        },
        created: start(),
        attempts: 0,
        trouble: None,
    }
}
