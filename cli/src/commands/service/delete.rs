//! `plimsoll service tenant delete`: everything of a tenant, and the proof that nothing is left.

use plimsoll_model::TenantId;
use plimsoll_report::Diagnostic;
use plimsoll_store::Remains;
use serde_json::{Value, json};

use super::stop::Stop;
use super::{Session, table, words};
use crate::exit::Exit;

/// Deletes it.
pub(super) async fn run(
    session: &Session<'_>,
    name: &str,
    yes: Option<&str>,
) -> Result<Exit, Stop> {
    // Not only who is in the list: a deletion that was cut short, or one to be proven again, is of somebody gone.
    let id = TenantId::of(&[name]);
    if yes != Some(name) {
        return Err(refused(session, name, yes, &id).await?);
    }
    let erasure = session.target.store.erasure(&id);
    let deleted = erasure.delete().await?;
    proof(session, name, deleted, &erasure.remains().await?)
}

async fn refused(
    session: &Session<'_>,
    name: &str,
    yes: Option<&str>,
    id: &TenantId,
) -> Result<Stop, Stop> {
    let store = session.target.store.of(id);
    let connections = store.list_connections().await?.len();
    let clusters = store.list_clusters().await?;
    let clusters = clusters
        .iter()
        .filter(|cluster| cluster.is_cluster())
        .count();
    let would = format!(
        "{name} would be deleted with all its data, of {} and {}",
        words::count(connections, "connection"),
        words::count(clusters, "cluster")
    );
    let command = format!("plimsoll service tenant delete {name}");
    Ok(Stop::not_confirmed(would, name, yes, &command))
}

fn count(remains: &[Remains]) -> u64 {
    remains.iter().map(|one| one.count).sum()
}

/// What was read again, kind by kind.
fn proof(
    session: &Session<'_>,
    name: &str,
    deleted: u64,
    remains: &[Remains],
) -> Result<Exit, Stop> {
    let left = count(remains);
    let kinds: Vec<Value> = remains
        .iter()
        .map(|one| json!({ "kind": one.kind, "left": one.count }))
        .collect();
    let json = json!({ "tenant": name, "deleted": deleted, "left": left, "remains": kinds });
    session.answer(&json, |out, look| {
        match deleted {
            0 => writeln!(out, "There was nothing of {name} to delete. Read again, this is left:")?,
            some => writeln!(
                out,
                "{some} items and objects of {name} are deleted. Read again, this is left:"
            )?,
        }
        let rows: Vec<[String; 2]> = remains
            .iter()
            .map(|one| [one.count.to_string(), one.kind.to_owned()])
            .collect();
        table::columns(out, look, ["LEFT", "OF"], &rows)?;
        if left == 0 {
            writeln!(out, "Nothing is left of {name} in {}.", session.target.about.name)?;
            if deleted > 0 && session.target.is_deployed() {
                writeln!(
                    out,
                    "What was under way may have written since: the same command proves it once more in a quarter of an hour."
                )?;
                writeln!(
                    out,
                    "Backups hold {name} until they end, point-in-time recovery for 35 days. The customer deletes the stack of their role, you the tenant's secrets."
                )?;
            }
        }
        Ok(())
    })?;
    if left == 0 {
        return Ok(Exit::Done);
    }
    session.console.diagnose(&[Diagnostic::error(
        "not-deleted",
        format!("{left} items or objects of {name} are left"),
    )
    .help("something under way has written them: run the command again")]);
    Ok(Exit::Findings)
}
