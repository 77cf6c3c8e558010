//! What `plimsoll up` says while it runs: a line for each thing a person would ask about.

use std::collections::HashMap;

use jiff::Timestamp;
use plimsoll_model::{
    AccountJob, ClusterJob, ConnectionCheck, ConnectionId, ConnectionKind, ConnectionState,
    DeliveryJob, DeliveryState, Destination, Message, NodeRoute, ScanStatus,
};
use plimsoll_store::{Store, StoreError, TenantStore};

use super::own::InForce;

/// What was said of connections.
#[derive(Debug, Default)]
pub(super) struct Said(HashMap<ConnectionId, String>);

impl Said {
    /// What has come of a message that was handled; nothing for those that only lead to another, and for checks of a
    /// connection that stands as was said last: they are made every minute while somebody is at it.
    ///
    /// # Errors
    /// As reading the tables fails.
    pub(super) async fn line(
        &mut self,
        store: &Store,
        message: &Message,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let tenant = store.of(message.tenant());
        let said = match message {
            Message::AccountJob(AccountJob { connection: id, .. })
            | Message::ConnectionCheck(ConnectionCheck { connection: id, .. }) => {
                let said = connection(&tenant, id).await?;
                let before = self.0.insert(id.clone(), said.clone());
                let is_scan = matches!(message, Message::AccountJob(_));
                (is_scan || before.as_ref() != Some(&said)).then_some(said)
            }
            Message::ClusterJob(job) => scanned(&tenant, job).await?,
            Message::DeliveryJob(job) => told(&tenant, job).await?,
            Message::FinishedScan(_) => None,
        };
        let Some(said) = said else { return Ok(None) };
        let slug = tenant.get_tenant().await?.slug;
        Ok(Some(format!(
            "{}  {slug}  {said}",
            now.strftime("%H:%M:%SZ")
        )))
    }
}

/// What a scan of a cluster has come to.
async fn scanned(tenant: &TenantStore, job: &ClusterJob) -> Result<Option<String>, StoreError> {
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
    Ok(outcome.map(|outcome| format!("{}: {outcome}", cluster.shown_name())))
}

/// What has become of a message to somebody.
async fn told(tenant: &TenantStore, job: &DeliveryJob) -> Result<Option<String>, StoreError> {
    let delivery = tenant
        .find_delivery(job.incident.as_ref(), &job.delivery)
        .await?;
    let to = match &delivery.destination {
        Destination::Slack(to) | Destination::Email(to) => to,
    };
    let name = &delivery.content.message;
    Ok(match &delivery.state {
        DeliveryState::Sent { .. } => Some(format!("told {to}: {name}")),
        DeliveryState::Failed { reason, .. } => {
            Some(format!("could not tell {to} ({name}): {reason}"))
        }
        DeliveryState::Pending { .. } | DeliveryState::Claimed { .. } => None,
    })
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
