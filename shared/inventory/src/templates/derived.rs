//! What readers of an account make of several resources, as far as a template holds them all.
//!
//! The statements of policy documents belong here, too, once they are made of documents in one place for both.

use plimsoll_cel::Node;

use super::gather::Belonging;
use super::template::{Resource, Template};
use super::{entry, gather, link, needs_account};
use crate::files::marked::{Child, Marked};

/// `Derived` of a resource; what nobody derives of templates takes the account.
pub(super) fn derived<'a>(
    template: &Template<'a>,
    resource: &Resource<'a>,
    belonging: &Belonging<'_, 'a>,
) -> Marked<'a> {
    let listed = |key: &'static str, kind: &str, of: &dyn Fn(&Marked<'a>) -> Marked<'a>| {
        let parts = belonging.to(kind, resource.id.text).iter();
        let children: Vec<_> = parts.map(|part| element(of(&part.properties))).collect();
        let extent = resource.id.extent;
        let list = Marked::list(template.arena, extent, &children);
        Marked::map(template.arena, extent, &[entry(key, extent, list)])
    };
    match resource.kind {
        "AWS::EC2::RouteTable" => listed("Routes", "AWS::EC2::Route", &|route| *route),
        "AWS::EC2::NetworkAcl" => listed("Entries", "AWS::EC2::NetworkAclEntry", &|rule| {
            flat(template, rule)
        }),
        "AWS::EC2::Subnet" => subnet(template, resource, belonging),
        // AWS makes the default group of a VPC, no template can.
        "AWS::EC2::SecurityGroup" => told(template, resource, "ByDefault", Node::Bool(false)),
        _ => needs_account(template.arena, resource.id.extent),
    }
}

/// A map of one that stands where the resource does.
fn told<'a>(
    template: &Template<'a>,
    resource: &Resource<'a>,
    key: &'static str,
    value: Node<'a>,
) -> Marked<'a> {
    let extent = resource.id.extent;
    let value = entry(key, extent, Marked::scalar(value, extent));
    Marked::map(template.arena, extent, &[value])
}

fn element(value: Marked<'_>) -> Child<'_> {
    Child {
        key: None,
        value,
        merged: false,
    }
}

/// A rule whose range of ports is told as AWS tells it of other rules.
fn flat<'a>(template: &Template<'a>, rule: &Marked<'a>) -> Marked<'a> {
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
    Marked::map(template.arena, rule.extent, &children)
}

/// Whether a subnet's routes lead to an internet gateway; not known of one whose route table is not in the template, because
/// its VPC's main one counts then.
fn subnet<'a>(
    template: &Template<'a>,
    subnet: &Resource<'a>,
    belonging: &Belonging<'_, 'a>,
) -> Marked<'a> {
    let extent = subnet.id.extent;
    let own = belonging
        .to(gather::TABLE_OF_SUBNET, subnet.id.text)
        .first();
    let table = own.and_then(|it| it.targets("RouteTableId").first().copied());
    let is_table = |id: &&str| template.kind_of(id) == Some("AWS::EC2::RouteTable");
    let Some(table) = table.filter(is_table) else {
        return needs_account(template.arena, extent);
    };
    let mut leads = Node::Bool(false);
    for route in belonging.to("AWS::EC2::Route", table) {
        let at = |key| route.properties.entry(key).map(|child| child.value.node);
        let (one, other) = (at("DestinationCidrBlock"), at("DestinationIpv6CidrBlock"));
        let everywhere = one == Some(Node::Str("0.0.0.0/0")) || other == Some(Node::Str("::/0"));
        let unclear = one.or(other).and_then(|to| to.unknown());
        let maybe = match (at("GatewayId"), everywhere) {
            (Some(Node::Str(gateway)), _) if !is_internet(template, gateway) => None,
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
    told(template, subnet, "RoutesToInternet", leads)
}

fn is_internet(template: &Template<'_>, gateway: &str) -> bool {
    match link::target(gateway) {
        Some(id) => template.kind_of(id) == Some("AWS::EC2::InternetGateway"),
        None => gateway.starts_with("igw-"),
    }
}
