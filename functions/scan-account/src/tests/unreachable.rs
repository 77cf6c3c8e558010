//! Clusters whose Kubernetes API does not let us in: what AWS says of them is judged all the same.

use plimsoll_alerting::Links;
use plimsoll_model::{
    ChangeKind, Finding, FinishedScan, OutboxItem, PolicyId, ReasonCode, Scan, ScanStatus,
};
use route_findings::Desk;

use super::*;

const ESCALATION: &str = "version: 1
timezone: Europe/Berlin
route: { use: default }
policies: { default: { steps: [ { notify: { slack: '#security' } } ] } }
";

impl Stage {
    /// The job for a cluster of an account.
    async fn job_of(&self, jobs: &[ClusterJob], name: &str) -> ClusterJob {
        for job in jobs {
            let of = self.store.of(&job.tenant);
            if of.get_cluster(&job.cluster).await.unwrap().name == name {
                return job.clone();
            }
        }
        panic!("there is no {name}");
    }

    /// Scans; gives the cluster, its open findings, the scan, and what the router was given.
    async fn scanned(&self, job: &ClusterJob) -> (Cluster, Vec<Finding>, Scan, Vec<OutboxItem>) {
        let (cluster, _) = self.scan(job).await;
        let of = self.store.of(&job.tenant);
        let mut findings = of.cluster_findings(&job.cluster).await.unwrap();
        findings.retain(|one| one.state == FindingState::Open);
        findings.sort_by_key(|one| one.fingerprint);
        let scan = of.get_scan(&job.cluster, &job.scan).await.unwrap();
        let mut news = Vec::new();
        let queues = self.store.queues();
        let none = std::time::Duration::ZERO;
        for received in queues
            .receive(Queue::FinishedScans, 10, none)
            .await
            .unwrap()
        {
            let Ok(Message::FinishedScan(FinishedScan { outbox, .. })) = received.message else {
                panic!("no finished scan");
            };
            news.extend(of.get_outbox(&outbox).await.unwrap());
            let deleted = queues.delete(Queue::FinishedScans, &received.receipt).await;
            deleted.unwrap();
        }
        (cluster, findings, scan, news)
    }
}

fn of_aws(finding: &&Finding) -> bool {
    finding.resource.api_version == "aws"
}

#[tokio::test]
async fn a_cluster_that_was_never_read_has_two_first_scans() {
    let stage = Stage::new().await;
    stage.world.set_week(3);
    let mut job = stage.connect("globex").await;
    let (_, jobs) = stage.look(&mut job).await;
    let edge = stage.job_of(&jobs, "edge").await;
    let (cluster, findings, scan, news) = stage.scanned(&edge).await;
    let Readable::No { reason, since } = &cluster.readable else {
        panic!("it was read");
    };
    assert_eq!(reason.need, "access entry missing (401)");
    assert!(
        reason
            .mend
            .as_ref()
            .unwrap()
            .starts_with("aws eks create-access-entry")
    );
    assert_eq!(
        scan.status,
        ScanStatus::Unreadable {
            reason: reason.clone()
        }
    );
    assert!(
        findings.iter().all(|one| of_aws(&one)) && findings.len() > 3,
        "{findings:#?}"
    );
    let counts = cluster.counts;
    assert_eq!(
        (scan.counts, cluster.known_around()),
        (counts, Some(&counts))
    );
    assert!(counts.policies_evaluated > 10, "{counts:?}");
    assert!(
        counts.policies_evaluated * 2 < counts.policies_applicable,
        "{counts:?}"
    );
    let eks = |cluster: &Cluster| {
        let mut all = cluster.scores.iter();
        let eks = all
            .find(|score| score.id == "cis-eks-1.8.0")
            .unwrap()
            .clone();
        (eks.scored(), eks.passed, eks.failed, eks.not_evaluated)
    };
    // Everything that CIS scores is in the cluster itself.
    let (scored, passed, failed, unknown) = eks(&cluster);
    assert_eq!((passed, failed, unknown), (0, 0, scored));
    let missing: Vec<_> = scan.missing.iter().map(|one| one.need.as_str()).collect();
    assert!(
        missing.contains(&"access entry missing (401)"),
        "{missing:?}"
    );
    let [news] = &news[..] else {
        panic!("{news:?}");
    };
    assert!(news.first && news.readable_changed);
    assert_eq!(news.unreadable.as_ref(), Some(reason));
    assert_eq!(news.changes, [], "people are told of it as a whole");

    // The next night is no news.
    let (_, jobs) = stage.look(&mut job).await;
    let edge = stage.job_of(&jobs, "edge").await;
    let (again, same, _, news) = stage.scanned(&edge).await;
    assert_eq!((&same, news), (&findings, vec![]));
    assert_eq!(
        again.readable,
        Readable::No {
            reason: reason.clone(),
            since: *since
        }
    );

    // Then it is let in: what lies in it was there before.
    stage.world.set_week(0);
    let (_, jobs) = stage.look(&mut job).await;
    let edge = stage.job_of(&jobs, "edge").await;
    let (cluster, all, scan, news) = stage.scanned(&edge).await;
    assert_eq!(
        (&cluster.readable, scan.status),
        (&Readable::Yes, ScanStatus::Done)
    );
    assert!(news[0].first && news[0].readable_changed && news[0].unreadable.is_none());
    assert!(all.len() > findings.len() && all.iter().any(|one| !of_aws(&one)));
    assert!(eks(&cluster).3 < unknown);
}

#[tokio::test]
async fn what_was_told_before_a_cluster_was_first_read_ends_with_that_scan() {
    let mut stage = Stage::new().await;
    let mut job = stage.connect_account("acme", RICH_ACCOUNT).await;
    let of = stage.store.of(&job.tenant);
    of.set_escalation(ESCALATION, night()).await.unwrap();
    let ports = "<fromPort>22</fromPort><toPort>22</toPort>";
    let closed = "<fromPort>8443</fromPort><toPort>8443</toPort>";
    let policy = PolicyId::new("nodegroup-sg-ssh");
    for (rule, reads, is_first, said, open) in [
        (closed, false, true, None, false),
        (ports, false, false, Some(ChangeKind::New), true),
        (closed, true, true, Some(ChangeKind::Resolved), false),
    ] {
        change(&stage.world, "DescribeSecurityGroups", ports, rule);
        stage.reach.allowed = match reads {
            true => AllowedNetworks::everything(),
            false => AllowedNetworks::public_only(),
        };
        let (_, jobs) = stage.look(&mut job).await;
        let prod = stage.job_of(&jobs, "prod-eu-1").await;
        let (cluster, _, _, news) = stage.scanned(&prod).await;
        assert_eq!(matches!(cluster.readable, Readable::Yes), reads);
        assert_eq!((news.len(), news[0].first), (1, is_first));
        let changes = news[0].changes.iter();
        let what = changes.map(|change| (&change.policy, change.what));
        let expected: Vec<_> = said.into_iter().map(|what| (&policy, what)).collect();
        assert_eq!(what.collect::<Vec<_>>(), expected);

        let desk = Desk {
            store: &stage.store,
            catalogue: &plimsoll_catalogue::built_in().unwrap(),
            links: &Links::default(),
            now: stage.clock.now(),
        };
        let finished = FinishedScan {
            tenant: job.tenant.clone(),
            outbox: news[0].id.clone(),
        };
        route_findings::handle(&desk, &finished).await.unwrap();
        let incident = of.latest_incident(&cluster.id, Some(&policy)).await;
        let is_open = incident.unwrap().is_some_and(|one| one.is_open());
        assert_eq!(is_open, open, "{rule}");
    }
}

#[tokio::test]
async fn nothing_of_a_cluster_is_closed_while_it_is_out_of_reach() {
    let stage = Stage::new().await;
    let mut job = stage.connect("globex").await;
    let (_, jobs) = stage.look(&mut job).await;
    let edge = stage.job_of(&jobs, "edge").await;
    let (read, before, _, news) = stage.scanned(&edge).await;
    assert_eq!(read.readable, Readable::Yes);
    assert!(news[0].first);
    let aws: Vec<&Finding> = before.iter().filter(of_aws).collect();
    assert!(!aws.is_empty() && aws.len() < before.len());

    stage.world.set_week(3);
    let (_, jobs) = stage.look(&mut job).await;
    let edge = stage.job_of(&jobs, "edge").await;
    let (cluster, after, scan, news) = stage.scanned(&edge).await;
    let fingerprints = |all: &[Finding]| all.iter().map(|one| one.fingerprint).collect::<Vec<_>>();
    assert_eq!(fingerprints(&after), fingerprints(&before));
    assert_eq!(cluster.open, read.open);
    assert!(matches!(cluster.readable, Readable::No { .. }));
    assert_eq!(
        (news.len(), news[0].first, &news[0].changes[..]),
        (1, false, &[][..])
    );
    assert!(news[0].unreadable.is_some());
    assert!(cluster.counts.policies_evaluated < read.counts.policies_evaluated);
    assert!(
        scan.missing
            .iter()
            .any(|one| one.code == ReasonCode::PermissionMissing)
    );

    // A role that AWS says is gone leaves what was read in the night, for one night.
    stage.world.delete_role(ACCOUNT, ROLE);
    let now = stage.clock.now();
    let of = stage.store.of(&job.tenant);
    let scan = of.plan_scan(&edge.cluster, now + SignedDuration::from_hours(1), now);
    let late = ClusterJob {
        scan: scan.await.unwrap().id,
        ..edge
    };
    stage.clock.set(now + SignedDuration::from_hours(1));
    let (cluster, left, scan, news) = stage.scanned(&late).await;
    assert_eq!(fingerprints(&left), fingerprints(&before));
    assert_eq!((scan.counts.policies_evaluated, news), (0, vec![]));
    let Readable::No { reason, .. } = cluster.readable else {
        panic!("it was read");
    };
    assert_eq!(
        reason.need,
        "the connection does not work: the role does not let us in with our ExternalId"
    );
}

#[tokio::test]
async fn a_private_endpoint_is_named_and_what_aws_says_is_judged() {
    let mut stage = Stage::new().await;
    stage.reach.allowed = AllowedNetworks::public_only();
    let mut job = stage.connect("globex").await;
    let (_, jobs) = stage.look(&mut job).await;
    let edge = stage.job_of(&jobs, "edge").await;
    let (cluster, findings, _, _) = stage.scanned(&edge).await;
    let Readable::No { reason, .. } = cluster.readable else {
        panic!("it was read");
    };
    let private = "the cluster answers only inside its VPC (private endpoint): https://127.0.0.1";
    assert!(reason.need.starts_with(private), "{reason:?}");
    assert!(
        findings
            .iter()
            .any(|one| one.policy.as_str() == "eks-endpoint-public-enabled")
    );
}
