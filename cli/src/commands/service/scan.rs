//! `plimsoll service scan`: an account or a cluster, now. The rhythm of its scans stays.

use jiff::Timestamp;
use plimsoll_model::{AccountJob, Cluster, ClusterJob, Connection, Message};
use plimsoll_report::Diagnostic;
use serde_json::json;

use super::search::{self, Found};
use super::stop::Stop;
use super::{Session, words};
use crate::args::ScanNowArgs;
use crate::exit::Exit;

/// Runs it.
pub(super) async fn run(session: &Session<'_>, args: &ScanNowArgs) -> Result<Exit, Stop> {
    let (meant, tenant) = (args.what.as_str(), args.tenant.as_deref());
    let connections = session.connections(tenant).await?;
    let clusters = session.clusters(tenant).await?;
    let known = connections.iter().map(|one| words::reached(&one.thing));
    let known = known.chain(clusters.iter().map(|one| one.thing.name.as_str()));
    let known: Vec<String> = known.map(str::to_owned).collect();
    let connections: Vec<_> = connections
        .into_iter()
        .filter(|one| search::is_connection(&one.thing, meant))
        .collect();
    let clusters: Vec<_> = clusters
        .into_iter()
        .filter(|one| one.thing.is_cluster() && search::is_cluster(&one.thing, meant))
        .collect();
    // Scans are named by the second.
    let now = Timestamp::from_second(session.clock.now().as_second()).unwrap_or_default();
    // A context is both: looking for its cluster is what scans it.
    if connections.is_empty() {
        let id = |cluster: &Cluster| cluster.id.to_string();
        let what = if clusters.is_empty() {
            "connection or cluster"
        } else {
            "cluster"
        };
        let found = search::one(clusters, what, meant, id, &known)?;
        return cluster(session, &found, now).await;
    }
    let id = |connection: &Connection| connection.id.to_string();
    let found = search::one(connections, "connection", meant, id, &known)?;
    connection(session, &found, now).await
}

async fn connection(
    session: &Session<'_>,
    found: &Found<Connection>,
    now: Timestamp,
) -> Result<Exit, Stop> {
    let connection = &found.thing;
    let message = Message::AccountJob(AccountJob {
        tenant: found.store.tenant().clone(),
        connection: connection.id.clone(),
        slot: now,
    });
    if session.target.is_deployed() {
        session.target.store.queues().send(&message).await?;
    } else {
        // The queues of `plimsoll up` are gone when this process ends; what is due is not.
        let due = Connection {
            next_scan: now,
            ..connection.clone()
        };
        found.store.put_connection(&due).await?;
    }
    let reached = words::reached(connection);
    let state = words::state(connection);
    if let (false, Some(reason)) = (state.is_connected(), state.reason) {
        let shown = Diagnostic::warning("not-connected", format!("{reached}: {reason}"));
        session.console.diagnose(&[match &state.mend {
            Some(mend) => shown.help(mend.as_str()),
            None => shown,
        }]);
    }
    let follow = follow(
        session,
        &format!("plimsoll service connection show {}", connection.id),
    );
    session.answer(
        &json!({ "tenant": found.tenant, "connection": connection.id, "slot": now, "follow": follow }),
        |out, look| {
            let line = format!("{reached} of {} will be looked at now, then every cluster in it.", found.tenant);
            writeln!(out, "{}", look.marks(&line))?;
            writeln!(out, "Follow it: {follow}")
        },
    )
}

async fn cluster(
    session: &Session<'_>,
    found: &Found<Cluster>,
    now: Timestamp,
) -> Result<Exit, Stop> {
    let cluster = &found.thing;
    let scan = found.store.plan_scan(&cluster.id, now, now).await?;
    if session.target.is_deployed() {
        let job = ClusterJob {
            tenant: found.store.tenant().clone(),
            cluster: cluster.id.clone(),
            scan: scan.id.clone(),
        };
        let message = Message::ClusterJob(job);
        session.target.store.queues().send(&message).await?;
    }
    let follow = follow(
        session,
        &format!("plimsoll service cluster show {}", cluster.id),
    );
    session.answer(
        &json!({ "tenant": found.tenant, "cluster": cluster.id, "scan": scan.id, "slot": now, "follow": follow }),
        |out, _| {
            writeln!(out, "{} of {} will be scanned now ({}).", cluster.name, found.tenant, scan.id)?;
            writeln!(out, "Follow it: {follow}")
        },
    )
}

/// The command that shows how far it is.
fn follow(session: &Session<'_>, command: &str) -> String {
    if session.target.is_deployed() {
        command.to_owned()
    } else {
        "plimsoll up, which does it when it starts".to_owned()
    }
}
