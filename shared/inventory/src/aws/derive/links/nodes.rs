//! From clusters to nodes, and from nodes to what they are made of.

use serde_json::Value;

use super::super::look::{self, Known};
use super::super::{network as reach, templates};
use super::{GROUP, IMAGE, INSTANCE, KEY, LOGS, ROLE, SUBNET, Spread, TEMPLATE, VOLUME, VPC};

const NODES: &[&str] = &["nodes"];
const CONTROL_PLANE: &[&str] = &["controlPlane"];

pub(super) fn of_cluster(spread: &mut Spread<'_, '_>, cluster: &Value) {
    let network = "Properties.ResourcesVpcConfig";
    let texts = |path: &str| look::texts(cluster, &format!("{network}.{path}"));
    spread.hand_to_all(SUBNET, texts("SubnetIds"), CONTROL_PLANE);
    spread.hand_to_all(GROUP, texts("SecurityGroupIds"), &["clusterGroup"]);
    let own = look::text(cluster, "Properties.ClusterSecurityGroupId");
    spread.hand_to(GROUP, own, &["clusterGroup"]);
    let vpc = reach::vpc::of_cluster(cluster, spread.lists());
    spread.hand_to(VPC, vpc, CONTROL_PLANE);
    spread.hand_to(
        ROLE,
        look::text(cluster, "Properties.RoleArn"),
        CONTROL_PLANE,
    );
    spread.hand_to(
        ROLE,
        look::text(cluster, "Properties.ComputeConfig.NodeRoleArn"),
        NODES,
    );
    let logs = format!("/aws/eks/{}/cluster", look::name(cluster));
    spread.hand_to(LOGS, Ok(Some(&logs)), CONTROL_PLANE);
    match look::items(cluster, "Properties.EncryptionConfig") {
        Ok(encryptions) => {
            for encryption in encryptions {
                spread.hand_to(KEY, look::text(encryption, "Provider.KeyArn"), &["secrets"]);
            }
        }
        Err(reason) => spread.links.hole(KEY, &reason),
    }
    super::roles::trusted_by_issuer(spread, cluster);
}

/// Node groups, groups of instances and instances: what they are launched from.
pub(super) fn launched_from(spread: &mut Spread<'_, '_>, object: &Value) {
    match templates::specifications(object) {
        Ok(specifications) => {
            for specification in specifications {
                let found = templates::named(specification, spread.lists());
                spread.hand_to_found(TEMPLATE, found, NODES);
            }
        }
        Err(reason) => spread.links.hole(TEMPLATE, &reason),
    }
}

pub(super) fn of_scaling_group(spread: &mut Spread<'_, '_>, group: &Value) {
    launched_from(spread, group);
    spread.hand_to_all(
        SUBNET,
        look::texts(group, "Properties.VPCZoneIdentifier"),
        NODES,
    );
    let instances = look::items(group, "Live.Instances");
    let ids = instances.and_then(|instances| {
        let ids = instances.iter().map(|one| look::text(one, "InstanceId"));
        Ok(ids
            .collect::<Known<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect())
    });
    spread.hand_to_all(INSTANCE, ids, NODES);
}

pub(super) fn of_instance(spread: &mut Spread<'_, '_>, instance: &Value) {
    launched_from(spread, instance);
    spread.hand_to_all(GROUP, reach::groups_of_instance(instance), NODES);
    spread.hand_to(SUBNET, look::text(instance, "Properties.SubnetId"), NODES);
    spread.hand_to(VPC, look::text(instance, "Properties.VpcId"), NODES);
    spread.hand_to(IMAGE, look::text(instance, "Properties.ImageId"), NODES);
    let list = |list: &str, id: &str, kind: &'static str, spread: &mut Spread<'_, '_>| {
        let items = look::items(instance, list);
        let ids = items.and_then(|items| {
            let ids = items.iter().map(|one| look::text(one, id));
            Ok(ids
                .collect::<Known<Vec<_>>>()?
                .into_iter()
                .flatten()
                .collect())
        });
        spread.hand_to_all(kind, ids, NODES);
    };
    list("Properties.NetworkInterfaces", "SubnetId", SUBNET, spread);
    list("Properties.Volumes", "VolumeId", VOLUME, spread);
    let profiles = [
        "Live.IamInstanceProfileArn",
        "Properties.IamInstanceProfile",
    ];
    let profile = look::first(instance, &profiles);
    if let Ok(Some(named)) = &profile {
        spread.must_know(instance, named.as_str().unwrap_or_default());
    }
    super::roles::of_profile(spread, profile);
}

pub(super) fn of_template(spread: &mut Spread<'_, '_>, template: &Value) -> Known<()> {
    let Some(data) = look::at(template, "Properties.LaunchTemplateData")? else {
        return Ok(());
    };
    spread.hand_to(IMAGE, look::text(data, "ImageId"), NODES);
    spread.hand_to_all(GROUP, look::texts(data, "SecurityGroupIds"), NODES);
    match look::items(data, "NetworkInterfaces") {
        Ok(interfaces) => {
            for interface in interfaces {
                spread.hand_to_all(GROUP, look::texts(interface, "Groups"), NODES);
                spread.hand_to(SUBNET, look::text(interface, "SubnetId"), NODES);
            }
        }
        Err(reason) => spread.links.hole(GROUP, &reason),
    }
    let profile = look::at(data, "IamInstanceProfile")?;
    let profile = profile.map(|profile| look::first(profile, &["Arn", "Name"]));
    super::roles::of_profile(spread, profile.transpose().map(Option::flatten));
    Ok(())
}
