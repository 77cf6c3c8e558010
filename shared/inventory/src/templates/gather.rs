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
    /// The owner's property that lists such parts; none for what `derived.rs` looks for.
    list: Option<&'static str>,
}

const PARTS: &[Part] = &[
    part(
        "AWS::EC2::SecurityGroupIngress",
        "GroupId",
        GROUP,
        "SecurityGroupIngress",
    ),
    part(
        "AWS::EC2::SecurityGroupIngress",
        "GroupName",
        GROUP,
        "SecurityGroupIngress",
    ),
    part(
        "AWS::EC2::SecurityGroupEgress",
        "GroupId",
        GROUP,
        "SecurityGroupEgress",
    ),
    part("AWS::IAM::Policy", "Roles", ROLE, "Policies"),
    part("AWS::IAM::Policy", "Users", USER, "Policies"),
    part("AWS::IAM::RolePolicy", "RoleName", ROLE, "Policies"),
    part("AWS::IAM::UserPolicy", "UserName", USER, "Policies"),
    derived("AWS::EC2::Route", "RouteTableId", "AWS::EC2::RouteTable"),
    derived(
        "AWS::EC2::NetworkAclEntry",
        "NetworkAclId",
        "AWS::EC2::NetworkAcl",
    ),
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
    list: &'static str,
) -> Part {
    Part {
        kind,
        owner,
        owner_kind,
        list: Some(list),
    }
}

const fn derived(kind: &'static str, owner: &'static str, owner_kind: &'static str) -> Part {
    Part {
        kind,
        owner,
        owner_kind,
        list: None,
    }
}

/// Whether resources of this type are parts of others.
pub(super) fn is_part(kind: &str) -> bool {
    PARTS.iter().any(|part| part.kind == kind)
}

/// Which resources belong to which others, by the type of what belongs and the name of what it belongs to.
pub(super) struct Belonging<'r, 'a>(HashMap<(&'r str, &'a str), Vec<&'r Resource<'a>>>);

impl<'r, 'a> Belonging<'r, 'a> {
    /// Of parts that stay by themselves, and of associations.
    pub(super) fn of(resources: &'r [Resource<'a>]) -> Self {
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for resource in resources {
            let part = PARTS.iter().find(|part| part.kind == resource.kind);
            let key = match part {
                Some(part) if part.list.is_none() => part.owner,
                None if resource.kind == TABLE_OF_SUBNET => "SubnetId",
                _ => continue,
            };
            for owner in resource.targets(key) {
                found
                    .entry((resource.kind, owner))
                    .or_default()
                    .push(resource);
            }
        }
        Self(found)
    }

    /// The resources of a type that belong to one, in the order of the file.
    pub(super) fn to<'s>(&'s self, kind: &'s str, owner: &'s str) -> &'s [&'r Resource<'a>] {
        self.0.get(&(kind, owner)).map_or(&[], Vec::as_slice)
    }
}

/// Puts all parts into their owners.
pub(super) fn gather<'a>(arena: &'a Bump, resources: &mut [Resource<'a>]) {
    let mut more: HashMap<(usize, &'static str), Vec<Child<'a>>> = HashMap::new();
    let places: HashMap<&str, usize> = resources
        .iter()
        .enumerate()
        .map(|(place, resource)| (resource.id.text, place))
        .collect();
    for resource in &*resources {
        let parts = PARTS.iter().filter(|part| part.kind == resource.kind);
        for part in parts {
            let Some(list) = part.list else { continue };
            for owner in resource.targets(part.owner) {
                let place = places.get(owner).copied();
                let place = place.filter(|place| resources[*place].kind == part.owner_kind);
                let Some(place) = place else { continue };
                let own = own(arena, resource);
                more.entry((place, list)).or_default().push(own);
            }
        }
    }
    let mut more: Vec<_> = more.into_iter().collect();
    more.sort_by_key(|(key, _)| *key);
    for ((place, list), parts) in more {
        let owner = &mut resources[place];
        owner.properties = with(arena, &owner.properties, list, &parts);
    }
}

/// What a part is without the names of its owners.
fn own<'a>(arena: &'a Bump, resource: &Resource<'a>) -> Child<'a> {
    let names = |key: &str| {
        matches!(key, "Groups" | "GroupName") || PARTS.iter().any(|part| part.owner == key)
    };
    let own = resource.properties.children.iter();
    let own = own.filter(|child| child.key.is_some_and(|key| !names(key.text)));
    let own: Vec<_> = own.copied().collect();
    let value = match resource.properties.node {
        Node::Map(_) => Marked::map(arena, resource.properties.extent, &own),
        _ => resource.properties,
    };
    Child {
        key: None,
        value,
        merged: false,
    }
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
