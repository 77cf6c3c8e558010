//! The operator's commands over the data of `plimsoll up`, as people see them.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use jiff::Timestamp;
use plimsoll_model::{
    Cluster, ClusterId, Connection, ConnectionState, Lease, NextStep, Provider, Readable, Reason,
    ReasonCode, ScanCounts, Severity, Stage, TenantId,
};
use plimsoll_store::{Claim, Store};
use serde_json::Value;
use support::{Folder, Run};

const ACME: &str = "\
id: acme
name: Acme
escalation: escalation.yaml
mail: { directory: mail }
connections:
  - { kube_context: prod-eu-1, stage: prod }
  - { aws_account: '471100000815', regions: [eu-central-1] }
";

const ESCALATION: &str = "\
version: 1
timezone: Europe/Berlin
stages: [ { stage: prod } ]
route: { use: default }
policies: { default: { steps: [ { notify: { email: [ lead@acme.example ] } } ], repeat: 14d } }
";

/// A folder with a tenant's files, and the data of an installation without tenants.
fn installation() -> Folder {
    let folder = Folder::new();
    folder.write("acme.yaml", ACME);
    folder.write("escalation.yaml", ESCALATION);
    with_store(&folder, async |_| {});
    folder
}

fn with_store(folder: &Folder, work: impl AsyncFnOnce(&Store)) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::embedded(Some(&folder.path().join("data"))).await;
        work(&store.unwrap()).await;
    });
}

fn run(folder: &Folder, arguments: &[&str]) -> Run {
    let mut all = vec!["service", "--data-dir", "data"];
    all.extend(arguments);
    folder.run(&all)
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

#[test]
fn a_tenant_from_its_file_to_its_end() {
    let folder = installation();
    let none = run(&folder, &["tenant", "list"]);
    assert!(none.out.contains("service tenant add"), "{none:?}");

    let added = run(&folder, &["tenant", "add", "acme.yaml"]);
    assert_eq!(added.code, 0, "{added:?}");
    assert!(added.out.starts_with("acme is added.\n"), "{added:?}");
    assert!(added.err.contains("plimsoll.toml"), "{added:?}");
    let again = run(&folder, &["tenant", "add", "acme.yaml", "-o", "json"]);
    assert_eq!(json(&again)["outcome"], "renewed");

    let list = run(&folder, &["tenant", "list"]);
    assert_eq!(
        list.out,
        "TENANT  CONNECTED  CLUSTERS  NAME\nacme    0 of 2     0         Acme\n"
    );
    let shown = run(&folder, &["tenant", "show", "acme"]);
    for part in [
        "acme (Acme)",
        "files, from plimsoll@localhost",
        "version 1, of ",
        "471100000815",
    ] {
        assert!(shown.out.contains(part), "{part}: {shown:?}");
    }

    let refused = run(&folder, &["tenant", "delete", "acme"]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{refused:?}");
    assert!(refused.err.contains("nothing was deleted"), "{refused:?}");
    let deleted = run(&folder, &["tenant", "delete", "acme", "--yes", "acme"]);
    assert_eq!(deleted.code, 0, "{deleted:?}");
    let counts = deleted.out.lines().filter(|line| line.starts_with("0 "));
    assert!(counts.count() > 15, "{deleted:?}");
    assert!(
        deleted.out.contains("Nothing is left of acme"),
        "{deleted:?}"
    );
    let gone = run(&folder, &["tenant", "show", "acme"]);
    assert_eq!(gone.code, 2);
    assert!(gone.err.contains("there is no tenant acme"), "{gone:?}");
}

fn cluster(connection: &plimsoll_model::ConnectionId) -> Cluster {
    let since: Timestamp = "2026-10-05T03:00:00Z".parse().unwrap();
    let mut reason = Reason::new(
        ReasonCode::PermissionMissing,
        "an access entry for our role",
    );
    reason.mend = Some("aws eks create-access-entry --cluster-name edge-2".to_owned());
    Cluster {
        id: ClusterId::of(&["edge-2"]),
        connection: connection.clone(),
        name: "edge-2".to_owned(),
        provider: Provider::Eks,
        region: Some("eu-central-1".to_owned()),
        account: Some("471100000815".to_owned()),
        version: Some("1.34".to_owned()),
        tags: Default::default(),
        stage: Stage::Prod,
        readable: Readable::No { reason, since },
        next_scan: since,
        last_scan: None,
        last_scan_at: None,
        counts: ScanCounts::default(),
        open: vec![(Severity::Critical, 2)],
        scores: Vec::new(),
        manifest: None,
        pending_manifest: None,
        lease: Lease::default(),
    }
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let folder = installation();
    run(&folder, &["tenant", "add", "acme.yaml"]);
    let acme = TenantId::of(&["acme"]);
    with_store(&folder, async |store| {
        let tenant = store.of(&acme);
        for connection in tenant.list_connections().await.unwrap() {
            let state = match &connection.kind {
                plimsoll_model::ConnectionKind::Aws { .. } => ConnectionState::Degraded {
                    reason: "sts:AssumeRole denied".to_owned(),
                    mend: NextStep::words("create the stack from the link"),
                    since: "2026-10-05T03:00:00Z".parse().unwrap(),
                },
                _ => ConnectionState::Connected,
            };
            let (id, connection) = (
                connection.id.clone(),
                Connection {
                    state,
                    ..connection
                },
            );
            tenant.put_connection(&connection).await.unwrap();
            tenant.discover_cluster(&cluster(&id)).await.unwrap();
        }
    });
    let list = run(&folder, &["connection", "list"]);
    for part in [
        "acme    prod-eu-1",
        "degraded",
        "sts:AssumeRole denied",
        "help: create the stack",
    ] {
        assert!(list.out.contains(part), "{part}: {list:?}");
    }
    let clusters = run(&folder, &["cluster", "list", "--tenant", "acme"]);
    assert!(
        clusters
            .out
            .contains("edge-2 cannot be read: an access entry"),
        "{clusters:?}"
    );
    assert!(
        clusters.out.contains("help: aws eks create-access-entry"),
        "{clusters:?}"
    );
    let one = json(&run(&folder, &["cluster", "show", "edge-2", "-o", "json"]));
    assert_eq!(
        one["mend"],
        "aws eks create-access-entry --cluster-name edge-2"
    );
    assert_eq!(one["open"]["critical"], 2);

    let doctor = run(&folder, &["doctor"]);
    assert_eq!(doctor.code, 1, "{doctor:?}");
    assert!(doctor.out.ends_with("2 things to mend.\n"), "{doctor:?}");
    let doctor = json(&run(&folder, &["doctor", "-o", "json"]));
    let wrong = doctor["checks"].as_array().unwrap().iter();
    let wrong: Vec<&str> = wrong
        .filter(|check| check["is"] == "wrong")
        .map(|check| check["what"].as_str().unwrap())
        .collect();
    assert_eq!(wrong, ["acme 471100000815", "acme edge-2"]);

    let scan = run(&folder, &["scan", "471100000815"]);
    assert_eq!(scan.code, 0, "{scan:?}");
    assert!(
        scan.err.contains("create the stack from the link"),
        "{scan:?}"
    );
    let scan = json(&run(&folder, &["scan", "edge-2", "-o", "json"]));
    assert!(scan["scan"].as_str().unwrap().starts_with("scn_"));
}

#[test]
fn an_account_is_invited() {
    let folder = installation();
    run(&folder, &["tenant", "add", "acme.yaml"]);
    let link = |more: &[&str]| {
        let mut all = vec![
            "onboarding",
            "link",
            "--data-dir",
            "data",
            "--tenant",
            "acme",
        ];
        all.extend(["--vendor-account", "123456789012", "--account"]);
        all.extend(more);
        folder.run(&all)
    };
    let known = link(&["471100000815"]);
    assert_eq!(known.code, 0, "{known:?}");
    assert!(known.out.contains("aws cloudformation deploy"), "{known:?}");
    assert!(known.out.contains("ExternalId=plm-"), "{known:?}");
    let place = "https://b.s3.eu-central-1.amazonaws.com/onboarding";
    let hosted = json(&link(&["471100000815", "--templates", place, "-o", "json"]));
    let address = hosted["link"].as_str().unwrap();
    assert!(address.starts_with(
        "https://console.aws.amazon.com/cloudformation/home?region=eu-central-1#/stacks/quickcreate"
    ));
    let template = folder.run(&["onboarding", "template", "--location", place]);
    let at: String = template.out.trim().replace(':', "%3A").replace('/', "%2F");
    assert!(address.contains(&at), "{address} {template:?}");
    let made = link(&[
        "815000000471",
        "--regions",
        "eu-west-1,eu-central-1",
        "--stage",
        "dev",
    ]);
    assert!(
        made.out.contains("815000000471 of acme: added, waiting"),
        "{made:?}"
    );
    with_store(&folder, async |store| {
        let globex = TenantId::of(&["globex"]);
        let control = store.control();
        control
            .claim(Claim::AwsAccount, "815000000473", &globex)
            .await
            .unwrap();
    });
    let taken = link(&["815000000473", "--regions", "eu-west-1"]);
    assert!(
        taken.err.contains("account 815000000473 belongs to tenant"),
        "{taken:?}"
    );
    let bare = link(&["815000000472"]);
    assert_eq!(bare.code, 2, "{bare:?}");
    assert!(bare.err.contains("--regions eu-central-1"), "{bare:?}");
    let template = folder.run(&["onboarding", "template"]);
    assert_eq!(
        template.out,
        include_str!("../../infra/onboarding/role.yaml")
    );
}

#[test]
fn which_installation_is_meant_must_be_said() {
    let folder = installation();
    let nowhere = folder.run(&["service", "tenant", "list"]);
    assert_eq!(nowhere.code, 2, "{nowhere:?}");
    let other = folder.run(&["service", "tenant", "list", "--data-dir", "dta"]);
    assert_eq!(other.code, 2);
    assert!(other.err.contains("dta holds no data"), "{other:?}");
    let region = ["service", "tenant", "list", "--region", "eu-central-1"];
    let unnamed = folder.run(&region);
    assert!(unnamed.err.contains("TABLE is not set"), "{unnamed:?}");
    with_store(&folder, async |_| {
        let busy = folder.run(&["service", "tenant", "list", "--data-dir", "data"]);
        assert_eq!(busy.code, 3, "{busy:?}");
        assert!(busy.err.contains("data-in-use"), "{busy:?}");
    });
}
