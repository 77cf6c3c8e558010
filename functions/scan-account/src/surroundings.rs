//! Reads what is around the clusters of an account, region by region, and keeps it for their scans: the throttles of an
//! account are shared with its owner, so nothing of it is read twice for two clusters.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use plimsoll_inventory::aws::AssumedAccount;
use plimsoll_inventory::aws::derive::{derive, derive_global};
use plimsoll_inventory::aws::read::{self, Place};
use plimsoll_inventory::aws::surroundings::Surroundings;
use plimsoll_inventory::aws::wire::{Account, Pace};
use plimsoll_model::ConnectionId;
use plimsoll_store::TenantStore;
use scan_cluster::surroundings_name;

use crate::AccountError;

/// The region in which what an account has for all regions is asked for.
const GLOBAL: &str = "us-east-1";

/// Reads the regions that have clusters, which are given by name.
///
/// # Errors
/// When the store fails. What AWS does not let us see is a gap in what is kept.
pub(crate) async fn keep(
    tenant: &TenantStore,
    connection: &ConnectionId,
    pace: &Arc<Pace>,
    account: &AssumedAccount,
    clusters: &BTreeMap<String, Vec<String>>,
    now: Timestamp,
) -> Result<(), AccountError> {
    if clusters.is_empty() {
        return Ok(());
    }
    let number = &account.account;
    let of = |region: &str| Account::new(account.in_region(region), number, Arc::clone(pace));
    let place = Place {
        account: number,
        region: None,
    };
    let mut global = Box::pin(read::global(&of(GLOBAL), place)).await;
    derive_global(&mut global, now);
    let packed = Surroundings::of(&global, now).pack()?;
    tenant
        .put_object(&surroundings_name(connection, None), packed)
        .await?;
    for (region, clusters) in clusters {
        let place = Place {
            region: Some(region),
            ..place
        };
        let mut regional = Box::pin(read::region(&of(region), place, clusters)).await;
        derive(&mut regional, &global, now);
        let packed = Surroundings::of(&regional, now).pack()?;
        tenant
            .put_object(&surroundings_name(connection, Some(region)), packed)
            .await?;
    }
    Ok(())
}
