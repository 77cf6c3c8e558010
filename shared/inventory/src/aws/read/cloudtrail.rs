//! Trails, whether they run, and the buckets that they write to.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::reader::Reader;
use super::shape::{Shape, word};
use super::{Lack, Place, Reading, part};

const TRAIL: &str = "AWS::CloudTrail::Trail";

pub(super) async fn read(at: Reader<'_>) -> Reading {
    let mut reading = Reading::default();
    reading.take(TRAIL, trails(at).await);
    reading
}

/// Trails of other regions are among them if they are for all regions; there are five to a region at most.
async fn trails(at: Reader<'_>) -> Result<Vec<Value>, Lack> {
    let input = json!({ "includeShadowTrails": true });
    let trails = at.list("cloudtrail", "DescribeTrails", input).await?;
    let asked = trails.iter().map(|from| async move {
        let status = json!({ "Name": from["TrailARN"] });
        let (logging, bucket) = tokio::join!(
            at.member("cloudtrail", "GetTrailStatus", status, "IsLogging"),
            bucket(at, from["S3BucketName"].as_str()),
        );
        trail(at.place, from, part(logging), bucket)
    });
    Ok(join_all(asked).await)
}

/// What of a bucket policies are about; each part may be unknown, for the bucket is often another account's.
async fn bucket(at: Reader<'_>, name: Option<&str>) -> Value {
    let Some(name) = name else { return Value::Null };
    let own = || json!({ "Bucket": name });
    let (status, grants, logging) = tokio::join!(
        at.member("s3", "GetBucketPolicyStatus", own(), "PolicyStatus"),
        at.member("s3", "GetBucketAcl", own(), "Grants"),
        at.member("s3", "GetBucketLogging", own(), "LoggingEnabled"),
    );
    Shape::of(&Value::Null)
        .put("Name", name)
        .put("PolicyStatus", part(status))
        .put("Grants", part(grants))
        .put("LoggingEnabled", part(logging))
        .done()
}

/// `logging` and `bucket` may be unknown, the latter in parts.
pub(super) fn trail(
    place: Place<'_>,
    from: &Value,
    logging: Option<Value>,
    bucket: Value,
) -> Value {
    let properties = Shape::of(from)
        .alike(&[
            "CloudWatchLogsLogGroupArn",
            "CloudWatchLogsRoleArn",
            "IncludeGlobalServiceEvents",
            "IsMultiRegionTrail",
            "IsOrganizationTrail",
            "S3BucketName",
            "S3KeyPrefix",
            "SnsTopicName",
        ])
        .named("Arn", "TrailARN")
        .named("EnableLogFileValidation", "LogFileValidationEnabled")
        .named("KMSKeyId", "KmsKeyId")
        .named("SnsTopicArn", "SnsTopicARN")
        .named("TrailName", "Name")
        .put("IsLogging", logging.clone());
    let live = Shape::of(from)
        .put("IsLogging", logging)
        .put("Bucket", bucket);
    let (name, arn) = (word(from, "Name"), from["TrailARN"].as_str());
    place.object(TRAIL, name, arn, properties.done(), live.done())
}
