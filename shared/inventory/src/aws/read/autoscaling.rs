//! Groups of instances that are nodes of clusters.

use serde_json::{Value, json};

use super::reader::{Reader, filter, tag_keys};
use super::shape::{Shape, capitals, list, text, word};
use super::{Place, Reading};

pub(super) const GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";

pub(super) async fn read(at: Reader<'_>, clusters: &[String]) -> Reading {
    let mut reading = Reading::default();
    let keys = tag_keys(clusters).map(|keys| json!([filter("tag-key", &keys)]));
    let input = keys.map_or_else(|| json!({}), |filters| json!({ "Filters": filters }));
    let groups = at.objects("autoscaling", "DescribeAutoScalingGroups", input, group);
    reading.take(GROUP, groups.await);
    reading
}

pub(super) fn group(place: Place<'_>, from: &Value) -> Value {
    let tag = |from: &Value| {
        Shape::of(from)
            .alike(&["Key", "PropagateAtLaunch", "Value"])
            .done()
    };
    // A list with commas, where CloudFormation has a list.
    let subnets = from["VPCZoneIdentifier"].as_str().map(|text| {
        let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
        ids.map(Value::from).collect::<Vec<_>>()
    });
    let properties = Shape::of(from)
        .alike(&[
            "AutoScalingGroupARN",
            "AutoScalingGroupName",
            "AvailabilityZones",
            "LaunchConfigurationName",
            "ServiceLinkedRoleARN",
        ])
        .put("DesiredCapacity", text(&from["DesiredCapacity"]))
        .put("LaunchTemplate", capitals(&from["LaunchTemplate"]))
        .put("MaxSize", text(&from["MaxSize"]))
        .put("MinSize", text(&from["MinSize"]))
        .put(
            "MixedInstancesPolicy",
            capitals(&from["MixedInstancesPolicy"]),
        )
        .put("VPCZoneIdentifier", subnets)
        .put("Tags", list(&from["Tags"], tag));
    let live = Shape::of(from).alike(&["Instances"]);
    let (name, arn) = (
        word(from, "AutoScalingGroupName"),
        from["AutoScalingGroupARN"].as_str(),
    );
    place.object(GROUP, name, arn, properties.done(), live.done())
}
