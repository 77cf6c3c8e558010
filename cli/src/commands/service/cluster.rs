//! `plimsoll service cluster`.

use std::io::{self, Write};

use jiff::Timestamp;
use plimsoll_model::{Cluster, Readable};
use plimsoll_report::Look;
use serde_json::{Value, json};

use super::search::{self, Found};
use super::stop::Stop;
use super::{Session, table, words};
use crate::exit::Exit;

/// How many of the last scans are shown.
const SCANS: u32 = 5;

/// Lists them.
pub(super) async fn list(session: &Session<'_>, tenant: Option<&str>) -> Result<Exit, Stop> {
    let found = session.clusters(tenant).await?;
    let now = session.clock.now();
    let shown = found
        .iter()
        .map(|one| words::cluster_json(&one.tenant, &one.thing));
    session.answer(&shown.collect(), |out, look| {
        let each: Vec<(&str, &[Cluster])> = found
            .iter()
            .map(|one| (one.tenant.as_str(), std::slice::from_ref(&one.thing)))
            .collect();
        table(out, look, &each, now)
    })
}

/// Clusters by tenant; below them why some cannot be read.
pub(super) fn table<C: AsRef<[Cluster]>>(
    out: &mut dyn Write,
    look: Look,
    tenants: &[(&str, C)],
    now: Timestamp,
) -> io::Result<()> {
    let all = tenants
        .iter()
        .flat_map(|(tenant, clusters)| clusters.as_ref().iter().map(move |one| (*tenant, one)));
    let all: Vec<(&str, &Cluster)> = all.collect();
    if all.is_empty() {
        return writeln!(
            out,
            "No clusters yet: they are found when their account is scanned (plimsoll service scan ACCOUNT)."
        );
    }
    let rows: Vec<[String; 7]> = all
        .iter()
        .map(|(tenant, cluster)| row(tenant, cluster, now))
        .collect();
    let heads = [
        "TENANT",
        "CLUSTER",
        "STAGE",
        "VERSION",
        "READABLE",
        "LAST SCAN",
        "OPEN FINDINGS",
    ];
    table::columns(out, look, heads, &rows)?;
    for (_, cluster) in all {
        if let Readable::No { reason, .. } = &cluster.readable {
            let line = format!("{} cannot be read: {}", cluster.name, reason.need);
            writeln!(out, "{}", look.marks(&line))?;
            if let Some(mend) = &reason.mend {
                writeln!(out, "  help: {}", look.marks(mend))?;
            }
        }
    }
    Ok(())
}

fn row(tenant: &str, cluster: &Cluster, now: Timestamp) -> [String; 7] {
    [
        tenant.to_owned(),
        cluster.name.clone(),
        cluster.stage.to_string(),
        match cluster.is_cluster() {
            true => cluster.version.clone().unwrap_or_default(),
            false => "AWS".to_owned(),
        },
        words::readable(cluster).to_owned(),
        cluster
            .last_scan_at
            .map(|at| words::ago(at, now))
            .unwrap_or_default(),
        match cluster.last_scan {
            Some(_) => words::open(&cluster.open),
            None => String::new(),
        },
    ]
}

/// The one cluster that is meant.
pub(super) async fn find(
    session: &Session<'_>,
    meant: &str,
    tenant: Option<&str>,
) -> Result<Found<Cluster>, Stop> {
    let all = session.clusters(tenant).await?;
    let known: Vec<String> = all.iter().map(|one| one.thing.name.clone()).collect();
    let fitting = all
        .into_iter()
        .filter(|one| search::is_cluster(&one.thing, meant));
    search::one(
        fitting.collect(),
        "cluster",
        meant,
        |cluster| cluster.id.to_string(),
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
    let cluster = &found.thing;
    let scans = found.store.recent_scans(&cluster.id, SCANS).await?;
    let now = session.clock.now();
    let mut json = words::cluster_json(&found.tenant, cluster);
    json["scans"] = scans.iter().map(|scan| json!(scan)).collect::<Value>();
    session.answer(&json, |out, look| {
        let mut pairs = vec![
            (
                "cluster",
                Some(format!("{} of {}", cluster.name, found.tenant)),
            ),
            ("id", Some(cluster.id.to_string())),
            ("stage", Some(cluster.stage.to_string())),
            ("version", cluster.version.clone()),
            ("account", cluster.account.clone()),
            ("region", cluster.region.clone()),
            ("readable", Some(words::readable(cluster).to_owned())),
        ];
        if let Readable::No { reason, since } = &cluster.readable {
            let why = format!("{}, since {}", reason.need, words::when(*since, now));
            pairs.push(("reason", Some(why)));
            pairs.push(("next step", reason.mend.clone()));
        }
        if cluster.last_scan.is_some() {
            pairs.push(("open", Some(words::open(&cluster.open))));
        }
        for score in &cluster.scores {
            let points = score
                .score()
                .map_or_else(|| "no score".to_owned(), |points| format!("{points:.1}"));
            let text = format!(
                "{points}: {} of {} scored controls pass, {} fail, {} not evaluated",
                score.passed,
                score.scored(),
                score.failed,
                score.not_evaluated
            );
            pairs.push((score.id.as_str(), Some(text)));
        }
        pairs.push(("next scan", Some(words::when(cluster.next_scan, now))));
        table::pairs(out, look, &pairs)?;
        writeln!(out)?;
        let rows: Vec<[String; 3]> = scans
            .iter()
            .map(|scan| {
                [
                    words::when(scan.slot, now),
                    scan.id.to_string(),
                    words::outcome(scan),
                ]
            })
            .collect();
        if rows.is_empty() {
            return writeln!(out, "No scans yet.");
        }
        table::columns(out, look, ["PLANNED FOR", "SCAN", "OUTCOME"], &rows)?;
        for reason in scans
            .first()
            .map(|scan| &scan.missing)
            .into_iter()
            .flatten()
        {
            let mend = reason.mend.as_deref();
            let mend = mend.map(|mend| format!(" · {mend}")).unwrap_or_default();
            let line = format!("not evaluated: {}{mend}", reason.need);
            writeln!(out, "{}", look.marks(&line))?;
        }
        Ok(())
    })
}
