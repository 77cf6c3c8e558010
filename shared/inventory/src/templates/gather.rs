//! Resources that are parts of others: rules of security groups and inline policies that stand by themselves are put into
//! their owner, if it is in the template, and keep their own places.

use std::collections::HashMap;

use plimsoll_cel::{Bump, Node};

use super::entry;
use super::template::Resource;
use crate::files::marked::{Child, Marked};

/// A type whose resources are parts of others.
struct Part {
    kind: &'static str,
    /// The property that names the owner, or several.
    owner: &'static str,
    owner_kind: &'static str,
    becomes: Becomes,
}

/// What a part is in its owner.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Becomes {
    /// An element of the list of this name.
    Element(&'static str),
    /// An element of the list of this name: the part's property of the other name.
    Value(&'static str, &'static str),
    /// The property that has the same name in both.
    Property(&'static str),
    /// It stays by itself; `derived.rs` looks for it.
    Derived,
}
use Becomes::{Derived, Element, Property, Value};

/// The parts of CloudFormation, then those that have a type of their own only in Terraform.
#[rustfmt::skip]
const PARTS: &[Part] = &[
    part("AWS::EC2::SecurityGroupIngress", "GroupId", GROUP, Element("SecurityGroupIngress")),
    part("AWS::EC2::SecurityGroupIngress", "GroupName", GROUP, Element("SecurityGroupIngress")),
    part("AWS::EC2::SecurityGroupEgress", "GroupId", GROUP, Element("SecurityGroupEgress")),
    part("AWS::IAM::Policy", "Roles", ROLE, Element("Policies")),
    part("AWS::IAM::Policy", "Users", USER, Element("Policies")),
    part("AWS::IAM::RolePolicy", "RoleName", ROLE, Element("Policies")),
    part("AWS::IAM::UserPolicy", "UserName", USER, Element("Policies")),
    part("AWS::EC2::Route", "RouteTableId", "AWS::EC2::RouteTable", Derived),
    part("AWS::EC2::NetworkAclEntry", "NetworkAclId", "AWS::EC2::NetworkAcl", Derived),
    part("aws_ecr_lifecycle_policy", "Owner", "AWS::ECR::Repository", Property("LifecyclePolicy")),
    part("aws_ecr_repository_policy", "Owner", "AWS::ECR::Repository", Property("RepositoryPolicyText")),
    part("aws_efs_backup_policy", "Owner", "AWS::EFS::FileSystem", Property("BackupPolicy")),
    part("aws_efs_file_system_policy", "Owner", "AWS::EFS::FileSystem", Property("FileSystemPolicy")),
    part("aws_eks_access_policy_association", "Owner", "AWS::EKS::AccessEntry", Element("AccessPolicies")),
    part("aws_guardduty_detector_feature", "Owner", "AWS::GuardDuty::Detector", Element("Features")),
    part("aws_iam_policy_attachment", "Roles", ROLE, Value("ManagedPolicyArns", "PolicyArn")),
    part("aws_iam_policy_attachment", "Users", USER, Value("ManagedPolicyArns", "PolicyArn")),
    part("aws_iam_role_policy_attachment", "Owner", ROLE, Value("ManagedPolicyArns", "PolicyArn")),
    part("aws_iam_user_policy_attachment", "Owner", USER, Value("ManagedPolicyArns", "PolicyArn")),
    part("aws_kms_key_policy", "Owner", "AWS::KMS::Key", Property("KeyPolicy")),
    part("aws_vpc_endpoint_policy", "Owner", "AWS::EC2::VPCEndpoint", Property("PolicyDocument")),
];
/// Says which route table a subnet has.
pub(super) const TABLE_OF_SUBNET: &str = "AWS::EC2::SubnetRouteTableAssociation";
const GROUP: &str = "AWS::EC2::SecurityGroup";
const ROLE: &str = "AWS::IAM::Role";
const USER: &str = "AWS::IAM::User";

const fn part(
    kind: &'static str,
    owner: &'static str,
    owner_kind: &'static str,
    becomes: Becomes,
) -> Part {
    Part {
        kind,
        owner,
        owner_kind,
        becomes,
    }
}

/// Whether resources of this type are parts of others.
pub(super) fn is_part(kind: &str) -> bool {
    PARTS.iter().any(|part| part.kind == kind)
}

/// Which resources belong to which others.
pub(super) struct Belonging<'r, 'a> {
    /// By the type of what belongs and the name of what it belongs to.
    known: HashMap<(&'r str, &'a str), Vec<&'r Resource<'a>>>,
    /// Why it is not known where one of this type belongs.
    perhaps: HashMap<&'r str, Child<'a>>,
}

impl<'r, 'a> Belonging<'r, 'a> {
    /// Of parts that stay by themselves, and of associations.
    pub(super) fn of(resources: &'r [Resource<'a>]) -> Self {
        let (mut known, mut perhaps) = (HashMap::<_, Vec<_>>::new(), HashMap::new());
        for resource in resources {
            let part = PARTS.iter().find(|part| part.kind == resource.kind);
            let key = match part {
                Some(part) if part.becomes == Derived => part.owner,
                None if resource.kind == TABLE_OF_SUBNET => "SubnetId",
                _ => continue,
            };
            for owner in owners(resource, key) {
                let kind = resource.kind;
                known.entry((kind, owner)).or_default().push(resource);
            }
            if let Some(element) = unsure(resource, key) {
                perhaps.insert(resource.kind, element);
            }
        }
        Self { known, perhaps }
    }

    /// The resources of a type that belong to one, in the order of the file.
    pub(super) fn to<'s>(&'s self, kind: &'s str, owner: &'s str) -> &'s [&'r Resource<'a>] {
        self.known.get(&(kind, owner)).map_or(&[], Vec::as_slice)
    }

    /// What stands for one of this type that may belong to any: nobody knows which.
    pub(super) fn perhaps(&self, kind: &str) -> Option<Child<'a>> {
        self.perhaps.get(kind).copied()
    }
}

/// The names of what a part belongs to.
fn owners<'a>(resource: &Resource<'a>, key: &str) -> Vec<&'a str> {
    match resource.part_of {
        Some(owner) => vec![owner],
        None => resource.targets(key),
    }
}

/// What stands for a part of which nobody knows where it belongs: not known, and why.
fn unsure<'a>(resource: &Resource<'a>, owner: &str) -> Option<Child<'a>> {
    let node = resource.properties.entry(owner)?.value.node;
    let is_unsure = resource.unsure && node.unknown().is_some();
    is_unsure.then(|| element(Marked::scalar(node, resource.id.extent)))
}

/// Puts all parts into their owners.
pub(super) fn gather<'a>(arena: &'a Bump, resources: &mut [Resource<'a>]) {
    let mut more: HashMap<(usize, usize), Vec<Child<'a>>> = HashMap::new();
    let places: HashMap<&str, usize> = resources
        .iter()
        .enumerate()
        .map(|(place, resource)| (resource.id.text, place))
        .rev()
        .collect();
    for resource in &*resources {
        let parts = PARTS.iter().enumerate();
        // Two properties may name the owner of what stands by itself.
        let ways = resource.part_of.map_or(usize::MAX, |_| 1);
        let parts = parts.filter(|(_, part)| part.kind == resource.kind);
        for (number, part) in parts.take(ways) {
            for owner in owners(resource, part.owner) {
                let place = places.get(owner).copied();
                let place = place.filter(|place| resources[*place].kind == part.owner_kind);
                let (Some(place), Some(own)) = (place, own(arena, resource, part.becomes)) else {
                    continue;
                };
                more.entry((place, number)).or_default().push(own);
            }
            let Some(perhaps) = unsure(resource, part.owner) else {
                continue;
            };
            let owners = resources.iter().enumerate();
            for (place, _) in owners.filter(|(_, owner)| owner.kind == part.owner_kind) {
                let there = more.entry((place, number)).or_default();
                if !there
                    .iter()
                    .any(|child| child.value.node.unknown().is_some())
                {
                    there.push(perhaps);
                }
            }
        }
    }
    let mut more: Vec<_> = more.into_iter().collect();
    more.sort_by_key(|(key, _)| *key);
    for ((place, number), parts) in more {
        let owner = &mut resources[place];
        owner.properties = match PARTS[number].becomes {
            Element(list) | Value(list, _) => with(arena, &owner.properties, list, &parts),
            Property(name) => having(arena, &owner.properties, name, &parts),
            Derived => owner.properties,
        };
    }
}

/// What a part is in its owner.
fn own<'a>(arena: &'a Bump, resource: &Resource<'a>, becomes: Becomes) -> Option<Child<'a>> {
    let Node::Map(_) = resource.properties.node else {
        return Some(element(resource.properties));
    };
    match becomes {
        Value(_, name) | Property(name) => {
            let value = resource.properties.entry(name)?.value;
            Some(element(value))
        }
        Element(_) | Derived => Some(element(nameless(arena, resource))),
    }
}

/// A part without the names of its owners.
fn nameless<'a>(arena: &'a Bump, resource: &Resource<'a>) -> Marked<'a> {
    let names = |key: &str| {
        matches!(key, "Groups" | "GroupName") || PARTS.iter().any(|part| part.owner == key)
    };
    let own = resource.properties.children.iter();
    let own = own.filter(|child| child.key.is_some_and(|key| !names(key.text)));
    let own: Vec<_> = own.copied().collect();
    Marked::map(arena, resource.properties.extent, &own)
}

pub(super) fn element(value: Marked<'_>) -> Child<'_> {
    Child {
        key: None,
        value,
        merged: false,
    }
}

/// Properties with one more; what is there stays.
fn having<'a>(
    arena: &'a Bump,
    properties: &Marked<'a>,
    name: &'static str,
    parts: &[Child<'a>],
) -> Marked<'a> {
    let there = properties.entry(name).map(|child| child.value.node);
    let (Node::Map(_), None | Some(Node::Null), Some(first)) =
        (properties.node, there, parts.first())
    else {
        return *properties;
    };
    let mut children = properties.children.to_vec();
    children.retain(|child| child.key.is_none_or(|key| key.text != name));
    children.push(entry(name, first.value.extent, first.value));
    Marked::map(arena, properties.extent, &children)
}

/// Properties with more elements in one of their lists.
fn with<'a>(
    arena: &'a Bump,
    properties: &Marked<'a>,
    list: &'static str,
    parts: &[Child<'a>],
) -> Marked<'a> {
    let (Node::Map(_), Some(first)) = (properties.node, parts.first()) else {
        return *properties;
    };
    let named = |child: &Child<'_>| child.key.is_some_and(|key| key.text == list);
    let there = properties.children.iter().find(|child| named(child));
    let listed = match there.map(|child| child.value) {
        Some(value) if matches!(value.node, Node::List(_)) => {
            let all = [value.children, parts].concat();
            Marked::list(arena, value.extent, &all)
        }
        // Not known, or not as it should be.
        Some(value) if value.node != Node::Null => return *properties,
        _ => Marked::list(arena, first.value.extent, parts),
    };
    let others = properties.children.iter().filter(|child| !named(child));
    let mut children: Vec<_> = others.copied().collect();
    let key = there.and_then(|child| child.key);
    let extent = key.map_or(first.value.extent, |key| key.extent);
    children.push(entry(list, extent, listed));
    Marked::map(arena, properties.extent, &children)
}
