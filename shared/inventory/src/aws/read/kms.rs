//! The keys that other resources name. What is asked of a key is refused key by key: by its own policy, or because it is
//! another account's.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use plimsoll_model::Reason;
use serde_json::{Value, json};

use super::reader::{MOST_SINGLES, Reader, over_budget};
use super::shape::{Shape, document, word};
use super::{Place, part, reason, unknown};
use crate::aws::error::AwsError;

pub(super) const KEY: &str = "AWS::KMS::Key";

/// The keys that objects name, those of clusters first.
pub(super) async fn read(at: Reader<'_>, objects: &[Value]) -> Vec<Value> {
    let asked = named(objects)
        .into_iter()
        .enumerate()
        .map(|(index, id)| async move {
            if index >= MOST_SINGLES {
                return Some(unread(at.place, &id, &over_budget("kms:DescribeKey")));
            }
            let input = json!({ "KeyId": id });
            match at.member("kms", "DescribeKey", input, "KeyMetadata").await {
                Ok(metadata) => Some(described(at, &metadata).await),
                Err(AwsError::NotFound { .. }) => None,
                Err(error) => Some(unread(at.place, &id, &reason(&error))),
            }
        });
    let keys = join_all(asked).await.into_iter().flatten();
    // One key may be named by its id, its ARN and an alias.
    let by_name = |key: Value| (word(&key["metadata"], "name").to_owned(), key);
    let keys: BTreeMap<_, _> = keys.map(by_name).collect();
    keys.into_values().collect()
}

/// The kinds whose objects name keys.
pub(super) const NAMED_BY: [&str; 7] = [
    super::eks::CLUSTER,
    "AWS::EC2::Volume",
    "AWS::EC2::LaunchTemplate",
    "AWS::ECR::Repository",
    "AWS::EFS::FileSystem",
    "AWS::Logs::LogGroup",
    "AWS::SecretsManager::Secret",
];

/// Where objects name keys, by how near a cluster that is.
const PLACES: [&str; 5] = [
    "/Properties/EncryptionConfig/0/Provider/KeyArn",
    "/Properties/KmsKeyId",
    "/Properties/EncryptionConfiguration/KmsKey",
    "/Properties/LaunchTemplateData/BlockDeviceMappings/0/Ebs/KmsKeyId",
    "/Properties/LaunchTemplateData/BlockDeviceMappings/1/Ebs/KmsKeyId",
];

fn named(objects: &[Value]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for place in PLACES {
        for object in objects {
            let id = object.pointer(place).and_then(Value::as_str);
            if let Some(id) = id.filter(|id| !id.is_empty() && !all.iter().any(|known| known == id))
            {
                all.push(id.to_owned());
            }
        }
    }
    all
}

async fn described(at: Reader<'_>, metadata: &Value) -> Value {
    let id = || json!({ "KeyId": metadata["Arn"] });
    let policy = json!({ "KeyId": metadata["Arn"], "PolicyName": "default" });
    let rotates = rotates(metadata);
    let (rotation, policy) = tokio::join!(
        async {
            match rotates {
                true => part(at.call("kms", "GetKeyRotationStatus", id()).await),
                false => None,
            }
        },
        at.member("kms", "GetKeyPolicy", policy, "Policy"),
    );
    key(at.place, metadata, rotation.as_ref(), part(policy))
}

/// KMS rotates keys that it made itself and that are symmetric, and refuses to tell of others. Source: KMS's guide,
/// "Rotate AWS KMS keys".
fn rotates(metadata: &Value) -> bool {
    metadata["KeySpec"] == "SYMMETRIC_DEFAULT" && metadata["Origin"] == "AWS_KMS"
}

/// `rotation` is an answer, `policy` a text; either may be unknown.
pub(super) fn key(
    place: Place<'_>,
    from: &Value,
    rotation: Option<&Value>,
    policy: Option<Value>,
) -> Value {
    let (enabled, period) = match rotation {
        Some(unknown) if unknown.get(plimsoll_cel::UNKNOWN_KEY).is_some() => {
            (unknown.clone(), Value::Null)
        }
        Some(status) => {
            let period = status["RotationPeriodInDays"].clone();
            (status["KeyRotationEnabled"].clone(), period)
        }
        None => (Value::Null, Value::Null),
    };
    let properties = Shape::of(from)
        .alike(&[
            "Arn",
            "Description",
            "Enabled",
            "KeyId",
            "KeySpec",
            "KeyUsage",
            "MultiRegion",
            "Origin",
        ])
        .put("EnableKeyRotation", enabled)
        .put("RotationPeriodInDays", period)
        .put("KeyPolicy", document(&policy.into()));
    let live = Shape::of(from).alike(&["KeyManager", "KeyState", "Origin"]);
    place.object(
        KEY,
        word(from, "KeyId"),
        from["Arn"].as_str(),
        properties.done(),
        live.done(),
    )
}

/// A key that is known to be there, and nothing else of it.
fn unread(place: Place<'_>, id: &str, reason: &Reason) -> Value {
    let name = id.rsplit(['/', ':']).next().unwrap_or(id);
    let arn = id.starts_with("arn:").then_some(id);
    let mut object = place.object(KEY, name, arn, Value::Null, Value::Null);
    object["Properties"] = unknown(reason);
    object["Live"] = unknown(reason);
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_clusters_come_first_and_once() {
        let objects = [
            json!({"Properties": {"KmsKeyId": "arn:b"}}),
            json!({"Properties": {"EncryptionConfig": [{"Provider": {"KeyArn": "arn:a"}}]}}),
            json!({"Properties": {"KmsKeyId": {"$unknown": "x y"}}}),
            json!({"Properties": {"EncryptionConfiguration": {"KmsKey": "arn:b"}}}),
        ];
        assert_eq!(named(&objects), ["arn:a", "arn:b"]);
    }
}
