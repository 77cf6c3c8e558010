//! What is in and around a VPC: zones of the clusters in it, endpoints, flow logs.

use serde_json::{Map, Value};

use super::super::lists::Lists;
use super::super::look::{self, Known, malformed, unread};
use super::SUBNET;

const CLUSTER: &str = "AWS::EKS::Cluster";

/// The zones that some subnets are in, each once.
pub(in super::super) fn zones(subnets: &[&str], lists: &Lists<'_>) -> Known<Vec<String>> {
    let mut zones = Vec::new();
    for subnet in subnets {
        let zone = look::text(lists.the(SUBNET, subnet)?, "Properties.AvailabilityZone")?;
        zones.extend(zone.map(str::to_owned));
    }
    zones.sort_unstable();
    zones.dedup();
    Ok(zones)
}

/// The zones that clusters in this VPC have subnets in.
pub(in super::super) fn cluster_zones(vpc: &str, lists: &Lists<'_>) -> Known<Value> {
    let mut subnets = Vec::new();
    for cluster in clusters_in(vpc, lists)? {
        subnets.extend(look::texts(
            cluster,
            "Properties.ResourcesVpcConfig.SubnetIds",
        )?);
    }
    Ok(zones(&subnets, lists)?.into())
}

/// How many clusters in this VPC have no public endpoint.
pub(in super::super) fn private_clusters(vpc: &str, lists: &Lists<'_>) -> Known<Value> {
    let mut count = 0;
    for cluster in clusters_in(vpc, lists)? {
        let public = look::flag(
            cluster,
            "Properties.ResourcesVpcConfig.EndpointPublicAccess",
        )?;
        // EKS makes an endpoint public unless it is told otherwise.
        count += u32::from(public == Some(false));
    }
    Ok(count.into())
}

fn clusters_in<'a>(vpc: &str, lists: &Lists<'a>) -> Known<Vec<&'a Value>> {
    let mut found = Vec::new();
    for cluster in lists.all(CLUSTER)? {
        if of_cluster(cluster, lists)? == Some(vpc) {
            found.push(*cluster);
        }
    }
    Ok(found)
}

/// The VPC that a cluster is in.
pub(in super::super) fn of_cluster<'a>(
    cluster: &'a Value,
    lists: &Lists<'a>,
) -> Known<Option<&'a str>> {
    if let Some(vpc) = look::text(cluster, "Live.VpcId")? {
        return Ok(Some(vpc));
    }
    let subnets = look::texts(cluster, "Properties.ResourcesVpcConfig.SubnetIds")?;
    match subnets.first() {
        Some(subnet) => look::text(lists.the(SUBNET, subnet)?, "Properties.VpcId"),
        None => Ok(None),
    }
}

/// The services that a VPC has endpoints for.
pub(in super::super) fn endpoint_services(vpc: &str, lists: &Lists<'_>) -> Known<Value> {
    let mut services = Vec::new();
    for endpoint in lists.that_say("AWS::EC2::VPCEndpoint", "Properties.VpcId", vpc)? {
        services.extend(look::text(endpoint, "Properties.ServiceName")?);
    }
    services.sort_unstable();
    services.dedup();
    Ok(services.into())
}

/// The flow logs of a VPC as a whole.
pub(in super::super) fn flow_logs(vpc: &Value) -> Known<Value> {
    let parts = [
        ("DeliverLogsStatus", "DeliverLogsStatus"),
        ("Status", "FlowLogStatus"),
        ("TrafficType", "TrafficType"),
    ];
    let written = look::at(vpc, "Live.FlowLogs")?.ok_or_else(|| unread("flow logs of the VPC"))?;
    let mut logs = Vec::new();
    for log in written.as_array().ok_or_else(|| malformed("FlowLogs"))? {
        let mut made = Map::new();
        for (key, from) in parts {
            if let Some(value) = look::at(log, from)? {
                made.insert(key.to_owned(), value.clone());
            }
        }
        logs.push(Value::Object(made));
    }
    logs.sort_by_cached_key(Value::to_string);
    Ok(logs.into())
}
