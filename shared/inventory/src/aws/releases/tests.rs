//! Versions of the example world, asked for with the operator's credentials.

use std::collections::BTreeMap;

use plimsoll_world::{Failure, Fault, VENDOR_ACCOUNT};
use serde_json::json;

use super::tell::{is_older, parameter};
use super::*;
use crate::aws::derive::derive;
use crate::aws::discover_clusters;
use crate::aws::read::{Place, region};
use crate::stage::{ACME, GLOBEX, Stage};

const REGION: &str = "eu-central-1";

async fn read(stage: &Stage, of: &str) -> Reading {
    let account = stage.region(of, REGION).await;
    let place = Place {
        account: of,
        region: Some(REGION),
    };
    let clusters = discover_clusters(&account).await.unwrap();
    Box::pin(region(&account, place, &clusters, None)).await
}

impl Stage {
    fn own(&self) -> Account {
        own_account(&self.base(), REGION, Arc::new(Pace::unlimited()))
    }

    /// What was asked since the last time, by operation; only the operator may have asked.
    fn asked(&self, before: &mut usize) -> BTreeMap<String, usize> {
        let mut asked: BTreeMap<String, usize> = BTreeMap::new();
        let all = self.world.requests();
        for request in &all[*before..] {
            let ours =
                request.operation.ends_with("Versions") || request.operation == "GetParameters";
            if ours && request.operation != "DescribeLaunchTemplateVersions" {
                assert_eq!(request.account.as_deref(), Some(VENDOR_ACCOUNT));
                *asked.entry(request.operation.clone()).or_default() += 1;
            }
        }
        *before = all.len();
        asked
    }
}

fn derived(reading: &Reading, name: &str) -> Value {
    let found = reading
        .objects
        .iter()
        .find(|one| one["metadata"]["name"] == name);
    found.unwrap_or_else(|| panic!("there is no {name}"))["Derived"].clone()
}

#[tokio::test]
async fn what_aws_tells_everybody_is_filled_in() {
    let stage = Stage::new().await;
    let now = "2026-11-02T02:00:00Z".parse().unwrap();
    let mut reading = read(&stage, ACME).await;
    let mut releases = Releases::default();
    assert!(releases.fill(&mut reading, &stage.own(), now).await);
    derive(&mut reading, &Reading::default(), None, now);
    let prod = derived(&reading, "prod-eu-1");
    assert_eq!(prod["VersionStatus"], "STANDARD_SUPPORT");
    assert_eq!(prod["EndOfStandardSupport"], "2026-12-02");
    assert_eq!(prod["EndOfExtendedSupport"], "2027-12-02");
    assert_eq!(prod["DefaultPlatformVersion"], "eks.18");
    let addon = json!({"Behind": 1, "DefaultVersion": "v0.8.1-eksbuild.1"});
    assert_eq!(derived(&reading, "prod-eu-1/metrics-server"), addon);
    let nodes = derived(&reading, "prod-eu-1/batch");
    assert_eq!(nodes["Outdated"], true);
    assert_eq!(nodes["RecommendedRelease"], "1.34.4-20261023");
    let mut edge = read(&stage, GLOBEX).await;
    assert!(
        !releases.fill(&mut edge, &stage.own(), now).await,
        "versions are told all tenants alike"
    );
    let edge = derived(&edge, "edge");
    assert_eq!(edge["VersionStatus"], "EXTENDED_SUPPORT");
}

#[tokio::test]
async fn it_is_asked_for_once_a_day_by_us() {
    let stage = Stage::new().await;
    let read = read(&stage, ACME).await;
    let mut seen = 0;
    let mut releases = Releases::default();
    let once = [
        "DescribeAddonVersions",
        "DescribeClusterVersions",
        "GetParameters",
    ];
    let once: BTreeMap<String, usize> = once.map(|name| (name.to_owned(), 1)).into();
    let first: Timestamp = "2026-11-02T02:00:00Z".parse().unwrap();
    for (hours, asked) in [(0, once.clone()), (23, BTreeMap::new()), (24, once)] {
        let now = first + SignedDuration::from_hours(hours);
        let mut reading = read.clone();
        releases = Releases::of_text(&releases.text());
        let any = releases.fill(&mut reading, &stage.own(), now).await;
        assert_eq!(stage.asked(&mut seen), asked, "{hours}");
        assert_eq!(any, !asked.is_empty());
        assert_eq!(derived(&reading, "prod-eu-1/batch")["Outdated"], true);
    }
    assert_eq!(Releases::of_text("{\"cut"), Releases::default());
}

#[tokio::test]
async fn a_refusal_is_the_operators_to_mend() {
    let stage = Stage::new().await;
    let read = read(&stage, ACME).await;
    for (service, operation) in [("eks", "DescribeClusterVersions"), ("ssm", "GetParameters")] {
        let fault = Fault::aws(service, operation, Failure::Forbidden);
        stage.world.fault(fault.always());
    }
    let mut releases = Releases::default();
    let now: Timestamp = "2026-11-02T02:00:00Z".parse().unwrap();
    let mut reading = read.clone();
    releases.fill(&mut reading, &stage.own(), now).await;
    let said = |call: &str| {
        let why =
            format!("apiError Plimsoll itself may not call {call}: its operator has to allow it");
        json!({ "$unknown": why })
    };
    let status = &derived(&reading, "prod-eu-1")["VersionStatus"];
    assert_eq!(*status, said("eks:DescribeClusterVersions"));
    let outdated = &derived(&reading, "prod-eu-1/batch")["Outdated"];
    assert_eq!(*outdated, said("ssm:GetParameters"));
    assert_eq!(derived(&reading, "prod-eu-1/metrics-server")["Behind"], 1);

    // It is mended, and told within the hour.
    stage.world.clear_faults();
    for (minutes, told) in [(59, false), (60, true)] {
        let now = now + SignedDuration::from_mins(minutes);
        let mut reading = read.clone();
        assert_eq!(releases.fill(&mut reading, &stage.own(), now).await, told);
        let status = &derived(&reading, "prod-eu-1")["VersionStatus"];
        assert_eq!(*status == "STANDARD_SUPPORT", told, "{minutes}");
    }
}

#[tokio::test]
async fn what_aws_does_not_list_is_unknown() {
    let stage = Stage::new().await;
    let mut reading = Reading::default();
    let object = |kind: &str, name: &str, properties: Value| json!({"kind": kind, "metadata": {"name": name}, "Properties": properties});
    reading.objects = vec![
        object("AWS::EKS::Cluster", "a", json!({"Version": "1.99"})),
        object(
            "AWS::EKS::Addon",
            "b",
            json!({"AddonName": "x", "ClusterName": "gone"}),
        ),
        object(
            "AWS::EKS::Nodegroup",
            "c",
            json!({"AmiType": "WINDOWS_CORE_2022_x86_64", "Version": "1.34"}),
        ),
        object(
            "AWS::EKS::Nodegroup",
            "d",
            json!({"AmiType": "AL2_x86_64", "Version": "1.34", "ReleaseVersion": "1"}),
        ),
    ];
    let now = "2026-11-02T02:00:00Z".parse().unwrap();
    Releases::default()
        .fill(&mut reading, &stage.own(), now)
        .await;
    for (name, field, why) in [
        (
            "a",
            "VersionStatus",
            "version 1.99 among those that EKS lists",
        ),
        ("b", "Behind", "version of cluster gone"),
        (
            "c",
            "Outdated",
            "recommended release of WINDOWS_CORE_2022_x86_64",
        ),
        (
            "d",
            "Outdated",
            "image /aws/service/eks/optimized-ami/1.34/amazon-linux-2/recommended/release_version, which AWS does not have",
        ),
    ] {
        let why = json!({ "$unknown": format!("inputUnread {why}") });
        assert_eq!(derived(&reading, name)[field], why);
    }
}

#[test]
fn images_have_their_parameters_and_releases_their_order() {
    let of = |images: &str| parameter(images, "1.34").unwrap_or_default();
    let bottlerocket = "/aws/service/bottlerocket/aws-k8s-1.34";
    let eks = "/aws/service/eks/optimized-ami/1.34/amazon-linux-2";
    for (images, parameter) in [
        (
            "AL2_x86_64_GPU",
            format!("{eks}-gpu/recommended/release_version"),
        ),
        (
            "AL2_ARM_64",
            format!("{eks}-arm64/recommended/release_version"),
        ),
        (
            "AL2023_x86_64_STANDARD",
            format!("{eks}023/x86_64/standard/recommended/release_version"),
        ),
        (
            "AL2023_ARM_64_NVIDIA",
            format!("{eks}023/arm64/nvidia/recommended/release_version"),
        ),
        (
            "BOTTLEROCKET_ARM_64",
            format!("{bottlerocket}/arm64/latest/image_version"),
        ),
        (
            "BOTTLEROCKET_x86_64_FIPS",
            format!("{bottlerocket}-fips/x86_64/latest/image_version"),
        ),
        (
            "BOTTLEROCKET_x86_64_NVIDIA",
            format!("{bottlerocket}-nvidia/x86_64/latest/image_version"),
        ),
        ("CUSTOM", String::new()),
        ("AL2023_RISC_STANDARD", String::new()),
        ("AL2023_x86_64_NEW", String::new()),
    ] {
        assert_eq!(of(images), parameter, "{images}");
    }
    for (one, other) in [
        ("1.34.1-20260904", "1.34.4-20261023"),
        ("1.34.9-20260904", "1.34.4-20261023"),
        ("1.9.2-aa11bb22", "1.49.0-25b1e7a1"),
    ] {
        assert!(
            is_older(one, other) && !is_older(other, one) && !is_older(one, one),
            "{one}"
        );
    }
}
