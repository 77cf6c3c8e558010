//! File systems that volumes may lie on.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::reader::{MOST_SINGLES, Reader, unasked};
use super::shape::{Shape, document, tags, text, word};
use super::{Lack, Place, Reading, part};
use crate::aws::error::AwsError;

const SYSTEM: &str = "AWS::EFS::FileSystem";
const ACCESS_POINT: &str = "AWS::EFS::AccessPoint";

pub(super) async fn read(at: Reader<'_>) -> Reading {
    let (systems, points) = tokio::join!(
        file_systems(at),
        at.objects("efs", "DescribeAccessPoints", json!({}), access_point),
    );
    let mut reading = Reading::default();
    reading.take(SYSTEM, systems);
    reading.take(ACCESS_POINT, points);
    reading
}

async fn file_systems(at: Reader<'_>) -> Result<Vec<Value>, Lack> {
    let systems = at.list("efs", "DescribeFileSystems", json!({})).await?;
    let asked = systems.iter().enumerate().map(|(index, from)| async move {
        let input = json!({ "FileSystemId": from["FileSystemId"] });
        let policy = match index {
            0..MOST_SINGLES => match at
                .member("efs", "DescribeFileSystemPolicy", input, "Policy")
                .await
            {
                Err(AwsError::NotFound { .. }) => return None,
                answer => part(answer),
            },
            _ => Some(unasked("elasticfilesystem:DescribeFileSystemPolicy")),
        };
        Some(file_system(at.place, from, policy))
    });
    Ok(join_all(asked).await.into_iter().flatten().collect())
}

/// `policy` is a text, or unknown.
pub(super) fn file_system(place: Place<'_>, from: &Value, policy: Option<Value>) -> Value {
    let properties = Shape::of(from)
        .alike(&["Encrypted", "FileSystemId", "KmsKeyId"])
        .named("Arn", "FileSystemArn")
        .put("FileSystemPolicy", document(&policy.into()))
        .put("FileSystemTags", tags(&from["Tags"]));
    let (name, arn) = (word(from, "FileSystemId"), from["FileSystemArn"].as_str());
    place.object(SYSTEM, name, arn, properties.done(), Value::Null)
}

pub(super) fn access_point(place: Place<'_>, from: &Value) -> Value {
    let user = &from["PosixUser"];
    let user = Shape::of(user)
        .put("Uid", text(&user["Uid"]))
        .put("Gid", text(&user["Gid"]))
        .put("SecondaryGids", text(&user["SecondaryGids"]));
    let root = &from["RootDirectory"];
    let creation = &root["CreationInfo"];
    let creation = Shape::of(creation)
        .alike(&["Permissions"])
        .put("OwnerUid", text(&creation["OwnerUid"]))
        .put("OwnerGid", text(&creation["OwnerGid"]));
    let root = Shape::of(root)
        .alike(&["Path"])
        .put("CreationInfo", creation.done());
    let properties = Shape::of(from)
        .alike(&["AccessPointId", "FileSystemId"])
        .named("Arn", "AccessPointArn")
        .put("AccessPointTags", tags(&from["Tags"]))
        .put("PosixUser", user.done())
        .put("RootDirectory", root.done());
    let (name, arn) = (word(from, "AccessPointId"), from["AccessPointArn"].as_str());
    place.object(ACCESS_POINT, name, arn, properties.done(), Value::Null)
}
