//! Where the service is killed: the example world with one tenant, one clock for both, and processes that live on a
//! folder one after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::time::TimeSource;
use jiff::{SignedDuration, Timestamp};
use plimsoll_alerting::Links;
use plimsoll_inventory::aws::wire::Pace;
use plimsoll_inventory::kube::Patience;
use plimsoll_inventory::network::AllowedNetworks;
use plimsoll_model::{ConnectionKind, FindingState, TenantId};
use plimsoll_policy::Catalogue;
use plimsoll_runtime::Clock;
use plimsoll_store::{Life, Store};
use plimsoll_world::{World, WorldConfig};
use scan_cluster::Reach;

use super::super::{Config, Own, Service, TenantFiles, prepare, tenants};

/// Tuesday 27 October 2026, 02:10 in Berlin.
const FIRST_NIGHT: i64 = 1_793_063_400;
/// For how long after a restart the service is watched, minute by minute: longer than any claim or sweep takes.
const WATCHED_MINUTES: i64 = 7;

const CONFIG: &str = r#"
[service]
scan_every = "168h"
[[tenant]]
id = "acme"
name = "Acme"
escalation = "acme.escalation.yaml"
slack = { directory = "slack" }
mail = { directory = "mail" }
[[tenant.connection]]
aws_account = "471100000815"
regions = ["eu-central-1"]
"#;

#[derive(Debug, Clone)]
struct WorldTime(Clock);

impl TimeSource for WorldTime {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::try_from(self.0.now().as_duration()).unwrap()
    }
}

/// The world, and what all processes have in common.
pub(super) struct Place {
    pub(super) world: World,
    clock: Clock,
    config: Config,
    catalogue: Catalogue,
    reach: Reach,
}

/// What is left of a night, for people: open findings and resolved ones, and messages by the names of their files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Left {
    pub(super) open: BTreeSet<String>,
    pub(super) resolved: BTreeSet<String>,
    pub(super) messages: BTreeMap<String, String>,
}

/// When night `week` begins.
pub(super) fn night(week: u32) -> Timestamp {
    Timestamp::from_second(FIRST_NIGHT + i64::from(week) * 7 * 24 * 3600).unwrap()
}

impl Place {
    pub(super) async fn new() -> Self {
        let _another_is_installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let clock = Clock::by_hand(night(0));
        let world_clock = clock.clone();
        let world = World::start(WorldConfig::new(move || world_clock.now()))
            .await
            .unwrap();
        let networks: Vec<String> = ["prod-eu-1", "dev-1"]
            .map(|cluster| world.cluster_endpoint(cluster).unwrap())
            .map(|endpoint| endpoint.trim_start_matches("https://").to_owned())
            .into();
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
        let reach = Reach {
            sdk,
            pace: Arc::new(Pace::unlimited()),
            allowed: AllowedNetworks::parse(&networks).unwrap(),
            patience: Patience::default(),
            kubeconfig: None,
            keys: scan_cluster::Keys::default(),
            clock: clock.clone(),
        };
        Self {
            world,
            clock,
            config: Config::parse(CONFIG).unwrap(),
            catalogue: some_policies(),
            reach,
        }
    }

    /// A process that starts at `at` on the folder: what `plimsoll up` does until its queues are empty.
    pub(super) async fn live(&self, folder: &Path, at: Timestamp, life: &Life) -> Service {
        self.clock.set(at);
        let store = Store::embedded_mortal(&folder.join("data"), life)
            .await
            .unwrap();
        let file = folder.join("plimsoll.toml");
        let channels = tenants::channels(&self.config, &file, None);
        let service = Service {
            store,
            catalogue: self.catalogue.clone(),
            reach: self.reach.clone(),
            channels: channels.await.unwrap(),
            links: Links {
                base: None,
                buttons: false,
            },
            clock: self.clock.clone(),
            every: self.config.scan_every(),
            domain: "plimsoll.example".to_owned(),
        };
        let files = [TenantFiles {
            escalation: include_str!("escalation.yaml").to_owned(),
            own: Own::default(),
            attested: Ok(Vec::new()),
            connections: self.config.tenants[0]
                .connections
                .iter()
                .map(|one| one.get_ref().clone())
                .collect(),
        }];
        prepare(&service, &self.config, &files).await.unwrap();
        self.trust(&service).await;
        service.tick().await.unwrap();
        service.drain().await.unwrap();
        service
    }

    /// What the customer does with the ExternalId that the service shows.
    async fn trust(&self, service: &Service) {
        let tenant = service.store.of(&TenantId::of(&["acme"]));
        for connection in tenant.list_connections().await.unwrap() {
            if let ConnectionKind::Aws {
                account,
                role,
                external_id,
                ..
            } = &connection.kind
            {
                self.world.trust_vendor(account, role, external_id);
            }
        }
    }

    /// A process that starts at `at`, is not killed, and is watched for some minutes. What is left then.
    pub(super) async fn undisturbed(&self, folder: &Path, at: Timestamp) -> Left {
        let service = self.live(folder, at, &Life::until(None)).await;
        for minute in 1..=WATCHED_MINUTES {
            self.clock.set(at + SignedDuration::from_mins(minute));
            service.tick().await.unwrap();
            service.drain().await.unwrap();
        }
        left(&service, folder).await
    }
}

/// Reads what is left, and holds the table against the manifests: whatever stands open in the one stands in the other.
async fn left(service: &Service, folder: &Path) -> Left {
    let tenant = service.store.of(&TenantId::of(&["acme"]));
    let mut left = Left::default();
    for cluster in tenant.list_clusters().await.unwrap() {
        let manifest = tenant.published_manifest(&cluster).await.unwrap().unwrap();
        let mut held: BTreeSet<_> = manifest.entries.iter().map(|e| e.fingerprint).collect();
        assert_eq!(cluster.pending_manifest, None, "nothing is left half done");
        assert_eq!(cluster.lease.scan, None, "no lease is left");
        for finding in tenant.cluster_findings(&cluster.id).await.unwrap() {
            let name = format!("{} {}", cluster.name, finding.fingerprint);
            let in_manifest = held.remove(&finding.fingerprint);
            let is_open = finding.state == FindingState::Open;
            assert_eq!(is_open, in_manifest, "{name} is open without a verdict");
            if is_open {
                left.open.insert(name);
            } else {
                left.resolved.insert(name);
            }
        }
        assert_eq!(held, BTreeSet::new(), "verdicts without a finding");
    }
    for channel in ["slack", "mail"] {
        for (name, bytes) in files(&folder.join(channel)) {
            let text = String::from_utf8(bytes).unwrap();
            left.messages.insert(format!("{channel}/{name}"), text);
        }
    }
    left
}

/// All files of a folder and the folders in it, by relative path.
pub(super) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
    {
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(folder).unwrap();
            found.insert(name.display().to_string(), fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// Makes `to` what `from` is.
pub(super) fn copy(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// What is judged does not matter here, and hundreds of nights with all policies take long.
fn some_policies() -> Catalogue {
    let mut catalogue = plimsoll_catalogue::built_in().unwrap();
    let severe = |policy: &plimsoll_policy::Policy| policy.severity.as_str() == "critical";
    catalogue
        .policies
        .retain(|policy| severe(policy) || policy.id.as_str().starts_with("netpol-"));
    catalogue
}
