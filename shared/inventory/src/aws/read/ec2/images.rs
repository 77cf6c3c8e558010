//! The images that instances and launch templates name.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::reader::Reader;
use super::super::shape::{Shape, word};
use super::super::{Lack, Place};
use crate::aws::error::AwsError;

pub(in crate::aws::read) const IMAGE: &str = "AwsImage";

/// The kinds whose objects name images.
pub(in crate::aws::read) const NAMED_BY: [&str; 2] =
    [super::instances::INSTANCE, super::templates::TEMPLATE];

/// Ids in one call: few enough for a request of EC2.
const AT_ONCE: usize = 100;

/// Images that are named by an id. One that has been deregistered, or is no longer shared, has no object.
pub(in crate::aws::read) async fn read(
    at: Reader<'_>,
    objects: &[Value],
) -> Result<Vec<Value>, Lack> {
    let ids: Vec<String> = named(objects).into_iter().collect();
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        found.extend(described(at, some.to_vec()).await?);
    }
    Ok(found.iter().map(|from| image(at.place, from)).collect())
}

fn named(objects: &[Value]) -> BTreeSet<String> {
    let ids = objects.iter().filter_map(|object| {
        let properties = &object["Properties"];
        let id = properties["ImageId"].as_str();
        id.or_else(|| properties["LaunchTemplateData"]["ImageId"].as_str())
    });
    // Launch templates may name a parameter instead.
    ids.filter(|id| id.starts_with("ami-"))
        .map(str::to_owned)
        .collect()
}

/// EC2 refuses the whole call for ids that it does not know, and names them.
async fn described(at: Reader<'_>, mut ids: Vec<String>) -> Result<Vec<Value>, AwsError> {
    while !ids.is_empty() {
        // EC2 takes no size of pages together with ids.
        let input = json!({ "ImageIds": ids, "IncludeDeprecated": true, "MaxResults": null });
        match at.list("ec2", "DescribeImages", input).await {
            // `InvalidAMIID.NotFound` and `InvalidAMIID.Unavailable`.
            Err(AwsError::NotFound { call, message } | AwsError::Other { call, message }) => {
                let before = ids.len();
                ids.retain(|id| !message.contains(id.as_str()));
                if ids.len() == before {
                    return Err(AwsError::Other { call, message });
                }
            }
            answer => return answer,
        }
    }
    Ok(Vec::new())
}

/// `AwsImage` of an item of `Images`.
pub(in crate::aws::read) fn image(place: Place<'_>, from: &Value) -> Value {
    let live = Shape::of(from)
        .alike(&[
            "Name",
            "Public",
            "DeprecationTime",
            "ImageOwnerAlias",
            "OwnerId",
            "CreationDate",
        ])
        .put("OwnedByAccount", from["OwnerId"] == place.account);
    let id = word(from, "ImageId");
    let region = place.region.unwrap_or_default();
    let arn = format!(
        "arn:{}:ec2:{region}::image/{id}",
        super::super::partition(region)
    );
    place.object(IMAGE, id, Some(&arn), Value::Null, live.done())
}
