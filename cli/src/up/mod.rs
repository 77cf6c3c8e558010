//! `plimsoll up`: the whole service in one process.

pub(crate) mod attested;
pub(crate) mod config;
pub(crate) mod endpoint;
#[cfg(test)]
mod killed;
mod own;
mod progress;
mod service;
pub(crate) mod tenants;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use plimsoll_alerting::Links;
use plimsoll_inventory::aws::wire::Pace;
use plimsoll_inventory::kube::Patience;
use plimsoll_inventory::network::AllowedNetworks;
use plimsoll_model::TenantId;
use plimsoll_policy::Catalogue;
use plimsoll_report::Diagnostic;
use plimsoll_runtime::Clock;
use plimsoll_store::{Queue, Store, StoreError};
use scan_cluster::{Kept, Keys, Reach};

use crate::args::UpArgs;
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::mistake::Mistake;

pub(crate) use config::{Config, beside};
use config::{ConnectionConfig, TenantConfig};
use own::{InForce, Own};
pub(crate) use service::Service;

/// How often schedules tick.
const TICK: Duration = Duration::from_secs(60);

/// What is shown of logs: the AWS SDK says at length where it found no credentials, which the connection's state says
/// as well.
const LOGS: &str = "warn,aws_config=error";

/// Runs it until Ctrl-C.
///
/// # Errors
/// The service cannot start, or the store fails.
pub(crate) fn run(args: &UpArgs, console: &Console, _interrupt: &Interrupt) -> Result<Exit> {
    plimsoll_runtime::start_logs_for_people(LOGS);
    let name = args.config.display().to_string();
    let text = match std::fs::read_to_string(&args.config) {
        Ok(text) => text,
        Err(error) => {
            let diagnostic = Diagnostic::error("no-configuration", format!("{name}: {error}"))
                .help("plimsoll up --config FILE; README.md shows one");
            console.diagnose(&[diagnostic]);
            return Ok(Exit::Usage);
        }
    };
    let config = match Config::parse(&text) {
        Ok(config) => config,
        Err(errors) => {
            let diagnostics: Vec<Diagnostic> = errors
                .into_iter()
                .map(|mistake| mistake.diagnostic("configuration", &name, &text))
                .collect();
            console.diagnose(&diagnostics);
            return Ok(Exit::Usage);
        }
    };
    let built_in = plimsoll_catalogue::built_in()?;
    let mut files = Vec::new();
    for tenant in &config.tenants {
        match TenantFiles::read(&args.config, &text, tenant, &built_in) {
            Ok(read) => files.push(read),
            Err(diagnostics) => {
                console.diagnose(&diagnostics);
                return Ok(Exit::Usage);
            }
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(args, &config, built_in, &files, console))
}

/// What a tenant's configuration names.
#[derive(Debug)]
pub(crate) struct TenantFiles {
    /// Its escalation document.
    escalation: String,
    /// Its own policies, and its parameters.
    own: Own,
    /// What it vouches for.
    attested: attested::Read,
    /// Its connections with the certificates that they name.
    connections: Vec<ConnectionConfig>,
}

impl TenantFiles {
    /// Reads them.
    ///
    /// # Errors
    /// Every mistake in them, with its place; but those in single policies and in attestations, which are refused by
    /// themselves.
    fn read(
        config_file: &Path,
        text: &str,
        tenant: &TenantConfig,
        built_in: &Catalogue,
    ) -> Result<Self, Vec<Diagnostic>> {
        let folder = config_file.parent().unwrap_or(Path::new(""));
        let connection = |config: &toml::Spanned<ConnectionConfig>| {
            endpoint::beside(config.get_ref(), folder).map_err(|message| {
                let mistake = Mistake::at(text, config.span(), &message, None);
                let name = config_file.display().to_string();
                vec![mistake.diagnostic("configuration", &name, text)]
            })
        };
        let connections = tenant.connections.iter().map(connection);
        Ok(Self {
            escalation: tenants::escalation(config_file, tenant.escalation.get_ref())?,
            own: Own::read(config_file, text, tenant, built_in)?,
            attested: tenant.attested(config_file, built_in, Clock::machine().now()),
            connections: connections.collect::<Result<_, _>>()?,
        })
    }
}

async fn serve(
    args: &UpArgs,
    config: &Config,
    built_in: Catalogue,
    files: &[TenantFiles],
    console: &Console,
) -> Result<Exit> {
    let _another_is_installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let data = args
        .data
        .clone()
        .unwrap_or_else(|| config::beside(&args.config, &config.service.data));
    std::fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
    let store = match Store::embedded(Some(&data)).await {
        Ok(store) => store,
        Err(error @ StoreError::DirectoryInUse(_)) => {
            let diagnostic = Diagnostic::error("data-in-use", error.to_string()).help(
                "another `plimsoll up` runs on it; plimsoll up --data DIR takes another folder",
            );
            console.diagnose(&[diagnostic]);
            return Ok(Exit::Nothing);
        }
        Err(error) => return Err(error.into()),
    };
    let service = service(store, args, config, built_in).await?;
    let own = prepare(&service, config, files).await?;
    for own in &own {
        console.diagnose(&own.refused);
        console.diagnose(&own.unattested);
    }
    let wrong: Vec<Diagnostic> = own.iter().flat_map(|own| own.wrong.clone()).collect();
    if !wrong.is_empty() {
        console.diagnose(&wrong);
        return Ok(Exit::Usage);
    }
    let tenants: Vec<&str> = config
        .tenants
        .iter()
        .map(|tenant| tenant.name.as_str())
        .collect();
    console.print(|out| {
        writeln!(
            out,
            "Plimsoll is up for {}: every connection is scanned every {}.",
            tenants.join(", "),
            config.service.scan_every.get_ref()
        )?;
        writeln!(
            out,
            "State in {} · Ctrl-C ends it; nothing is lost.",
            data.display()
        )
    })?;
    for (tenant, own) in config.tenants.iter().zip(&own) {
        if let Some(line) = progress::own_policies(tenant.id.get_ref(), own) {
            console.print(|out| writeln!(out, "{line}"))?;
        }
        let id = TenantId::of(&[tenant.id.get_ref()]);
        for invitation in progress::invitations(&service.store.of(&id)).await? {
            console.print(|out| writeln!(out, "{invitation}"))?;
        }
    }
    let told = |line: &str| console.print(|out| writeln!(out, "{line}"));
    let tick = async {
        loop {
            if let Err(error) = service.tick().await {
                tracing::error!(%error, "tick failed");
            }
            tokio::time::sleep(TICK).await;
        }
    };
    tokio::select! {
        ended = service.work(Queue::AccountJobs, told) => ended?,
        ended = service.work(Queue::ClusterJobs, told) => ended?,
        ended = service.work(Queue::FinishedScans, told) => ended?,
        ended = service.work(Queue::Deliveries, told) => ended?,
        () = tick => {}
    }
    Ok(Exit::Done)
}

/// What comes before the first tick: the tenants of the configuration, and what an earlier process left under way. Says
/// what came of each tenant's own policies.
///
/// # Errors
/// The store fails.
async fn prepare(
    service: &Service,
    config: &Config,
    files: &[TenantFiles],
) -> Result<Vec<InForce>> {
    let now = service.clock.now();
    let mut in_force = Vec::new();
    for (tenant, files) in config.tenants.iter().zip(files) {
        let (escalation, connections) = (&files.escalation, &files.connections);
        let id = tenants::put(&service.store, tenant, escalation, connections, now).await?;
        let of = service.store.of(&id);
        let mut own = files.own.put(&of, &service.catalogue, now).await?;
        own.unattested = attested::put(&of, &files.attested, now).await?;
        in_force.push(own);
        // Nobody else can hold a lease behind the lock on the folder.
        service.store.of(&id).break_leases(now).await?;
        let desk = service.desk();
        send_summaries::plan(&desk, &desk.open(&id).await?).await?;
    }
    plan_scans::recover(&service.store, config.scan_every(), now).await?;
    Ok(in_force)
}

/// The AWS SDK's settings, looked for only where they are needed: that takes seconds on a machine outside AWS.
async fn sdk(config: &Config) -> aws_config::SdkConfig {
    let latest = aws_config::BehaviorVersion::latest();
    let connections = config.tenants.iter().flat_map(|tenant| &tenant.connections);
    let mut accounts = connections
        .map(|connection| connection.get_ref())
        .filter(|connection| {
            connection.aws_account.is_some()
                || connection.web_identity.is_some()
                || connection.gke.is_some()
                || connection.aks.is_some()
        });
    let Some(first) = accounts.next() else {
        return aws_config::SdkConfig::builder()
            .behavior_version(latest)
            .build();
    };
    let loader = aws_config::defaults(latest);
    match first.regions.first() {
        Some(region) => loader.region(aws_config::Region::new(region.clone())),
        None => loader,
    }
    .load()
    .await
}

async fn service(
    store: Store,
    args: &UpArgs,
    config: &Config,
    catalogue: Catalogue,
) -> Result<Service> {
    let clock = Clock::machine();
    let networks: Vec<&String> = config
        .service
        .allow_networks
        .iter()
        .map(|network| network.get_ref())
        .collect();
    let reach = Reach {
        sdk: sdk(config).await,
        pace: Arc::new(Pace::default()),
        allowed: AllowedNetworks::parse(&networks)?,
        patience: Patience::default(),
        kubeconfig: None,
        keys: Keys {
            kept: Kept::Machine,
            ..Keys::default()
        },
        clock: clock.clone(),
    };
    let file: &Path = &args.config;
    Ok(Service {
        store,
        catalogue,
        reach,
        channels: tenants::channels(config, file, args.mail_to_dir.as_deref()).await?,
        links: Links {
            base: None,
            buttons: false,
        },
        clock,
        every: config.scan_every(),
        domain: "plimsoll.invalid".to_owned(),
    })
}
