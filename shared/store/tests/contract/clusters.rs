//! Connections, clusters, planning.

use plimsoll_model::*;
use plimsoll_store::{DueKind, DueWork, ScanSweep, StoreError, TenantStore};

use crate::support::*;

#[tokio::test]
async fn connections_are_due_until_their_slot_is_dealt_with() {
    let (store, handle) = tenant_store().await;
    let first = connection("prod");
    handle.put_connection(&first).await.unwrap();
    assert_eq!(handle.get_connection(&first.id).await.unwrap(), first);
    let first = settled(&handle, &first).await;
    let due = store
        .due()
        .list(DueKind::Connection, after(1))
        .await
        .unwrap()
        .items;
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].work, DueWork::Connection(first.id.clone()));
    handle.defer(&due[0], after(3)).await.unwrap();
    // The entry has moved since: deferring by the old one does nothing.
    handle.defer(&due[0], after(99)).await.unwrap();
    assert!(
        store
            .due()
            .list(DueKind::Connection, after(2))
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert_eq!(
        store
            .due()
            .list(DueKind::Connection, after(3))
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    handle
        .advance_connection(&first.id, start(), after(60))
        .await
        .unwrap();
    handle
        .advance_connection(&first.id, start(), after(120))
        .await
        .unwrap();
    let expected = Connection {
        next_scan: after(60),
        ..first.clone()
    };
    assert_eq!(handle.list_connections().await.unwrap(), vec![expected]);
    assert!(
        store
            .due()
            .list(DueKind::Connection, after(59))
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let missing = ConnectionId::of(&["missing"]);
    let gone = Connection {
        id: missing.clone(),
        ..first.clone()
    };
    assert!(matches!(
        handle.settle_connection(&gone, &gone, None).await,
        Err(StoreError::NotFound(_))
    ));
    assert!(matches!(
        handle.get_connection(&missing).await,
        Err(StoreError::NotFound(_))
    ));
}

/// The connection after a round of checks, none of which is due before its next scan.
async fn settled(handle: &TenantStore, connection: &Connection) -> Connection {
    let mut now = connection.clone();
    now.state = ConnectionState::Degraded {
        reason: "r".into(),
        mend: NextStep::words("m").copying("line"),
        since: start(),
    };
    now.checked.rounds += 1;
    now.checked.next = Some(after(1440));
    now.checked.checks = vec![Check {
        kind: CheckKind::RegionsListed { listed: 1, of: 2 },
        outcome: CheckOutcome::Lost {
            said: "throttled".into(),
        },
        at: start(),
    }];
    handle
        .settle_connection(connection, &now, None)
        .await
        .unwrap();
    assert_eq!(handle.get_connection(&connection.id).await.unwrap(), now);
    now
}

#[tokio::test]
async fn a_round_of_checks_is_written_once_with_what_is_told_and_the_earlier_of_two_times_is_due() {
    let (store, handle) = tenant_store().await;
    let new = connection("prod");
    handle.put_connection(&new).await.unwrap();
    let told = outbox(&ScanId::of_slot(&cluster("any").id, start()), Vec::new());
    let mut now = new.clone();
    now.state = ConnectionState::Connected;
    now.checked.rounds = 1;
    now.checked.next = Some(after(30));
    let settle = async |outbox| handle.settle_connection(&new, &now, outbox).await;
    settle(Some(&told)).await.unwrap();
    assert_eq!(
        handle.get_outbox(&told.id).await.unwrap(),
        Some(told.clone())
    );
    let due = async |minute| {
        let due = store.due().list(DueKind::Connection, after(minute)).await;
        due.unwrap().items.len()
    };
    assert_eq!(due(0).await, 1, "its scan comes before its checks");
    let advance = handle.advance_connection(&new.id, start(), after(60));
    advance.await.unwrap();
    assert_eq!((due(29).await, due(30).await), (0, 1), "now the checks do");
    // A second delivery of the same job began with the same connection.
    let late = outbox(&ScanId::of_slot(&cluster("any").id, after(1)), Vec::new());
    assert!(matches!(
        settle(Some(&late)).await,
        Err(StoreError::Conflict(_))
    ));
    let none = handle.get_outbox(&late.id).await;
    assert!(matches!(none, Err(StoreError::NotFound(_))), "told twice");
    handle.remove_connection(&new.id).await.unwrap();
    handle.remove_connection(&new.id).await.unwrap();
    assert!(handle.list_connections().await.unwrap().is_empty());
    assert_eq!(due(99).await, 0);
}

#[tokio::test]
async fn a_cluster_that_is_removed_is_not_due_any_more() {
    let (store, handle) = tenant_store().await;
    let found = handle.discover_cluster(&cluster("prod")).await.unwrap();
    handle.remove_cluster(&found.id).await.unwrap();
    handle.remove_cluster(&found.id).await.unwrap();
    assert!(handle.list_clusters().await.unwrap().is_empty());
    let due = store.due().list(DueKind::Cluster, after(99)).await.unwrap();
    assert!(due.items.is_empty());
}

#[tokio::test]
async fn discovery_does_not_touch_what_scans_have_left() {
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
    let scanned = handle.get_cluster(&lease.cluster).await.unwrap();
    let found = Cluster {
        region: Some("eu-central-1".to_owned()),
        stage: Stage::Dev,
        next_scan: after(500),
        ..cluster("renamed")
    };
    let expected = Cluster {
        region: found.region.clone(),
        stage: Stage::Dev,
        name: "renamed".into(),
        ..scanned
    };
    assert_eq!(handle.discover_cluster(&found).await.unwrap(), expected);
    assert_eq!(
        handle.list_clusters().await.unwrap(),
        vec![expected.clone()]
    );
    // Nor does discovery during a scan take its lease away.
    let scan = handle
        .plan_scan(&found.id, after(60), after(60))
        .await
        .unwrap();
    let mut lease = held(&handle, &scan.id, after(60)).await;
    handle.discover_cluster(&found).await.unwrap();
    handle.renew(&mut lease, after(60), ttl()).await.unwrap();
}

#[tokio::test]
async fn clusters_are_due_until_their_slot_is_planned() {
    let (store, handle) = tenant_store().await;
    let found = handle.discover_cluster(&cluster("prod")).await.unwrap();
    assert_eq!(found, cluster("prod"));
    assert_eq!(
        store
            .due()
            .list(DueKind::Cluster, start())
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    handle
        .advance_cluster(&found.id, start(), after(60))
        .await
        .unwrap();
    handle
        .advance_cluster(&found.id, start(), after(99))
        .await
        .unwrap();
    assert_eq!(
        handle.get_cluster(&found.id).await.unwrap().next_scan,
        after(60)
    );
    assert!(
        store
            .due()
            .list(DueKind::Cluster, after(59))
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn the_same_slot_is_the_same_scan_and_the_sweep_finds_it_until_it_ends() {
    let (store, handle) = tenant_store().await;
    let cluster = handle.discover_cluster(&cluster("prod")).await.unwrap();
    let first = handle
        .plan_scan(&cluster.id, start(), start())
        .await
        .unwrap();
    assert_eq!(
        handle
            .plan_scan(&cluster.id, start(), after(5))
            .await
            .unwrap(),
        first
    );
    assert_eq!(
        handle.recent_scans(&cluster.id, 10).await.unwrap(),
        vec![first.clone()]
    );
    assert!(
        store
            .due()
            .list(DueKind::Scan, after(1))
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let due = store
        .due()
        .list(DueKind::Scan, after(2))
        .await
        .unwrap()
        .items;
    let job = ClusterJob {
        tenant: handle.tenant().clone(),
        cluster: cluster.id.clone(),
        scan: first.id.clone(),
    };
    assert_eq!(due[0].message(), Some(Message::ClusterJob(job)));
    let sweep = |now| handle.sweep_scan(&cluster.id, &first.id, now);
    assert_eq!(sweep(after(2)).await.unwrap(), ScanSweep::Requeue);
    let lease = held(&handle, &first.id, after(2)).await;
    // The lease runs until minute 3; the sweep leaves it alone for another.
    assert_eq!(sweep(after(3)).await.unwrap(), ScanSweep::Wait(after(4)));
    assert_eq!(sweep(after(4)).await.unwrap(), ScanSweep::Requeue);
    handle
        .publish(&lease, &publication(None, None))
        .await
        .unwrap();
    assert_eq!(sweep(after(5)).await.unwrap(), ScanSweep::Finished);
    assert!(
        store
            .due()
            .list(DueKind::Scan, after(500))
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let unknown = ScanId::of_slot(&cluster.id, after(77));
    assert_eq!(
        handle
            .sweep_scan(&cluster.id, &unknown, after(5))
            .await
            .unwrap(),
        ScanSweep::Finished
    );
}
