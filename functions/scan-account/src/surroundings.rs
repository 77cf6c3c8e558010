//! Reads what is around the clusters of an account, region by region, and keeps it for their scans: the throttles of an
//! account are shared with its owner, so nothing of it is read twice for two clusters.

use std::sync::Arc;

use jiff::Timestamp;
use plimsoll_inventory::aws::DiscoveredCluster;
use plimsoll_inventory::aws::derive::{derive, derive_global};
use plimsoll_inventory::aws::read::{self, Place, Reading};
use plimsoll_inventory::aws::releases::{Releases, own_account};
use plimsoll_inventory::aws::surroundings::Surroundings;
use plimsoll_inventory::aws::wire::Account;
use plimsoll_model::{ClusterId, Connection, ConnectionId};
use plimsoll_store::{Store, StoreError, TenantStore};
use scan_cluster::{Reach, surroundings_name};

use crate::AccountError;

/// An account, and its regions that have clusters.
pub(crate) struct Whole<'a> {
    /// Its twelve digits.
    pub(crate) number: &'a str,
    /// In the region where what it has for all regions is asked for.
    pub(crate) account: Account,
    pub(crate) inhabited: Vec<Inhabited>,
    /// The regions that were listed and have no clusters.
    pub(crate) empty: Vec<String>,
    /// Whether that is all that are looked at.
    pub(crate) all_empty: bool,
    /// The regions that had clusters once and have none now; none stands for the account as a whole.
    pub(crate) deserted: Vec<Option<String>>,
}

impl Whole<'_> {
    /// What a region, or the account, is called as a scope.
    pub(crate) fn scope_name(&self, region: Option<&str>) -> String {
        match region {
            Some(region) => format!("{}-{region}", self.number),
            None => self.number.to_owned(),
        }
    }

    /// Finds what is deserted: a list that was lost proves nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn find_deserted(
        &mut self,
        (tenant, connection): (&TenantStore, &ConnectionId),
    ) -> Result<(), StoreError> {
        let whole = self.all_empty.then_some(None);
        let empty = self.empty.iter().cloned().map(Some);
        let scopes: Vec<Option<String>> = empty.chain(whole).collect();
        for scope in scopes {
            let name = self.scope_name(scope.as_deref());
            let id = scope_id(connection, scope.as_deref(), &name);
            match tenant.get_cluster(&id).await {
                Ok(_) => self.deserted.push(scope),
                Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The id of a cluster, or of what an account or a region of it has as a whole.
pub(crate) fn scope_id(connection: &ConnectionId, region: Option<&str>, name: &str) -> ClusterId {
    ClusterId::of(&[connection.as_str(), region.unwrap_or_default(), name])
}

/// A region with clusters.
pub(crate) struct Inhabited {
    pub(crate) region: String,
    pub(crate) account: Account,
    pub(crate) clusters: Vec<DiscoveredCluster>,
}

/// Reads the regions that have clusters. What had some and has none is known to be empty, so that what was found there is
/// closed.
///
/// # Errors
/// When the store fails. What AWS does not let us see is a gap in what is kept.
pub(crate) async fn keep(
    store: &Store,
    reach: &Reach,
    tenant: &TenantStore,
    connection: &Connection,
    whole: &Whole<'_>,
    now: Timestamp,
) -> Result<(), AccountError> {
    let (route, connection) = (connection.node_evidence, &connection.id);
    for deserted in &whole.deserted {
        let name = surroundings_name(connection, deserted.as_deref());
        let packed = Surroundings::without_clusters(now).pack()?;
        tenant.put_object(&name, packed).await?;
    }
    if whole.inhabited.is_empty() {
        return Ok(());
    }
    let place = Place {
        account: whole.number,
        region: None,
    };
    let mut global = Box::pin(read::global(&whole.account, place)).await;
    derive_global(&mut global, now);
    let packed = Surroundings::of(&global, now).pack()?;
    tenant
        .put_object(&surroundings_name(connection, None), packed)
        .await?;
    for one in &whole.inhabited {
        let region = Some(one.region.as_str());
        let place = Place { region, ..place };
        let mut regional = Box::pin(read::region(&one.account, place, &one.clusters, route)).await;
        fill_releases(store, reach, &one.region, &mut regional, now).await?;
        derive(&mut regional, &global, route, now);
        let packed = Surroundings::of(&regional, now).pack()?;
        tenant
            .put_object(&surroundings_name(connection, region), packed)
            .await?;
    }
    Ok(())
}

/// Fills in what AWS tells everybody, which is asked for with our own credentials and kept for all tenants.
async fn fill_releases(
    store: &Store,
    reach: &Reach,
    region: &str,
    regional: &mut Reading,
    now: Timestamp,
) -> Result<(), AccountError> {
    let control = store.control();
    let kept = control.releases(region).await?.unwrap_or_default();
    let mut releases = Releases::of_text(&kept);
    let own = own_account(&reach.sdk, region, Arc::clone(&reach.pace));
    if Box::pin(releases.fill(regional, &own, now)).await {
        control.keep_releases(region, &releases.text()).await?;
    }
    Ok(())
}
