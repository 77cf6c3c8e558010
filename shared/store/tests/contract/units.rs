//! What DynamoDB charges for a night in which nothing changed, whatever things are called.

use plimsoll_model::*;
use plimsoll_store::{Meter, Publication, Store};

use crate::support::*;

/// Fifty tags are the most that EKS takes, a hundred letters the longest name of a cluster.
fn long_named() -> Cluster {
    let tag = |number| {
        let key = format!("kubernetes.example.com/cost-centre-{number:02}");
        (key, "platform-engineering-europe-central".to_owned())
    };
    Cluster {
        region: Some("ap-southeast-1".to_owned()),
        account: Some("471100000815".to_owned()),
        tags: (0..50).map(tag).collect(),
        ..cluster(&"payments-".repeat(11))
    }
}

/// Twelve frameworks, and as many reasons as there are lists in a namespace.
fn long_publication(manifest: Option<String>) -> Publication {
    let score = |number: u32| FrameworkScore {
        id: format!("international-standard-{number}"),
        title: format!("International standard {number} on the hardening of clusters"),
        passed: 117,
        failed: 38,
        not_evaluated: 15,
        attested: 3,
    };
    let reason = |list: &str| {
        Reason::new(ReasonCode::PermissionMissing, format!("list {list}"))
            .mended_by("plimsoll access cluster-role | kubectl apply -f -")
    };
    let lists = [
        "clusterrolebindings",
        "clusterroles",
        "mutatingwebhookconfigurations",
        "rolebindings",
        "roles",
        "validatingwebhookconfigurations",
    ];
    let mut publication = publication(manifest, None);
    let result = publication.result.as_mut().unwrap();
    result.scores = (27_001..27_013).map(score).collect();
    result.missing = lists.map(reason).into();
    result.open = Severity::ALL.map(|severity| (severity, 123_456)).into();
    result.snapshot = Some("t/ten/snapshots/clu/scn.ndjson.zst".repeat(3));
    publication
}

#[tokio::test]
async fn an_unchanged_scan_writes_little_whatever_things_are_called() {
    let meter = Meter::default();
    let store = Store::embedded_metered(&meter).await.unwrap();
    let handle = store.of(&tenant("acme").id);
    let found = handle.discover_cluster(&long_named()).await.unwrap();
    let scan = |slot| handle.plan_scan(&found.id, slot, slot);
    let first = scan(start()).await.unwrap();
    let lease = held(&handle, &first.id, start()).await;
    let key = handle
        .put_pending_manifest(&lease, &manifest(&["a"]), None)
        .await;
    let changed = long_publication(Some(key.unwrap()));
    handle.publish(&lease, &changed).await.unwrap();

    let _ = meter.take();
    handle.discover_cluster(&long_named()).await.unwrap();
    assert_eq!(meter.take().write, 0.0, "nothing new was found");
    let second = scan(after(1440)).await.unwrap();
    let mut lease = held(&handle, &second.id, after(1440)).await;
    handle
        .publish(&lease, &long_publication(None))
        .await
        .unwrap();
    let units = meter.take().write;
    assert!((1.0..=10.0).contains(&units), "{units} write units");

    let third = scan(after(2880)).await.unwrap();
    lease = held(&handle, &third.id, after(2880)).await;
    let _ = meter.take();
    handle.renew(&mut lease, after(2880), ttl()).await.unwrap();
    assert_eq!(meter.take().write, 1.0, "a lease is renewed often");
    let known = handle.get_cluster(&found.id).await.unwrap();
    assert_eq!(known.tags, found.tags);
    assert_eq!(known.scores.len(), 12);
}

#[tokio::test]
async fn what_is_written_apart_is_read_together_and_goes_together() {
    let (_, handle) = tenant_store().await;
    let found = handle.discover_cluster(&long_named()).await.unwrap();
    assert_eq!(found, long_named());
    let other = Cluster {
        id: ClusterId::of(&["other"]),
        ..cluster("other")
    };
    handle.discover_cluster(&other).await.unwrap();
    let mut both = vec![found.clone(), other.clone()];
    both.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(handle.list_clusters().await.unwrap(), both);
    handle.remove_cluster(&found.id).await.unwrap();
    assert_eq!(handle.list_clusters().await.unwrap(), [other]);
    // Found again, it begins anew: nothing of the one that was removed is left.
    let again = handle.discover_cluster(&cluster("again")).await.unwrap();
    assert_eq!(again, cluster("again"));
}
