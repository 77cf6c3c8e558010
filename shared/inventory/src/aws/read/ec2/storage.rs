//! Volumes and snapshots.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::reader::Reader;
use super::super::shape::{Shape, tags, word};
use super::super::{Place, Reading, part};

const VOLUME: &str = "AWS::EC2::Volume";
const SNAPSHOT: &str = "AwsSnapshot";
const BLOCK: &str = "AWS::EC2::SnapshotBlockPublicAccess";

pub(in crate::aws::read) async fn read(at: Reader<'_>) -> Reading {
    let own = json!({ "OwnerIds": ["self"] });
    let public = json!({ "OwnerIds": ["self"], "RestorableByUserIds": ["all"] });
    let snapshots = async {
        // First the few that are public: accounts have many snapshots, and none is held but as an object.
        let public = at.list("ec2", "DescribeSnapshots", public).await;
        let public = part(public.map(Value::from)).unwrap_or_default();
        let ids = public.as_array().into_iter().flatten();
        let ids: BTreeSet<&str> = ids.map(|one| word(one, "SnapshotId")).collect();
        let is_public = |from: &Value| match &public {
            Value::Array(_) => ids.contains(word(from, "SnapshotId")).into(),
            unknown => unknown.clone(),
        };
        let of = |place: Place<'_>, from: &Value| snapshot(place, from, is_public(from));
        at.objects("ec2", "DescribeSnapshots", own, of).await
    };
    let (volumes, snapshots, block) = tokio::join!(
        at.objects("ec2", "DescribeVolumes", json!({}), volume),
        snapshots,
        at.call("ec2", "GetSnapshotBlockPublicAccessState", json!({})),
    );
    let mut reading = Reading::default();
    reading.take(VOLUME, volumes);
    reading.take(SNAPSHOT, snapshots);
    reading.take(
        BLOCK,
        block.map(|from| vec![block_public_access(at.place, &from)]),
    );
    reading
}

pub(in crate::aws::read) fn volume(place: Place<'_>, from: &Value) -> Value {
    let properties = Shape::of(from)
        .alike(&[
            "AvailabilityZone",
            "Encrypted",
            "KmsKeyId",
            "MultiAttachEnabled",
            "Size",
            "SnapshotId",
            "VolumeId",
            "VolumeType",
        ])
        .put("Tags", tags(&from["Tags"]));
    let live = Shape::of(from).alike(&["Attachments"]);
    let id = word(from, "VolumeId");
    let arn = place.ec2_arn(&Value::Null, "volume", id);
    place.object(VOLUME, id, Some(&arn), properties.done(), live.done())
}

/// `public` is whether everybody may make volumes of it, or unknown.
pub(in crate::aws::read) fn snapshot(place: Place<'_>, from: &Value, public: Value) -> Value {
    let live = Shape::of(from)
        .alike(&["Encrypted", "VolumeId"])
        .put("Public", public);
    let id = word(from, "SnapshotId");
    let region = place.region.unwrap_or_default();
    let arn = format!(
        "arn:{}:ec2:{region}::snapshot/{id}",
        super::super::partition(region)
    );
    place.object(SNAPSHOT, id, Some(&arn), Value::Null, live.done())
}

/// There is one in each region, and it is called as CloudFormation identifies it: by the account.
pub(in crate::aws::read) fn block_public_access(place: Place<'_>, from: &Value) -> Value {
    let properties = Shape::of(from)
        .alike(&["State"])
        .put("AccountId", place.account);
    place.object(BLOCK, place.account, None, properties.done(), Value::Null)
}
