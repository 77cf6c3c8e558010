//! `plimsoll service tenant`.

use std::path::Path;

use plimsoll_alerting::Links;
use plimsoll_model::{Attestation, Connection, ConnectionKind, MailSettings, Tenant};
use plimsoll_report::Diagnostic;
use plimsoll_store::TenantStore;
use route_findings::Desk;
use serde_json::{Value, json};

use super::document::Document;
use super::slack::Token;
use super::stop::Stop;
use super::{Session, claims, table, words};
use crate::exit::Exit;
use crate::up::{attested, tenants};

/// Adds a tenant or renews it.
pub(super) async fn add(session: &Session<'_>, file: &Path) -> Result<Exit, Stop> {
    let target = &session.target;
    let document = Document::read(file, target.is_deployed())?;
    let now = session.clock.now();
    let built_in = plimsoll_catalogue::built_in().map_err(anyhow::Error::from)?;
    let attestations = attested::read(file, document.attestations.as_deref(), &built_in, now);
    let attestations = Ok(attestations?);
    let control = target.store.control();
    let before = control.tenants().await?;
    let known = before.iter().any(|tenant| tenant.slug == document.id);
    let described = document.described();
    let id = tenants::put_described(&target.store, &described, &document.escalation, now).await?;
    attested::put(&target.store.of(&id), &attestations, now).await?;
    let mut connections = Vec::new();
    for connection in &document.connections {
        claims::warn(session, &id, connection).await?;
        let connection = tenants::put_connection(&target.store, &id, connection, now, now).await?;
        connections.push(connection);
    }
    plan_summaries(session, &id).await?;
    let verb = if known { "renewed" } else { "added" };
    if !target.is_deployed() {
        session.console.diagnose(&[Diagnostic::warning(
            "not-configured",
            format!("`plimsoll up` sends nothing to {}", document.id),
        )
        .help("it makes the channels of those tenants alone that stand in its plimsoll.toml")]);
    }
    let shown: Vec<Value> = connections
        .iter()
        .map(|connection| words::connection_json(&document.id, connection))
        .collect();
    session.answer(
        &json!({ "tenant": document.id, "id": id, "outcome": verb, "connections": shown }),
        |out, look| {
            writeln!(out, "{} is {verb}.", document.id)?;
            for connection in &connections {
                let state = words::state(connection);
                let reached = words::reached(connection);
                let flag = match connection.kind {
                    ConnectionKind::Aws { .. } => "--account",
                    ConnectionKind::KubeContext { .. } => "--kube-context",
                    ConnectionKind::Endpoint(_) => "--cluster-endpoint",
                };
                let invite = format!(
                    "{}: plimsoll onboarding link --tenant {} {flag} {reached}",
                    state.word, document.id
                );
                let line = match state.is_connected() {
                    true => "connected".to_owned(),
                    false => invite,
                };
                writeln!(out, "  {reached}  {}", look.marks(&line))?;
            }
            Ok(())
        },
    )
}

/// The weekly summary follows the escalation policy.
async fn plan_summaries(
    session: &Session<'_>,
    tenant: &plimsoll_model::TenantId,
) -> Result<(), Stop> {
    let catalogue = plimsoll_catalogue::built_in().map_err(anyhow::Error::from)?;
    let links = Links {
        base: None,
        buttons: false,
    };
    let desk = Desk {
        store: &session.target.store,
        catalogue: &catalogue,
        links: &links,
        now: session.clock.now(),
    };
    let dossier = desk.open(tenant).await.map_err(anyhow::Error::from)?;
    send_summaries::plan(&desk, &dossier)
        .await
        .map_err(anyhow::Error::from)?;
    Ok(())
}

/// Lists them.
pub(super) async fn list(session: &Session<'_>) -> Result<Exit, Stop> {
    let mut rows = Vec::new();
    let mut shown = Vec::new();
    for tenant in session.tenants(None).await? {
        let store = session.target.store.of(&tenant.id);
        let connections = store.list_connections().await?;
        let connected = connected(&connections);
        let clusters = store.list_clusters().await?;
        let clusters = clusters
            .iter()
            .filter(|cluster| cluster.is_cluster())
            .count();
        shown.push(json!({
            "tenant": tenant.slug,
            "name": tenant.name,
            "id": tenant.id,
            "connections": connections.len(),
            "connected": connected,
            "clusters": clusters,
        }));
        rows.push([
            tenant.slug,
            format!("{connected} of {}", connections.len()),
            clusters.to_string(),
            tenant.name,
        ]);
    }
    session.answer(&Value::Array(shown), |out, look| {
        if rows.is_empty() {
            return writeln!(out, "No tenants. Add one: plimsoll service tenant add FILE");
        }
        table::columns(
            out,
            look,
            ["TENANT", "CONNECTED", "CLUSTERS", "NAME"],
            &rows,
        )
    })
}

fn connected(connections: &[Connection]) -> usize {
    let connected = connections
        .iter()
        .filter(|connection| words::state(connection).is_connected());
    connected.count()
}

/// Shows one.
pub(super) async fn show(session: &Session<'_>, name: &str) -> Result<Exit, Stop> {
    let store = session.tenant(name).await?;
    let tenant = store.get_tenant().await?;
    let connections = store.list_connections().await?;
    let mut clusters = store.list_clusters().await?;
    clusters.retain(plimsoll_model::Cluster::is_cluster);
    let summary = store.next_summary().await?;
    let attested = store.list_attestations().await?;
    let own = store.active_policies().await?.len();
    let incidents = store.open_incidents(None).await?.len();
    let slack = Token::of(&session.target, &tenant).await;
    let now = session.clock.now();
    let json = json!({
        "tenant": tenant.slug,
        "name": tenant.name,
        "id": tenant.id,
        "slack": slack.json(),
        "mail": tenant.mail,
        "escalationVersion": tenant.escalation_version,
        "nextSummary": summary,
        "ownPolicies": own,
        "openIncidents": incidents,
        "attestations": attested,
        "connections": connections.iter().map(|one| words::connection_json(name, one)).collect::<Vec<_>>(),
        "clusters": clusters.iter().map(|one| words::cluster_json(name, one)).collect::<Vec<_>>(),
    });
    let escalation = escalation(&store, &tenant, now).await?;
    session.answer(&json, |out, look| {
        let pairs = [
            ("tenant", Some(format!("{} ({})", tenant.slug, tenant.name))),
            ("id", Some(tenant.id.to_string())),
            ("slack", Some(slack.words())),
            ("mail", Some(mail(&tenant))),
            ("escalation", Some(escalation)),
            ("summary", summary.map(|at| words::when(at, now))),
            ("incidents", Some(format!("{incidents} open"))),
            ("attested", attestations(&attested, now)),
            ("policies", (own > 0).then(|| format!("{own} of its own"))),
        ];
        table::pairs(out, look, &pairs)?;
        writeln!(out)?;
        super::connection::table(out, look, &[(name, &connections)])?;
        writeln!(out)?;
        super::cluster::table(out, look, &[(name, &clusters)], now)
    })
}

/// `13 controls, 1 of them no longer`; none where nothing is attested.
fn attestations(all: &[Attestation], now: jiff::Timestamp) -> Option<String> {
    let ended = all.iter().filter(|one| !one.counts(now)).count();
    let controls = match all.len() {
        0 => return None,
        1 => "1 control".to_owned(),
        many => format!("{many} controls"),
    };
    Some(match ended {
        0 => controls,
        some => format!("{controls}, {some} of them no longer"),
    })
}

async fn escalation(
    store: &TenantStore,
    tenant: &Tenant,
    now: jiff::Timestamp,
) -> Result<String, Stop> {
    if tenant.escalation_version == 0 {
        return Ok("none: nobody is told anything".to_owned());
    }
    let version = store.get_escalation(tenant.escalation_version).await?;
    Ok(format!(
        "version {}, of {}",
        version.version,
        words::when(version.accepted, now)
    ))
}

fn mail(tenant: &Tenant) -> String {
    match &tenant.mail {
        Some(MailSettings::Ses { from }) => format!("Amazon SES, from {from}"),
        Some(MailSettings::Smtp { from, .. }) => format!("SMTP, from {from}"),
        Some(MailSettings::Directory { from }) => format!("files, from {from}"),
        None => "none".to_owned(),
    }
}
