//! A connection ends: it is not scanned or shown any more, nobody is told of it, and its account may be connected anew.

use jiff::Timestamp;
use plimsoll_model::{
    ClusterId, Connection, ConnectionId, ConnectionKind, IncidentState, LogEntry, Stage, TenantId,
};
use plimsoll_store::{Claim, IncidentWrite, Store, StoreError, TenantStore};

/// Removes a connection with its clusters, ends what is open about them without telling anybody, and gives back the claim
/// on the account unless another connection of the tenant has it. What its scans have found stays in the store. Safe to
/// be repeated.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such connection; else as the store fails, and then it is to be repeated.
pub async fn disconnect(
    store: &Store,
    tenant: &TenantId,
    id: &ConnectionId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let own = store.of(tenant);
    let connection = own.get_connection(id).await?;
    let mut scopes = vec![connection.as_scope(Stage::Prod).id];
    for cluster in own.list_clusters().await? {
        if cluster.connection == *id {
            scopes.push(cluster.id);
        }
    }
    for scope in &scopes {
        close(&own, scope, now).await?;
        own.remove_cluster(scope).await?;
    }
    // Before and after: whoever dies between leaves no claim of a connection that is gone, and a check that was under way
    // may have claimed once more.
    give_back(store, &own, &connection).await?;
    own.remove_connection(id).await?;
    give_back(store, &own, &connection).await
}

/// Gives back the claim on the account of a connection that is gone or goes.
pub(crate) async fn give_back(
    store: &Store,
    own: &TenantStore,
    connection: &Connection,
) -> Result<(), StoreError> {
    let ConnectionKind::Aws { account, .. } = &connection.kind else {
        return Ok(());
    };
    let others = own.list_connections().await?;
    let of_it = |other: &Connection| match &other.kind {
        ConnectionKind::Aws { account: other, .. } => other == account,
        ConnectionKind::KubeContext { .. } | ConnectionKind::Endpoint(_) => false,
    };
    let needed = |other: &Connection| other.id != connection.id && of_it(other);
    if others.iter().any(needed) {
        return Ok(());
    }
    let control = store.control();
    control
        .release(Claim::AwsAccount, account, own.tenant())
        .await
}

async fn close(own: &TenantStore, scope: &ClusterId, now: Timestamp) -> Result<(), StoreError> {
    for mut incident in own.open_incidents(Some(scope)).await? {
        let read = Some(incident.revision);
        incident.state = IncidentState::Resolved { at: now };
        incident.chain_at = None;
        incident.wake_up = None;
        incident.revision += 1;
        let log = [LogEntry {
            at: now,
            reason: "disconnected".to_owned(),
            text: "The connection was removed.".to_owned(),
        }];
        let write = IncidentWrite {
            incident: &incident,
            read,
            deliveries: &[],
            log: &log,
            part: None,
            now,
        };
        own.write_incident(&write).await?;
    }
    Ok(())
}
