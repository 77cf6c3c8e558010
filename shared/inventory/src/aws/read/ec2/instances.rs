//! Instances of clusters, and what Systems Manager knows of them.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::super::reader::{MOST_SINGLES, Reader, filter, tag_keys, unasked};
use super::super::shape::{Shape, list, plucked, tag, tags, text, word};
use super::super::{Lack, Place, Reading, part};
use super::templates::{self, TEMPLATE};

pub(in crate::aws::read) const INSTANCE: &str = "AWS::EC2::Instance";

/// The tag that EC2 puts on what a launch template made.
const FROM_TEMPLATE: &str = "aws:ec2launchtemplate:id";

pub(in crate::aws::read) async fn read(at: Reader<'_>, clusters: &[String]) -> Reading {
    let states = ["pending", "running", "stopping", "stopped"].map(str::to_owned);
    let mut filters = vec![filter("instance-state-name", &states)];
    filters.extend(tag_keys(clusters).map(|keys| filter("tag-key", &keys)));
    let patches = filter_of_compliance();
    let (reservations, managed, compliance) = tokio::join!(
        at.list("ec2", "DescribeInstances", json!({ "Filters": filters })),
        at.list("ssm", "DescribeInstanceInformation", json!({})),
        at.list("ssm", "ListResourceComplianceSummaries", patches),
    );
    let mut reading = Reading::default();
    let reservations = match reservations {
        Ok(reservations) => reservations,
        Err(error) => {
            reading.take(INSTANCE, Err(error));
            return reading;
        }
    };
    let managed = part(managed.map(|all| by_id(&all, "InstanceId")));
    let compliance = part(compliance.map(|all| by_id(&all, "ResourceId")));
    let mut objects = Vec::new();
    for reservation in &reservations {
        for from in reservation["Instances"].as_array().into_iter().flatten() {
            let mut object = instance(at.place, from, &reservation["OwnerId"]);
            let id = word(from, "InstanceId");
            let known = [
                ("PingStatus", lookup(managed.as_ref(), id, "PingStatus")),
                ("PatchStatus", lookup(compliance.as_ref(), id, "Status")),
            ];
            for (member, value) in known {
                if !value.is_null() {
                    object["Live"][member] = value;
                }
            }
            objects.push(object);
        }
    }
    reading.take(INSTANCE, Ok::<_, Lack>(objects));
    reading
}

fn filter_of_compliance() -> Value {
    json!({ "Filters": [{ "Key": "ComplianceType", "Values": ["Patch"], "Type": "EQUAL" }] })
}

fn by_id(items: &[Value], id: &str) -> Value {
    let pairs = items
        .iter()
        .map(|item| (word(item, id).to_owned(), item.clone()));
    pairs
        .collect::<BTreeMap<_, _>>()
        .into_iter()
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// A member of what is known of an instance; what could not be read is unknown of every one.
fn lookup(known: Option<&Value>, id: &str, member: &str) -> Value {
    match known {
        Some(all) if all.get(plimsoll_cel::UNKNOWN_KEY).is_some() => all.clone(),
        Some(all) => all[id][member].clone(),
        None => Value::Null,
    }
}

/// Reads the user data of instances whose launch template does not tell it: there was none, or it is gone from a list that is
/// whole. `has_templates` says whether it is.
pub(in crate::aws::read) async fn user_data(
    at: Reader<'_>,
    objects: &mut [Value],
    has_templates: bool,
) {
    let templates = objects.iter().filter(|object| object["kind"] == TEMPLATE);
    let templates: BTreeSet<String> = templates
        .map(|template| word(&template["metadata"], "name").to_owned())
        .collect();
    let asks = |object: &&mut Value| {
        let of = &object["Properties"]["LaunchTemplate"];
        let name = || templates::name(word(of, "LaunchTemplateId"), word(of, "Version"));
        let is_gone = || has_templates && !templates.contains(&name());
        object["kind"] == INSTANCE && (of.is_null() || is_gone())
    };
    let asked = objects.iter_mut().filter(asks).enumerate();
    let asked = asked.map(|(index, object)| async move {
        let input = json!({ "InstanceId": object["metadata"]["name"], "Attribute": "userData" });
        let value = if index < MOST_SINGLES {
            let answer = at.member("ec2", "DescribeInstanceAttribute", input, "UserData");
            part(answer.await.map(|mut data| match data["Value"].take() {
                Value::Null => Value::Null,
                given => given,
            }))
        } else {
            Some(unasked("ec2:DescribeInstanceAttribute"))
        };
        if let Some(value) = value.filter(|value| !value.is_null()) {
            object["Properties"]["UserData"] = value;
        }
    });
    join_all(asked).await;
}

/// `AWS::EC2::Instance` of an item of `Instances`.
pub(in crate::aws::read) fn instance(place: Place<'_>, from: &Value, owner: &Value) -> Value {
    let metadata = Shape::of(&from["MetadataOptions"]).alike(&[
        "HttpEndpoint",
        "HttpProtocolIpv6",
        "HttpPutResponseHopLimit",
        "HttpTokens",
        "InstanceMetadataTags",
    ]);
    let state = Shape::of(&from["State"])
        .alike(&["Name"])
        .put("Code", text(&from["State"]["Code"]));
    let profile = from["IamInstanceProfile"]["Arn"].as_str();
    let monitoring = from["Monitoring"]["State"].as_str();
    let template = tag(&from["Tags"], FROM_TEMPLATE).map(|id| {
        let version = tag(&from["Tags"], "aws:ec2launchtemplate:version");
        json!({ "LaunchTemplateId": id, "Version": version })
    });
    let properties = Shape::of(from)
        .alike(&[
            "EbsOptimized",
            "ImageId",
            "InstanceId",
            "InstanceType",
            "KeyName",
            "PrivateDnsName",
            "PrivateIpAddress",
            "PublicDnsName",
            "SourceDestCheck",
            "SubnetId",
            "VpcId",
        ])
        .named("AvailabilityZone", "Placement.AvailabilityZone")
        .named("Tenancy", "Placement.Tenancy")
        .named("PrivateIp", "PrivateIpAddress")
        .named("PublicIp", "PublicIpAddress")
        .put(
            "IamInstanceProfile",
            profile.and_then(|arn| arn.rsplit('/').next()),
        )
        .put("LaunchTemplate", template)
        .put("MetadataOptions", metadata.done())
        .put(
            "Monitoring",
            monitoring.map(|state| matches!(state, "enabled" | "pending")),
        )
        .put(
            "NetworkInterfaces",
            list(&from["NetworkInterfaces"], network_interface),
        )
        .put(
            "SecurityGroupIds",
            plucked(&from["SecurityGroups"], "GroupId"),
        )
        .put("State", state.done())
        .put("Volumes", list(&from["BlockDeviceMappings"], volume))
        .put("Tags", tags(&from["Tags"]));
    let live = Shape::of(from)
        .alike(&["LaunchTime"])
        .named("PublicIp", "PublicIpAddress")
        .put("IamInstanceProfileArn", profile);
    let id = word(from, "InstanceId");
    let arn = place.ec2_arn(owner, "instance", id);
    place.object(INSTANCE, id, Some(&arn), properties.done(), live.done())
}

fn network_interface(from: &Value) -> Value {
    let address = |from: &Value| {
        Shape::of(from)
            .alike(&["Primary", "PrivateIpAddress"])
            .done()
    };
    let public = !from["Association"]["PublicIp"].is_null();
    Shape::of(from)
        .alike(&[
            "NetworkInterfaceId",
            "PrivateIpAddress",
            "SubnetId",
            "Ipv6Addresses",
        ])
        .named("DeleteOnTermination", "Attachment.DeleteOnTermination")
        .put("AssociatePublicIpAddress", public)
        .put("DeviceIndex", text(&from["Attachment"]["DeviceIndex"]))
        .put("GroupSet", plucked(&from["Groups"], "GroupId"))
        .put(
            "PrivateIpAddresses",
            list(&from["PrivateIpAddresses"], address),
        )
        .done()
}

fn volume(from: &Value) -> Value {
    Shape::of(from)
        .named("Device", "DeviceName")
        .named("VolumeId", "Ebs.VolumeId")
        .done()
}
