//! Secrets of Secrets Manager: what they are called and who may read them, never what they hold.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::reader::{MOST_SINGLES, Reader, unasked};
use super::shape::{Shape, document, tags, word};
use super::{Lack, Place, Reading, part};
use crate::aws::error::AwsError;

const SECRET: &str = "AWS::SecretsManager::Secret";

pub(super) async fn read(at: Reader<'_>) -> Reading {
    let mut reading = Reading::default();
    reading.take(SECRET, secrets(at).await);
    reading
}

async fn secrets(at: Reader<'_>) -> Result<Vec<Value>, Lack> {
    let secrets = at.list("secretsmanager", "ListSecrets", json!({})).await?;
    let asked = secrets.iter().enumerate().map(|(index, from)| async move {
        let input = json!({ "SecretId": from["ARN"] });
        let policy = if index < MOST_SINGLES {
            let answer = at.member(
                "secretsmanager",
                "GetResourcePolicy",
                input,
                "ResourcePolicy",
            );
            match answer.await {
                Err(AwsError::NotFound { .. }) => return None,
                answer => part(answer),
            }
        } else {
            Some(unasked("secretsmanager:GetResourcePolicy"))
        };
        Some(secret(at.place, from, policy))
    });
    Ok(join_all(asked).await.into_iter().flatten().collect())
}

/// `policy` is a text, or unknown; CloudFormation has it as a resource of its own.
pub(super) fn secret(place: Place<'_>, from: &Value, policy: Option<Value>) -> Value {
    let properties = Shape::of(from)
        .alike(&["Description", "KmsKeyId", "Name"])
        .named("Id", "ARN")
        .put("Tags", tags(&from["Tags"]));
    let live = Shape::of(from)
        .alike(&["RotationEnabled"])
        .put("ResourcePolicy", document(&policy.into()));
    let (name, arn) = (word(from, "Name"), from["ARN"].as_str());
    place.object(SECRET, name, arn, properties.done(), live.done())
}
