//! Finds the clusters of a connection and plans their scans.
//!
//! What is around the clusters of an account is read with them, and kept for their scans.
//!
//! A connection by kubeconfig context or by address has one cluster, which it names. An account is entered through the customer's role;
//! before anything is read, the role must refuse a wrong ExternalId, and no other tenant may have the account. That is
//! checked daily also when scans are rarer, and more often while somebody may be mending it.

mod disconnect;
mod discover;
mod endpoint;
mod round;
mod surroundings;
mod verify;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use plimsoll_alerting::EscalationPolicy;
use plimsoll_inventory::aws::surroundings::SurroundingsError;
use plimsoll_inventory::aws::{AwsError, session_name};
use plimsoll_model::{
    AccountJob, CheckKind, CheckOutcome, Cluster, ClusterId, ClusterJob, Connection,
    ConnectionCheck, ConnectionKind, Lease, Message, Provider, Readable, ScanCounts, ScanId, Stage,
    TenantId, next_slot,
};
use plimsoll_runtime::{Disposition, Failure};
use plimsoll_store::{Store, StoreError, TenantStore};
use scan_cluster::{Reach, role_arn};

pub use self::disconnect::disconnect;
use self::discover::discover;
use self::round::{Role, Tried};
use self::surroundings::scope_id;

/// A cluster that no account job reaches is scanned this long after its slot, so that its state shows.
const CLUSTER_GRACE: SignedDuration = SignedDuration::from_hours(1);

/// Why an account was not looked at.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// AWS failed in a way that may pass.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// What was read of an account cannot be put together.
    #[error(transparent)]
    Surroundings(#[from] SurroundingsError),
}

impl Failure for AccountError {
    fn disposition(&self) -> Disposition {
        match self {
            AccountError::Store(StoreError::NotFound(_)) => Disposition::Drop,
            _ => Disposition::Retry,
        }
    }
}

/// A cluster that was found.
struct Found {
    name: String,
    region: Option<String>,
    account: Option<String>,
    version: Option<String>,
    provider: Provider,
    tags: BTreeMap<String, String>,
}

/// Looks at one connection for one slot. Running twice plans the same scans.
///
/// # Errors
/// When the store fails, or AWS in a way that may pass. A role that does not let us in is a state, not an error: its
/// clusters are still scanned, and say so.
pub async fn handle(
    store: &Store,
    reach: &Reach,
    every: SignedDuration,
    now: Timestamp,
    job: &AccountJob,
) -> Result<(), AccountError> {
    let tenant = store.of(&job.tenant);
    let connection = tenant.get_connection(&job.connection).await?;
    let slot = Some(job.slot);
    let found = match &connection.kind {
        ConnectionKind::KubeContext { context } => {
            round::settle(store, &job.tenant, &connection, &[], slot, every, now).await?;
            vec![Found {
                name: context.clone(),
                region: None,
                account: None,
                version: None,
                provider: Provider::Other,
                tags: BTreeMap::new(),
            }]
        }
        ConnectionKind::Endpoint(endpoint) => {
            let slug = tenant.get_tenant().await?.slug;
            let checks = endpoint::attempt(reach, &slug, endpoint, now).await;
            let after = round::settle(store, &job.tenant, &connection, &checks, slot, every, now);
            let found = verify::is_read(&after.await?).then(|| Found {
                name: endpoint.name.clone(),
                region: None,
                account: None,
                version: None,
                provider: endpoint.provider,
                tags: BTreeMap::new(),
            });
            found.into_iter().collect()
        }
        ConnectionKind::Aws { regions, .. } => {
            let tried = attempt(store, reach, &job.tenant, &connection, now).await?;
            let (mut checks, mut passing) = (tried.checks, tried.passing);
            let mut listed = None;
            if let Some(account) = &tried.account {
                let mut of_regions = discover(reach, account, regions).await;
                checks.push(of_regions.check(now));
                passing = passing.or(of_regions.passing.take());
                listed = Some(of_regions.whole(reach, account, regions));
            }
            round::settle(store, &job.tenant, &connection, &checks, slot, every, now).await?;
            match (passing, listed) {
                (Some(error), _) => return Err(error.into()),
                (None, None) => Vec::new(),
                (None, Some(mut whole)) => {
                    let of = (&tenant, &connection.id);
                    whole.find_deserted(of).await?;
                    surroundings::keep(store, reach, &tenant, &connection, &whole, now).await?;
                    whole.found()
                }
            }
        }
    };
    let policy = escalation(&tenant).await?;
    let next = next_slot(job.slot, every, now);
    let mut messages = Vec::new();
    for found in found {
        let cluster = cluster(&connection, found, policy.as_ref(), next + CLUSTER_GRACE);
        let cluster = tenant.discover_cluster(&cluster).await?;
        let scan = tenant.plan_scan(&cluster.id, job.slot, now).await?;
        tenant
            .advance_cluster(&cluster.id, cluster.next_scan, next + CLUSTER_GRACE)
            .await?;
        messages.push(Message::ClusterJob(ClusterJob {
            tenant: job.tenant.clone(),
            cluster: cluster.id,
            scan: scan.id,
        }));
    }
    store.queues().send_all(&messages).await?;
    tenant
        .advance_connection(&connection.id, job.slot, next)
        .await?;
    Ok(())
}

/// Checks a connection and reads nothing behind it. Does nothing when its checks are not due any more: somebody has made
/// them. Checks that were lost are due again soon; they are no error.
///
/// # Errors
/// When the store fails.
pub async fn check(
    store: &Store,
    reach: &Reach,
    every: SignedDuration,
    now: Timestamp,
    job: &ConnectionCheck,
) -> Result<(), AccountError> {
    let connection = store
        .of(&job.tenant)
        .get_connection(&job.connection)
        .await?;
    if connection.checked.next.is_none_or(|next| next > now) {
        return Ok(());
    }
    if let ConnectionKind::Endpoint(endpoint) = &connection.kind {
        let slug = store.of(&job.tenant).get_tenant().await?.slug;
        let checks = endpoint::attempt(reach, &slug, endpoint, now).await;
        round::settle(store, &job.tenant, &connection, &checks, None, every, now).await?;
        return Ok(());
    }
    let tried = attempt(store, reach, &job.tenant, &connection, now).await?;
    let mut checks = tried.checks;
    let regions = CheckKind::RegionsListed { listed: 0, of: 0 };
    let listed = connection.checked.outcome(&regions) == Some(&CheckOutcome::Passed);
    if let (Some(account), false, ConnectionKind::Aws { regions, .. }) =
        (&tried.account, listed, &connection.kind)
    {
        checks.push(discover(reach, account, regions).await.check(now));
    }
    round::settle(store, &job.tenant, &connection, &checks, None, every, now).await?;
    Ok(())
}

/// Tries the role of an account's connection.
async fn attempt(
    store: &Store,
    reach: &Reach,
    tenant: &TenantId,
    connection: &Connection,
    now: Timestamp,
) -> Result<Tried, AccountError> {
    let ConnectionKind::Aws {
        account,
        role,
        external_id,
        regions,
    } = &connection.kind
    else {
        return Ok(Tried::nothing());
    };
    let scan = ScanId::of_slot(&ClusterId::of(&[connection.id.as_str()]), now);
    let role = Role {
        arn: &role_arn(account, role, regions),
        account,
        external_id,
        session: &session_name(tenant, &scan),
    };
    round::attempt(store, reach, tenant, &role, now).await
}

async fn escalation(tenant: &TenantStore) -> Result<Option<EscalationPolicy>, StoreError> {
    match tenant.get_tenant().await?.escalation_version {
        0 => Ok(None),
        version => Ok(EscalationPolicy::parse(&tenant.get_escalation(version).await?.text).ok()),
    }
}

/// The connection's own stage counts first, then the tenant's rules; without either it is production.
fn cluster(
    connection: &Connection,
    found: Found,
    policy: Option<&EscalationPolicy>,
    next_scan: Timestamp,
) -> Cluster {
    let by_rule = || policy.map(|policy| policy.stage_of(&found.name, &found.tags));
    let stage = connection.stage.or_else(by_rule).unwrap_or(Stage::Prod);
    Cluster {
        id: scope_id(&connection.id, found.region.as_deref(), &found.name),
        connection: connection.id.clone(),
        name: found.name,
        provider: found.provider,
        region: found.region,
        account: found.account,
        version: found.version,
        tags: found.tags,
        stage,
        readable: Readable::Unknown,
        next_scan,
        last_scan: None,
        last_scan_at: None,
        counts: ScanCounts::default(),
        open: Vec::new(),
        scores: Vec::new(),
        manifest: None,
        pending_manifest: None,
        lease: Lease::default(),
    }
}

#[cfg(test)]
mod tests;
