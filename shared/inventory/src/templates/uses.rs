//! What a template says of the use that clusters make of its resources.

use std::collections::{BTreeSet, HashMap};

use plimsoll_cel::{Bump, Node};
use plimsoll_model::aws::Home;
use plimsoll_model::kind;

use super::resolve::scalar_text;
use super::template::Resource;
use super::unresolved;
use crate::files::marked::{Child, Marked};

/// Words by the name of the resource that is used.
pub(super) type Uses<'a> = HashMap<&'a str, BTreeSet<&'static str>>;

/// Kinds that are nothing but a use.
const OWN: &[(&str, &str)] = &[
    ("AWS::EKS::AccessEntry", "controlPlane"),
    ("AWS::EKS::Addon", "controlPlane"),
    ("AWS::EKS::Cluster", "controlPlane"),
    ("AWS::EKS::FargateProfile", "nodes"),
    ("AWS::EKS::IdentityProviderConfig", "controlPlane"),
    ("AWS::EKS::Nodegroup", "nodes"),
    ("AWS::EKS::PodIdentityAssociation", "serviceAccounts"),
];

/// Properties that name what is used, and what for.
const TOLD: &[(&str, &str, &str)] = &[
    ("AWS::EKS::Addon", "ServiceAccountRoleArn", "addons"),
    (
        "AWS::EKS::Cluster",
        "EncryptionConfig.Provider.KeyArn",
        "secrets",
    ),
    (
        "AWS::EKS::Cluster",
        "ResourcesVpcConfig.SecurityGroupIds",
        "clusterGroup",
    ),
    (
        "AWS::EKS::Cluster",
        "ResourcesVpcConfig.SubnetIds",
        "controlPlane",
    ),
    ("AWS::EKS::Cluster", "RoleArn", "controlPlane"),
    ("AWS::EKS::FargateProfile", "PodExecutionRoleArn", "nodes"),
    ("AWS::EKS::FargateProfile", "Subnets", "nodes"),
    ("AWS::EKS::Nodegroup", "LaunchTemplate.Id", "nodes"),
    ("AWS::EKS::Nodegroup", "LaunchTemplate.Name", "nodes"),
    ("AWS::EKS::Nodegroup", "NodeRole", "nodes"),
    ("AWS::EKS::Nodegroup", "Subnets", "nodes"),
    (
        "AWS::EKS::PodIdentityAssociation",
        "RoleArn",
        "serviceAccounts",
    ),
    (
        "AWS::ElasticLoadBalancing::LoadBalancer",
        "SecurityGroups",
        "loadBalancer",
    ),
    (
        "AWS::ElasticLoadBalancingV2::Listener",
        "Certificates.CertificateArn",
        "loadBalancer",
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "SecurityGroups",
        "loadBalancer",
    ),
];

/// Kinds whose use goes on: from the resource that the first property names, or from itself, to those that the second
/// names, or to itself.
const PASSED: &[(&str, &str, &str)] = &[
    (
        "AWS::AutoScaling::AutoScalingGroup",
        "",
        "LaunchTemplate.LaunchTemplateId",
    ),
    ("AWS::AutoScaling::AutoScalingGroup", "", MIXED),
    ("AWS::EC2::Instance", "", "IamInstanceProfile"),
    ("AWS::EC2::Instance", "", "LaunchTemplate.LaunchTemplateId"),
    ("AWS::EC2::Instance", "", "SecurityGroupIds"),
    ("AWS::EC2::Instance", "", "SubnetId"),
    (
        "AWS::EC2::LaunchTemplate",
        "",
        "LaunchTemplateData.IamInstanceProfile.Arn",
    ),
    (
        "AWS::EC2::LaunchTemplate",
        "",
        "LaunchTemplateData.IamInstanceProfile.Name",
    ),
    (
        "AWS::EC2::LaunchTemplate",
        "",
        "LaunchTemplateData.NetworkInterfaces.Groups",
    ),
    (
        "AWS::EC2::LaunchTemplate",
        "",
        "LaunchTemplateData.SecurityGroupIds",
    ),
    ("AWS::EC2::Subnet", "", "VpcId"),
    (
        "AWS::EC2::SubnetNetworkAclAssociation",
        "SubnetId",
        "NetworkAclId",
    ),
    (
        "AWS::EC2::SubnetRouteTableAssociation",
        "SubnetId",
        "RouteTableId",
    ),
    ("AWS::EC2::VPCEndpoint", "VpcId", ""),
    ("AWS::EFS::AccessPoint", "FileSystemId", ""),
    ("AWS::IAM::InstanceProfile", "", "Roles"),
];
const MIXED: &str =
    "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId";

/// How often uses are passed on: the longest way is from a group to its template, profile and role.
const ROUNDS: usize = 6;

/// What the template's resources are used for, as far as it says so.
pub(super) fn uses<'a>(resources: &[Resource<'a>]) -> Uses<'a> {
    let mut uses = Uses::new();
    for resource in resources {
        let id = resource.id.text;
        let own = OWN.iter().filter(|(kind, _)| *kind == resource.kind);
        let machines = is_of_cluster(resource).then_some("nodes");
        let words = own.map(|(_, word)| *word).chain(machines);
        uses.entry(id).or_default().extend(words);
        for (_, path, word) in TOLD.iter().filter(|(kind, ..)| *kind == resource.kind) {
            for target in resource.targets(path) {
                uses.entry(target).or_default().insert(word);
            }
        }
    }
    for _ in 0..ROUNDS {
        let mut passed = Vec::new();
        for resource in resources {
            let here = || vec![resource.id.text];
            let at = |path: &str| match path {
                "" => here(),
                path => resource.targets(path),
            };
            for (_, from, to) in PASSED.iter().filter(|(kind, ..)| *kind == resource.kind) {
                let words = at(from).into_iter().filter_map(|id| uses.get(id));
                let words: BTreeSet<_> = words.flatten().copied().collect();
                if !words.is_empty() {
                    passed.extend(at(to).into_iter().map(|id| (id, words.clone())));
                }
            }
        }
        let before: usize = uses.values().map(BTreeSet::len).sum();
        for (id, words) in passed {
            uses.entry(id).or_default().extend(words);
        }
        if uses.values().map(BTreeSet::len).sum::<usize>() == before {
            break;
        }
    }
    uses
}

/// Whether it carries the tag by which machines join a cluster.
fn is_of_cluster(resource: &Resource<'_>) -> bool {
    let machines = ["AWS::EC2::Instance", "AWS::AutoScaling::AutoScalingGroup"];
    let tags = resource.properties.entry("Tags").map(|tags| tags.value);
    let tags = tags.filter(|_| machines.contains(&resource.kind));
    let tags = tags.map_or(&[][..], |tags| tags.children);
    let key = |tag: &Child<'_>| {
        tag.value
            .entry("Key")
            .and_then(|key| scalar_text(&key.value.node))
    };
    tags.iter()
        .filter_map(key)
        .any(|key| key.starts_with("kubernetes.io/cluster/"))
}

/// The words of a resource, or that others than the template may use it.
pub(super) fn told<'a>(
    arena: &'a Bump,
    resource: &Resource<'a>,
    words: Option<&BTreeSet<&'static str>>,
) -> Marked<'a> {
    let extent = resource.id.extent;
    let mut words: Vec<&'static str> = words.into_iter().flatten().copied().collect();
    let by_name = log_group(resource);
    words.extend(by_name.flatten());
    let home = kind::named(resource.kind).and_then(kind::Kind::home);
    if words.is_empty() && by_name.is_none() && home == Some(Home::Cluster) {
        let reason = unresolved(arena, "who uses it");
        return Marked::scalar(Node::Unknown(reason), extent);
    }
    let children: Vec<_> = words
        .into_iter()
        .map(|word| Child {
            key: None,
            value: Marked::scalar(Node::Str(word), extent),
            merged: false,
        })
        .collect();
    Marked::list(arena, extent, &children)
}

/// What a log group is for: its name says whether it is a control plane's. None for other resources and unknown names.
fn log_group(resource: &Resource<'_>) -> Option<Option<&'static str>> {
    if resource.kind != "AWS::Logs::LogGroup" {
        return None;
    }
    let Some(name) = resource.properties.entry("LogGroupName") else {
        // AWS makes up a name, which begins with the stack's.
        return Some(None);
    };
    let name = name.value.node.as_str()?;
    let is_eks = name.starts_with("/aws/eks/") && name.ends_with("/cluster");
    Some(is_eks.then_some("controlPlane"))
}
