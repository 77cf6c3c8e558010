//! Launch templates: an object for each version that is the latest, the default, or in use.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::super::reader::{MOST_SINGLES, Reader, over_budget, present};
use super::super::shape::{Shape, list, text, word};
use super::super::{Lack, Place};

pub(in crate::aws::read) const TEMPLATE: &str = "AWS::EC2::LaunchTemplate";

/// The kinds whose objects name versions of templates.
pub(in crate::aws::read) const NAMED_BY: [&str; 3] = [
    super::super::eks::NODEGROUP,
    super::super::autoscaling::GROUP,
    super::instances::INSTANCE,
];

/// The latest and the default versions of all templates.
pub(in crate::aws::read) async fn read(at: Reader<'_>) -> Result<Vec<Value>, Lack> {
    let input = json!({ "Versions": ["$Latest", "$Default"] });
    let versions = at.objects("ec2", "DescribeLaunchTemplateVersions", input, template);
    Ok(once(versions.await?))
}

/// With the versions that node groups, groups of instances and instances name beside.
pub(in crate::aws::read) async fn with_used(
    at: Reader<'_>,
    known: Result<Vec<Value>, Lack>,
    objects: &[Value],
) -> Result<Vec<Value>, Lack> {
    let mut known = known?;
    let missing = missing(&known, objects);
    let asked = join_all(missing.iter().take(MOST_SINGLES).map(|(id, versions)| {
        let input = json!({ "LaunchTemplateId": id, "Versions": versions });
        async move {
            let found = at.objects("ec2", "DescribeLaunchTemplateVersions", input, template);
            found.await.map(Value::from)
        }
    }));
    for found in present(asked.await)? {
        known.extend(found.as_array().into_iter().flatten().cloned());
    }
    if missing.len() > MOST_SINGLES {
        return Err(Lack::Because(over_budget(
            "ec2:DescribeLaunchTemplateVersions",
        )));
    }
    Ok(once(known))
}

/// A version that is the latest and the default comes twice.
fn once(versions: Vec<Value>) -> Vec<Value> {
    let named = |version: Value| (word(&version["metadata"], "name").to_owned(), version);
    let by_name: BTreeMap<_, _> = versions.into_iter().map(named).collect();
    by_name.into_values().collect()
}

/// The versions that are named by number and not known, by template.
fn missing(known: &[Value], objects: &[Value]) -> BTreeMap<String, BTreeSet<String>> {
    let known: BTreeSet<&str> = known
        .iter()
        .map(|one| word(&one["metadata"], "name"))
        .collect();
    let mut missing: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let mut note = |named: &Value| {
        let id = named.get("LaunchTemplateId").or_else(|| named.get("Id"));
        let (Some(id), Some(version)) = (id.and_then(Value::as_str), named["Version"].as_str())
        else {
            return;
        };
        let is_number = version.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && !known.contains(name(id, version).as_str()) {
            missing
                .entry(id.to_owned())
                .or_default()
                .insert(version.to_owned());
        }
    };
    for object in objects {
        let properties = &object["Properties"];
        note(&properties["LaunchTemplate"]);
        let mixed = &properties["MixedInstancesPolicy"]["LaunchTemplate"];
        note(&mixed["LaunchTemplateSpecification"]);
        for other in mixed["Overrides"].as_array().into_iter().flatten() {
            note(&other["LaunchTemplateSpecification"]);
        }
    }
    missing
}

/// What a version of a template is called.
pub(super) fn name(id: &str, version: &str) -> String {
    format!("{id}:{version}")
}

/// `AWS::EC2::LaunchTemplate` of an item of `LaunchTemplateVersions`. Its name tells the version, too.
pub(in crate::aws::read) fn template(place: Place<'_>, from: &Value) -> Value {
    let version = text(&from["VersionNumber"]);
    let is_default = from["DefaultVersion"] == true;
    let properties = Shape::of(from)
        .alike(&["LaunchTemplateId", "LaunchTemplateName"])
        .put("DefaultVersionNumber", is_default.then(|| version.clone()))
        .put("LaunchTemplateData", data(&from["LaunchTemplateData"]));
    let live = Shape::of(from).put("Version", version.clone());
    let id = word(from, "LaunchTemplateId");
    let arn = place.ec2_arn(&Value::Null, "launch-template", id);
    let name = name(id, version.as_str().unwrap_or_default());
    place.object(TEMPLATE, &name, Some(&arn), properties.done(), live.done())
}

fn data(from: &Value) -> Value {
    let metadata = Shape::of(&from["MetadataOptions"]).alike(&[
        "HttpEndpoint",
        "HttpProtocolIpv6",
        "HttpPutResponseHopLimit",
        "HttpTokens",
        "InstanceMetadataTags",
    ]);
    let interface = |from: &Value| {
        Shape::of(from)
            .alike(&[
                "AssociatePublicIpAddress",
                "DeleteOnTermination",
                "DeviceIndex",
                "Groups",
                "InterfaceType",
                "NetworkInterfaceId",
                "SubnetId",
            ])
            .done()
    };
    Shape::of(from)
        .alike(&[
            "BlockDeviceMappings",
            "IamInstanceProfile",
            "ImageId",
            "InstanceType",
            "KeyName",
            "SecurityGroupIds",
            "SecurityGroups",
            "TagSpecifications",
            "UserData",
        ])
        .put("MetadataOptions", metadata.done())
        .put(
            "NetworkInterfaces",
            list(&from["NetworkInterfaces"], interface),
        )
        .done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_in_use_are_asked_for_once() {
        let place = Place {
            account: "1",
            region: Some("eu-west-1"),
        };
        let version = |number: u32| json!({"LaunchTemplateId": "lt-1", "VersionNumber": number});
        let known = once(vec![
            template(place, &version(3)),
            template(place, &version(3)),
        ]);
        assert_eq!(known.len(), 1);
        assert_eq!(known[0]["metadata"]["name"], "lt-1:3");
        let objects = [
            json!({"Properties": {"LaunchTemplate": {"Id": "lt-1", "Version": "2"}}}),
            json!({"Properties": {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "3"}}}),
            json!({"Properties": {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "$Latest"}}}),
            json!({"Properties": {"MixedInstancesPolicy": {"LaunchTemplate": {
                "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "2"},
                "Overrides": [{"LaunchTemplateSpecification": {"LaunchTemplateId": "lt-2", "Version": "1"}}],
            }}}}),
        ];
        let missing = missing(&known, &objects);
        assert_eq!(json!(missing), json!({"lt-1": ["2"], "lt-2": ["1"]}));
    }
}
