//! What commands do to a deployed installation: over the embedded store, whose queues outlive the command here.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{
    Connection, ConnectionKind, ConnectionState, Message, NextStep, Provider, TenantId,
};
use plimsoll_store::{Queue, Store, TenantStore};

use super::target::About;
use super::*;
use crate::args::{Colour, EndpointArgs, InvitedArgs, LinkArgs, ScanNowArgs};

const ESCALATION: &str = "\
version: 1
timezone: Europe/Berlin
stages: [ { stage: prod } ]
route: { use: default }
policies: { default: { steps: [ { notify: { email: [ lead@acme.example ] } } ], repeat: 14d } }
summary: { to: [ lead@acme.example ], at: 'Mon 08:00' }
";

const ACME: &str = "\
id: acme
name: Acme
escalation: escalation.yaml
mail: { ses: { from: plimsoll@acme.example } }
connections:
  - { aws_account: '471100000815', regions: [eu-central-1] }
";

/// An installation and its files.
struct Place {
    folder: tempfile::TempDir,
    store: Store,
    console: Console,
    clock: Clock,
}

fn start() -> Timestamp {
    "2026-10-05T03:00:00.250Z".parse().unwrap()
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("escalation.yaml"), ESCALATION).unwrap();
        Self {
            folder,
            store: Store::embedded(None).await.unwrap(),
            console: Console::of_process(Colour::Never),
            clock: Clock::by_hand(start()),
        }
    }

    /// A deployed one.
    fn session(&self) -> Session<'_> {
        let sdk = aws_config::SdkConfig::builder().build();
        Session {
            target: Target {
                store: self.store.clone(),
                sdk: Some(sdk),
                about: About {
                    name: "stack plimsoll".to_owned(),
                    customer_role: Some("OurRole".to_owned()),
                    ..About::default()
                },
            },
            console: &self.console,
            clock: self.clock.clone(),
            json: true,
        }
    }

    async fn add(&self, text: &str) -> Result<Exit, Stop> {
        let file = self.folder.path().join("tenant.yaml");
        std::fs::write(&file, text).unwrap();
        tenant::add(&self.session(), &file).await
    }

    fn acme(&self) -> TenantStore {
        self.store.of(&TenantId::of(&["acme"]))
    }

    async fn connection(&self) -> Connection {
        self.acme().list_connections().await.unwrap().remove(0)
    }

    async fn messages(&self, queue: Queue) -> Vec<Message> {
        let received = self.store.queues().receive(queue, 10, Duration::ZERO).await;
        let received = received.unwrap().into_iter();
        received.map(|one| one.message.unwrap()).collect()
    }
}

fn link(account: &str, regions: &[&str]) -> LinkArgs {
    LinkArgs {
        tenant: "acme".to_owned(),
        aws_account: Some(account.to_owned()),
        kube_context: None,
        regions: regions.iter().map(|region| (*region).to_owned()).collect(),
        role: None,
        stage: None,
        node_evidence: None,
        endpoint: EndpointArgs::default(),
        invited: InvitedArgs {
            templates: None,
            vendor_account: Some("123456789012".to_owned()),
            scanner_role_prefix: None,
        },
    }
}

fn described(invitation: &invitation::Invitation) -> Value {
    let mut json = serde_json::json!({});
    invitation.describe(&mut json);
    json
}

fn external_id(connection: &Connection) -> String {
    match &connection.kind {
        ConnectionKind::Aws { external_id, .. } => external_id.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_tenant_is_added_once_and_renewed_after() {
    let place = Place::new().await;
    assert_eq!(place.add(ACME).await.unwrap(), Exit::Done);
    let first = place.connection().await;
    assert_eq!(first.next_scan, start());
    // Monday, 8 o'clock in Berlin: the summary is planned with the policy.
    let summary: Timestamp = "2026-10-05T06:00:00Z".parse().unwrap();
    assert_eq!(place.acme().next_summary().await.unwrap(), Some(summary));

    let connected = Connection {
        state: ConnectionState::Connected,
        ..first.clone()
    };
    place.acme().put_connection(&connected).await.unwrap();
    place.clock.set(start() + SignedDuration::from_hours(1));
    place
        .add(&ACME.replace("name: Acme", "name: Acme Ltd"))
        .await
        .unwrap();
    assert_eq!(place.acme().get_tenant().await.unwrap().name, "Acme Ltd");
    let second = place.connection().await;
    assert_eq!(external_id(&second), external_id(&first));
    assert_eq!(second.state, ConnectionState::Connected);
    // The planner does not look at minutes that have passed.
    assert_eq!(second.next_scan, place.clock.now());
    let names = place.store.control().tenants().await.unwrap();
    assert_eq!(names.len(), 1);
}

#[tokio::test]
async fn a_link_makes_the_connection_and_finds_it_again() {
    let place = Place::new().await;
    place
        .add(ACME.split("connections").next().unwrap())
        .await
        .unwrap();
    let session = place.session();
    let without_regions = connection::link(&session, &link("471100000815", &[])).await;
    assert_eq!(without_regions.unwrap_err().exit, Exit::Usage);
    let args = link("471100000815", &["eu-central-1", "eu-west-1"]);
    connection::link(&session, &args).await.unwrap();
    let made = place.connection().await;
    let ConnectionKind::Aws { role, regions, .. } = &made.kind else {
        panic!("{made:?}")
    };
    // The role that the stack's functions may assume, and no other, unless told.
    assert_eq!((role.as_str(), regions.len()), ("OurRole", 2));
    connection::link(&session, &link("471100000815", &[]))
        .await
        .unwrap();
    assert_eq!(place.connection().await, made);

    let invitation = invitation::Invitation::of(&session.target, &made, &args.invited).await;
    let invitation = described(&invitation.unwrap().unwrap());
    assert_eq!(invitation["link"], Value::Null);
    assert_eq!(
        invitation["parameters"]["ExternalId"],
        external_id(&made).as_str()
    );
    assert_eq!(
        invitation["parameters"]["AccountScannerRole"],
        "plimsoll-scan-account"
    );
    let hosted = InvitedArgs {
        templates: Some("https://b.s3.eu-central-1.amazonaws.com/x".to_owned()),
        scanner_role_prefix: Some("dev".to_owned()),
        ..args.invited
    };
    let invitation = invitation::Invitation::of(&session.target, &made, &hosted).await;
    let invitation = described(&invitation.unwrap().unwrap());
    let address = invitation["link"].as_str().unwrap();
    assert!(
        address.contains("param_AccountScannerRole=dev-scan-account"),
        "{address}"
    );

    let unknown = LinkArgs {
        tenant: "acne".to_owned(),
        ..link("471100000815", &[])
    };
    let stop = connection::link(&session, &unknown).await.unwrap_err();
    assert_eq!(stop.shown[0].help.as_deref(), Some("acme exists"));
}

#[tokio::test]
async fn a_scan_sends_one_job_and_keeps_the_rhythm() {
    let place = Place::new().await;
    place.add(ACME).await.unwrap();
    let connection = place.connection().await;
    let session = place.session();
    place.clock.set(start() + SignedDuration::from_hours(5));
    let args = |what: &str| ScanNowArgs {
        what: what.to_owned(),
        tenant: None,
    };
    scan::run(&session, &args("471100000815")).await.unwrap();
    let sent = place.messages(Queue::AccountJobs).await;
    let [Message::AccountJob(job)] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    assert_eq!(job.connection, connection.id);
    assert_eq!(job.slot.to_string(), "2026-10-05T08:00:00Z");
    assert_eq!(place.connection().await, connection);

    let found = demo_cluster(&connection);
    place.acme().discover_cluster(&found).await.unwrap();
    scan::run(&session, &args("prod-eu-1")).await.unwrap();
    let sent = place.messages(Queue::ClusterJobs).await;
    let [Message::ClusterJob(job)] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    let planned = place.acme().recent_scans(&found.id, 9).await.unwrap();
    assert_eq!((planned.len(), &planned[0].id), (1, &job.scan));

    let stop = scan::run(&session, &args("prod-eu-2")).await.unwrap_err();
    assert_eq!(stop.shown[0].help.as_deref(), Some("prod-eu-1 exists"));
}

fn demo_cluster(connection: &Connection) -> plimsoll_model::Cluster {
    plimsoll_model::Cluster {
        id: plimsoll_model::ClusterId::of(&["c"]),
        connection: connection.id.clone(),
        name: "prod-eu-1".to_owned(),
        provider: Provider::Eks,
        region: Some("eu-central-1".to_owned()),
        account: Some("471100000815".to_owned()),
        version: None,
        tags: std::collections::BTreeMap::new(),
        stage: plimsoll_model::Stage::Prod,
        readable: plimsoll_model::Readable::Unknown,
        next_scan: start(),
        last_scan: None,
        last_scan_at: None,
        counts: plimsoll_model::ScanCounts::default(),
        open: Vec::new(),
        scores: Vec::new(),
        manifest: None,
        pending_manifest: None,
        lease: plimsoll_model::Lease::default(),
    }
}

#[tokio::test]
async fn a_connection_is_deleted_only_by_its_name_and_takes_its_clusters_along() {
    let place = Place::new().await;
    place.add(ACME).await.unwrap();
    let connection = place.connection().await;
    let cluster = demo_cluster(&connection);
    place.acme().discover_cluster(&cluster).await.unwrap();
    let session = place.session();
    let name = words::reached(&connection).to_owned();
    for yes in [None, Some("prod-eu-2")] {
        let stop = disconnect::run(&session, &name, Some("acme"), yes);
        let stop = stop.await.unwrap_err();
        assert_eq!(
            (stop.exit, stop.shown[0].code.as_str()),
            (Exit::Usage, "not-confirmed")
        );
    }
    assert_eq!(place.connection().await, connection);
    let deleted = disconnect::run(&session, &name, None, Some(&name)).await;
    assert_eq!(deleted.unwrap(), Exit::Done);
    assert!(place.acme().list_connections().await.unwrap().is_empty());
    assert!(place.acme().list_clusters().await.unwrap().is_empty());
    let again = disconnect::run(&session, &name, None, Some(&name)).await;
    assert_eq!(again.unwrap_err().shown[0].code, "not-found");
}

#[tokio::test]
async fn a_tenant_is_deleted_only_by_its_name_and_nothing_is_left() {
    let place = Place::new().await;
    place.add(ACME).await.unwrap();
    let connection = place.connection().await;
    place
        .acme()
        .discover_cluster(&demo_cluster(&connection))
        .await
        .unwrap();
    let session = place.session();
    for yes in [None, Some("globex")] {
        let stop = delete::run(&session, "acme", yes).await.unwrap_err();
        assert_eq!(
            (stop.exit, stop.shown[0].code.as_str()),
            (Exit::Usage, "not-confirmed")
        );
    }
    assert_eq!(place.connection().await, connection);
    let deleted = delete::run(&session, "acme", Some("acme")).await.unwrap();
    assert_eq!(deleted, Exit::Done);
    assert!(place.store.control().tenants().await.unwrap().is_empty());
    assert!(place.acme().list_clusters().await.unwrap().is_empty());
    // Proven once more.
    assert_eq!(
        delete::run(&session, "acme", Some("acme")).await.unwrap(),
        Exit::Done
    );
}

#[tokio::test]
async fn the_doctor_names_what_is_wrong() {
    let place = Place::new().await;
    let mute = ACME.replace("mail: { ses: { from: plimsoll@acme.example } }\n", "");
    place.add(&mute).await.unwrap();
    let connection = place.connection().await;
    let session = place.session();
    let looked = |checks: &[doctor::Check]| -> Vec<String> {
        let wrong = checks.iter().filter(|check| !check.is_well());
        wrong.map(|check| check.to_string()).collect()
    };
    let wrong = looked(&doctor::look(&session, None).await.unwrap());
    // Nothing has ever run; nobody has let us in; the policy leads to mail.
    let expected = [
        "plan-scans: has never run",
        "escalate-incidents: has never run",
        "send-summaries: has never run",
        "acme 471100000815: waiting: nobody has let us in yet",
        "acme routes: lead to mail (lead@acme.example), and the tenant has none",
    ];
    assert_eq!(wrong, expected);

    let degraded = ConnectionState::Degraded {
        reason: "The role does not let us in.".to_owned(),
        mend: NextStep::words("Make the stack."),
        since: start(),
    };
    let acme = place.acme();
    let degraded = Connection {
        state: degraded,
        ..connection.clone()
    };
    acme.put_connection(&degraded).await.unwrap();
    let broken = "not a message";
    for _ in 0..2 {
        place
            .store
            .queues()
            .send_raw(Queue::ClusterJobs, broken)
            .await
            .unwrap();
    }
    let checks = doctor::look(&session, Some("acme")).await.unwrap();
    let wrong = looked(&checks);
    assert_eq!(
        wrong[0],
        "acme 471100000815: degraded: The role does not let us in."
    );
    assert!(
        checks[0]
            .help()
            .is_some_and(|help| help.starts_with("Make the stack.\nthen: plimsoll service scan"))
    );

    // Messages that were given up on.
    for _ in 0..6 {
        for received in place
            .store
            .queues()
            .receive(Queue::ClusterJobs, 10, Duration::ZERO)
            .await
            .unwrap()
        {
            let queues = place.store.queues();
            queues
                .change_visibility(Queue::ClusterJobs, &received.receipt, Duration::ZERO)
                .await
                .unwrap();
        }
    }
    let wrong = looked(&doctor::look(&session, None).await.unwrap());
    assert_eq!(
        wrong[0],
        "queue cluster-jobs: 0 waiting, 0 under way, 2 given up on"
    );
    assert!(doctor::look(&session, Some("nobody")).await.is_err());
}
