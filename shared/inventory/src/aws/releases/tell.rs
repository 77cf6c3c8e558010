//! What clusters, add-ons and node groups need of it, and what is said of them.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Reason, ReasonCode};
use serde_json::{Value, json};

use super::{Need, Releases};
use crate::aws::read::{Reading, unknown};

type Known<T> = Result<T, Reason>;

const CLUSTER: &str = "AWS::EKS::Cluster";
const ADDON: &str = "AWS::EKS::Addon";
const NODEGROUP: &str = "AWS::EKS::Nodegroup";

fn unread(what: String) -> Reason {
    Reason::new(ReasonCode::InputUnread, what)
}

/// A property that is text.
fn text<'a>(object: &'a Value, name: &str) -> Known<&'a str> {
    let value = &object["Properties"][name];
    match value[plimsoll_cel::UNKNOWN_KEY].as_str() {
        Some(line) => Err(Reason::of_unknown(line)),
        None => value
            .as_str()
            .ok_or_else(|| unread(format!("Properties.{name}"))),
    }
}

/// Kubernetes versions by cluster.
fn kubernetes(reading: &Reading) -> BTreeMap<String, String> {
    let clusters = reading.objects.iter().filter(|one| one["kind"] == CLUSTER);
    clusters
        .filter_map(|one| {
            Some((
                one["metadata"]["name"].as_str()?,
                text(one, "Version").ok()?,
            ))
        })
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect()
}

fn need_of_addon(addon: &Value, kubernetes: &BTreeMap<String, String>) -> Known<Need> {
    let cluster = text(addon, "ClusterName")?;
    let version = kubernetes.get(cluster);
    let version = version.ok_or_else(|| unread(format!("version of cluster {cluster}")))?;
    Ok(Need::Addon {
        kubernetes: version.clone(),
        name: text(addon, "AddonName")?.to_owned(),
    })
}

fn need_of_nodegroup(nodegroup: &Value) -> Known<Need> {
    let (images, version) = (text(nodegroup, "AmiType")?, text(nodegroup, "Version")?);
    let parameter = parameter(images, version);
    let parameter = parameter.ok_or_else(|| unread(format!("recommended release of {images}")))?;
    Ok(Need::Image(parameter))
}

/// The public parameter that holds the release of a type of images that is recommended. Sources: EKS's user guide, "Retrieve
/// recommended Amazon Linux AMI IDs" and "Retrieve recommended Bottlerocket AMI IDs". Of Windows there is none.
pub(super) fn parameter(images: &str, kubernetes: &str) -> Option<String> {
    let eks = |of: &str| {
        format!("/aws/service/eks/optimized-ami/{kubernetes}/{of}/recommended/release_version")
    };
    let processor = |images: &str| match images {
        images if images.starts_with("x86_64") => Some("x86_64"),
        images if images.starts_with("ARM_64") => Some("arm64"),
        _ => None,
    };
    if let Some(rest) = images.strip_prefix("AL2023_") {
        let (processor, sort) = (processor(rest)?, rest.rsplit('_').next()?);
        let known = matches!(sort, "STANDARD" | "NVIDIA" | "NEURON");
        let sort = sort.to_ascii_lowercase();
        return known.then(|| eks(&format!("amazon-linux-2023/{processor}/{sort}")));
    }
    if let Some(rest) = images.strip_prefix("BOTTLEROCKET_") {
        let processor = processor(rest)?;
        let sort = match rest
            .strip_prefix("x86_64")
            .or(rest.strip_prefix("ARM_64"))?
        {
            "" => "",
            "_FIPS" => "-fips",
            "_NVIDIA" => "-nvidia",
            "_NVIDIA_FIPS" => "-nvidia-fips",
            _ => return None,
        };
        return Some(format!(
            "/aws/service/bottlerocket/aws-k8s-{kubernetes}{sort}/{processor}/latest/image_version"
        ));
    }
    let of = match images {
        "AL2_x86_64" => "amazon-linux-2",
        "AL2_x86_64_GPU" => "amazon-linux-2-gpu",
        "AL2_ARM_64" => "amazon-linux-2-arm64",
        _ => return None,
    };
    Some(eks(of))
}

/// What has to be known for the objects of a region.
pub(super) fn needs(reading: &Reading) -> BTreeSet<Need> {
    let kubernetes = kubernetes(reading);
    let of = |object: &Value| match object["kind"].as_str() {
        Some(CLUSTER) => Some(Need::Versions),
        Some(ADDON) => need_of_addon(object, &kubernetes).ok(),
        Some(NODEGROUP) => need_of_nodegroup(object).ok(),
        _ => None,
    };
    reading.objects.iter().filter_map(of).collect()
}

/// Sets the fields of `Derived` that are made of it.
pub(super) fn fill(releases: &Releases, reading: &mut Reading) {
    let kubernetes = kubernetes(reading);
    for object in &mut reading.objects {
        let fields = match object["kind"].as_str() {
            Some(CLUSTER) => of_cluster(releases, object),
            Some(ADDON) => of_addon(releases, object, &kubernetes),
            Some(NODEGROUP) => of_nodegroup(releases, object),
            _ => continue,
        };
        for (name, value) in fields {
            object["Derived"][name] = value.unwrap_or_else(|reason| unknown(&reason));
        }
    }
}

type Fields = Vec<(&'static str, Known<Value>)>;

fn answer<'r>(releases: &'r Releases, need: &Need) -> Known<&'r Value> {
    match releases.told(need) {
        Some(Ok(value)) => Ok(value),
        Some(Err(reason)) => Err(reason.clone()),
        None => Err(unread(need.key())),
    }
}

fn of_cluster(releases: &Releases, cluster: &Value) -> Fields {
    let version = text(cluster, "Version").and_then(|wanted| {
        let mut all = answer(releases, &Need::Versions)?
            .as_array()
            .into_iter()
            .flatten();
        let found = all.find(|one| one["clusterVersion"] == wanted);
        found.ok_or_else(|| unread(format!("version {wanted} among those that EKS lists")))
    });
    let member = |member: &str| {
        let value = version.clone().map(|version| version[member].clone())?;
        match value {
            Value::Null => Err(unread(format!("{member} of the version"))),
            value => Ok(value),
        }
    };
    let day = |name: &str| {
        let moment = member(name)?;
        let moment = moment.as_str().unwrap_or_default();
        let day = moment.split('T').next().unwrap_or_default();
        Ok(day.into())
    };
    vec![
        ("DefaultPlatformVersion", member("defaultPlatformVersion")),
        ("EndOfExtendedSupport", day("endOfExtendedSupportDate")),
        ("EndOfStandardSupport", day("endOfStandardSupportDate")),
        ("VersionStatus", member("versionStatus")),
    ]
}

fn of_addon(releases: &Releases, addon: &Value, kubernetes: &BTreeMap<String, String>) -> Fields {
    let need = need_of_addon(addon, kubernetes);
    let known = need.as_ref().map_err(Reason::clone);
    let known = known.and_then(|need| answer(releases, need));
    let default = known.clone().and_then(|known| match &known["default"] {
        Value::Null => Err(unread("default version of the add-on".to_owned())),
        default => Ok(default.clone()),
    });
    let behind = known.and_then(|known| {
        let (installed, default) = (text(addon, "AddonVersion")?, default.clone()?);
        let installed = numbers(installed);
        let default = numbers(default.as_str().unwrap_or_default());
        let versions = known["versions"].as_array().into_iter().flatten();
        let versions = versions.filter_map(Value::as_str).map(numbers);
        let between = versions.filter(|one| *one > installed && *one <= default);
        Ok(between.count().into())
    });
    vec![("Behind", behind), ("DefaultVersion", default)]
}

fn of_nodegroup(releases: &Releases, nodegroup: &Value) -> Fields {
    let need = need_of_nodegroup(nodegroup);
    let recommended = need.and_then(|need| match answer(releases, &need)? {
        Value::String(release) => Ok(release.clone()),
        _ => Err(unread(format!("{}, which AWS does not have", need.key()))),
    });
    let outdated = recommended.clone().and_then(|recommended| {
        let installed = text(nodegroup, "ReleaseVersion")?;
        Ok(is_older(installed, &recommended).into())
    });
    vec![
        ("Outdated", outdated),
        (
            "RecommendedRelease",
            recommended.map(|release| json!(release)),
        ),
    ]
}

/// Whether one release of an image came before another. Those of Amazon Linux end with their day (`1.34.1-20261101`),
/// Bottlerocket's (`1.49.0-25b1e7a1`) begin with their version, and end with what is no number.
pub(super) fn is_older(installed: &str, recommended: &str) -> bool {
    let day = |release: &str| {
        let last = release.rsplit('-').next()?;
        let is_day = last.len() == 8 && last.starts_with("20");
        is_day.then(|| last.parse::<u32>().ok()).flatten()
    };
    match (day(installed), day(recommended)) {
        (Some(installed), Some(recommended)) => installed < recommended,
        _ => {
            let version = |release: &str| numbers(release.split('-').next().unwrap_or_default());
            version(installed) < version(recommended)
        }
    }
}

/// The numbers in a version, in their order: `v1.18.3-eksbuild.2` is 1, 18, 3, 2.
fn numbers(version: &str) -> Vec<u64> {
    let parts = version.split(|letter: char| !letter.is_ascii_digit());
    parts.filter_map(|part| part.parse().ok()).collect()
}
