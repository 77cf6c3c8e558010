//! Evidence of nodes that lies in the account: read where somebody chose the route, and judged with the cluster.

use plimsoll_world::{Failure, Fault};

use super::*;

const NODE: &str = "i-0a41f6b2c9d37e815";
const OTHER: &str = "i-03c8e75d1b9f42a60";
const THEN: &str = "2026-11-02T00:00:00Z";

/// What Systems Manager's inventory holds of an instance whose kubelet is started with this flag.
fn entity(id: &str, flag: &str, time: &str) -> String {
    format!(
        r#"{{"Id": "{id}", "Data": {{"Custom:PlimsollKubelet": {{
            "TypeName": "Custom:PlimsollKubelet", "SchemaVersion": "1.0", "CaptureTime": "{time}",
            "Content": [{{"part": "flags", "name": "kubelet", "value": "[\"{flag}\"]"}}]}}}}}}"#
    )
}

impl Stage {
    /// Two pages of the inventory.
    fn put_inventory(&self, [first, second]: [&str; 2]) {
        let put = |name: &str, page: &str| {
            let path = format!("{RICH_ACCOUNT}/eu-central-1/ssm/{name}.json");
            self.world.put_reply(&path, page);
        };
        put(
            "GetInventory",
            &format!(r#"{{"Entities": [{first}], "NextToken": "second"}}"#),
        );
        put(
            "GetInventory.second",
            &format!(r#"{{"Entities": [{second}]}}"#),
        );
    }

    fn asked_for_inventory(&self) -> usize {
        let requests = self.world.requests().into_iter();
        requests
            .filter(|one| one.operation == "GetInventory")
            .count()
    }

    /// A night: what is open of a policy, by node.
    async fn open(&self, job: &mut AccountJob, policy: &str) -> Vec<String> {
        let (_, jobs) = self.look(job).await;
        let mut open = Vec::new();
        for job in &jobs {
            self.scan(job).await;
            let of = self.store.of(&job.tenant);
            let findings = of.cluster_findings(&job.cluster).await.unwrap().into_iter();
            let wanted = findings
                .filter(|one| one.policy.as_str() == policy && one.state == FindingState::Open);
            open.extend(wanted.map(|one| one.resource.name.clone().unwrap_or_default()));
        }
        open.sort();
        open
    }
}

#[tokio::test]
async fn whoever_chose_no_route_is_asked_nothing_about_nodes() {
    let stage = Stage::new().await;
    let mut job = stage.connect_account("acme", RICH_ACCOUNT).await;
    let bad = entity(NODE, "--anonymous-auth=true", THEN);
    stage.put_inventory([&bad, &bad]);
    assert!(
        stage
            .open(&mut job, "kubelet-anonymous-auth")
            .await
            .is_empty()
    );
    stage.choose(&job, NodeRoute::Collector).await;
    stage.look(&mut job).await;
    assert_eq!(stage.asked_for_inventory(), 0);
}

#[tokio::test]
async fn a_setting_in_the_inventory_fails_its_policy_and_losing_it_closes_nothing() {
    const POLICY: &str = "kubelet-anonymous-auth";
    let stage = Stage::new().await;
    let mut job = stage.connect_account("acme", RICH_ACCOUNT).await;
    stage.choose(&job, NodeRoute::Ssm).await;
    let bad = entity(NODE, "--anonymous-auth=true", THEN);
    let good = entity(OTHER, "--anonymous-auth=false", THEN);
    stage.put_inventory([&good, &bad]);
    assert_eq!(stage.open(&mut job, POLICY).await, [NODE]);
    assert_eq!(
        stage.asked_for_inventory(),
        2,
        "a call a page, of the region that has clusters"
    );

    // Refused, then lost after a page, then older than two days: what failed is not known to have been mended.
    let refused = Fault::aws("ssm", "GetInventory", Failure::Forbidden);
    stage.world.fault(refused.always());
    assert_eq!(stage.open(&mut job, POLICY).await, [NODE]);
    stage.world.clear_faults();
    let refused = Fault::aws("ssm", "GetInventory", Failure::Forbidden);
    stage.world.fault(refused.after(1).always());
    assert_eq!(stage.open(&mut job, POLICY).await, [NODE]);
    stage.world.clear_faults();
    let mended = entity(NODE, "--anonymous-auth=false", THEN);
    stage.put_inventory([&good, &mended]);
    assert_eq!(
        stage.open(&mut job, POLICY).await,
        [NODE],
        "it is three days old"
    );

    let fresh = entity(
        NODE,
        "--anonymous-auth=false",
        &stage.clock.now().to_string(),
    );
    stage.put_inventory([&good, &fresh]);
    assert!(
        stage.open(&mut job, POLICY).await.is_empty(),
        "known to be mended"
    );
}
