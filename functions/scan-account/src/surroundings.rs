//! Reads what is around the clusters of an account, region by region, and keeps it for their scans: the throttles of an
//! account are shared with its owner, so nothing of it is read twice for two clusters.

use jiff::Timestamp;
use plimsoll_inventory::aws::DiscoveredCluster;
use plimsoll_inventory::aws::derive::{derive, derive_global};
use plimsoll_inventory::aws::read::{self, Place};
use plimsoll_inventory::aws::surroundings::Surroundings;
use plimsoll_inventory::aws::wire::Account;
use plimsoll_model::ConnectionId;
use plimsoll_store::TenantStore;
use scan_cluster::surroundings_name;

use crate::AccountError;

/// An account, and its regions that have clusters.
pub(crate) struct Whole<'a> {
    /// Its twelve digits.
    pub(crate) number: &'a str,
    /// In the region where what it has for all regions is asked for.
    pub(crate) account: Account,
    pub(crate) inhabited: Vec<Inhabited>,
}

/// A region with clusters.
pub(crate) struct Inhabited {
    pub(crate) region: String,
    pub(crate) account: Account,
    pub(crate) clusters: Vec<DiscoveredCluster>,
}

/// Reads the regions that have clusters.
///
/// # Errors
/// When the store fails. What AWS does not let us see is a gap in what is kept.
pub(crate) async fn keep(
    tenant: &TenantStore,
    connection: &ConnectionId,
    whole: &Whole<'_>,
    now: Timestamp,
) -> Result<(), AccountError> {
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
        let mut regional = Box::pin(read::region(&one.account, place, &one.clusters)).await;
        derive(&mut regional, &global, now);
        let packed = Surroundings::of(&regional, now).pack()?;
        tenant
            .put_object(&surroundings_name(connection, region), packed)
            .await?;
    }
    Ok(())
}
