//! What the account says that the kubelets of its nodes are started with.

use plimsoll_inventory::kube::ListScope;
use plimsoll_model::kind::NODE_CONFIG;
use plimsoll_model::{Finding, Judgement, NodeRoute, Verdict};
use plimsoll_policy::{Plan, PlanOptions};
use scan_cluster::{NodeAccess, judge_cluster};

use super::*;

/// A NodeConfig with `podPidsLimit: 4096` and the flag `--anonymous-auth=true`, multipart, in Base64.
const USER_DATA: &str = "TUlNRS1WZXJzaW9uOiAxLjAKQ29udGVudC1UeXBlOiBtdWx0aXBhcnQvbWl4ZWQ7IGJvdW5kYXJ5PSIvLyIKCi0tLy8KQ29udGVudC1UeXBlOiBhcHBsaWNhdGlvbi9ub2RlLmVrcy5hd3MKCmFwaVZlcnNpb246IG5vZGUuZWtzLmF3cy92MWFscGhhMQpraW5kOiBOb2RlQ29uZmlnCnNwZWM6CiAgY2x1c3RlcjoKICAgIG5hbWU6IHByb2QtZXUtMQogICAgY2lkcjogMTAuMTAwLjAuMC8xNgogIGt1YmVsZXQ6CiAgICBjb25maWc6CiAgICAgIHBvZFBpZHNMaW1pdDogNDA5NgogICAgZmxhZ3M6CiAgICAtIC0tYW5vbnltb3VzLWF1dGg9dHJ1ZQoKLS0vLy0tCg==";

/// Has a group start the nodes, from the image of that name, with that user data.
fn start_nodes(world: &World, image: &str, user_data: &str) {
    change(
        world,
        "DescribeImages",
        "eks-auto-standard-arm64-1.34",
        image,
    );
    let data = "<launchTemplateData>";
    change(
        world,
        "DescribeLaunchTemplateVersions",
        data,
        &format!("{data}<userData>{user_data}</userData>"),
    );
    let group = "<item><key>aws:autoscaling:groupName</key><value>nodes</value></item>";
    change(
        world,
        "DescribeInstances",
        "<tagSet>",
        &format!("<tagSet>{group}"),
    );
}

impl Stage {
    /// A night of the cluster by the route: its findings about nodes.
    async fn nodes(&self, job: &mut AccountJob) -> Vec<Finding> {
        let of = self.store.of(&job.tenant);
        let mut connection = of.get_connection(&job.connection).await.unwrap();
        connection.node_evidence = Some(NodeRoute::Ami);
        of.put_connection(&connection).await.unwrap();
        let (_, jobs) = self.look(job).await;
        for job in &jobs {
            let cluster = of.get_cluster(&job.cluster).await.unwrap();
            if cluster.name == CLUSTER {
                self.scan(job).await;
                let found = of.cluster_findings(&job.cluster).await.unwrap();
                let of_nodes = |one: &Finding| one.resource.kind == NODE_CONFIG.name;
                return found.into_iter().filter(of_nodes).collect();
            }
        }
        panic!("no {CLUSTER}");
    }
}

fn of_policy<'a>(findings: &'a [Finding], policy: &str) -> Vec<(&'a str, FindingState)> {
    let of = findings.iter().filter(|one| one.policy.as_str() == policy);
    let mut named: Vec<_> = of
        .map(|one| (one.resource.name.as_deref().unwrap(), one.state))
        .collect();
    named.sort_by_key(|(name, _)| *name);
    named
}

#[tokio::test]
async fn user_data_that_lets_everybody_in_fails_and_stays_open_when_it_is_not_known() {
    let stage = Stage::new().await;
    start_nodes(
        &stage.world,
        "amazon-eks-node-al2023-arm64-standard-1.34-v20261020",
        USER_DATA,
    );
    let mut job = stage.connect_account("acme", RICH_ACCOUNT).await;
    let findings = stage.nodes(&mut job).await;
    let both = |state| ["i-03c8e75d1b9f42a60", "i-0a41f6b2c9d37e815"].map(|name| (name, state));
    for policy in ["kubelet-anonymous-auth", "kubelet-tls-ciphers-weak"] {
        assert_eq!(
            of_policy(&findings, policy),
            both(FindingState::Open),
            "{policy}"
        );
    }
    for policy in [
        "kubelet-client-ca-missing",
        "kubelet-kubeconfig-writable",
        "kubelet-pod-pids-unlimited",
        "kubelet-protect-kernel-defaults",
    ] {
        assert_eq!(of_policy(&findings, policy), [], "{policy}");
    }

    // Nothing is known of other images.
    start_nodes(&stage.world, "mine-1.34", USER_DATA);
    let findings = stage.nodes(&mut job).await;
    assert_eq!(
        of_policy(&findings, "kubelet-anonymous-auth"),
        both(FindingState::Open)
    );

    // Without the flag it is mended.
    start_nodes(
        &stage.world,
        "bottlerocket-aws-k8s-1.34-aarch64-v1.50.0-5d9ac849",
        // settings.kubernetes.cluster-name = "prod-eu-1"
        "c2V0dGluZ3Mua3ViZXJuZXRlcy5jbHVzdGVyLW5hbWUgPSAicHJvZC1ldS0xIgo=",
    );
    let findings = stage.nodes(&mut job).await;
    for policy in ["kubelet-anonymous-auth", "kubelet-tls-ciphers-weak"] {
        assert_eq!(
            of_policy(&findings, policy),
            both(FindingState::Resolved),
            "{policy}"
        );
    }
}

#[tokio::test]
async fn a_cluster_without_an_account_says_why_nothing_is_known() {
    let stage = Stage::new().await;
    let mut job = stage.connect_account("acme", RICH_ACCOUNT).await;
    let (_, jobs) = stage.look(&mut job).await;
    let of = stage.store.of(&job.tenant);
    let (tenant, connection) = (of.get_tenant(), of.get_connection(&job.connection));
    let (tenant, connection) = (tenant.await.unwrap(), connection.await.unwrap());
    for job in &jobs {
        let cluster = of.get_cluster(&job.cluster).await.unwrap();
        if cluster.name != CLUSTER {
            continue;
        }
        let reached = stage
            .reach
            .connect(&tenant, &job.scan, &connection, &cluster);
        let reader = reached.await.unwrap();
        let catalogue = plimsoll_catalogue::built_in().unwrap();
        let options = PlanOptions {
            only: vec!["kubelet-anonymous-auth".to_owned()],
            cluster_version: cluster.version.clone(),
            ..PlanOptions::default()
        };
        let plan = Plan::new(&catalogue, options);
        let access = NodeAccess {
            route: NodeRoute::Ami,
            now: stage.clock.now(),
        };
        let everything = ListScope::default();
        let judging = judge_cluster(
            &reader,
            &plan,
            &everything,
            None,
            Some(access),
            &Vec::new,
            &|_, _, _| {},
        );
        let scan = judging.await.unwrap();
        let gap = scan.lists.gap(NODE_CONFIG.plural).unwrap();
        assert_eq!(gap.need, "the cluster's AWS account, for the route ami");
        let said = scan.sinks.iter().flatten();
        let about = |one: &&Judgement| one.verdict != Verdict::NotEvaluated;
        assert_eq!(said.filter(about).count(), 0);
        return;
    }
    panic!("no {CLUSTER}");
}
