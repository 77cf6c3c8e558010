//! Accounts of the example world, through their roles.

mod calls;
mod deserted;
mod endpoint;
mod least;
mod unreachable;
mod user_data;

use std::sync::Arc;
use std::time::SystemTime;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use plimsoll_inventory::aws::wire::Pace;
use plimsoll_inventory::kube::Patience;
use plimsoll_inventory::network::AllowedNetworks;
use plimsoll_model::{ConnectionId, ConnectionState, FindingState, NodeRoute};
use plimsoll_policy::Catalogue;
use plimsoll_runtime::Clock;
use plimsoll_store::{Acquired, Claim, Queue};
use plimsoll_world::{VENDOR_PRINCIPAL, World, WorldConfig};

use super::*;

mod checks;
mod hops;
mod nodes;
mod units;

/// Clusters `edge` in eu-central-1 and `lab` in eu-west-1; with the two regions and the account, five scans.
const ACCOUNT: &str = "471100000933";
/// Clusters `prod-eu-1` and `dev-1`, and what is around the first.
const RICH_ACCOUNT: &str = "471100000815";
const CLUSTER: &str = "prod-eu-1";
/// What EC2 answers about it.
const PLACE: &str = "471100000815/eu-central-1/ec2";
const ROLE: &str = "PlimsollScanner";
const EXTERNAL_ID: &str = "plm-0123456789abcdefghij";
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The world's first night.
fn night() -> Timestamp {
    "2026-11-02T02:00:00Z".parse().unwrap()
}

#[derive(Debug, Clone)]
struct WorldTime(Clock);

impl aws_smithy_async::time::TimeSource for WorldTime {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
}

struct Stage {
    world: World,
    store: Store,
    reach: Reach,
    clock: Clock,
}

impl Stage {
    async fn new() -> Self {
        Self::with(Store::embedded(None).await.unwrap()).await
    }

    async fn with(store: Store) -> Self {
        let clock = Clock::by_hand(night());
        let worlds = clock.clone();
        let world = World::start(WorldConfig::new(move || worlds.now()));
        let world = world.await.unwrap();
        for account in [ACCOUNT, RICH_ACCOUNT] {
            world.trust_vendor(account, ROLE, EXTERNAL_ID);
        }
        let vendor = world.vendor_credentials();
        let keys = Credentials::new(vendor.access_key, vendor.secret, None, None, "test");
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .endpoint_url(world.aws_endpoint())
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .time_source(WorldTime(clock.clone()))
            .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
            .build();
        Self {
            world,
            store,
            reach: Reach {
                sdk,
                pace: Arc::new(Pace::unlimited()),
                allowed: AllowedNetworks::everything(),
                patience: Patience::default(),
                kubeconfig: None,
                keys: scan_cluster::Keys::default(),
                clock: clock.clone(),
            },
            clock,
        }
    }

    async fn connect(&self, tenant: &str) -> AccountJob {
        self.connect_account(tenant, ACCOUNT).await
    }

    async fn connect_account(&self, tenant: &str, account: &str) -> AccountJob {
        let tenant = TenantId::of(&[tenant]);
        let kind = ConnectionKind::Aws {
            account: account.to_owned(),
            role: ROLE.to_owned(),
            external_id: EXTERNAL_ID.to_owned(),
            regions: ["eu-central-1", "eu-west-1"].map(str::to_owned).into(),
        };
        let id = ConnectionId::of(&[tenant.as_str(), account]);
        let connection = Connection::new(id, kind, None, night());
        let of = self.store.of(&tenant);
        of.put_tenant(&plimsoll_model::Tenant {
            id: tenant.clone(),
            slug: "t".to_owned(),
            name: "T".to_owned(),
            slack: None,
            mail: None,
            escalation_version: 0,
            last_incident_number: 0,
        })
        .await
        .unwrap();
        of.put_connection(&connection).await.unwrap();
        AccountJob {
            tenant,
            connection: connection.id,
            slot: night(),
        }
    }

    /// Chooses a route to evidence of nodes.
    async fn choose(&self, job: &AccountJob, route: NodeRoute) {
        let of = self.store.of(&job.tenant);
        let connection = of.get_connection(&job.connection).await.unwrap();
        let connection = Connection {
            node_evidence: Some(route),
            ..connection
        };
        of.put_connection(&connection).await.unwrap();
    }

    /// Scans; gives the cluster and the findings about AWS resources.
    async fn scan(&self, job: &ClusterJob) -> (Cluster, Vec<String>) {
        let catalogue = plimsoll_catalogue::built_in().unwrap();
        let scan = scan_cluster::handle(&self.store, &catalogue, &self.reach, &self.clock, job);
        scan.await.unwrap();
        let of = self.store.of(&job.tenant);
        let cluster = of.get_cluster(&job.cluster).await.unwrap();
        let findings = of.cluster_findings(&job.cluster).await.unwrap();
        let of_aws = findings
            .iter()
            .filter(|one| one.resource.api_version == "aws");
        let words = of_aws.map(|one| {
            let state = match one.state {
                FindingState::Open => "open",
                _ => "not open",
            };
            format!("{} {} {state}", one.policy, one.resource.long_name())
        });
        (cluster, words.collect())
    }

    /// Looks at the account in the next night; gives the connection's state and the clusters to scan.
    async fn look(&self, job: &mut AccountJob) -> (ConnectionState, Vec<ClusterJob>) {
        let now = self.clock.now();
        handle(&self.store, &self.reach, DAY, now, job)
            .await
            .unwrap();
        self.clock.set(now + DAY);
        job.slot = now + DAY;
        let of = self.store.of(&job.tenant);
        let connection = of.get_connection(&job.connection).await.unwrap();
        let wait = std::time::Duration::ZERO;
        let queues = self.store.queues();
        let mut jobs = Vec::new();
        for received in queues.receive(Queue::ClusterJobs, 10, wait).await.unwrap() {
            let Message::ClusterJob(job) = received.message.unwrap() else {
                panic!("no cluster job");
            };
            jobs.push(job);
            let deleted = queues.delete(Queue::ClusterJobs, &received.receipt).await;
            deleted.unwrap();
        }
        (connection.state, jobs)
    }
}

/// Puts an answer of the world's in the place of itself, with something else in it.
fn change(world: &World, file: &str, from: &str, to: &str) {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/world/data/accounts"
    );
    let path = format!("{PLACE}/{file}.xml");
    let text = std::fs::read_to_string(format!("{folder}/{path}")).unwrap();
    assert!(text.contains(from), "{from}");
    world.put_reply(&path, &text.replace(from, to));
}

#[tokio::test]
async fn clusters_of_all_regions_are_found_and_the_account_is_the_tenants() {
    let stage = Stage::new().await;
    let mut job = stage.connect("globex").await;
    let (state, jobs) = stage.look(&mut job).await;
    assert_eq!((state, jobs.len()), (ConnectionState::Connected, 5));
    let control = stage.store.control();
    let owner = control.owner(Claim::AwsAccount, ACCOUNT).await.unwrap();
    assert_eq!(owner.as_ref(), Some(&job.tenant));
    let (state, again) = stage.look(&mut job).await;
    assert_eq!((state, again.len()), (ConnectionState::Connected, 5));
    assert_ne!(again[0].scan, jobs[0].scan);
}

#[tokio::test]
async fn another_tenants_account_is_not_read_and_a_claim_needs_a_role_that_answers() {
    let stage = Stage::new().await;
    let mut second = stage.connect("acme").await;
    stage.world.delete_role(ACCOUNT, ROLE);
    let (state, _) = stage.look(&mut second).await;
    assert_eq!(state, ConnectionState::Waiting);
    let control = stage.store.control();
    let owner = control.owner(Claim::AwsAccount, ACCOUNT).await.unwrap();
    assert_eq!(owner, None, "a number that somebody typed is no claim");
    stage.world.trust_vendor(ACCOUNT, ROLE, EXTERNAL_ID);
    let mut first = stage.connect("globex").await;
    first.slot = second.slot;
    assert_eq!(stage.look(&mut first).await.0, ConnectionState::Connected);
    second.slot = first.slot;
    let (state, jobs) = stage.look(&mut second).await;
    assert_eq!((state, jobs), (ConnectionState::Waiting, vec![]));
    let own = stage.store.of(&second.tenant);
    let connection = own.get_connection(&second.connection).await.unwrap();
    let said = connection.standing(&[]);
    assert_eq!(
        said.reason,
        "Another tenant has connected account 471100000933."
    );
    assert!(said.next.text.starts_with("Ask the operator"), "{said:?}");
    assert!(!format!("{said:?}").contains(first.tenant.as_str()));
}

#[tokio::test]
async fn a_role_that_lets_others_in_suspends_the_connection_until_it_is_mended() {
    let stage = Stage::new().await;
    let mut job = stage.connect("globex").await;
    let (_, jobs) = stage.look(&mut job).await;
    let opened = stage.clock.now();
    stage.world.trust(ACCOUNT, ROLE, VENDOR_PRINCIPAL, None);
    let since = |state: ConnectionState| match state {
        ConnectionState::Suspended { since, .. } => since,
        other => panic!("{other:?}"),
    };
    let (state, none) = stage.look(&mut job).await;
    assert_eq!((since(state), none), (opened, vec![]));
    let (state, _) = stage.look(&mut job).await;
    assert_eq!(since(state), opened, "it is the same trouble");

    // A scan of one of its clusters that was planned before does not read it, and says why.
    let clusters = stage.store.of(&job.tenant);
    let (catalogue, now) = (Catalogue::load(&[]).unwrap(), stage.clock.now());
    let scan = clusters
        .plan_scan(&jobs[0].cluster, now, now)
        .await
        .unwrap();
    let late = ClusterJob {
        scan: scan.id,
        ..jobs[0].clone()
    };
    let clock = &stage.clock;
    let scanned = scan_cluster::handle(&stage.store, &catalogue, &stage.reach, clock, &late);
    scanned.await.unwrap();
    let cluster = clusters.list_clusters().await.unwrap();
    let cluster = cluster.into_iter().find(|one| one.id == late.cluster);
    let Readable::No { reason, .. } = cluster.unwrap().readable else {
        panic!("it was read");
    };
    assert!(
        reason.need.starts_with("the connection is suspended: "),
        "{reason:?}"
    );
    let lease = clusters.acquire(&late.cluster, &late.scan, now, DAY).await;
    assert!(matches!(lease.unwrap(), Acquired::Finished));

    stage.world.trust_vendor(ACCOUNT, ROLE, EXTERNAL_ID);
    let (state, jobs) = stage.look(&mut job).await;
    assert_eq!((state, jobs.len()), (ConnectionState::Connected, 5));
}

#[tokio::test]
async fn what_is_around_a_cluster_is_judged_with_it_and_what_an_account_has_by_itself() {
    let stage = Stage::new().await;
    let mut job = stage.connect_account("acme", RICH_ACCOUNT).await;
    let (state, jobs) = stage.look(&mut job).await;
    assert_eq!(state, ConnectionState::Connected);
    let mut found = BTreeMap::new();
    for job in &jobs {
        let (cluster, findings) = stage.scan(job).await;
        assert_eq!(cluster.readable, Readable::Yes, "{}", cluster.name);
        found.insert(cluster.name, findings);
    }
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    let region = "471100000815-eu-central-1";
    assert_eq!(names, [RICH_ACCOUNT, region, "dev-1", "prod-eu-1"]);
    for (scope, finding) in [
        (
            "prod-eu-1",
            "nodegroup-sg-ssh AWS::EC2::SecurityGroup eu-central-1/sg-081f3a7c2f",
        ),
        (
            "prod-eu-1",
            "irsa-trust-wildcard AWS::IAM::Role payments-s3",
        ),
        (
            "prod-eu-1",
            "eks-endpoint-public-enabled AWS::EKS::Cluster eu-central-1/prod-eu-1",
        ),
        (
            "dev-1",
            "eks-secrets-no-cmk AWS::EKS::Cluster eu-central-1/dev-1",
        ),
        (region, "guardduty-off AwsRegion eu-central-1/eu-central-1"),
        (RICH_ACCOUNT, "iam-password-policy AwsAccount 471100000815"),
    ] {
        let all = &found[scope];
        assert!(
            all.contains(&format!("{finding} open")),
            "{scope}: {finding}: {all:#?}"
        );
    }
    let elsewhere = |scope: &str, what: &str| found[scope].iter().any(|one| one.contains(what));
    assert!(
        !elsewhere("dev-1", "sg-081f3a7c2f"),
        "another cluster uses it"
    );
    assert!(
        !elsewhere(region, "AWS::EKS::"),
        "clusters are judged by themselves"
    );

    // The role is gone: what was read grows old, says nothing any more, and closes nothing.
    stage.world.delete_role(RICH_ACCOUNT, ROLE);
    let (state, none) = stage.look(&mut job).await;
    assert!(matches!(state, ConnectionState::Degraded { .. }));
    assert_eq!(none, []);
    let (tenant, now) = (stage.store.of(&job.tenant), stage.clock.now());
    for earlier in &jobs {
        let scan = tenant.plan_scan(&earlier.cluster, now, now).await.unwrap();
        let later = ClusterJob {
            scan: scan.id,
            ..earlier.clone()
        };
        let (cluster, findings) = stage.scan(&later).await;
        assert!(
            matches!(cluster.readable, Readable::No { .. }),
            "{}",
            cluster.name
        );
        assert_eq!(findings, found[&cluster.name]);
    }
}
