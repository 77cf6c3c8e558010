//! Whose something is by what it says of itself: the cluster it was made in, or its tags.

use serde_json::Value;

use super::super::look::{self, Known};
use super::{BALANCER, CLASSIC, CLUSTER, INSTANCE, Links, SCALING, Uses, VOLUME};

/// Tags whose value is a cluster's name: of EKS, of its Auto Mode, and of the controller of load balancers.
const NAMED: [&str; 4] = [
    "aws:eks:cluster-name",
    "eks:cluster-name",
    "eks:eks-cluster-name",
    "elbv2.k8s.aws/cluster",
];
/// Tags whose key ends in a cluster's name.
const KEYED: [&str; 2] = ["kubernetes.io/cluster/", "k8s.io/cluster-autoscaler/"];

/// The clusters whose it is, and what they use it for.
pub(super) fn of(kind: &'static str, object: &Value, links: &Links<'_>) -> Known<Uses> {
    let mut uses = Uses::new();
    let mut add = |cluster: &str, words: &[&'static str]| {
        let is_there = !links.lists.named(CLUSTER, cluster).is_empty();
        if is_there {
            uses.entry(cluster.to_owned()).or_default().extend(words);
        }
    };
    let words: &[&str] = match kind {
        CLUSTER => {
            add(look::name(object), &[]);
            return Ok(uses);
        }
        INSTANCE | SCALING => &["nodes"],
        VOLUME => &["volumes"],
        BALANCER | CLASSIC => &["loadBalancer"],
        "AWS::EFS::FileSystem" | "AWS::EFS::AccessPoint" => &["volumes"],
        _ if kind.starts_with("AWS::EKS::") => {
            let is_group = kind.ends_with("::Nodegroup");
            let words = if is_group { &["nodes"][..] } else { &[] };
            if let Some(cluster) = look::text(object, "Properties.ClusterName")? {
                add(cluster, words);
            }
            return Ok(uses);
        }
        _ => return Ok(uses),
    };
    for (key, value) in look::tags(object)? {
        let keyed = KEYED.iter().find_map(|prefix| key.strip_prefix(prefix));
        if let Some(cluster) = keyed.or(NAMED.contains(&key).then_some(value)) {
            add(cluster, words);
        }
    }
    let from = match kind {
        INSTANCE => by_tag(object, "aws:autoscaling:groupName")?.map(|name| (SCALING, vec![name])),
        VOLUME => {
            let mut instances = Vec::new();
            for attachment in look::items(object, "Live.Attachments")? {
                instances.extend(look::text(attachment, "InstanceId")?);
            }
            Some((INSTANCE, instances))
        }
        _ => None,
    };
    if let Some((kind, ids)) = from {
        for owner in ids.iter().flat_map(|id| links.lists.named(kind, id)) {
            for (cluster, words) in links.uses_of(kind, owner) {
                uses.entry(cluster).or_default().extend(words);
            }
        }
    }
    Ok(uses)
}

fn by_tag<'v>(object: &'v Value, key: &str) -> Known<Option<&'v str>> {
    let tags = look::tags(object)?;
    Ok(tags
        .into_iter()
        .find(|(name, _)| *name == key)
        .map(|(_, value)| value))
}
