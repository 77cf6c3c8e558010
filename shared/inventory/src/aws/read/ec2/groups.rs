//! Security groups: CloudFormation has a rule for each range, where EC2 has a list of ranges for each range of ports.

use serde_json::{Value, json};

use super::super::reader::Reader;
use super::super::shape::{Shape, tags, word};
use super::super::{Place, Reading};

const GROUP: &str = "AWS::EC2::SecurityGroup";

pub(in crate::aws::read) async fn read(at: Reader<'_>) -> Reading {
    let mut reading = Reading::default();
    let groups = at.objects("ec2", "DescribeSecurityGroups", json!({}), security_group);
    reading.take(GROUP, groups.await);
    reading
}

/// `AWS::EC2::SecurityGroup` of an item of `SecurityGroups`.
pub(in crate::aws::read) fn security_group(place: Place<'_>, from: &Value) -> Value {
    let properties = Shape::of(from)
        .alike(&["GroupId", "GroupName", "VpcId"])
        .named("GroupDescription", "Description")
        .put(
            "SecurityGroupIngress",
            rules(&from["IpPermissions"], "Source"),
        )
        .put(
            "SecurityGroupEgress",
            rules(&from["IpPermissionsEgress"], "Destination"),
        )
        .put("Tags", tags(&from["Tags"]));
    let id = word(from, "GroupId");
    let made = place.ec2_arn(&from["OwnerId"], "security-group", id);
    let arn = from["SecurityGroupArn"].as_str().unwrap_or(&made);
    place.object(GROUP, id, Some(arn), properties.done(), Value::Null)
}

/// A rule for each range, group and prefix list. `side` is what the other end of a rule is called.
fn rules(permissions: &Value, side: &str) -> Value {
    let Some(permissions) = permissions.as_array() else {
        return Value::Null;
    };
    let (group, prefixes) = (
        format!("{side}SecurityGroupId"),
        format!("{side}PrefixListId"),
    );
    let owner = (side == "Source").then_some("SourceSecurityGroupOwnerId");
    let mut all = Vec::new();
    for permission in permissions {
        let ends = [
            ("IpRanges", "CidrIp", "CidrIp"),
            ("Ipv6Ranges", "CidrIpv6", "CidrIpv6"),
            ("PrefixListIds", "PrefixListId", prefixes.as_str()),
            ("UserIdGroupPairs", "GroupId", group.as_str()),
        ];
        for (member, from, to) in ends {
            for end in permission[member].as_array().into_iter().flatten() {
                let mut rule = Shape::of(permission)
                    .alike(&["IpProtocol", "FromPort", "ToPort"])
                    .put(to, end[from].clone())
                    .put("Description", end["Description"].clone());
                if let (Some(owner), "UserIdGroupPairs") = (owner, member) {
                    rule = rule.put(owner, end["UserId"].clone());
                }
                all.push(rule.done());
            }
        }
    }
    all.into()
}
