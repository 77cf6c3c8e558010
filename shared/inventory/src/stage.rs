//! What the tests act on: the example world on loopback, with a clock that it shares with its clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use jiff::Timestamp;
use plimsoll_world::{World, WorldConfig};

use crate::aws::wire::{Account, Pace};
use crate::aws::{AssumedAccount, describe_cluster};
use crate::kube::{Clock, ClusterReader, EksTarget, Patience, connect_eks};
use crate::network::AllowedNetworks;

pub(crate) const ACME: &str = "471100000815";
pub(crate) const GLOBEX: &str = "471100000933";
pub(crate) const ROLE: &str = "PlimsollScanner";
pub(crate) const SESSION: &str = "t-test.s-1";

/// Seconds since 1970, moved by the tests.
#[derive(Debug, Clone)]
pub(crate) struct TestClock(Arc<AtomicI64>);

impl aws_smithy_async::time::TimeSource for TestClock {
    fn now(&self) -> SystemTime {
        self.time().into()
    }
}

impl TestClock {
    fn time(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

pub(crate) struct Stage {
    pub(crate) world: World,
    clock: TestClock,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let clock = TestClock(Arc::new(AtomicI64::new(1_793_584_800)));
        let worlds = clock.clone();
        let world = World::start(WorldConfig::new(move || worlds.time()))
            .await
            .unwrap();
        for account in [ACME, GLOBEX] {
            world.trust_vendor(account, ROLE, &external_id(account));
        }
        Self { world, clock }
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn clock(&self) -> Clock {
        let clock = self.clock.clone();
        Arc::new(move || clock.time())
    }

    /// The operator's own configuration.
    pub(crate) fn base(&self) -> SdkConfig {
        let vendor = self.world.vendor_credentials();
        let keys = Credentials::new(vendor.access_key, vendor.secret, None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .endpoint_url(self.world.aws_endpoint())
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .time_source(self.clock.clone())
            .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
            .build()
    }

    pub(crate) async fn account(&self, account: &str) -> AssumedAccount {
        AssumedAccount::assume(&self.base(), &role(account), &external_id(account), SESSION)
            .await
            .unwrap()
    }

    /// A region of an account, to be called without waiting.
    pub(crate) async fn region(&self, account: &str, region: &str) -> Account {
        let config = self.account(account).await.in_region(region);
        Account::new(config, account, Arc::new(Pace::unlimited()))
    }

    pub(crate) async fn target(&self, account: &str, region: &str, name: &str) -> EksTarget {
        let account = self.region(account, region).await;
        let cluster = describe_cluster(&account, name).await.unwrap();
        cluster.target().unwrap()
    }

    /// A reader of a cluster that asks for pages of five and does not wait.
    pub(crate) async fn reader(&self, account: &str, region: &str, name: &str) -> ClusterReader {
        let credentials = self.account(account).await.credentials();
        let target = self.target(account, region, name).await;
        connect_eks(
            &target,
            credentials,
            self.clock(),
            AllowedNetworks::everything(),
            quick(),
        )
        .unwrap()
    }
}

pub(crate) fn role(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/{ROLE}")
}

pub(crate) fn external_id(account: &str) -> String {
    format!("plm-{account}")
}

pub(crate) fn quick() -> Patience {
    let pause = Duration::from_millis(1);
    Patience {
        page_size: 5,
        pause,
        longest_pause: pause,
        ..Patience::default()
    }
}
