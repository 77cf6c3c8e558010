//! `plimsoll service` and `plimsoll onboarding`: what the operator of an installation does with it.

mod claims;
mod cluster;
mod connection;
mod delete;
mod disconnect;
mod doctor;
mod document;
mod endpoint;
mod invitation;
mod scan;
mod search;
mod slack;
mod stack;
mod stop;
mod table;
mod target;
mod tenant;
mod words;

use std::io::{self, Write};

use anyhow::Result;
use plimsoll_report::Look;
use plimsoll_runtime::{Clock, Environment};
use serde_json::Value;

use self::stop::Stop;
use self::target::Target;
use crate::args::{
    ClusterCommand, ConnectionCommand, Format, OnboardingArgs, OnboardingCommand, ServiceArgs,
    ServiceCommand, TargetArgs, TenantCommand,
};
use crate::console::Console;
use crate::exit::Exit;

/// What is shown of logs: the AWS SDK says at length where it found no credentials, which we say as well.
const LOGS: &str = "error,aws_config=off";

/// An installation and the terminal, for one command.
struct Session<'s> {
    target: Target,
    console: &'s Console,
    clock: Clock,
    json: bool,
}

impl Session<'_> {
    /// Prints what came of the command, for people or for programs.
    fn answer(
        &self,
        json: &Value,
        text: impl FnOnce(&mut dyn Write, Look) -> io::Result<()>,
    ) -> Result<Exit, Stop> {
        self.console.print(|out| match self.json {
            true => table::json(out, json),
            false => text(out, self.console.out.look),
        })?;
        Ok(Exit::Done)
    }
}

/// Runs `plimsoll service`.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn run(args: &ServiceArgs, console: &Console) -> Result<Exit> {
    within(&args.target, console, async |session| match &args.command {
        ServiceCommand::Tenant(command) => match command {
            TenantCommand::Add { file } => tenant::add(&session, file).await,
            TenantCommand::List => tenant::list(&session).await,
            TenantCommand::Show { name } => tenant::show(&session, name).await,
            TenantCommand::Delete { name, yes } => {
                delete::run(&session, name, yes.as_deref()).await
            }
        },
        ServiceCommand::Connection(command) => match command {
            ConnectionCommand::Add(args) => connection::add(&session, args).await,
            ConnectionCommand::List { tenant } => {
                connection::list(&session, tenant.as_deref()).await
            }
            ConnectionCommand::Show { connection, tenant } => {
                connection::show(&session, connection, tenant.as_deref()).await
            }
            ConnectionCommand::Delete {
                connection,
                tenant,
                yes,
            } => disconnect::run(&session, connection, tenant.as_deref(), yes.as_deref()).await,
        },
        ServiceCommand::Cluster(command) => match command {
            ClusterCommand::List { tenant } => cluster::list(&session, tenant.as_deref()).await,
            ClusterCommand::Show { cluster, tenant } => {
                cluster::show(&session, cluster, tenant.as_deref()).await
            }
        },
        ServiceCommand::Scan(args) => scan::run(&session, args).await,
        ServiceCommand::Doctor { tenant } => doctor::run(&session, tenant.as_deref()).await,
    })
}

/// Runs `plimsoll onboarding`.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn onboarding(args: &OnboardingArgs, console: &Console) -> Result<Exit> {
    match &args.command {
        OnboardingCommand::Link(link) => within(&args.target, console, async |session| {
            connection::link(&session, link).await
        }),
        OnboardingCommand::Template { location } => {
            invitation::template(location.as_deref(), console)
        }
    }
}

/// Opens the installation and does something with it; what stands in the way is shown.
fn within(
    args: &TargetArgs,
    console: &Console,
    work: impl AsyncFnOnce(Session<'_>) -> Result<Exit, Stop>,
) -> Result<Exit> {
    plimsoll_runtime::start_logs_for_people(LOGS);
    let _another_is_installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(async {
        let target = Target::open(args, &Environment::of_process()).await?;
        work(Session {
            target,
            console,
            clock: Clock::machine(),
            json: args.format == Format::Json,
        })
        .await
    });
    Ok(done.unwrap_or_else(|stop| {
        console.diagnose(&stop.shown);
        stop.exit
    }))
}

#[cfg(test)]
mod tests;
