//! Finds the clusters of a connection and plans their scans.
//!
//! What is around the clusters of an account is read with them, and kept for their scans.
//!
//! A connection by kubeconfig context has one cluster, which it names. An account is entered through the customer's role;
//! before anything is read, the role must refuse a wrong ExternalId, and no other tenant may have the account.

mod surroundings;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use plimsoll_alerting::EscalationPolicy;
use plimsoll_inventory::aws::surroundings::SurroundingsError;
use plimsoll_inventory::aws::wire::Account;
use plimsoll_inventory::aws::{
    AssumedAccount, AwsError, RoleCheck, discover_clusters, global_region, session_name,
    verify_role,
};
use plimsoll_model::{
    AccountJob, Cluster, ClusterId, ClusterJob, Connection, ConnectionKind, ConnectionState, Lease,
    Message, Provider, Readable, ScanCounts, ScanId, Stage, hash_text, next_slot,
};
use plimsoll_runtime::{Disposition, Failure};
use plimsoll_store::{Claim, Store, StoreError, TenantStore};
use scan_cluster::{Reach, role_arn};

use self::surroundings::{Inhabited, Whole, scope_id};

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
    let found = match &connection.kind {
        ConnectionKind::KubeContext { context } => {
            tenant
                .set_connection_state(&connection.id, &ConnectionState::Connected)
                .await?;
            vec![Found {
                name: context.clone(),
                region: None,
                account: None,
                version: None,
                provider: Provider::Other,
                tags: BTreeMap::new(),
            }]
        }
        ConnectionKind::Aws { .. } => match discover(store, reach, job, &connection, now).await {
            Ok(found) => {
                tenant
                    .set_connection_state(&connection.id, &ConnectionState::Connected)
                    .await?;
                found
            }
            Err(Trouble::Passing(error)) => return Err(error),
            Err(Trouble::State(state)) => {
                tenant
                    .set_connection_state(&connection.id, &since_when(&connection, state, now))
                    .await?;
                Vec::new()
            }
        },
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

enum Trouble {
    Passing(AccountError),
    State(ConnectionState),
}

async fn discover(
    store: &Store,
    reach: &Reach,
    job: &AccountJob,
    connection: &Connection,
    now: Timestamp,
) -> Result<Vec<Found>, Trouble> {
    let ConnectionKind::Aws {
        account,
        role,
        external_id,
        regions,
    } = &connection.kind
    else {
        return Ok(Vec::new());
    };
    let slot = job.slot.to_string();
    let session = session_name(
        &job.tenant,
        &ScanId::of_slot(&ClusterId::of(&[connection.id.as_str()]), job.slot),
    );
    let arn = role_arn(account, role, regions);
    let wrong = format!("plm-{}", hash_text(&[external_id, "wrong", &slot]));
    match verify_role(&reach.sdk, &arn, external_id, &wrong, &session).await {
        Ok(RoleCheck::Sound) => {}
        Ok(RoleCheck::OpenWithoutExternalId | RoleCheck::OpenToAnyExternalId) => {
            return Err(Trouble::State(ConnectionState::Suspended {
                reason: "The role lets us in without the right ExternalId, so another customer of ours could ask for your data.".to_owned(),
                mend: format!("Put this condition into the trust policy of {role}: \"Condition\":{{\"StringEquals\":{{\"sts:ExternalId\":\"{external_id}\"}}}}"),
                since: job.slot,
            }));
        }
        Err(error) => return Err(trouble(error, job.slot)),
    }
    claim(store, account, job).await?;
    let assumed = AssumedAccount::assume(&reach.sdk, &arn, external_id, &session).await;
    let assumed = assumed.map_err(|error| trouble(error, job.slot))?;
    let in_region =
        |region: &str| Account::new(assumed.in_region(region), account, Arc::clone(&reach.pace));
    let mut inhabited = Vec::new();
    for region in regions {
        let of_region = in_region(region);
        let clusters = discover_clusters(&of_region).await;
        let clusters = clusters.map_err(|error| trouble(error, job.slot))?;
        if !clusters.is_empty() {
            inhabited.push(Inhabited {
                region: region.clone(),
                account: of_region,
                clusters,
            });
        }
    }
    let mut whole = Whole {
        number: account,
        account: in_region(global_region(regions)),
        inhabited,
        deserted: Vec::new(),
    };
    let of = (&store.of(&job.tenant), &connection.id);
    whole
        .find_deserted(of, regions)
        .await
        .map_err(|error| Trouble::Passing(error.into()))?;
    surroundings::keep(store, reach, of, &whole, now)
        .await
        .map_err(Trouble::Passing)?;
    Ok(whole.found())
}

impl Whole<'_> {
    /// The clusters, and the account and its regions with clusters: what those have as a whole is judged by itself. Also
    /// those that were among them once.
    fn found(&self) -> Vec<Found> {
        let found = |name: String, region: Option<&String>, provider| Found {
            name,
            region: region.cloned(),
            account: Some(self.number.to_owned()),
            version: None,
            provider,
            tags: BTreeMap::new(),
        };
        let clusters = self.inhabited.iter().flat_map(|one| {
            one.clusters.iter().map(|cluster| Found {
                version: cluster.version().map(str::to_owned),
                tags: cluster.tags(),
                ..found(cluster.name.clone(), Some(&one.region), Provider::Eks)
            })
        });
        let scope = |region: Option<&String>| {
            let name = self.scope_name(region.map(String::as_str));
            found(name, region, Provider::Aws)
        };
        let whole = (!self.inhabited.is_empty()).then(|| scope(None));
        let regions = self.inhabited.iter().map(|one| scope(Some(&one.region)));
        let deserted = self.deserted.iter().map(|one| scope(one.as_ref()));
        clusters
            .chain(whole)
            .chain(regions)
            .chain(deserted)
            .collect()
    }
}

/// Makes the account the tenant's, whose role there has just let us in: typing another's account number claims nothing.
async fn claim(store: &Store, account: &str, job: &AccountJob) -> Result<(), Trouble> {
    let control = store.control();
    let owner = control.owner(Claim::AwsAccount, account).await;
    let claimed = match owner.map_err(|error| Trouble::Passing(error.into()))? {
        Some(owner) if owner == job.tenant => Ok(()),
        Some(_) => Err(StoreError::Conflict(account.to_owned())),
        None => control.claim(Claim::AwsAccount, account, &job.tenant).await,
    };
    claimed.map_err(|error| match error {
        StoreError::Conflict(_) => Trouble::State(ConnectionState::Degraded {
            reason: format!("Another tenant has connected account {account}."),
            mend: "Ask the operator of Plimsoll: an account belongs to one tenant.".to_owned(),
            since: job.slot,
        }),
        other => Trouble::Passing(other.into()),
    })
}

fn trouble(error: AwsError, since: Timestamp) -> Trouble {
    if error.may_pass() {
        return Trouble::Passing(error.into());
    }
    let reason = scan_cluster::refused(&error);
    Trouble::State(ConnectionState::Degraded {
        reason: reason.need,
        mend: reason.mend.unwrap_or_default(),
        since,
    })
}

/// The same trouble as before keeps its beginning.
fn since_when(connection: &Connection, state: ConnectionState, now: Timestamp) -> ConnectionState {
    match (state, &connection.state) {
        (
            ConnectionState::Degraded { reason, mend, .. },
            ConnectionState::Degraded { since, .. },
        ) => ConnectionState::Degraded {
            reason,
            mend,
            since: *since,
        },
        (
            ConnectionState::Suspended { reason, mend, .. },
            ConnectionState::Suspended { since, .. },
        ) => ConnectionState::Suspended {
            reason,
            mend,
            since: *since,
        },
        (ConnectionState::Degraded { reason, mend, .. }, _) => ConnectionState::Degraded {
            reason,
            mend,
            since: now,
        },
        (state, _) => state,
    }
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
