//! Manifests, findings and the end of a scan, repeated and interrupted anywhere.

use std::collections::BTreeSet;

use plimsoll_model::*;
use plimsoll_store::{DueKind, DueWork, FINDING_SHARDS, StoreError, Written};

use crate::support::*;

#[tokio::test]
async fn a_scan_published_twice_is_published_once() {
    let (store, handle) = tenant_store().await;
    let lease = begun(&handle).await;
    let key = handle
        .put_pending_manifest(&lease, &manifest(&["a", "b"]), None)
        .await
        .unwrap();
    assert_eq!(
        handle
            .put_pending_manifest(&lease, &manifest(&["a", "b"]), None)
            .await
            .unwrap(),
        key
    );
    let findings = [
        finding("a", FindingState::Open, &lease.scan),
        finding("b", FindingState::Open, &lease.scan),
    ];
    handle.write_findings(&lease, &findings).await.unwrap();
    handle.write_findings(&lease, &findings).await.unwrap();
    let left = outbox(&lease.scan, vec![change("a"), change("b")]);
    let end = publication(Some(key.clone()), Some(left.clone()));
    handle.publish(&lease, &end).await.unwrap();
    let first = handle.get_cluster(&lease.cluster).await.unwrap();
    handle.publish(&lease, &end).await.unwrap();
    assert_eq!(handle.get_cluster(&lease.cluster).await.unwrap(), first);

    assert_eq!(
        (first.manifest.as_ref(), first.pending_manifest.as_ref()),
        (Some(&key), None)
    );
    assert_eq!(
        (first.last_scan.as_ref(), first.last_scan_at),
        (Some(&lease.scan), Some(after(1)))
    );
    assert_eq!(
        (first.readable.clone(), first.version.as_deref()),
        (Readable::Yes, Some("1.34"))
    );
    assert_eq!(
        first.lease,
        Lease {
            epoch: 1,
            scan: None,
            until: None
        }
    );
    let result = end.result.unwrap();
    assert_eq!(
        (first.counts, &first.scores, &first.open),
        (result.counts, &result.scores, &result.open)
    );
    let scan = handle.get_scan(&lease.cluster, &lease.scan).await.unwrap();
    assert_eq!(
        (scan.status, scan.finished, scan.missing),
        (ScanStatus::Done, Some(after(1)), result.missing)
    );
    assert_eq!(
        handle.first_scan_at(&lease.cluster).await.unwrap(),
        Some(after(1))
    );

    assert_eq!(
        handle.published_manifest(&first).await.unwrap(),
        Some(manifest(&["a", "b"]))
    );
    assert_eq!(handle.pending_manifest(&first).await.unwrap(), None);
    assert_eq!(
        handle.get_outbox(&left.id).await.unwrap(),
        Some(left.clone())
    );
    let due = store
        .due()
        .list(DueKind::Outbox, after(3))
        .await
        .unwrap()
        .items;
    assert_eq!(
        due.iter().map(|item| item.work.clone()).collect::<Vec<_>>(),
        vec![DueWork::Outbox(left.id)]
    );
}

#[tokio::test]
async fn findings_are_found_by_fingerprint_by_cluster_and_by_severity_while_open() {
    let (_, handle) = tenant_store().await;
    let lease = begun(&handle).await;
    let names: Vec<String> = (0..230).map(|i| format!("f{i}")).collect();
    let mut findings: Vec<Finding> = names
        .iter()
        .map(|name| finding(name, FindingState::Open, &lease.scan))
        .collect();
    handle.write_findings(&lease, &findings).await.unwrap();
    let expected: BTreeSet<Fingerprint> =
        findings.iter().map(|finding| finding.fingerprint).collect();
    let all = handle.cluster_findings(&lease.cluster).await.unwrap();
    assert_eq!(
        all.iter()
            .map(|finding| finding.fingerprint)
            .collect::<BTreeSet<_>>(),
        expected
    );
    let some = handle
        .get_findings(
            &lease.cluster,
            expected.iter().copied().chain([fingerprint("unknown")]),
        )
        .await;
    assert_eq!(some.unwrap().into_keys().collect::<BTreeSet<_>>(), expected);
    assert_eq!(
        handle
            .get_finding(&lease.cluster, &findings[7].fingerprint)
            .await
            .unwrap(),
        findings[7]
    );
    let unknown = handle
        .get_finding(&lease.cluster, &fingerprint("unknown"))
        .await;
    assert!(matches!(unknown, Err(StoreError::NotFound(_))));

    let mut paged = BTreeSet::new();
    for shard in 0..FINDING_SHARDS {
        let mut after: Option<String> = None;
        loop {
            let page = handle
                .findings_page(&lease.cluster, shard, after.as_deref(), Some(10))
                .await
                .unwrap();
            assert!(page.items.len() <= 10);
            paged.extend(page.items.iter().map(|finding| finding.fingerprint));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    assert_eq!(paged, expected);

    // Resolved findings leave the index of open ones and stay elsewhere; the oldest open ones come first.
    for finding in &mut findings[3..] {
        finding.state = FindingState::Resolved;
    }
    findings[1].first_seen = after(-60);
    handle.write_findings(&lease, &findings).await.unwrap();
    let open = handle.open_findings(Severity::Critical, 100).await.unwrap();
    assert_eq!(open.len(), 3);
    assert_eq!(open[0], findings[1]);
    assert_eq!(
        handle.open_findings(Severity::Critical, 1).await.unwrap(),
        vec![findings[1].clone()]
    );
    assert!(
        handle
            .open_findings(Severity::High, 100)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        handle.cluster_findings(&lease.cluster).await.unwrap().len(),
        230
    );
}

#[tokio::test]
async fn what_dead_attempts_may_have_written_stays_known_until_a_scan_is_published() {
    let (_, handle) = tenant_store().await;
    let first = begun(&handle).await;
    handle
        .put_pending_manifest(&first, &manifest(&["a"]), None)
        .await
        .unwrap();
    // It dies here, and so does the second one; between them the world has changed twice.
    let second = held(&handle, &first.scan, after(2)).await;
    let found = handle.get_cluster(&first.cluster).await.unwrap();
    assert_eq!(
        handle.pending_manifest(&found).await.unwrap(),
        Some(manifest(&["a"]))
    );
    handle
        .put_pending_manifest(&second, &manifest(&["b"]), Some(&manifest(&["a"])))
        .await
        .unwrap();
    let third = held(&handle, &first.scan, after(4)).await;
    let found = handle.get_cluster(&first.cluster).await.unwrap();
    assert_eq!(
        handle.pending_manifest(&found).await.unwrap(),
        Some(manifest(&["a", "b"]))
    );
    assert_eq!(handle.published_manifest(&found).await.unwrap(), None);
    let key = handle
        .put_pending_manifest(&third, &manifest(&["c"]), Some(&manifest(&["a", "b"])))
        .await
        .unwrap();
    handle
        .put_pending_manifest(&third, &manifest(&["c"]), Some(&manifest(&["a", "b"])))
        .await
        .unwrap();
    let found = handle.get_cluster(&first.cluster).await.unwrap();
    assert_eq!(
        handle.pending_manifest(&found).await.unwrap(),
        Some(manifest(&["a", "b", "c"]))
    );
    handle
        .publish(&third, &publication(Some(key), None))
        .await
        .unwrap();
    let found = handle.get_cluster(&first.cluster).await.unwrap();
    assert_eq!(
        handle.published_manifest(&found).await.unwrap(),
        Some(manifest(&["c"]))
    );
    assert_eq!(handle.pending_manifest(&found).await.unwrap(), None);
}

#[tokio::test]
async fn an_unreadable_cluster_keeps_the_results_of_its_last_scan() {
    let (_, handle) = tenant_store().await;
    let lease = begun(&handle).await;
    let key = handle
        .put_pending_manifest(&lease, &manifest(&["a"]), None)
        .await
        .unwrap();
    handle
        .publish(&lease, &publication(Some(key), None))
        .await
        .unwrap();
    let before = handle.get_cluster(&lease.cluster).await.unwrap();
    let scan = handle
        .plan_scan(&lease.cluster, after(60), after(60))
        .await
        .unwrap();
    let lease = held(&handle, &scan.id, after(60)).await;
    let reason = Reason::new(ReasonCode::PermissionMissing, "access entry");
    let readable = Readable::No {
        reason: reason.clone(),
        since: after(60),
    };
    let mut left = outbox(&scan.id, vec![]);
    left.unreadable = Some(reason.clone());
    let mut end = publication(None, Some(left.clone()));
    (end.result, end.readable) = (None, readable.clone());
    handle.publish(&lease, &end).await.unwrap();
    let after_it = handle.get_cluster(&lease.cluster).await.unwrap();
    let epoch = after_it.lease.epoch;
    assert_eq!(
        after_it,
        Cluster {
            readable,
            lease: Lease {
                epoch,
                ..Lease::default()
            },
            ..before
        }
    );
    let scan = handle.get_scan(&lease.cluster, &scan.id).await.unwrap();
    assert_eq!(scan.status, ScanStatus::Unreadable { reason });
    assert_eq!(handle.get_outbox(&left.id).await.unwrap(), Some(left));
    // No result and readable does not go together.
    let scan = handle
        .plan_scan(&lease.cluster, after(90), after(90))
        .await
        .unwrap();
    let lease = held(&handle, &scan.id, after(90)).await;
    end.readable = Readable::Yes;
    assert!(handle.publish(&lease, &end).await.is_err());
}

#[tokio::test]
async fn an_unchanged_scan_keeps_the_manifest_and_leaves_nothing_for_the_router() {
    let (store, handle) = tenant_store().await;
    let lease = begun(&handle).await;
    let key = handle
        .put_pending_manifest(&lease, &manifest(&["a"]), None)
        .await
        .unwrap();
    handle
        .publish(&lease, &publication(Some(key.clone()), None))
        .await
        .unwrap();
    let scan = handle
        .plan_scan(&lease.cluster, after(60), after(60))
        .await
        .unwrap();
    let lease = held(&handle, &scan.id, after(60)).await;
    handle
        .publish(&lease, &publication(None, None))
        .await
        .unwrap();
    let cluster = handle.get_cluster(&lease.cluster).await.unwrap();
    assert_eq!(
        (cluster.manifest.as_ref(), cluster.last_scan.as_ref()),
        (Some(&key), Some(&scan.id))
    );
    assert_eq!(
        handle.published_manifest(&cluster).await.unwrap(),
        Some(manifest(&["a"]))
    );
    assert_eq!(
        handle.first_scan_at(&lease.cluster).await.unwrap(),
        Some(after(1))
    );
    assert!(
        store
            .due()
            .list(DueKind::Outbox, after(500))
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn an_outbox_item_of_any_size_is_routed_part_by_part() {
    let (store, handle) = tenant_store().await;
    let lease = begun(&handle).await;
    let names: Vec<String> = (0..20_000).map(|i| format!("f{i}")).collect();
    let left = outbox(&lease.scan, names.iter().map(|name| change(name)).collect());
    handle
        .publish(&lease, &publication(None, Some(left.clone())))
        .await
        .unwrap();
    assert_eq!(handle.get_outbox(&left.id).await.unwrap().unwrap(), left);
    assert!(handle.routed_parts(&left.id).await.unwrap().is_empty());
    let sent = [delivery(None, "baseline", "ana@acme.example")];
    let part = Some((&left.id, "baseline"));
    assert_eq!(
        handle.put_deliveries(&sent, part, after(2)).await.unwrap(),
        Written::Now
    );
    assert_eq!(
        handle.put_deliveries(&sent, part, after(2)).await.unwrap(),
        Written::Before
    );
    assert_eq!(
        handle.routed_parts(&left.id).await.unwrap(),
        BTreeSet::from(["baseline".to_owned()])
    );
    handle.mark_routed(&left.id, after(2)).await.unwrap();
    handle.mark_routed(&left.id, after(3)).await.unwrap();
    assert_eq!(handle.get_outbox(&left.id).await.unwrap(), None);
    assert!(
        store
            .due()
            .list(DueKind::Outbox, after(500))
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let unknown = OutboxId::of_scan(&ScanId::of_slot(&lease.cluster, after(77)));
    assert!(matches!(
        handle.mark_routed(&unknown, start()).await,
        Err(StoreError::NotFound(_))
    ));
}
