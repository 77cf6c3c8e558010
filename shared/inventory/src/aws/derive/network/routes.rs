//! Route tables: which one a subnet has, where it leads.

use plimsoll_model::Reason;
use serde_json::{Map, Value};

use super::super::lists::Lists;
use super::super::look::{self, Known, malformed, unread};

pub(in super::super) const ROUTE_TABLE: &str = "AWS::EC2::RouteTable";
pub(in super::super) const ACL: &str = "AWS::EC2::NetworkAcl";
const VPC: &str = "AWS::EC2::VPC";

/// What of a route policies read.
const KEPT: [&str; 6] = [
    "DestinationCidrBlock",
    "DestinationIpv6CidrBlock",
    "DestinationPrefixListId",
    "GatewayId",
    "NatGatewayId",
    "VpcPeeringConnectionId",
];

/// `Derived.Routes` of a table.
pub(in super::super) fn routes(table: &Value, lists: &Lists<'_>) -> Known<Value> {
    let vpc = look::text(table, "Properties.VpcId")?;
    let mut routes = Vec::new();
    for route in written(table)? {
        let mut made = Map::new();
        for key in KEPT {
            if let Some(value) = look::at(route, key)? {
                made.insert(key.to_owned(), value.clone());
            }
        }
        if let Some(peering) = look::text(route, "VpcPeeringConnectionId")? {
            made.insert("PeerCidrBlocks".to_owned(), peer(peering, vpc, lists)?);
        }
        routes.push(Value::Object(made));
    }
    routes.sort_by_cached_key(Value::to_string);
    Ok(routes.into())
}

fn written(table: &Value) -> Known<&[Value]> {
    let routes = look::at(table, "Live.Routes")?;
    let routes = routes.ok_or_else(|| unread("routes of the route table"))?;
    routes
        .as_array()
        .map(Vec::as_slice)
        .ok_or_else(|| malformed("Routes"))
}

/// The address blocks of the VPC at the other end.
fn peer(peering: &str, vpc: Option<&str>, lists: &Lists<'_>) -> Known<Value> {
    let missing = || unread(&format!("address blocks of the other end of {peering}"));
    let here = lists.the(VPC, vpc.unwrap_or_default())?;
    let connections = look::items(here, "Live.VpcPeeringConnections")?.iter();
    let mut connection = None;
    for one in connections {
        if look::text(one, "VpcPeeringConnectionId")? == Some(peering) {
            connection = Some(one);
        }
    }
    let connection = connection.ok_or_else(missing)?;
    let side = |name: &str| look::at(connection, name);
    let (accepter, requester) = (side("AccepterVpcInfo")?, side("RequesterVpcInfo")?);
    let other = match accepter {
        Some(side) if look::text(side, "VpcId")? == vpc => requester,
        other => other,
    };
    let other = other.ok_or_else(missing)?;
    let mut blocks = look::texts(other, "CidrBlock")?;
    for (list, key) in [
        ("CidrBlockSet", "CidrBlock"),
        ("Ipv6CidrBlockSet", "Ipv6CidrBlock"),
    ] {
        for block in look::items(other, list)? {
            blocks.extend(look::text(block, key)?);
        }
    }
    blocks.sort_unstable();
    blocks.dedup();
    if blocks.is_empty() {
        return Err(missing());
    }
    Ok(blocks.into())
}

/// Whether what is in a subnet can reach the internet by a gateway, and the internet what has an address there.
pub(in super::super) fn lead_to_internet(subnet: &Value, lists: &Lists<'_>) -> Known<bool> {
    let table = table_of(subnet, lists)?.ok_or_else(|| unread("route table of the subnet"))?;
    for route in written(table)? {
        let is_gateway = look::text(route, "GatewayId")?.is_some_and(|id| id.starts_with("igw-"));
        if is_gateway && look::text(route, "State")? != Some("blackhole") && is_wide(route)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every address, or so large a part that two or eight such routes are every address.
fn is_wide(route: &Value) -> Known<bool> {
    for (key, longest) in [("DestinationCidrBlock", 1), ("DestinationIpv6CidrBlock", 3)] {
        let length = look::text(route, key)?.and_then(|block| block.split_once('/'));
        let length = length.and_then(|(_, length)| length.parse::<u8>().ok());
        if length.is_some_and(|length| length <= longest) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The table that a subnet is associated with, else the main one of its VPC.
pub(in super::super) fn table_of<'a>(
    subnet: &Value,
    lists: &Lists<'a>,
) -> Known<Option<&'a Value>> {
    let vpc = look::text(subnet, "Properties.VpcId")?;
    let id = look::name(subnet);
    let mut main = None;
    let mut gap: Option<Reason> = None;
    for table in lists.all(ROUTE_TABLE)? {
        let found = association(table, id).and_then(|found| {
            let is_near = found == Some(false) || look::text(table, "Properties.VpcId")? == vpc;
            Ok(found.filter(|_| is_near))
        });
        match found {
            Ok(Some(false)) => return Ok(Some(table)),
            Ok(Some(true)) => main = Some(*table),
            Ok(None) => (),
            Err(reason) => gap = gap.into_iter().chain([reason]).min(),
        }
    }
    gap.map_or(Ok(main), Err)
}

/// Whether a table is the main one, or, before that, this subnet's own (false); none if neither.
fn association(table: &Value, subnet: &str) -> Known<Option<bool>> {
    let associations = look::at(table, "Live.Associations")?;
    let associations =
        associations.ok_or_else(|| unread("associations of a route table or ACL"))?;
    let associations = associations
        .as_array()
        .ok_or_else(|| malformed("Associations"))?;
    let mut found = None;
    for association in associations {
        if look::text(association, "AssociationState.State")? == Some("disassociated") {
            continue;
        }
        if look::text(association, "SubnetId")? == Some(subnet) {
            return Ok(Some(false));
        }
        if look::flag(association, "Main")? == Some(true) {
            found = Some(true);
        }
    }
    Ok(found)
}

/// The network ACL of a subnet.
pub(in super::super) fn acl_of<'a>(subnet: &Value, lists: &Lists<'a>) -> Known<Option<&'a Value>> {
    let mut gap: Option<Reason> = None;
    for acl in lists.all(ACL)? {
        match association(acl, look::name(subnet)) {
            Ok(Some(false)) => return Ok(Some(acl)),
            Ok(_) => (),
            Err(reason) => gap = gap.into_iter().chain([reason]).min(),
        }
    }
    gap.map_or(Ok(None), Err)
}
