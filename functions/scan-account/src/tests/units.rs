//! What a night in which nothing changed costs.

use plimsoll_store::Meter;

use super::*;

#[tokio::test]
async fn an_unchanged_scan_writes_little() {
    let meter = Meter::default();
    let store = Store::embedded_metered(&meter).await.unwrap();
    let stage = Stage::with(store).await;
    let mut job = stage.connect_account("acme", RICH_ACCOUNT).await;
    let (_, jobs) = stage.look(&mut job).await;
    let tenant = stage.store.of(&job.tenant);
    let catalogue = plimsoll_catalogue::built_in().unwrap();
    let mut most = 0.0_f64;
    for first in &jobs {
        stage.scan(first).await;
        let now = stage.clock.now();
        let _ = meter.take();
        let scan = tenant.plan_scan(&first.cluster, now, now).await.unwrap();
        let again = ClusterJob {
            scan: scan.id,
            ..first.clone()
        };
        let (store, clock) = (&stage.store, &stage.clock);
        let scan = scan_cluster::handle(store, &catalogue, &stage.reach, clock, &again);
        scan.await.unwrap();
        let units = meter.take();
        let cluster = tenant.get_cluster(&first.cluster).await.unwrap();
        println!(
            "exercised: unchanged-scan-write-units {} of {} ({} read)",
            units.write, cluster.name, units.read
        );
        most = most.max(units.write);
    }
    assert!(most > 0.0 && most <= 10.0, "{most} write units");
}
