//! Networks: VPCs, subnets, routes, network ACLs, endpoints.

use serde_json::{Value, json};

use super::super::reader::Reader;
use super::super::shape::{Shape, document, list, plucked, tags, word};
use super::super::{Place, Reading, part};

const VPC: &str = "AWS::EC2::VPC";
const SUBNET: &str = "AWS::EC2::Subnet";
const ROUTES: &str = "AWS::EC2::RouteTable";
const ACL: &str = "AWS::EC2::NetworkAcl";
const ENDPOINT: &str = "AWS::EC2::VPCEndpoint";

pub(in crate::aws::read) async fn read(at: Reader<'_>) -> Reading {
    let all = || json!({});
    let (vpcs, flow_logs, peerings, subnets, routes, acls, endpoints) = tokio::join!(
        at.list("ec2", "DescribeVpcs", all()),
        at.list("ec2", "DescribeFlowLogs", all()),
        at.list("ec2", "DescribeVpcPeeringConnections", all()),
        at.objects("ec2", "DescribeSubnets", all(), subnet),
        at.objects("ec2", "DescribeRouteTables", all(), route_table),
        at.objects("ec2", "DescribeNetworkAcls", all(), network_acl),
        at.list("ec2", "DescribeVpcEndpoints", all()),
    );
    let flow_logs = part(flow_logs.map(Value::from));
    let peerings = part(peerings.map(Value::from));
    let vpcs = vpcs.map(|vpcs| {
        let of = |from: &Value| vpc(at.place, from, flow_logs.as_ref(), peerings.as_ref());
        vpcs.iter().map(of).collect()
    });
    let endpoints = endpoints.map(|endpoints| {
        let there = endpoints.iter().filter(|endpoint| !is_gone(endpoint));
        there.map(|from| vpc_endpoint(at.place, from)).collect()
    });
    let mut reading = Reading::default();
    reading.take(VPC, vpcs);
    reading.take(SUBNET, subnets);
    reading.take(ROUTES, routes);
    reading.take(ACL, acls);
    reading.take(ENDPOINT, endpoints);
    reading
}

/// EC2 lists endpoints for some time after their end.
fn is_gone(endpoint: &Value) -> bool {
    let state = word(endpoint, "State").to_ascii_lowercase();
    state == "deleted" || state == "deleting"
}

/// `flow_logs` and `peerings` are those of the region, or unknown.
pub(in crate::aws::read) fn vpc(
    place: Place<'_>,
    from: &Value,
    flow_logs: Option<&Value>,
    peerings: Option<&Value>,
) -> Value {
    let id = word(from, "VpcId");
    let own = |all: Option<&Value>, is_own: &dyn Fn(&Value) -> bool| match all {
        Some(Value::Array(all)) => all.iter().filter(|one| is_own(one)).cloned().collect(),
        Some(unknown) => unknown.clone(),
        None => Value::Null,
    };
    let properties = Shape::of(from)
        .alike(&["VpcId", "CidrBlock", "InstanceTenancy"])
        .put(
            "Ipv6CidrBlocks",
            plucked(&from["Ipv6CidrBlockAssociationSet"], "Ipv6CidrBlock"),
        )
        .put("Tags", tags(&from["Tags"]));
    let live = Shape::of(from)
        .alike(&["IsDefault", "CidrBlockAssociationSet"])
        .put("FlowLogs", own(flow_logs, &|log| log["ResourceId"] == id))
        .put(
            "VpcPeeringConnections",
            own(peerings, &|peering| {
                let ends = ["AccepterVpcInfo", "RequesterVpcInfo"];
                ends.iter().any(|end| peering[*end]["VpcId"] == id)
            }),
        );
    let arn = place.ec2_arn(&from["OwnerId"], "vpc", id);
    place.object(VPC, id, Some(&arn), properties.done(), live.done())
}

pub(in crate::aws::read) fn subnet(place: Place<'_>, from: &Value) -> Value {
    let properties = Shape::of(from)
        .alike(&[
            "SubnetId",
            "VpcId",
            "CidrBlock",
            "AvailabilityZone",
            "AvailabilityZoneId",
            "MapPublicIpOnLaunch",
            "AssignIpv6AddressOnCreation",
            "Ipv6Native",
        ])
        .put(
            "Ipv6CidrBlocks",
            plucked(&from["Ipv6CidrBlockAssociationSet"], "Ipv6CidrBlock"),
        )
        .put("Tags", tags(&from["Tags"]));
    let id = word(from, "SubnetId");
    let made = place.ec2_arn(&from["OwnerId"], "subnet", id);
    let arn = from["SubnetArn"].as_str().unwrap_or(&made);
    place.object(SUBNET, id, Some(arn), properties.done(), Value::Null)
}

/// CloudFormation has routes and associations as resources of their own; here they are parts of the table.
pub(in crate::aws::read) fn route_table(place: Place<'_>, from: &Value) -> Value {
    let properties = Shape::of(from)
        .alike(&["RouteTableId", "VpcId"])
        .put("Tags", tags(&from["Tags"]));
    let live = Shape::of(from).alike(&["Associations", "Routes"]);
    let id = word(from, "RouteTableId");
    let arn = place.ec2_arn(&from["OwnerId"], "route-table", id);
    place.object(ROUTES, id, Some(&arn), properties.done(), live.done())
}

/// As of routes, of the entries.
pub(in crate::aws::read) fn network_acl(place: Place<'_>, from: &Value) -> Value {
    let properties = Shape::of(from)
        .alike(&["VpcId"])
        .named("Id", "NetworkAclId")
        .put("Tags", tags(&from["Tags"]));
    let live = Shape::of(from).alike(&["Associations", "Entries", "IsDefault"]);
    let id = word(from, "NetworkAclId");
    let arn = place.ec2_arn(&from["OwnerId"], "network-acl", id);
    place.object(ACL, id, Some(&arn), properties.done(), live.done())
}

pub(in crate::aws::read) fn vpc_endpoint(place: Place<'_>, from: &Value) -> Value {
    let properties = Shape::of(from)
        .alike(&[
            "VpcId",
            "VpcEndpointType",
            "ServiceName",
            "RouteTableIds",
            "SubnetIds",
            "PrivateDnsEnabled",
        ])
        .named("Id", "VpcEndpointId")
        .put("PolicyDocument", document(&from["PolicyDocument"]))
        .put(
            "SecurityGroupIds",
            list(&from["Groups"], |group| group["GroupId"].clone()),
        )
        .put("Tags", tags(&from["Tags"]));
    let id = word(from, "VpcEndpointId");
    let arn = place.ec2_arn(&from["OwnerId"], "vpc-endpoint", id);
    place.object(ENDPOINT, id, Some(&arn), properties.done(), Value::Null)
}
