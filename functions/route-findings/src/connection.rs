//! A connection that stopped working, or works again: one incident for it, whatever it hides.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_alerting::{
    Chain, IncidentFacts, Opening, Topic, connection_changed, open_incident, readable_again, route,
};
use plimsoll_model::{Cluster, ConnectionChange, Incident, OutboxItem, Severity, Stage};
use plimsoll_store::{IncidentWrite, StoreError, Written};

use crate::{ATTEMPTS, Desk, Dossier, RouteError};

const PART: &str = "-connection";

/// Routes what an outbox item says of a connection. A connection that is gone is told of no more.
///
/// # Errors
/// When the store fails, or others keep writing the incident.
pub(crate) async fn tell(
    desk: &Desk<'_>,
    dossier: &Dossier,
    outbox: &OutboxItem,
    change: &ConnectionChange,
) -> Result<(), RouteError> {
    let connection = match dossier.store.get_connection(&change.connection).await {
        Err(StoreError::NotFound(_)) => return Ok(()),
        known => known?,
    };
    let tags = BTreeMap::new();
    let name = connection.as_scope(Stage::Prod).name;
    let by_rule = dossier.policy.as_ref();
    let by_rule = by_rule.map(|policy| policy.stage_of(&name, &tags));
    let stage = connection.stage.or(by_rule).unwrap_or(Stage::Prod);
    let scope = connection.as_scope(stage);
    for _ in 0..ATTEMPTS {
        let latest = dossier.store.latest_incident(&scope.id, None).await?;
        let open = latest.filter(Incident::is_open);
        let scene = desk.scene(dossier);
        let topic = change.trouble.as_ref().map(|trouble| Topic::Connection {
            connection: &change.connection,
            trouble,
        });
        let read = open.as_ref().map(|incident| incident.revision);
        let outcome = match (open, topic) {
            (None, None) => return Ok(()),
            (None, Some(topic)) => {
                let Some(chain) = chain(dossier, &scope) else {
                    return Ok(());
                };
                // Read afresh: another incident may have been numbered since the file was opened.
                let number = dossier.store.get_tenant().await?.last_incident_number + 1;
                let opening = Opening {
                    cluster: &scope,
                    scan: &outbox.scan,
                    number,
                    policy: None,
                    severity: Severity::High,
                    open: BTreeSet::new(),
                    chain,
                    due: None,
                };
                open_incident(opening, &topic, &scene)
            }
            (Some(incident), Some(topic)) => connection_changed(incident, &topic, &scene),
            (Some(incident), None) => {
                let reason = plimsoll_model::Reason::new(
                    plimsoll_model::ReasonCode::ApiError,
                    "it could not be read",
                );
                let since = incident.opened;
                let reason = &reason;
                readable_again(incident, &Topic::Unreadable { reason, since }, &scene)
            }
        };
        let write = IncidentWrite {
            incident: &outcome.incident,
            read,
            deliveries: &outcome.deliveries,
            log: &outcome.log,
            part: Some((&outbox.id, PART)),
            now: desk.now,
        };
        match dossier.store.write_incident(&write).await {
            Ok(Written::Now) => return Ok(desk.enqueue(dossier, &outcome.deliveries).await?),
            Ok(Written::Before) => return Ok(()),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict(format!("incident of {}", connection.id)).into())
}

fn chain(dossier: &Dossier, scope: &Cluster) -> Option<Chain> {
    let document = dossier.policy.as_ref()?;
    let facts = IncidentFacts {
        severity: Severity::High,
        stage: scope.stage,
        cluster: &scope.name,
        policy: None,
        tags: &scope.tags,
    };
    let matches = route(document, &facts);
    Chain::of(document, &matches, Severity::High, scope.stage)
}

#[cfg(test)]
mod tests;
