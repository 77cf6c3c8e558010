//! The log groups of clusters.

use serde_json::{Value, json};

use super::reader::Reader;
use super::shape::{Shape, word};
use super::{Place, Reading};

const GROUP: &str = "AWS::Logs::LogGroup";

/// What the names of EKS's log groups begin with.
const PREFIX: &str = "/aws/eks/";

pub(super) async fn read(at: Reader<'_>) -> Reading {
    let mut reading = Reading::default();
    let input = json!({ "logGroupNamePrefix": PREFIX });
    reading.take(
        GROUP,
        at.objects("logs", "DescribeLogGroups", input, log_group)
            .await,
    );
    reading
}

pub(super) fn log_group(place: Place<'_>, from: &Value) -> Value {
    let properties = Shape::of(from).alike(&[
        "Arn",
        "KmsKeyId",
        "LogGroupClass",
        "LogGroupName",
        "RetentionInDays",
    ]);
    let (name, arn) = (word(from, "logGroupName"), from["logGroupArn"].as_str());
    place.object(
        GROUP,
        name,
        arn.or_else(|| from["arn"].as_str()),
        properties.done(),
        Value::Null,
    )
}
