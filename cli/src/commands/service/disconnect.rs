//! `plimsoll service connection delete`: a connection ends, with its clusters and what is open about them.

use plimsoll_model::{Connection, ConnectionKind};
use serde_json::json;

use super::search::Found;
use super::stop::Stop;
use super::{Session, connection, words};
use crate::exit::Exit;

/// Deletes it, if its name is said once more.
pub(super) async fn run(
    session: &Session<'_>,
    meant: &str,
    tenant: Option<&str>,
    yes: Option<&str>,
) -> Result<Exit, Stop> {
    let found = connection::find(session, meant, tenant).await?;
    let name = words::reached(&found.thing);
    if yes != Some(meant) {
        return Err(refused(&found, meant, name, yes).await?);
    }
    let clusters = clusters(&found).await?;
    let (store, id) = (&session.target.store, &found.thing.id);
    scan_account::disconnect(store, found.store.tenant(), id, session.clock.now()).await?;
    let json =
        json!({ "tenant": found.tenant, "connection": id, "deleted": true, "clusters": clusters });
    session.answer(&json, |out, _| {
        writeln!(
            out,
            "{name} of {} is not connected any more; {} went with it, and what was open about them is ended. Nobody was told.",
            found.tenant,
            words::count(clusters.len(), "cluster")
        )?;
        writeln!(out, "{}", rest(&found.thing))
    })
}

/// What the other side is left with.
fn rest(connection: &Connection) -> &'static str {
    match connection.kind {
        ConnectionKind::Aws { .. } => {
            "The customer deletes the stack of their role. Another tenant may connect the account now."
        }
        _ => "The cluster's administrator takes away what lets us in.",
    }
}

async fn clusters(found: &Found<Connection>) -> Result<Vec<String>, Stop> {
    let all = found.store.list_clusters().await?.into_iter();
    let own = all.filter(|cluster| cluster.is_cluster() && cluster.connection == found.thing.id);
    Ok(own.map(|cluster| cluster.name).collect())
}

async fn refused(
    found: &Found<Connection>,
    meant: &str,
    name: &str,
    yes: Option<&str>,
) -> Result<Stop, Stop> {
    let tenant = &found.tenant;
    let clusters = words::count(clusters(found).await?.len(), "cluster");
    let would = format!("{name} of {tenant} would be deleted with {clusters}");
    let command = format!("plimsoll service connection delete {meant} --tenant {tenant}");
    Ok(Stop::not_confirmed(would, meant, yes, &command))
}
