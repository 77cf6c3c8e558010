//! Regions whose last cluster goes: what was found of them is closed, and only when every list says so.

use plimsoll_world::{Failure, Fault};

use super::*;

/// The open findings of each scope: of the account, its regions and its clusters.
async fn night_of(stage: &Stage, job: &mut AccountJob) -> BTreeMap<String, (bool, usize)> {
    let (_, jobs) = stage.look(job).await;
    let mut all = BTreeMap::new();
    for job in &jobs {
        let (cluster, findings) = stage.scan(job).await;
        let open = findings.iter().filter(|one| !one.ends_with("not open"));
        let read = cluster.readable == Readable::Yes;
        all.insert(cluster.name, (read, open.count()));
    }
    all
}

#[tokio::test]
async fn what_was_found_of_a_region_is_closed_when_its_last_cluster_goes() {
    let stage = Stage::new().await;
    let mut job = stage.connect("globex").await;
    let (central, west) = ("471100000933-eu-central-1", "471100000933-eu-west-1");
    let first = night_of(&stage, &mut job).await;
    for scope in [ACCOUNT, central, west, "edge", "lab"] {
        assert!(first[scope].0 && first[scope].1 > 0, "{scope}: {first:?}");
    }

    // A list that is lost closes nothing.
    let lost = Fault::aws("eks", "ListClusters", Failure::Forbidden);
    stage.world.fault(lost.always());
    assert_eq!(night_of(&stage, &mut job).await, BTreeMap::new());
    stage.world.clear_faults();
    assert_eq!(night_of(&stage, &mut job).await, first);

    stage.world.delete_cluster("lab").unwrap();
    let second = night_of(&stage, &mut job).await;
    assert_eq!(second[west], (true, 0));
    assert_eq!(
        (second[ACCOUNT], second[central]),
        (first[ACCOUNT], first[central])
    );
    assert!(!second.contains_key("lab"), "nobody plans its scan");

    stage.world.delete_cluster("edge").unwrap();
    let third = night_of(&stage, &mut job).await;
    assert_eq!(
        third,
        [ACCOUNT, central, west]
            .map(|scope| (scope.to_owned(), (true, 0)))
            .into()
    );
    let clusters = stage.store.of(&job.tenant).list_clusters().await.unwrap();
    let region = clusters.iter().find(|one| one.name == west).unwrap();
    let open = region.open.iter().map(|(_, count)| count);
    assert_eq!((open.sum::<u32>(), &region.readable), (0, &Readable::Yes));
}
