//! One writer at a time, and a late one writes nothing.

use plimsoll_model::*;
use plimsoll_store::{Acquired, DueKind, StoreError};

use crate::support::*;

fn lost<T>(outcome: Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::LeaseLost(_)))
}

#[tokio::test]
async fn a_lease_is_held_renewed_and_taken_over_only_after_it_lapsed() {
    let (_, handle) = tenant_store().await;
    let mut lease = begun(&handle).await;
    assert_eq!((lease.epoch, lease.until), (1, after(1)));
    let again = handle
        .acquire(&lease.cluster, &lease.scan, start(), ttl())
        .await
        .unwrap();
    assert_eq!(again, Acquired::Busy(after(1)));
    handle.renew(&mut lease, after(1), ttl()).await.unwrap();
    assert_eq!(lease.until, after(2));
    let next = handle
        .plan_scan(&lease.cluster, after(1), after(1))
        .await
        .unwrap();
    assert_eq!(
        handle
            .acquire(&lease.cluster, &next.id, after(1), ttl())
            .await
            .unwrap(),
        Acquired::Busy(after(2))
    );
    let taken = held(&handle, &next.id, after(2)).await;
    assert_eq!(taken.epoch, 2);
    assert!(lost(handle.renew(&mut lease, after(2), ttl()).await));
}

#[tokio::test]
async fn a_late_writer_with_an_old_epoch_writes_nothing() {
    let (store, handle) = tenant_store().await;
    let late = begun(&handle).await;
    let late_key = handle
        .put_pending_manifest(&late, &manifest(&["late"]), None)
        .await
        .unwrap();
    // The same scan, taken again after its lease lapsed.
    let new = held(&handle, &late.scan, after(2)).await;
    assert_eq!((new.epoch, &new.scan), (2, &late.scan));
    let before = handle.get_cluster(&late.cluster).await.unwrap();

    let findings = [finding("late", FindingState::Open, &late.scan)];
    assert!(lost(handle.write_findings(&late, &findings).await));
    assert!(lost(
        handle
            .put_pending_manifest(&late, &manifest(&["later"]), None)
            .await
    ));
    let late_outbox = outbox(&late.scan, vec![change("late")]);
    assert!(lost(
        handle
            .publish(
                &late,
                &publication(Some(late_key), Some(late_outbox.clone()))
            )
            .await
    ));
    handle.give_up(&late, after(2)).await.unwrap();

    assert_eq!(handle.get_cluster(&late.cluster).await.unwrap(), before);
    assert!(
        handle
            .cluster_findings(&late.cluster)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(matches!(
        handle.get_outbox(&late_outbox.id).await,
        Err(StoreError::NotFound(_))
    ));
    assert!(
        store
            .due()
            .list(DueKind::Outbox, after(500))
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert_eq!(
        handle
            .get_scan(&late.cluster, &late.scan)
            .await
            .unwrap()
            .status,
        ScanStatus::Queued
    );
    handle.write_findings(&new, &findings).await.unwrap();
}

#[tokio::test]
async fn of_many_findings_none_is_written_after_the_lease_is_lost() {
    let (_, handle) = tenant_store().await;
    let late = begun(&handle).await;
    held(&handle, &late.scan, after(2)).await;
    let names: Vec<String> = (0..250).map(|i| format!("f{i}")).collect();
    let findings: Vec<Finding> = names
        .iter()
        .map(|name| finding(name, FindingState::Open, &late.scan))
        .collect();
    assert!(lost(handle.write_findings(&late, &findings).await));
    assert!(
        handle
            .open_findings(Severity::Critical, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_scan_that_ended_or_was_overtaken_is_not_begun_again() {
    let (_, handle) = tenant_store().await;
    let cluster = handle.discover_cluster(&cluster("prod")).await.unwrap();
    let old = handle
        .plan_scan(&cluster.id, start(), start())
        .await
        .unwrap();
    let new = handle
        .plan_scan(&cluster.id, after(1), after(1))
        .await
        .unwrap();
    let lease = held(&handle, &new.id, after(1)).await;
    handle
        .publish(&lease, &publication(None, None))
        .await
        .unwrap();
    for scan in [&new.id, &old.id] {
        let acquired = handle
            .acquire(&cluster.id, scan, after(9), ttl())
            .await
            .unwrap();
        assert_eq!(acquired, Acquired::Finished);
    }
    let unplanned = ScanId::of_slot(&cluster.id, after(77));
    assert!(matches!(
        handle
            .acquire(&cluster.id, &unplanned, after(9), ttl())
            .await,
        Err(StoreError::NotFound(_))
    ));
}

#[tokio::test]
async fn a_start_of_the_service_breaks_its_old_leases_and_the_scans_go_on() {
    let (store, handle) = tenant_store().await;
    let mut dead = begun(&handle).await;
    assert!(
        store
            .due()
            .list(DueKind::Scan, start())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let broken = handle.break_leases(start()).await.unwrap();
    assert_eq!(broken, vec![(dead.cluster.clone(), dead.scan.clone())]);
    assert_eq!(
        store
            .due()
            .list(DueKind::Scan, start())
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    assert!(handle.break_leases(start()).await.unwrap().is_empty());
    let alive = held(&handle, &dead.scan, start()).await;
    assert_eq!(alive.epoch, 2);
    assert!(lost(handle.renew(&mut dead, start(), ttl()).await));
}
