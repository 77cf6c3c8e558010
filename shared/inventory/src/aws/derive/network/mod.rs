//! Who can reach what: routes to the internet, rules that let everybody in, what is around a VPC.

pub(super) mod routes;
pub(super) mod vpc;

use serde_json::{Map, Value};

use super::lists::Lists;
use super::look::{self, Known, malformed, unread};

pub(super) const SECURITY_GROUP: &str = "AWS::EC2::SecurityGroup";
pub(super) const SUBNET: &str = "AWS::EC2::Subnet";
const EVERYBODY: [&str; 2] = ["0.0.0.0/0", "::/0"];

/// Whether one of some security groups lets every address in, to whatever port. One that does decides; otherwise all of them
/// must be known.
pub(super) fn open_ingress(groups: &[&str], lists: &Lists<'_>) -> Known<bool> {
    let mut gap = None;
    for group in groups {
        match lists.the(SECURITY_GROUP, group).and_then(lets_everybody_in) {
            Ok(true) => return Ok(true),
            Ok(false) => (),
            Err(reason) => gap = gap.into_iter().chain([reason]).min(),
        }
    }
    gap.map_or(Ok(false), Err)
}

fn lets_everybody_in(group: &Value) -> Known<bool> {
    for rule in look::items(group, "Properties.SecurityGroupIngress")? {
        for range in ["CidrIp", "CidrIpv6"] {
            if look::text(rule, range)?.is_some_and(|range| EVERYBODY.contains(&range)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The security groups that an instance is in, by all of its network interfaces.
pub(super) fn groups_of_instance(instance: &Value) -> Known<Vec<&str>> {
    let mut groups = look::texts(instance, "Properties.SecurityGroupIds")?;
    for interface in look::items(instance, "Properties.NetworkInterfaces")? {
        groups.extend(look::texts(interface, "GroupSet")?);
    }
    groups.sort_unstable();
    groups.dedup();
    Ok(groups)
}

/// Whether a load balancer lets every address in. One of the network's kind without a security group lets everything through.
pub(super) fn load_balancer_is_open(balancer: &Value, lists: &Lists<'_>) -> Known<bool> {
    let groups = look::texts(balancer, "Properties.SecurityGroups")?;
    match groups.is_empty() {
        true => Ok(look::text(balancer, "Properties.Type")? != Some("application")),
        false => open_ingress(&groups, lists),
    }
}

/// The entries of a network ACL in the order in which they count: incoming ones first, each by number.
pub(super) fn entries(acl: &Value) -> Known<Value> {
    let written = look::at(acl, "Live.Entries")?;
    let written = written.ok_or_else(|| unread("entries of the network ACL"))?;
    let written = written.as_array().ok_or_else(|| malformed("Entries"))?;
    let mut entries: Vec<Value> = written.iter().map(entry).collect::<Known<_>>()?;
    let place = |entry: &Value| {
        let number = entry["RuleNumber"].as_i64();
        (entry["Egress"].as_bool(), number, entry.to_string())
    };
    entries.sort_by_key(place);
    Ok(entries.into())
}

fn entry(written: &Value) -> Known<Value> {
    let mut made = Map::new();
    for key in [
        "CidrBlock",
        "Egress",
        "Ipv6CidrBlock",
        "RuleAction",
        "RuleNumber",
    ] {
        if let Some(value) = look::at(written, key)? {
            made.insert(key.to_owned(), value.clone());
        }
    }
    let protocol = look::at(written, "Protocol")?.ok_or_else(|| malformed("Protocol"))?;
    let number = protocol.as_i64();
    let number = number.or_else(|| protocol.as_str()?.parse().ok());
    made.insert(
        "Protocol".to_owned(),
        number.ok_or_else(|| malformed("Protocol"))?.into(),
    );
    for (key, end) in [("FromPort", "PortRange.From"), ("ToPort", "PortRange.To")] {
        if let Some(port) = look::at(written, end)? {
            made.insert(key.to_owned(), port.clone());
        }
    }
    Ok(made.into())
}
