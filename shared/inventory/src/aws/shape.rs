//! EKS replies in the shape of their CloudFormation types, so that one policy judges a template and the live thing.

use aws_sdk_eks::types::{Cluster, Logging};
use serde_json::{Map, Value, json};

/// `AWS::EKS::Cluster`. What EKS does not say is left out, as in a template that does not set it.
pub(crate) fn cluster(name: &str, region: &str, cluster: &Cluster) -> Value {
    let mut properties = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            properties.insert(key.to_owned(), value);
        }
    };
    put("Name", Some(name.into()));
    put("Version", cluster.version().map(Into::into));
    put("RoleArn", cluster.role_arn().map(Into::into));
    put("AccessConfig", access(cluster));
    put("ResourcesVpcConfig", network(cluster));
    put("KubernetesNetworkConfig", kubernetes_network(cluster));
    put("Logging", cluster.logging().map(logging));
    put("EncryptionConfig", encryption(cluster));
    put(
        "UpgradePolicy",
        cluster
            .upgrade_policy()
            .and_then(|p| p.support_type())
            .map(|t| json!({ "SupportType": t.as_str() })),
    );
    put(
        "DeletionProtection",
        cluster.deletion_protection().map(Into::into),
    );
    put("Tags", tags(cluster));
    let arn = cluster.arn().unwrap_or_default();
    json!({
        "apiVersion": "aws",
        "kind": "AWS::EKS::Cluster",
        "metadata": { "name": name, "namespace": region, "arn": arn },
        "Properties": properties,
    })
}

fn access(cluster: &Cluster) -> Option<Value> {
    let mode = cluster.access_config()?.authentication_mode()?;
    Some(json!({ "AuthenticationMode": mode.as_str() }))
}

fn network(cluster: &Cluster) -> Option<Value> {
    let network = cluster.resources_vpc_config()?;
    // The cluster's own security group is an attribute in CloudFormation, not a property; it is left out.
    Some(json!({
        "EndpointPublicAccess": network.endpoint_public_access(),
        "EndpointPrivateAccess": network.endpoint_private_access(),
        "PublicAccessCidrs": network.public_access_cidrs(),
        "SubnetIds": network.subnet_ids(),
        "SecurityGroupIds": network.security_group_ids(),
    }))
}

fn kubernetes_network(cluster: &Cluster) -> Option<Value> {
    let network = cluster.kubernetes_network_config()?;
    let mut value = Map::new();
    if let Some(family) = network.ip_family() {
        value.insert("IpFamily".to_owned(), family.as_str().into());
    }
    for (key, cidr) in [
        ("ServiceIpv4Cidr", network.service_ipv4_cidr()),
        ("ServiceIpv6Cidr", network.service_ipv6_cidr()),
    ] {
        if let Some(cidr) = cidr {
            value.insert(key.to_owned(), cidr.into());
        }
    }
    Some(value.into())
}

/// EKS lists what is on and what is off; CloudFormation only what is on.
fn logging(logging: &Logging) -> Value {
    let enabled = logging
        .cluster_logging()
        .iter()
        .filter(|setup| setup.enabled() == Some(true));
    let types: Vec<Value> = enabled
        .flat_map(|setup| setup.types())
        .map(|t| json!({ "Type": t.as_str() }))
        .collect();
    json!({ "ClusterLogging": { "EnabledTypes": types } })
}

#[expect(
    deprecated,
    reason = "CloudFormation's type still has the field, and policies read it in templates"
)]
fn encryption(cluster: &Cluster) -> Option<Value> {
    let configs = cluster.encryption_config();
    let config = |c: &aws_sdk_eks::types::EncryptionConfig| {
        let key = c.provider().and_then(|p| p.key_arn());
        json!({ "Resources": c.resources(), "Provider": { "KeyArn": key } })
    };
    (!configs.is_empty()).then(|| configs.iter().map(config).collect())
}

fn tags(cluster: &Cluster) -> Option<Value> {
    let mut tags: Vec<_> = cluster.tags()?.iter().collect();
    tags.sort_unstable();
    Some(
        tags.into_iter()
            .map(|(key, value)| json!({ "Key": key, "Value": value }))
            .collect(),
    )
}
