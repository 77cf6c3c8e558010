//! A directory: kept over a restart, locked meanwhile.

use plimsoll_model::*;
use plimsoll_store::{DueKind, Queue, Store, StoreError};

use crate::support::*;

#[tokio::test]
async fn tables_and_objects_outlive_the_store_queues_do_not_and_the_due_index_makes_up_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let (cluster_before, key) = {
        let store = Store::embedded(Some(directory.path())).await.unwrap();
        let handle = store.of(&tenant("acme").id);
        handle.put_tenant(&tenant("acme")).await.unwrap();
        let lease = begun(&handle).await;
        handle
            .put_pending_manifest(&lease, &manifest(&["a"]), None)
            .await
            .unwrap();
        let key = handle
            .put_object("snapshots/one.zst", b"bytes".to_vec())
            .await
            .unwrap();
        let job = ClusterJob {
            tenant: handle.tenant().clone(),
            cluster: lease.cluster.clone(),
            scan: lease.scan,
        };
        store
            .queues()
            .send(&Message::ClusterJob(job))
            .await
            .unwrap();
        (handle.get_cluster(&lease.cluster).await.unwrap(), key)
    };
    let store = Store::embedded(Some(directory.path())).await.unwrap();
    let handle = store.of(&tenant("acme").id);
    assert_eq!(
        handle.get_cluster(&cluster_before.id).await.unwrap(),
        cluster_before
    );
    assert_eq!(
        handle.pending_manifest(&cluster_before).await.unwrap(),
        Some(manifest(&["a"]))
    );
    assert_eq!(handle.get_object(&key).await.unwrap(), b"bytes");
    assert_eq!(store.queues().depth(Queue::ClusterJobs).await.unwrap(), 0);
    handle.break_leases(start()).await.unwrap();
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
}

#[tokio::test]
async fn a_directory_in_use_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let first = Store::embedded(Some(directory.path())).await.unwrap();
    let second = Store::embedded(Some(directory.path())).await;
    assert!(matches!(second, Err(StoreError::DirectoryInUse(path)) if path == directory.path()));
    drop(first);
    Store::embedded(Some(directory.path())).await.unwrap();
}

#[tokio::test]
async fn objects_are_replaced_whole_read_from_files_and_deleted() {
    let directory = tempfile::tempdir().unwrap();
    for place in [None, Some(directory.path())] {
        let store = Store::embedded(place).await.unwrap();
        let handle = store.of(&tenant("acme").id);
        let key = handle.put_object("a/b.zst", b"one".to_vec()).await.unwrap();
        assert_eq!(
            handle.put_object("a/b.zst", b"two".to_vec()).await.unwrap(),
            key
        );
        assert_eq!(handle.get_object(&key).await.unwrap(), b"two");
        let from = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(from.path(), b"three").unwrap();
        handle
            .put_object_file("a/b.zst", from.path())
            .await
            .unwrap();
        assert_eq!(handle.get_object(&key).await.unwrap(), b"three");
        handle.delete_object(&key).await.unwrap();
        handle.delete_object(&key).await.unwrap();
        assert!(matches!(
            handle.get_object(&key).await,
            Err(StoreError::NotFound(_))
        ));
        assert!(matches!(
            handle.put_object("../x", vec![]).await,
            Err(StoreError::CrossTenant(_))
        ));
        let foreign = store
            .of(&tenant("zeta").id)
            .put_object("a/b.zst", vec![1])
            .await
            .unwrap();
        assert!(matches!(
            handle.get_object(&foreign).await,
            Err(StoreError::CrossTenant(_))
        ));
        assert!(matches!(
            handle.delete_object(&foreign).await,
            Err(StoreError::CrossTenant(_))
        ));
    }
    let left: Vec<_> = std::fs::read_dir(
        directory
            .path()
            .join(format!("objects/t/{}/a", tenant("acme").id)),
    )
    .unwrap()
    .collect();
    assert!(left.is_empty(), "nothing half written: {left:?}");
}
