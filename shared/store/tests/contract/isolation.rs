//! Two tenants in one store, step by step in turn, with the same ids everywhere: each sees its own and nothing else.

use std::collections::BTreeSet;

use plimsoll_model::*;
use plimsoll_store::*;

use crate::support::*;

/// Lets the other tenant take its step.
async fn turn() {
    tokio::task::yield_now().await;
}

/// One life of a tenant, in which every method of its handle is called. `mine` marks all it writes.
async fn life(store: &Store, mine: &str) {
    let own = tenant(mine);
    let t = store.of(&own.id);
    let scan_key = ScanId::of_slot(&cluster(mine).id, start());
    assert!(matches!(t.get_tenant().await, Err(StoreError::NotFound(_))));
    t.put_tenant(&own).await.unwrap();
    turn().await;
    assert_eq!(t.get_tenant().await.unwrap(), own);
    assert_eq!(t.set_escalation(mine, start()).await.unwrap(), 1);
    turn().await;
    assert_eq!(t.get_escalation(1).await.unwrap().text, mine);
    t.set_next_summary(Some(start())).await.unwrap();
    turn().await;
    t.advance_summary(start(), Some(after(7))).await.unwrap();
    turn().await;
    assert_eq!(t.next_summary().await.unwrap(), Some(after(7)));

    let exception = Exception {
        id: ExceptionId::of(&["e"]),
        policy: PolicyId::new("p"),
        cluster: None,
        namespace: None,
        fingerprint: None,
        reason: mine.to_owned(),
        approved_by: mine.to_owned(),
        created: start(),
        expires: None,
    };
    t.put_exception(&exception).await.unwrap();
    let attestation = Attestation {
        framework: "f".to_owned(),
        control: "1.1".to_owned(),
        cluster: None,
        statement: mine.to_owned(),
        by: mine.to_owned(),
        until: after(60),
    };
    t.put_attestation(&attestation).await.unwrap();
    let audit = AuditEntry {
        at: start(),
        actor: mine.to_owned(),
        action: "a".to_owned(),
        subject: "s".to_owned(),
        text: String::new(),
    };
    t.append_audit(&audit).await.unwrap();
    turn().await;
    assert_eq!(t.list_exceptions().await.unwrap(), vec![exception.clone()]);
    assert_eq!(
        t.list_attestations().await.unwrap(),
        vec![attestation.clone()]
    );
    assert_eq!(t.list_audit(start()).await.unwrap(), vec![audit]);

    let policy = PolicyId::new("own-policy");
    let set = t.set_policy(&policy, mine, Some(mine), start()).await;
    assert_eq!(set.unwrap().unwrap().version, 1);
    let values = [("p".to_owned(), [("a".to_owned(), mine.into())].into())];
    t.set_parameters(&values.clone().into()).await.unwrap();
    turn().await;
    assert_eq!(t.parameters().await.unwrap(), values.into());
    assert_eq!(
        t.active_policies().await.unwrap()[0].text.as_deref(),
        Some(mine)
    );
    assert!(t.remove_policy(&policy, after(1)).await.unwrap().is_some());
    turn().await;
    assert_eq!(t.policy_versions(&policy).await.unwrap().len(), 2);
    assert!(t.active_policies().await.unwrap().is_empty());

    let reached = connection(mine);
    t.put_connection(&reached).await.unwrap();
    turn().await;
    let mut settled = Connection {
        state: ConnectionState::Connected,
        ..reached.clone()
    };
    settled.checked.rounds = 1;
    t.settle_connection(&reached, &settled, None).await.unwrap();
    t.advance_connection(&reached.id, start(), after(60))
        .await
        .unwrap();
    turn().await;
    let reached = Connection {
        next_scan: after(60),
        ..settled
    };
    assert_eq!(t.get_connection(&reached.id).await.unwrap(), reached);
    assert_eq!(t.list_connections().await.unwrap(), vec![reached.clone()]);
    t.remove_connection(&reached.id).await.unwrap();
    turn().await;
    t.put_connection(&reached).await.unwrap();
    let other = Cluster {
        id: ClusterId::of(&["short-lived"]),
        ..cluster(mine)
    };
    t.discover_cluster(&other).await.unwrap();
    turn().await;
    t.remove_cluster(&other.id).await.unwrap();

    let found = t.discover_cluster(&cluster(mine)).await.unwrap();
    turn().await;
    t.advance_cluster(&found.id, start(), after(60))
        .await
        .unwrap();
    let scan = t.plan_scan(&found.id, start(), start()).await.unwrap();
    turn().await;
    assert_eq!(t.get_scan(&found.id, &scan.id).await.unwrap(), scan);
    assert_eq!(
        t.recent_scans(&found.id, 9).await.unwrap(),
        vec![scan.clone()]
    );
    // A lease of the other tenant on a cluster of the same id is in nobody's way.
    let Acquired::Held(lost, before) = t
        .acquire(&found.id, &scan.id, start(), ttl())
        .await
        .unwrap()
    else {
        panic!("the other tenant's lease was in the way")
    };
    assert_eq!(before.name, mine);
    turn().await;
    assert_eq!(
        t.sweep_scan(&found.id, &scan.id, start()).await.unwrap(),
        ScanSweep::Wait(after(2))
    );
    assert_eq!(t.break_leases(start()).await.unwrap().len(), 1);
    turn().await;
    let mut lease = held(&t, &scan.id, start()).await;
    assert_eq!(lease.epoch, lost.epoch + 1);
    turn().await;
    t.renew(&mut lease, start(), ttl()).await.unwrap();
    t.give_up(&lease, start()).await.unwrap();
    turn().await;
    let lease = held(&t, &scan.id, start()).await;
    let read = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(read.path(), mine).unwrap();
    let part = t.put_part(&lease, read.path()).await.unwrap();
    let checkpoint = Checkpoint {
        hops: 1,
        begun: start(),
        plan: mine.to_owned(),
        parts: vec![part.clone()],
    };
    t.put_checkpoint(&lease, &checkpoint, start())
        .await
        .unwrap();
    turn().await;
    let kept = t.get_checkpoint(&found.id, &scan.id).await.unwrap();
    assert_eq!(kept, Some(checkpoint));
    t.get_object_file(&part, read.path()).await.unwrap();
    assert_eq!(std::fs::read_to_string(read.path()).unwrap(), mine);
    let lease = held(&t, &scan.id, start()).await;

    let names = [mine, "both"];
    let key = t
        .put_pending_manifest(&lease, &manifest(&names), None)
        .await
        .unwrap();
    turn().await;
    let pending = t.get_cluster(&found.id).await.unwrap();
    assert_eq!(
        t.pending_manifest(&pending).await.unwrap(),
        Some(manifest(&names))
    );
    let findings: Vec<Finding> = names
        .iter()
        .map(|name| Finding {
            message: mine.to_owned(),
            ..finding(name, FindingState::Open, &scan.id)
        })
        .collect();
    t.write_findings(&lease, &findings).await.unwrap();
    turn().await;
    let theirs_or_not =
        |found: &[Finding]| found.len() == 2 && found.iter().all(|finding| finding.message == mine);
    assert!(theirs_or_not(&t.cluster_findings(&found.id).await.unwrap()));
    assert!(theirs_or_not(
        &t.open_findings(Severity::Critical, 9).await.unwrap()
    ));
    assert_eq!(
        t.get_finding(&found.id, &fingerprint("both"))
            .await
            .unwrap()
            .message,
        mine
    );
    let wanted = ["one", "two", "both"].map(fingerprint);
    assert!(theirs_or_not(
        &t.get_findings(&found.id, wanted)
            .await
            .unwrap()
            .into_values()
            .collect::<Vec<_>>()
    ));
    let shard = fingerprint("both").shard();
    let page = t.findings_page(&found.id, shard, None, None).await.unwrap();
    assert!(page.items.iter().all(|finding| finding.message == mine) && !page.items.is_empty());

    let left = outbox(&scan.id, vec![change(mine)]);
    t.publish(&lease, &publication(Some(key), Some(left.clone())))
        .await
        .unwrap();
    turn().await;
    let published = t.list_clusters().await.unwrap();
    assert_eq!((published.len(), published[0].name.as_str()), (1, mine));
    assert_eq!(
        t.published_manifest(&published[0]).await.unwrap(),
        Some(manifest(&names))
    );
    assert_eq!(t.first_scan_at(&found.id).await.unwrap(), Some(after(1)));
    assert_eq!(t.first_read_at(&found.id).await.unwrap(), Some(after(1)));
    assert_eq!(t.get_outbox(&left.id).await.unwrap(), Some(left.clone()));
    assert!(t.routed_parts(&left.id).await.unwrap().is_empty());

    let opened = Incident {
        title: mine.to_owned(),
        ..incident(1, "p", &scan_key)
    };
    let told = [delivery(Some(&opened.id), "r0s0", mine)];
    let log = [LogEntry {
        at: start(),
        reason: "first".to_owned(),
        text: mine.to_owned(),
    }];
    let write = IncidentWrite {
        incident: &opened,
        read: None,
        deliveries: &told,
        log: &log,
        part: Some((&left.id, "p")),
        now: start(),
    };
    assert_eq!(t.write_incident(&write).await.unwrap(), Written::Now);
    turn().await;
    assert_eq!(t.get_incident(&opened.id).await.unwrap(), opened);
    assert_eq!(t.incident_by_number(1).await.unwrap(), opened);
    assert_eq!(
        t.latest_incident(&opened.cluster, opened.policy.as_ref())
            .await
            .unwrap(),
        Some(opened.clone())
    );
    assert_eq!(t.open_incidents(None).await.unwrap(), vec![opened.clone()]);
    assert_eq!(t.recent_incidents(9).await.unwrap(), vec![opened.clone()]);
    assert_eq!(t.incident_log(&opened.id).await.unwrap(), log);
    assert_eq!(t.list_deliveries(Some(&opened.id)).await.unwrap(), told);

    let sum = [delivery(None, "2026-W41", "same@both.example")];
    assert_eq!(
        t.put_deliveries(&sum, Some((&left.id, "sum")), start())
            .await
            .unwrap(),
        Written::Now
    );
    turn().await;
    assert_eq!(t.find_delivery(None, &sum[0].id).await.unwrap(), sum[0]);
    let key = t.delivery_sort_key(&sum[0]);
    for round in 0..3 {
        turn().await;
        let now = after(round);
        let claim = t
            .claim_delivery(None, &key, now, after(round + 1), |_| WhenLapsed::GiveUp)
            .await
            .unwrap();
        let DeliveryClaim::Granted(claimed) = claim else {
            panic!("the other tenant's claim was in the way")
        };
        match round {
            0 => t.delivery_later(claimed, now, mine).await,
            1 => t.delivery_later(claimed, now, mine).await,
            _ => t.delivery_sent(claimed, now, mine).await,
        }
        .unwrap();
    }
    let key = t.delivery_sort_key(&told[0]);
    let claim = t
        .claim_delivery(Some(&opened.id), &key, start(), after(1), |_| {
            WhenLapsed::SendAgain
        })
        .await
        .unwrap();
    let DeliveryClaim::Granted(claimed) = claim else {
        panic!("the other tenant's claim was in the way")
    };
    turn().await;
    t.delivery_failed(claimed, start(), mine).await.unwrap();
    turn().await;
    let failed = t.get_delivery(Some(&opened.id), &key).await.unwrap();
    assert_eq!(
        failed.state,
        DeliveryState::Failed {
            at: start(),
            reason: mine.to_owned()
        }
    );

    t.mark_routed(&left.id, start()).await.unwrap();
    let object = t
        .put_object("same/name", mine.as_bytes().to_vec())
        .await
        .unwrap();
    turn().await;
    assert_eq!(t.get_object(&object).await.unwrap(), mine.as_bytes());
    let named = t.get_object_named("same/name").await.unwrap();
    assert_eq!(named, mine.as_bytes());
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), mine).unwrap();
    t.put_object_file("same/file", file.path()).await.unwrap();
    turn().await;
    t.delete_object(&object).await.unwrap();
    t.delete_exception(&exception.id).await.unwrap();
    t.delete_attestation(&attestation).await.unwrap();
    assert_eq!(t.tenant(), &own.id);
    // What is due of both is found by the one who may; each handle moves its own entry only.
    for item in store
        .due()
        .list(DueKind::Connection, after(60))
        .await
        .unwrap()
        .items
    {
        let moved = t.defer(&item, after(90)).await;
        assert_eq!(moved.is_ok(), item.tenant == own.id, "{moved:?}");
    }
}

#[tokio::test]
async fn two_tenants_interleaved_see_nothing_of_each_other() {
    let store = store().await;
    tokio::join!(life(&store, "one"), life(&store, "two"));
}

#[tokio::test]
async fn a_tenants_session_allows_what_its_handle_asks_for_and_no_more() {
    if std::env::var_os("AWS_ENDPOINT_URL").is_some() {
        return;
    }
    let (store, seen) = watched().await;
    life(&store, "one").await;
    let seen = seen.lock().unwrap().clone();
    let (actions, resources): (BTreeSet<_>, BTreeSet<_>) = seen.into_iter().unzip();
    assert_eq!((actions, resources), crate::iam::allowed());
}

/// The handle's methods, from the source.
fn methods(folder: &std::path::Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            methods(&path, found);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut handle = false;
            for line in text.lines() {
                if line.starts_with("impl ") {
                    handle = line.starts_with("impl TenantStore ");
                }
                let line = line.trim_start();
                let rest = line
                    .strip_prefix("pub async fn ")
                    .or_else(|| line.strip_prefix("pub fn "));
                if let Some(name) = rest
                    .filter(|_| handle)
                    .and_then(|rest| rest.split(['(', '<']).next())
                {
                    found.insert(name.to_owned());
                }
            }
        }
    }
}

#[test]
fn the_life_above_calls_every_method_of_a_handle() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    methods(&root.join("src"), &mut found);
    assert!(found.len() > 50, "{found:?}");
    let text = std::fs::read_to_string(root.join("tests/contract/isolation.rs")).unwrap();
    let text: String = text.split_whitespace().collect();
    let missing: Vec<&String> = found
        .iter()
        .filter(|name| !text.contains(&format!("t.{name}(")))
        .collect();
    assert!(missing.is_empty(), "not called: {missing:?}");
}
