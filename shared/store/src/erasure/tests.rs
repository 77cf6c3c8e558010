//! An item of every kind of key is planted, by the functions that make keys, and each must be counted, and gone after.
//! Which functions there are is read from their source, so that a new kind of key fails here until it is planted.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use jiff::Timestamp;
use plimsoll_model::*;

use super::*;
use crate::Claim;
use crate::expression::Expression;
use crate::keys::{DUE_PK, DUE_SK, Keys, OPEN_PK, OPEN_SK, UNKNOWN_KIND};

fn tenant(slug: &str) -> TenantId {
    TenantId::of(&[slug])
}

fn fingerprint(name: &str) -> Fingerprint {
    Fingerprint::of(&FingerprintParts {
        policy: "p",
        scope: "c",
        group: "",
        kind: "Pod",
        namespace: "n",
        name,
        element: "",
    })
}

/// A key of every kind, each with the name of the function that makes it.
fn every_key(tenant: &TenantId) -> Vec<(&'static str, Key)> {
    let keys = Keys(tenant);
    let cluster = ClusterId::of(&["c"]);
    let scan = ScanId::of_slot(&cluster, Timestamp::UNIX_EPOCH);
    let outbox = OutboxId::of_scan(&scan);
    let incident = IncidentId::of(&["i"]);
    let delivery = DeliveryId::of(&["d"]);
    let policy = PolicyId::new("p");
    let attestation = Attestation {
        framework: "f".to_owned(),
        control: "1.1".to_owned(),
        cluster: None,
        statement: "s".to_owned(),
        by: "Ana".to_owned(),
        until: Timestamp::UNIX_EPOCH,
    };
    vec![
        ("meta", keys.meta()),
        ("connection", keys.connection(&ConnectionId::of(&["c"]))),
        ("cluster", keys.cluster(&cluster)),
        ("about", keys.about(&cluster)),
        ("exception", keys.exception(&ExceptionId::of(&["e"]))),
        ("attestation", keys.attestation(&attestation)),
        ("escalation", keys.escalation(1)),
        ("policy", keys.policy(&policy, 1)),
        ("parameters", keys.parameters()),
        ("scan", keys.scan(&cluster, &scan)),
        ("finding", keys.finding(&cluster, &fingerprint("a"))),
        ("finding", keys.finding(&cluster, &fingerprint("b"))),
        ("outbox", keys.outbox(&outbox)),
        ("outbox_part", keys.outbox_part(&outbox, "part")),
        ("incident", keys.incident(&incident)),
        ("incident_log", keys.incident_log(&incident, "entry")),
        ("incident_number", keys.incident_number(1)),
        ("open_incident", keys.open_incident(&cluster, Some(&policy))),
        ("open_incident", keys.open_incident(&cluster, None)),
        ("delivery", keys.delivery(Some(&incident), "1", &delivery)),
        ("delivery", keys.delivery(None, "2026-W41", &delivery)),
        // The audit trail's sort keys are made where it is written.
        (
            "audit",
            Key::new(keys.audit(Timestamp::UNIX_EPOCH), "entry"),
        ),
    ]
}

/// The functions of `Keys` that make keys, or partitions that no such function uses.
fn makers() -> BTreeSet<String> {
    let source = include_str!("../keys.rs");
    let body = source.split("impl Keys<'_> {").nth(1).unwrap();
    let body = body.split("\n}\n").next().unwrap();
    let functions = body.split("pub(crate) fn ").skip(1);
    let found = functions.filter_map(|function| {
        let (name, rest) = function.split_once('(')?;
        let head = rest.split('{').next()?;
        let partition = format!("self.{name}(");
        let used = body.contains(&partition);
        (head.contains("-> Key") || (head.contains("-> String") && !used)).then(|| name.to_owned())
    });
    found.collect()
}

async fn plant(store: &Store, tenant: &TenantId) {
    let handle = store.of(tenant);
    let keys = Keys(tenant);
    for (name, key) in every_key(tenant) {
        let mut item = key_item(&key);
        if name == "finding" {
            item.insert(
                OPEN_PK.to_owned(),
                text(keys.open_findings(Severity::High, 1)),
            );
            item.insert(OPEN_SK.to_owned(), text("2026"));
        }
        if name == "cluster" {
            item.insert(DUE_PK.to_owned(), text("DUE#cluster#2026#0"));
            item.insert(DUE_SK.to_owned(), text("2026"));
        }
        handle.put(item, &Expression::new()).await.unwrap();
    }
    handle.put_object("snapshots/a.zst", vec![1]).await.unwrap();
    handle.put_object("manifests/b.zst", vec![2]).await.unwrap();
    let control = store.control();
    let listed = Tenant {
        id: tenant.clone(),
        slug: "s".to_owned(),
        name: "n".to_owned(),
        slack: None,
        mail: None,
        escalation_version: 0,
        last_incident_number: 0,
    };
    control.register(&listed).await.unwrap();
    let account = format!("account of {tenant}");
    for claim in [Claim::AwsAccount, Claim::SlackTeam] {
        control.claim(claim, &account, tenant).await.unwrap();
    }
}

async fn left(store: &Store, tenant: &TenantId) -> Vec<Remains> {
    let mut remains = store.erasure(tenant).remains().await.unwrap();
    remains.retain(|one| one.count > 0);
    remains
}

fn kinds(remains: &[Remains]) -> Vec<&'static str> {
    remains.iter().map(|one| one.kind).collect()
}

#[test]
fn every_function_that_makes_a_key_is_planted_and_has_a_kind() {
    let tenant = tenant("acme");
    let planted: BTreeSet<String> = every_key(&tenant)
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let mut makers = makers();
    // Not a partition of the table, but of an index, which is counted by itself.
    assert!(makers.remove("open_findings"));
    // Those of `delivery`.
    assert!(makers.remove("deliveries"));
    assert_eq!(
        planted, makers,
        "plant the new kind of key above, and name it in `KINDS`"
    );
    let named: BTreeSet<&str> = every_key(&tenant)
        .iter()
        .map(|(_, key)| kind_of(&tenant, key))
        .collect();
    let mut known = BTreeSet::from(KINDS);
    known.remove(UNKNOWN_KIND);
    assert_eq!(named, known);
}

#[tokio::test]
async fn everything_of_a_tenant_goes_and_nothing_of_another() {
    let store = Store::embedded(None).await.unwrap();
    let (acme, globex) = (tenant("acme"), tenant("globex"));
    plant(&store, &acme).await;
    plant(&store, &globex).await;
    let before = left(&store, &globex).await;
    let total: u64 = left(&store, &acme).await.iter().map(|one| one.count).sum();
    // Findings and the cluster stand in an index as well.
    let items = every_key(&acme).len() as u64;
    assert_eq!(total, items + 2 + 1 + 2 + 2 + 1);
    let deleted = store.erasure(&acme).delete().await.unwrap();
    assert_eq!(deleted, items + 2 + 2 + 1);
    assert_eq!(left(&store, &acme).await, []);
    assert_eq!(left(&store, &globex).await, before);
    assert_eq!(store.erasure(&acme).delete().await.unwrap(), 0);
}

/// What a deletion that forgot one kind would leave is found, whichever kind it is.
#[tokio::test]
async fn one_thing_left_of_any_kind_is_found() {
    let store = Store::embedded(None).await.unwrap();
    let acme = tenant("acme");
    let handle = store.of(&acme);
    let mut left_over = every_key(&acme);
    // Kinds that nobody has thought of, and one of a partition without a tail.
    let unknown = format!("{}#NEW#x", Keys(&acme).root());
    left_over.push(("unknown", Key::new(unknown, "x")));
    left_over.push(("unknown", Key::new(Keys(&acme).root(), "NEW")));
    for (_, key) in left_over {
        handle
            .put(key_item(&key), &Expression::new())
            .await
            .unwrap();
        let found = left(&store, &acme).await;
        assert_eq!(kinds(&found), [kind_of(&acme, &key)], "{key}");
        handle.delete(&key).await.unwrap();
        assert_eq!(left(&store, &acme).await, []);
    }
    let object = handle.put_object("new/place/x", vec![1]).await.unwrap();
    assert_eq!(kinds(&left(&store, &acme).await), [OBJECTS]);
    handle.delete_object(&object).await.unwrap();
    let control = store.control();
    control.claim(Claim::SlackTeam, "T1", &acme).await.unwrap();
    assert_eq!(kinds(&left(&store, &acme).await), [CLAIMS]);
    assert_eq!(store.erasure(&acme).delete().await.unwrap(), 1);
    assert_eq!(control.owner(Claim::SlackTeam, "T1").await.unwrap(), None);
}

#[tokio::test]
async fn many_pages_and_batches_are_no_limit() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::embedded(Some(folder.path())).await.unwrap();
    let acme = tenant("acme");
    let handle = store.of(&acme);
    let keys = Keys(&acme);
    let cluster = ClusterId::of(&["c"]);
    // A page of a scan holds a megabyte.
    let filling = "x".repeat(30_000);
    for number in 0..90 {
        let key = keys.finding(&cluster, &fingerprint(&number.to_string()));
        let mut item = key_item(&key);
        item.insert("filling".to_owned(), text(&filling));
        handle.put(item, &Expression::new()).await.unwrap();
    }
    for number in 0..3 {
        let name = format!("a/{number}/b.zst");
        handle.put_object(&name, vec![1]).await.unwrap();
    }
    let found = left(&store, &acme).await;
    let counts: Vec<u64> = found.iter().map(|one| one.count).collect();
    assert_eq!(
        (kinds(&found), counts),
        (vec!["findings", OBJECTS], vec![90, 3])
    );
    assert_eq!(store.erasure(&acme).delete().await.unwrap(), 93);
    assert_eq!(left(&store, &acme).await, []);
}
