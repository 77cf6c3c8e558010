//! Sets the stage: the example world, a service in memory whose time is set by hand, tenants connected to their accounts.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::time::TimeSource;
use deliver_notification::Channels;
use jiff::SignedDuration;
use plimsoll_alerting::Links;
use plimsoll_channels::{Mail, Slack};
use plimsoll_inventory::aws::wire::Pace;
use plimsoll_inventory::kube::Patience;
use plimsoll_inventory::network::AllowedNetworks;
use plimsoll_model::{
    Connection, ConnectionId, ConnectionKind, MailSettings, SlackSettings, Tenant, TenantId,
    hash_text,
};
use plimsoll_runtime::Clock;
use plimsoll_store::Store;
use plimsoll_world::{ExampleTenant, World, WorldConfig};
use scan_cluster::Reach;

use super::story::night;
use crate::up::Service;

/// The clock of the story, for the AWS SDK.
#[derive(Debug, Clone)]
struct StoryTime(Clock);

impl TimeSource for StoryTime {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::try_from(self.0.now().as_duration()).unwrap_or_default()
    }
}

/// Everything that plays.
pub(super) struct Stage {
    pub(super) world: World,
    pub(super) service: Service,
    pub(super) tenants: Vec<(TenantId, ExampleTenant)>,
}

/// Sets it; messages go to `slack` and `mail`.
pub(super) async fn set(slack: &Path, mail: &Path) -> Result<Stage> {
    let clock = Clock::by_hand(night(0)?);
    let world_clock = clock.clone();
    let world = World::start(WorldConfig::new(move || world_clock.now())).await?;
    let examples = plimsoll_world::tenants()?;
    let mut networks = Vec::new();
    for cluster in examples
        .iter()
        .flat_map(|t| &t.accounts)
        .flat_map(|a| &a.clusters)
    {
        let endpoint = world.cluster_endpoint(&cluster.name)?;
        networks.push(endpoint.trim_start_matches("https://").to_owned());
    }
    let (mut slacks, mut mails) = (BTreeMap::new(), BTreeMap::new());
    let store = Store::embedded(None).await?;
    let mut tenants = Vec::new();
    for example in examples {
        let id = tenant(&store, &world, &example, &clock).await?;
        slacks.insert(id.clone(), (Slack::folder(slack), String::new()));
        let from = format!("Plimsoll <plimsoll@{}.example>", example.id);
        mails.insert(id.clone(), (Mail::folder(mail), from));
        tenants.push((id, example));
    }
    let service = Service {
        store,
        catalogue: plimsoll_catalogue::built_in()?,
        reach: Reach {
            sdk: sdk(&world, &clock),
            pace: Arc::new(Pace::unlimited()),
            allowed: AllowedNetworks::parse(&networks)?,
            patience: Patience::default(),
            kubeconfig: None,
            keys: scan_cluster::Keys::default(),
            clock: clock.clone(),
        },
        channels: Channels::Made {
            slack: slacks,
            mail: mails,
        },
        links: Links {
            base: None,
            buttons: false,
        },
        clock,
        every: SignedDuration::from_hours(7 * 24),
        domain: "plimsoll.example".to_owned(),
    };
    for (id, _) in &tenants {
        let desk = service.desk();
        send_summaries::plan(&desk, &desk.open(id).await?).await?;
    }
    Ok(Stage {
        world,
        service,
        tenants,
    })
}

fn sdk(world: &World, clock: &Clock) -> SdkConfig {
    let vendor = world.vendor_credentials();
    let keys = Credentials::new(vendor.access_key, vendor.secret, None, None, "demo");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(world.aws_endpoint())
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .time_source(StoryTime(clock.clone()))
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .build()
}

/// What onboarding does: we make the ExternalId, the customer's stack puts it into the role's trust policy.
async fn tenant(
    store: &Store,
    world: &World,
    example: &ExampleTenant,
    clock: &Clock,
) -> Result<TenantId> {
    let id = TenantId::of(&[&example.id]);
    let tenant = Tenant {
        id: id.clone(),
        slug: example.id.clone(),
        name: example.name.clone(),
        slack: Some(SlackSettings {
            token_reference: "directory".to_owned(),
        }),
        mail: Some(MailSettings::Directory {
            from: format!("plimsoll@{}.example", example.id),
        }),
        escalation_version: 0,
        last_incident_number: 0,
    };
    let document = match example.id.as_str() {
        "acme" => include_str!("acme.escalation.yaml"),
        "globex" => include_str!("globex.escalation.yaml"),
        other => anyhow::bail!("no escalation policy for example tenant {other}"),
    };
    let of = store.of(&id);
    store.control().register(&tenant).await?;
    of.put_tenant(&tenant).await?;
    of.set_escalation(document, clock.now()).await?;
    for account in &example.accounts {
        let external_id = format!("plm-{}", hash_text(&["demo", &account.id]));
        world.trust_vendor(&account.id, &account.role, &external_id);
        let mut regions: Vec<String> = account
            .clusters
            .iter()
            .map(|cluster| cluster.region.clone())
            .collect();
        regions.sort();
        regions.dedup();
        let kind = ConnectionKind::Aws {
            account: account.id.clone(),
            role: account.role.clone(),
            external_id,
            regions,
        };
        let connection = ConnectionId::of(&[id.as_str(), &account.id]);
        let connection = Connection::new(connection, kind, None, night(0)?);
        of.put_connection(&connection).await?;
    }
    Ok(id)
}
