//! What is read after what: lists at once, then what they name.

use plimsoll_model::NodeRoute;

use super::ec2::{groups, images, instances, network, storage, templates};
use super::reader::Reader;
use super::{
    Place, Reading, account as settings, acm, autoscaling, backup, cloudtrail, ecr, efs, eks, elb,
    guardduty, iam, kms, logs, region as regional, secrets, ssm,
};
use crate::aws::clusters::DiscoveredCluster;
use crate::aws::machines::Machines;
use crate::aws::wire::Account;

/// Reads everything of a region that policies are about: what clusters may use, and what the region is set to.
/// `clusters` are those whose parts are read. `route` is the way to evidence of nodes that the tenant chose, if any: a
/// route that leads through the account is taken with the rest. Nothing that is refused stops the rest.
pub async fn region(
    account: &Account,
    place: Place<'_>,
    clusters: &[DiscoveredCluster],
    route: Option<NodeRoute>,
) -> Reading {
    let at = Reader { account, place };
    let (lists, templates, protected, left) = tokio::join!(
        lists(at, clusters),
        templates::read(at),
        backup::protected(at),
        left(at, route),
    );
    let mut reading = Reading::default();
    let left = left.map(|machines| (NodeRoute::Ssm, machines));
    reading.machines.extend(left);
    for list in lists {
        reading.append(list);
    }
    backup::note(&mut reading, &protected);
    let templates = templates::with_used(at, templates, &reading.objects).await;
    reading.take_named(templates::TEMPLATE, templates, &templates::NAMED_BY);
    let has_templates = matches!(reading.gaps.get(templates::TEMPLATE), Some(None));
    instances::user_data(at, &mut reading.objects, has_templates).await;
    let (images, keys) = tokio::join!(
        images::read(at, &reading.objects),
        kms::read(at, &reading.objects)
    );
    reading.take_named(images::IMAGE, images, &images::NAMED_BY);
    reading.take_named(kms::KEY, Ok(keys), &kms::NAMED_BY);
    reading
}

/// What the instances of the region left in the inventory of Systems Manager, where the tenant chose that route.
async fn left(at: Reader<'_>, route: Option<NodeRoute>) -> Option<Machines> {
    match route {
        Some(NodeRoute::Ssm) => Some(Box::pin(ssm::read(at)).await),
        _ => None,
    }
}

/// What needs nothing of anything else.
async fn lists(at: Reader<'_>, clusters: &[DiscoveredCluster]) -> Vec<Reading> {
    let names: Vec<String> = clusters.iter().map(|one| one.name.clone()).collect();
    let (eks, network, groups, instances, storage, balancers, registry) = tokio::join!(
        eks::read(at, clusters),
        network::read(at),
        groups::read(at),
        instances::read(at, &names),
        storage::read(at),
        elb::read(at),
        ecr::read(at),
    );
    let (logs, scaling, certificates, files, secrets, guards, settings) = tokio::join!(
        logs::read(at),
        autoscaling::read(at, &names),
        acm::read(at),
        efs::read(at),
        secrets::read(at),
        guardduty::read(at),
        regional::read(at),
    );
    vec![
        eks,
        network,
        groups,
        instances,
        storage,
        balancers,
        registry,
        logs,
        scaling,
        certificates,
        files,
        secrets,
        guards,
        settings,
    ]
}

/// Reads what an account has for all regions: IAM, trails, the account's own settings. `account` is of the region whose
/// trails are listed, which those for all regions are among, and `place` names no region.
pub async fn global(account: &Account, place: Place<'_>) -> Reading {
    let at = Reader { account, place };
    let (identities, trails, settings) =
        tokio::join!(iam::read(at), cloudtrail::read(at), settings::read(at));
    let mut reading = identities;
    reading.append(trails);
    reading.append(settings);
    reading
}
