//! The clusters of an account, region by region.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use plimsoll_inventory::aws::wire::Account;
use plimsoll_inventory::aws::{AssumedAccount, AwsError, discover_clusters, global_region};
use plimsoll_model::{Check, CheckKind, CheckOutcome, Provider};
use scan_cluster::Reach;

use crate::Found;
use crate::surroundings::{Inhabited, Whole};

/// What the regions of an account have.
#[derive(Default)]
pub(crate) struct Listed {
    inhabited: Vec<Inhabited>,
    /// Regions whose clusters were listed whole.
    regions: Vec<String>,
    /// How many there are.
    of: usize,
    /// What kept us from the others.
    refused: Vec<String>,
    /// The first failure that may pass by itself.
    pub(crate) passing: Option<AwsError>,
}

/// The clusters of these regions. A region that cannot be listed keeps no other from it.
pub(crate) async fn discover(
    reach: &Reach,
    assumed: &AssumedAccount,
    regions: &[String],
) -> Listed {
    let mut listed = Listed {
        of: regions.len(),
        ..Listed::default()
    };
    for region in regions {
        let account = in_region(reach, assumed, region);
        match discover_clusters(&account).await {
            Ok(clusters) => {
                listed.regions.push(region.clone());
                if !clusters.is_empty() {
                    let region = region.clone();
                    listed.inhabited.push(Inhabited {
                        region,
                        account,
                        clusters,
                    });
                }
            }
            Err(AwsError::Denied { call, .. }) => listed
                .refused
                .push(format!("may not call {call} in {region}")),
            Err(error) if error.may_pass() => {
                listed.passing.get_or_insert(error);
            }
            Err(error) => listed.refused.push(format!("in {region}, {error}")),
        }
    }
    listed
}

fn in_region(reach: &Reach, assumed: &AssumedAccount, region: &str) -> Account {
    let config = assumed.in_region(region);
    Account::new(config, &assumed.account, Arc::clone(&reach.pace))
}

impl Listed {
    /// The check that it was.
    pub(crate) fn check(&self, at: Timestamp) -> Check {
        let (listed, of) = (self.regions.len(), self.of);
        let outcome = match &self.passing {
            _ if listed == of => CheckOutcome::Passed,
            Some(error) => CheckOutcome::Lost {
                said: error.to_string(),
            },
            None => CheckOutcome::Failed {
                said: self.refused.join(", "),
            },
        };
        let kind = CheckKind::RegionsListed { listed, of };
        Check { kind, outcome, at }
    }

    /// What is to be read.
    pub(crate) fn whole<'a>(
        self,
        reach: &Reach,
        assumed: &'a AssumedAccount,
        regions: &[String],
    ) -> Whole<'a> {
        let empty = self.regions.into_iter().filter(|region| {
            let mut inhabited = self.inhabited.iter();
            !inhabited.any(|one| one.region == *region)
        });
        let empty: Vec<String> = empty.collect();
        Whole {
            number: &assumed.account,
            account: in_region(reach, assumed, global_region(regions)),
            all_empty: empty.len() == self.of,
            empty,
            inhabited: self.inhabited,
            deserted: Vec::new(),
        }
    }
}

impl Whole<'_> {
    /// The clusters, and the account and its regions with clusters: what those have as a whole is judged by itself. Also
    /// those that were among them once.
    pub(crate) fn found(&self) -> Vec<Found> {
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
