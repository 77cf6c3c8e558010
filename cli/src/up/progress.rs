//! What `plimsoll up` says while it runs: a line for each thing a person would ask about.

use jiff::Timestamp;
use plimsoll_model::{
    ConnectionId, ConnectionKind, ConnectionState, DeliveryState, Destination, Message, NodeRoute,
    ScanStatus,
};
use plimsoll_store::{Store, StoreError, TenantStore};

use super::own::InForce;

/// What has come of a message that was handled; nothing for those that only lead to another.
///
/// # Errors
/// As reading the tables fails.
pub(super) async fn line(
    store: &Store,
    message: &Message,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let tenant = store.of(message.tenant());
    let said = match message {
        Message::AccountJob(job) => Some(connection(&tenant, &job.connection).await?),
        Message::ConnectionCheck(job) => {
            // They are made every minute while somebody is at it: what is as it was is not worth a line.
            let checked = tenant.get_connection(&job.connection).await?.checked;
            match checked.since == checked.at {
                true => Some(connection(&tenant, &job.connection).await?),
                false => None,
            }
        }
        Message::ClusterJob(job) => {
            let cluster = tenant.get_cluster(&job.cluster).await?;
            let scan = tenant.get_scan(&job.cluster, &job.scan).await?;
            let outcome = match &scan.status {
                ScanStatus::Queued => None,
                ScanStatus::Done => Some(format!(
                    "scanned {} resources: {} failing{}, {} not evaluated, {} passing",
                    scan.counts.resources,
                    scan.counts.fail,
                    match scan.counts.excepted {
                        0 => String::new(),
                        some => format!(" ({some} of them excepted)"),
                    },
                    scan.counts.not_evaluated,
                    scan.counts.pass
                )),
                ScanStatus::Unreadable { reason } => Some(with_mend(
                    format!("cannot be read: {}", reason.need),
                    reason.mend.as_deref(),
                )),
            };
            outcome.map(|outcome| format!("{}: {outcome}", cluster.shown_name()))
        }
        Message::DeliveryJob(job) => {
            let delivery = tenant
                .find_delivery(job.incident.as_ref(), &job.delivery)
                .await?;
            let to = match &delivery.destination {
                Destination::Slack(to) | Destination::Email(to) => to,
            };
            let name = &delivery.content.message;
            match &delivery.state {
                DeliveryState::Sent { .. } => Some(format!("told {to}: {name}")),
                DeliveryState::Failed { reason, .. } => {
                    Some(format!("could not tell {to} ({name}): {reason}"))
                }
                DeliveryState::Pending { .. } | DeliveryState::Claimed { .. } => None,
            }
        }
        Message::FinishedScan(_) => None,
    };
    let Some(said) = said else { return Ok(None) };
    let slug = tenant.get_tenant().await?.slug;
    Ok(Some(format!(
        "{}  {slug}  {said}",
        now.strftime("%H:%M:%SZ")
    )))
}

/// How a tenant's own policies stand; nothing where it has none.
pub(super) fn own_policies(tenant: &str, own: &InForce) -> Option<String> {
    let refused = match own.refused.len() {
        0 => String::new(),
        some => format!(", {some} messages about others above"),
    };
    let policies = match own.policies {
        0 if own.refused.is_empty() => return None,
        1 => "1 policy of its own is in force".to_owned(),
        some => format!("{some} policies of its own are in force"),
    };
    Some(format!("{tenant}  {policies}{refused}"))
}

/// How a connection stands, with what its tenant should do.
async fn connection(tenant: &TenantStore, id: &ConnectionId) -> Result<String, StoreError> {
    let connection = tenant.get_connection(id).await?;
    let standing = connection.standing(&tenant.list_clusters().await?);
    let said = format!(
        "{}: {}. {}",
        connection.shown_name(),
        standing.word,
        standing.reason
    );
    let next = standing.next.to_string().replace('\n', "\n        ");
    Ok(with_mend(said, Some(&next)))
}

fn with_mend(reason: String, mend: Option<&str>) -> String {
    match mend {
        Some(mend) if !mend.is_empty() => format!("{reason}\n  help: {mend}"),
        _ => reason,
    }
}

/// How the customer's role is made, for each account that has not let us in yet.
///
/// # Errors
/// As reading the tables fails.
pub(super) async fn invitations(tenant: &TenantStore) -> Result<Vec<String>, StoreError> {
    let slug = tenant.get_tenant().await?.slug;
    let invitation = |connection: plimsoll_model::Connection| {
        let ConnectionKind::Aws {
            account,
            role,
            external_id,
            ..
        } = connection.kind
        else {
            return None;
        };
        let evidence = match connection.node_evidence {
            Some(NodeRoute::Ssm) => "NodeEvidence=ssm ",
            _ => "",
        };
        (connection.state != ConnectionState::Connected).then(|| {
            format!(
                "{slug}  {account} has not let Plimsoll in yet. Once, with that account's credentials:\n  \
                 aws cloudformation deploy --stack-name plimsoll --template-file infra/onboarding/role.yaml \\\n    \
                 --capabilities CAPABILITY_NAMED_IAM --parameter-overrides {evidence}RoleName={role} ExternalId={external_id} \\\n    \
                 VendorAccountId=… AccountScannerRole=… ClusterScannerRole=…   # the account and, twice, the role that `plimsoll up` runs as"
            )
        })
    };
    Ok(tenant
        .list_connections()
        .await?
        .into_iter()
        .filter_map(invitation)
        .collect())
}
