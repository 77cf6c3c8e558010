//! ECR: repositories, and how the registry scans and caches.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::reader::{MOST_SINGLES, Reader, unasked};
use super::shape::{Shape, capitals, document, list, word};
use super::{Lack, Place, Reading, part};
use crate::aws::error::AwsError;

const REPOSITORY: &str = "AWS::ECR::Repository";
const SCANNING: &str = "AWS::ECR::RegistryScanningConfiguration";
const CACHE_RULE: &str = "AWS::ECR::PullThroughCacheRule";

/// Of each repository the images that were pushed last are kept: an index comes after the images that it names, and is
/// not scanned itself.
const LATEST_IMAGES: usize = 10;

pub(super) async fn read(at: Reader<'_>) -> Reading {
    let all = || json!({});
    let (repositories, scanning, rules) = tokio::join!(
        repositories(at),
        at.call("ecr", "GetRegistryScanningConfiguration", all()),
        at.objects("ecr", "DescribePullThroughCacheRules", all(), cache_rule),
    );
    let mut reading = Reading::default();
    reading.take(REPOSITORY, repositories);
    reading.take(
        SCANNING,
        scanning.map(|from| vec![registry_scanning(at.place, &from)]),
    );
    reading.take(CACHE_RULE, rules);
    reading
}

async fn repositories(at: Reader<'_>) -> Result<Vec<Value>, Lack> {
    let repositories = at.list("ecr", "DescribeRepositories", json!({})).await?;
    let asked = repositories
        .iter()
        .enumerate()
        .map(|(index, from)| async move {
            if index >= MOST_SINGLES {
                let unasked = [
                    "GetRepositoryPolicy",
                    "GetLifecyclePolicy",
                    "DescribeImages",
                ]
                .map(|operation| unasked(&format!("ecr:{operation}")));
                let [policy, lifecycle, images] = unasked.map(Some);
                return Some(repository(at.place, from, policy, lifecycle, images));
            }
            let name = || json!({ "repositoryName": from["repositoryName"] });
            let (policy, lifecycle, images) = tokio::join!(
                at.member("ecr", "GetRepositoryPolicy", name(), "policyText"),
                at.member("ecr", "GetLifecyclePolicy", name(), "lifecyclePolicyText"),
                latest_images(at, name()),
            );
            if matches!(images, Err(AwsError::NotFound { .. })) {
                return None;
            }
            let (policy, lifecycle, images) = (part(policy), part(lifecycle), part(images));
            Some(repository(at.place, from, policy, lifecycle, images))
        });
    Ok(join_all(asked).await.into_iter().flatten().collect())
}

/// The images that were pushed last, the latest first.
async fn latest_images(at: Reader<'_>, name: Value) -> Result<Value, AwsError> {
    let mut latest: Vec<Value> = Vec::new();
    let each = |mut page: Value| {
        if let Value::Array(images) = page["imageDetails"].take() {
            latest.extend(images.iter().map(image_detail));
        }
        latest.sort_by(|one, other| word(other, "ImagePushedAt").cmp(word(one, "ImagePushedAt")));
        latest.truncate(LATEST_IMAGES);
    };
    at.account
        .each_page("ecr", "DescribeImages", &name, each)
        .await?;
    Ok(latest.into())
}

fn image_detail(from: &Value) -> Value {
    let findings = &from["imageScanFindingsSummary"];
    let summary = Shape::of(findings).alike(&[
        "FindingSeverityCounts",
        "ImageScanCompletedAt",
        "VulnerabilitySourceUpdatedAt",
    ]);
    Shape::of(from)
        .alike(&["ImageDigest", "ImagePushedAt", "ImageTags"])
        .put("ImageScanStatus", capitals(&from["imageScanStatus"]))
        .put("ImageScanFindingsSummary", summary.done())
        .done()
}

/// `policy` and `lifecycle` are texts or unknown, `images` those that were pushed last or unknown.
pub(super) fn repository(
    place: Place<'_>,
    from: &Value,
    policy: Option<Value>,
    lifecycle: Option<Value>,
    images: Option<Value>,
) -> Value {
    let exclusion = |from: &Value| {
        Shape::of(from)
            .named("ImageTagMutabilityExclusionFilterType", "filterType")
            .named("ImageTagMutabilityExclusionFilterValue", "filter")
            .done()
    };
    let lifecycle = lifecycle.map(|lifecycle| match lifecycle {
        Value::String(text) => {
            json!({ "LifecyclePolicyText": text, "RegistryId": from["registryId"] })
        }
        unknown => unknown,
    });
    let exclusions = list(&from["imageTagMutabilityExclusionFilters"], exclusion);
    let properties = Shape::of(from)
        .alike(&["ImageTagMutability", "RepositoryName", "RepositoryUri"])
        .named("Arn", "repositoryArn")
        .put(
            "EncryptionConfiguration",
            capitals(&from["encryptionConfiguration"]),
        )
        .put(
            "ImageScanningConfiguration",
            capitals(&from["imageScanningConfiguration"]),
        )
        .put("ImageTagMutabilityExclusionFilters", exclusions)
        .put("LifecyclePolicy", lifecycle)
        .put("RepositoryPolicyText", document(&policy.into()));
    let live = Shape::of(from).put("ImageDetails", images);
    let (name, arn) = (word(from, "repositoryName"), from["repositoryArn"].as_str());
    place.object(REPOSITORY, name, arn, properties.done(), live.done())
}

pub(super) fn registry_scanning(place: Place<'_>, from: &Value) -> Value {
    let configuration = &from["scanningConfiguration"];
    let properties = Shape::of(from)
        .alike(&["RegistryId"])
        .named("ScanType", "scanningConfiguration.scanType")
        .put("Rules", capitals(&configuration["rules"]));
    place.object(
        SCANNING,
        word(from, "registryId"),
        None,
        properties.done(),
        Value::Null,
    )
}

pub(super) fn cache_rule(place: Place<'_>, from: &Value) -> Value {
    let properties = Shape::of(from).alike(&[
        "CredentialArn",
        "CustomRoleArn",
        "EcrRepositoryPrefix",
        "UpstreamRegistry",
        "UpstreamRegistryUrl",
        "UpstreamRepositoryPrefix",
    ]);
    let name = word(from, "ecrRepositoryPrefix");
    place.object(CACHE_RULE, name, None, properties.done(), Value::Null)
}
