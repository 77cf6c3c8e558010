//! A scan that is interrupted goes on where it was, whoever goes on with it.

use plimsoll_store::{Checkpoint, DueKind, ScanLease, ScanSweep, StoreError, TenantStore};

use crate::support::*;

/// Puts a part; what the checkpoint is to say then.
async fn read_on(handle: &TenantStore, lease: &ScanLease, before: Checkpoint) -> Checkpoint {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("read by {}", lease.epoch)).unwrap();
    let part = handle.put_part(lease, file.path()).await.unwrap();
    Checkpoint {
        hops: before.hops + 1,
        begun: start(),
        plan: "plan".to_owned(),
        parts: [before.parts, vec![part]].concat(),
    }
}

#[tokio::test]
async fn an_interrupted_scan_gives_its_lease_back_and_is_found_if_its_message_is_lost() {
    let (store, handle) = tenant_store().await;
    let lease = begun(&handle).await;
    let (cluster, scan) = (&lease.cluster, &lease.scan);
    let none = handle.get_checkpoint(cluster, scan).await.unwrap();
    assert_eq!(none, None);
    let first = read_on(&handle, &lease, Checkpoint::default()).await;
    let due = async |minute| {
        let batch = store.due().list(DueKind::Scan, after(minute)).await;
        batch.unwrap().items.len()
    };
    handle
        .put_checkpoint(&lease, &first, after(4))
        .await
        .unwrap();
    assert_eq!((due(5).await, due(6).await), (0, 1));
    let sweep = handle.sweep_scan(cluster, scan, after(6)).await.unwrap();
    assert_eq!(sweep, ScanSweep::Requeue);
    let known = handle.get_cluster(cluster).await.unwrap();
    assert_eq!((known.lease.scan, known.lease.until), (None, None));

    let second = held(&handle, scan, after(6)).await;
    let kept = handle.get_checkpoint(cluster, scan).await.unwrap();
    assert_eq!(kept, Some(first.clone()));
    // Whoever was interrupted can say nothing any more.
    let late = read_on(&handle, &lease, Checkpoint::default()).await;
    let lost = handle.put_checkpoint(&lease, &late, after(7)).await;
    assert!(matches!(lost, Err(StoreError::LeaseLost(_))));
    let kept = handle.get_checkpoint(cluster, scan).await.unwrap();
    assert_eq!(kept.as_ref(), Some(&first));

    let both = read_on(&handle, &second, first).await;
    assert_eq!((both.hops, both.parts.len()), (2, 2));
    handle
        .put_checkpoint(&second, &both, after(8))
        .await
        .unwrap();
    let third = held(&handle, scan, after(8)).await;
    let end = publication(None, None);
    handle.publish(&third, &end).await.unwrap();
    let gone = handle.get_checkpoint(cluster, scan).await.unwrap();
    assert_eq!(gone, None);
    for part in &both.parts {
        let read = handle.get_object(part).await;
        assert!(matches!(read, Err(StoreError::NotFound(_))), "{part}");
    }
}

#[tokio::test]
async fn what_a_scan_had_read_that_a_newer_one_overtook_is_deleted() {
    let (_, handle) = tenant_store().await;
    let lease = begun(&handle).await;
    let checkpoint = read_on(&handle, &lease, Checkpoint::default()).await;
    let kept = handle.put_checkpoint(&lease, &checkpoint, after(4)).await;
    kept.unwrap();
    let newer = handle.plan_scan(&lease.cluster, after(60), after(60)).await;
    let newer = held(&handle, &newer.unwrap().id, after(60)).await;
    let end = publication(None, None);
    handle.publish(&newer, &end).await.unwrap();
    let old = handle.acquire(&lease.cluster, &lease.scan, after(61), ttl());
    assert_eq!(old.await.unwrap(), plimsoll_store::Acquired::Finished);
    let read = handle.get_object(&checkpoint.parts[0]).await;
    assert!(matches!(read, Err(StoreError::NotFound(_))));
}
