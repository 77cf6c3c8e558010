//! What readers of an account make of several resources, as far as a template holds them all.
//!
//! The statements of policy documents belong here, too, once they are made of documents in one place for both.

use std::collections::HashMap;

use plimsoll_cel::{Bump, Node};

use super::gather::{Belonging, element};
use super::template::Resource;
use super::{entry, gather, needs_account};
use crate::files::marked::Marked;

/// The types of all resources that there will be, by their names.
pub(super) struct Kinds<'a> {
    pub(super) arena: &'a Bump,
    of: HashMap<&'a str, &'a str>,
}

impl<'a> Kinds<'a> {
    pub(super) fn new(arena: &'a Bump, of: HashMap<&'a str, &'a str>) -> Self {
        Self { arena, of }
    }

    fn is(&self, name: &str, kind: &str) -> bool {
        self.of.get(name) == Some(&kind)
    }
}

/// `Derived` of a resource; what nobody derives of templates takes the account.
pub(super) fn derived<'a>(
    kinds: &Kinds<'a>,
    resource: &Resource<'a>,
    belonging: &Belonging<'_, 'a>,
) -> Marked<'a> {
    let listed = |key: &'static str, kind: &str, of: &dyn Fn(&Marked<'a>) -> Marked<'a>| {
        let parts = belonging.to(kind, resource.id.text).iter();
        let mut children: Vec<_> = parts.map(|part| element(of(&part.properties))).collect();
        children.extend(belonging.perhaps(kind));
        let extent = resource.id.extent;
        let list = Marked::list(kinds.arena, extent, &children);
        Marked::map(kinds.arena, extent, &[entry(key, extent, list)])
    };
    match resource.kind {
        "AWS::EC2::RouteTable" => listed("Routes", "AWS::EC2::Route", &|route| *route),
        "AWS::EC2::NetworkAcl" => listed("Entries", "AWS::EC2::NetworkAclEntry", &|rule| {
            flat(kinds, rule)
        }),
        "AWS::EC2::Subnet" => subnet(kinds, resource, belonging),
        // AWS makes the default group of a VPC, no template can.
        "AWS::EC2::SecurityGroup" => told(kinds, resource, "ByDefault", Node::Bool(false)),
        _ => needs_account(kinds.arena, resource.id.extent),
    }
}

/// A map of one that stands where the resource does.
fn told<'a>(
    kinds: &Kinds<'a>,
    resource: &Resource<'a>,
    key: &'static str,
    value: Node<'a>,
) -> Marked<'a> {
    let extent = resource.id.extent;
    let value = entry(key, extent, Marked::scalar(value, extent));
    Marked::map(kinds.arena, extent, &[value])
}

/// A rule whose range of ports is told as AWS tells it of other rules.
fn flat<'a>(kinds: &Kinds<'a>, rule: &Marked<'a>) -> Marked<'a> {
    let Node::Map(_) = rule.node else {
        return *rule;
    };
    let mut children = Vec::new();
    for child in rule.children {
        let key = child.key.map_or("", |key| key.text);
        if key != "PortRange" {
            children.push(*child);
            continue;
        }
        for (end, name) in [("From", "FromPort"), ("To", "ToPort")] {
            let value = match child.value.node {
                Node::Unknown(_) => Some(child.value),
                _ => child.value.entry(end).map(|end| end.value),
            };
            children.extend(value.map(|value| entry(name, child.value.extent, value)));
        }
    }
    Marked::map(kinds.arena, rule.extent, &children)
}

/// Whether a subnet's routes lead to an internet gateway; not known of one whose route table is not in the template, because
/// its VPC's main one counts then.
fn subnet<'a>(
    kinds: &Kinds<'a>,
    subnet: &Resource<'a>,
    belonging: &Belonging<'_, 'a>,
) -> Marked<'a> {
    let extent = subnet.id.extent;
    let own = belonging
        .to(gather::TABLE_OF_SUBNET, subnet.id.text)
        .first();
    let table = own.and_then(|it| it.targets("RouteTableId").first().copied());
    let is_table = |id: &&str| kinds.is(id, "AWS::EC2::RouteTable");
    let Some(table) = table.filter(is_table) else {
        return needs_account(kinds.arena, extent);
    };
    let perhaps = belonging.perhaps("AWS::EC2::Route");
    let mut leads = perhaps.map_or(Node::Bool(false), |route| route.value.node);
    for route in belonging.to("AWS::EC2::Route", table) {
        if let Node::Unknown(reason) = route.properties.node {
            leads = Node::Unknown(reason);
            continue;
        }
        let at = |key| route.properties.entry(key).map(|child| child.value.node);
        let (one, other) = (at("DestinationCidrBlock"), at("DestinationIpv6CidrBlock"));
        let everywhere = one == Some(Node::Str("0.0.0.0/0")) || other == Some(Node::Str("::/0"));
        let unclear = one.or(other).and_then(|to| to.unknown());
        let maybe = match (at("GatewayId"), everywhere) {
            (Some(Node::Str(gateway)), _) if !is_internet(kinds, route, gateway) => None,
            (Some(Node::Str(_)), true) => {
                leads = Node::Bool(true);
                break;
            }
            (Some(Node::Str(_)), false) => unclear,
            (Some(Node::Unknown(reason)), true) => Some(reason),
            (Some(Node::Unknown(reason)), false) => unclear.map(|_| reason),
            _ => None,
        };
        if let Some(reason) = maybe {
            leads = Node::Unknown(reason);
        }
    }
    told(kinds, subnet, "RoutesToInternet", leads)
}

fn is_internet(kinds: &Kinds<'_>, route: &Resource<'_>, gateway: &str) -> bool {
    let named = route.targets("GatewayId");
    let is_one = |id: &&str| kinds.is(id, "AWS::EC2::InternetGateway");
    gateway.starts_with("igw-") || named.iter().any(is_one)
}
