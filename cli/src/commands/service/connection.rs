//! `plimsoll service connection`, and `plimsoll onboarding link`.

use std::io::{self, Write};
use std::path::Path;

use plimsoll_model::{Connection, ConnectionKind};
use plimsoll_report::{Diagnostic, Look};
use serde_json::{Value, json};

use super::document::deployed_mistake;
use super::endpoint;
use super::invitation::Invitation;
use super::search::{self, Found};
use super::stop::Stop;
use super::{Session, claims, table, words};
use crate::args::LinkArgs;
use crate::exit::Exit;
use crate::up::config::{ConnectionConfig, default_role};
use crate::up::endpoint::{beside, place_mistake};
use crate::up::tenants;

/// Adds a connection or renews it.
pub(super) async fn add(session: &Session<'_>, args: &LinkArgs) -> Result<Exit, Stop> {
    let known = known(session, args).await?;
    let (connection, verb) = put(session, args, known.as_ref()).await?;
    invite(session, args, &connection, verb).await
}

/// Prints the link of a connection, and makes it if it is not there.
pub(super) async fn link(session: &Session<'_>, args: &LinkArgs) -> Result<Exit, Stop> {
    let known = known(session, args).await?;
    let changes = !args.regions.is_empty()
        || args.role.is_some()
        || args.stage.is_some()
        || args.endpoint.says_more();
    match known {
        Some(connection) if !changes => invite(session, args, &connection, "found").await,
        known => {
            let (connection, verb) = put(session, args, known.as_ref()).await?;
            invite(session, args, &connection, verb).await
        }
    }
}

/// The connection that the tenant has already.
async fn known(session: &Session<'_>, args: &LinkArgs) -> Result<Option<Connection>, Stop> {
    let store = session.tenant(&args.tenant).await?;
    let id = tenants::connection_id(store.tenant(), &config(args, None));
    let mut all = store.list_connections().await?;
    let at = all.iter().position(|connection| connection.id == id);
    Ok(at.map(|at| all.swap_remove(at)))
}

/// What the command line says, over what is there.
fn config(args: &LinkArgs, known: Option<&Connection>) -> ConnectionConfig {
    let (role, regions) = match known.map(|known| &known.kind) {
        Some(ConnectionKind::Aws { role, regions, .. }) => (Some(role.clone()), regions.clone()),
        _ => (None, Vec::new()),
    };
    ConnectionConfig {
        kube_context: args.kube_context.clone(),
        aws_account: args.aws_account.clone(),
        role: args.role.clone().or(role).unwrap_or_else(default_role),
        regions: match args.regions.is_empty() {
            true => regions,
            false => args.regions.clone(),
        },
        stage: args.stage.or(known.and_then(|known| known.stage)),
        node_evidence: args
            .node_evidence
            .or(known.and_then(|known| known.node_evidence)),
        ..endpoint::of_args(&args.endpoint)
    }
}

async fn put(
    session: &Session<'_>,
    args: &LinkArgs,
    known: Option<&Connection>,
) -> Result<(Connection, &'static str), Stop> {
    let store = session.tenant(&args.tenant).await?;
    let mut wanted = config(args, known);
    if let (None, None, Some(role)) = (&args.role, known, &session.target.about.customer_role) {
        wanted.role.clone_from(role);
    }
    let deployed = session.target.is_deployed();
    let mistake = wanted.mistake();
    let mistake = mistake.or_else(|| deployed_mistake(&wanted).filter(|_| deployed));
    let mistake = mistake.or_else(|| place_mistake(&wanted, deployed));
    if let Some((message, help)) = mistake {
        let shown = Diagnostic::error(
            "connection",
            message
                .replace("`regions`", "--regions")
                .replace("`aws_account`", "--aws-account")
                .replace("`endpoint`", "--cluster-endpoint"),
        );
        let help = match help {
            Some(_) if wanted.aws_account.is_some() && wanted.regions.is_empty() => {
                Some("--regions eu-central-1,eu-west-1: those that have clusters")
            }
            other => other,
        };
        return Err(Stop::usage(match help {
            Some(help) => shown.help(help),
            None => shown,
        }));
    }
    let wanted = beside(&wanted, Path::new(""))
        .map_err(|message| Stop::usage(Diagnostic::error("connection", message)))?;
    warn_of_role(session, &wanted);
    claims::warn(session, store.tenant(), &wanted).await?;
    let now = session.clock.now();
    let connection =
        tenants::put_connection(&session.target.store, store.tenant(), &wanted, now, now).await?;
    Ok((
        connection,
        if known.is_some() { "renewed" } else { "added" },
    ))
}

/// A role that the scanners' own permissions do not cover could never be assumed.
fn warn_of_role(session: &Session<'_>, wanted: &ConnectionConfig) {
    if let Some(allowed) = &session.target.about.customer_role
        && *allowed != wanted.role
        && wanted.aws_account.is_some()
    {
        let message = format!(
            "{} may assume roles called {allowed} only, not {}",
            session.target.about.name, wanted.role
        );
        session
            .console
            .diagnose(&[Diagnostic::warning("other-role", message)
                .help("leave --role out, or deploy with CustomerRoleName set to it")]);
    }
}

async fn invite(
    session: &Session<'_>,
    args: &LinkArgs,
    connection: &Connection,
    verb: &str,
) -> Result<Exit, Stop> {
    let invitation = Invitation::of(&session.target, connection, &args.invited).await?;
    let steps = endpoint::Steps::of(&session.target, connection, &args.invited).await?;
    let state = words::state(connection);
    let mut json = json!({
        "outcome": verb,
        "connection": words::connection_json(&args.tenant, connection),
    });
    if let Some(invitation) = &invitation {
        invitation.describe(&mut json);
    }
    if let Some(steps) = &steps {
        steps.describe(&mut json);
    }
    session.answer(&json, |out, look| {
        let reached = words::reached(connection);
        writeln!(
            out,
            "{reached} of {}: {verb}, {} ({})",
            args.tenant, state.word, connection.id
        )?;
        if let Some(invitation) = &invitation {
            invitation.write(out, look)?;
        }
        if let Some(steps) = &steps {
            steps.write(out)?;
        }
        if invitation.is_some() || steps.is_some() {
            writeln!(
                out,
                "Then: plimsoll service scan {reached} --tenant {}",
                args.tenant
            )?;
        }
        Ok(())
    })
}

/// Lists them.
pub(super) async fn list(session: &Session<'_>, tenant: Option<&str>) -> Result<Exit, Stop> {
    let found = session.connections(tenant).await?;
    let shown = found
        .iter()
        .map(|one| words::connection_json(&one.tenant, &one.thing));
    session.answer(&shown.collect(), |out, look| {
        if found.is_empty() {
            return writeln!(
                out,
                "No connections. Add one: plimsoll service connection add --tenant NAME --account ACCOUNT --regions REGION"
            );
        }
        let each: Vec<(&str, &[Connection])> = found
            .iter()
            .map(|one| (one.tenant.as_str(), std::slice::from_ref(&one.thing)))
            .collect();
        table(out, look, &each)
    })
}

/// Connections by tenant; below them the reason and next step of each that is not connected.
pub(super) fn table<C: AsRef<[Connection]>>(
    out: &mut dyn Write,
    look: Look,
    tenants: &[(&str, C)],
) -> io::Result<()> {
    let all = tenants.iter().flat_map(|(tenant, connections)| {
        connections.as_ref().iter().map(move |one| (*tenant, one))
    });
    let all: Vec<(&str, &Connection)> = all.collect();
    let rows: Vec<[String; 6]> = all.iter().map(|(tenant, one)| row(tenant, one)).collect();
    let heads = ["TENANT", "CONNECTION", "STATE", "STAGE", "REGIONS", "ID"];
    table::columns(out, look, heads, &rows)?;
    for (_, connection) in all {
        let state = words::state(connection);
        if let Some(reason) = state.reason {
            let line = format!("{}: {reason}", words::reached(connection));
            writeln!(out, "{}", look.marks(&line))?;
        }
        if let Some(mend) = &state.mend {
            writeln!(out, "  help: {}", look.marks(mend))?;
        }
    }
    Ok(())
}

fn row(tenant: &str, connection: &Connection) -> [String; 6] {
    let regions = match &connection.kind {
        ConnectionKind::Aws { regions, .. } => regions.join(","),
        ConnectionKind::KubeContext { .. } | ConnectionKind::Endpoint(_) => String::new(),
    };
    [
        tenant.to_owned(),
        words::reached(connection).to_owned(),
        words::state(connection).word.to_owned(),
        connection
            .stage
            .map_or_else(|| "by rule".to_owned(), |stage| stage.to_string()),
        regions,
        connection.id.to_string(),
    ]
}

/// The one connection that is meant.
pub(super) async fn find(
    session: &Session<'_>,
    meant: &str,
    tenant: Option<&str>,
) -> Result<Found<Connection>, Stop> {
    let all = session.connections(tenant).await?;
    let known: Vec<String> = all
        .iter()
        .map(|one| words::reached(&one.thing).to_owned())
        .collect();
    let fitting = all
        .into_iter()
        .filter(|one| search::is_connection(&one.thing, meant));
    search::one(
        fitting.collect(),
        "connection",
        meant,
        |connection| connection.id.to_string(),
        &known,
    )
}

/// Shows one.
pub(super) async fn show(
    session: &Session<'_>,
    meant: &str,
    tenant: Option<&str>,
) -> Result<Exit, Stop> {
    let found = find(session, meant, tenant).await?;
    let connection = &found.thing;
    let mut clusters = found.store.list_clusters().await?;
    clusters.retain(|cluster| cluster.connection == connection.id);
    let now = session.clock.now();
    let mut json = words::connection_json(&found.tenant, connection);
    json["clusters"] = clusters
        .iter()
        .map(|cluster| words::cluster_json(&found.tenant, cluster))
        .collect::<Value>();
    session.answer(&json, |out, look| {
        let state = words::state(connection);
        let mut pairs = vec![
            (
                "connection",
                Some(format!(
                    "{} of {}",
                    words::reached(connection),
                    found.tenant
                )),
            ),
            ("id", Some(connection.id.to_string())),
            (
                "state",
                Some(match state.since {
                    Some(since) => format!("{} since {}", state.word, words::when(since, now)),
                    None => state.word.to_owned(),
                }),
            ),
            ("reason", state.reason.map(str::to_owned)),
            ("next step", state.mend.clone()),
        ];
        if let ConnectionKind::Aws {
            role,
            external_id,
            regions,
            ..
        } = &connection.kind
        {
            pairs.push(("role", Some(role.clone())));
            pairs.push(("external id", Some(external_id.clone())));
            pairs.push(("regions", Some(regions.join(", "))));
        }
        if let ConnectionKind::Endpoint(endpoint) = &connection.kind {
            pairs.push(("name", Some(endpoint.name.clone())));
            pairs.push(("audience", endpoint.audience()));
        }
        pairs.push(("next scan", Some(words::when(connection.next_scan, now))));
        table::pairs(out, look, &pairs)?;
        writeln!(out)?;
        super::cluster::table(out, look, &[(&found.tenant, &clusters)], now)
    })
}
