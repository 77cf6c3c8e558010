//! What the example's instances are started with.

use jiff::Timestamp;
use plimsoll_model::{NodeEvidence, NodeRoute, Part};
use serde_json::{Value, json};

use super::World;
use super::laws::lost;
use crate::aws::derive::derive;
use crate::aws::machines::Machines;

fn machines(world: &World) -> &Machines {
    &world.regional.machines[&NodeRoute::Ami]
}

fn evidence<'a>(world: &'a World, id: &str) -> &'a NodeEvidence {
    &machines(world).evidence[id]
}

fn line(part: &Part) -> &str {
    match part {
        Part::Unknown(line) => line,
        Part::Known(value) => panic!("known: {value}"),
    }
}

/// The example with something else at a place of an object.
fn with(kind: &str, name: &str, place: &str, value: Value) -> World {
    let mut world = World::example();
    let named = |o: &&mut Value| o["kind"] == kind && o["metadata"]["name"] == name;
    let object = world.regional.objects.iter_mut().find(named).unwrap();
    *object.pointer_mut(place).unwrap() = value;
    world.derived()
}

#[test]
fn instances_of_clusters_are_told_of_by_image_and_user_data() {
    let world = World::example().derived();
    let ids: Vec<&str> = machines(&world)
        .evidence
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(ids, ["i-1", "i-2"]);
    assert_eq!(machines(&world).gap, None);
    let first = evidence(&world, "i-1");
    assert_eq!((first.node.as_str(), first.read_at), ("i-1", world.read_at));
    let Part::Known(settings) = &first.kubelet else {
        panic!("{:?}", first.kubelet);
    };
    assert_eq!(settings["authentication"]["anonymous"]["enabled"], true);
    assert_eq!(settings["podPidsLimit"], 4096);
    assert_eq!(settings["readOnlyPort"], 10255);
    assert_eq!(
        settings["eventRecordQPS"],
        json!({ "$unknown": "malformedInput eventRecordQPS in the user data, not of its type" })
    );
    let text = serde_json::to_string(machines(&world)).unwrap();
    assert!(
        !text.contains("TOKEN") && !text.contains("team=a"),
        "{text}"
    );
    let second = evidence(&world, "i-2");
    let why = "inputUnread what an image that is not Amazon's starts its kubelet with";
    assert_eq!(line(&second.kubelet), why);
    assert_eq!(line(&second.files["config"]), why);
}

#[test]
fn what_was_said_once_stays_when_user_data_is_gone() {
    let once = World::example().derived();
    let said = machines(&once).clone();
    let later: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
    let twice = World {
        read_at: later,
        ..once
    }
    .derived();
    assert_eq!(machines(&twice), &said);
}

#[test]
fn a_lost_list_of_instances_is_the_reason_for_those_that_are_missing() {
    let mut world = World::example();
    world
        .regional
        .objects
        .retain(|object| object["kind"] != "AWS::EC2::Instance");
    world
        .regional
        .gaps
        .insert("AWS::EC2::Instance", Some(lost()));
    assert_eq!(machines(&world.derived()).gap, Some(lost()));
}

#[test]
fn without_user_data_that_must_be_theirs_nothing_is_known() {
    let needs = |world: &World, need: &str| {
        let first = evidence(world, "i-1");
        assert!(line(&first.kubelet).contains(need), "{first:?}");
    };
    let (instance, template) = ("AWS::EC2::Instance", "AWS::EC2::LaunchTemplate");
    // Whoever starts an instance by hand may give it other user data.
    let by_hand = with(
        instance,
        "i-1",
        "/Properties/Tags/0/Key",
        "aws:ec2launchtemplate:id".into(),
    );
    needs(&by_hand, "that no group and no fleet started");
    let gone = with(
        instance,
        "i-1",
        "/Properties/LaunchTemplate/Version",
        "7".into(),
    );
    needs(&gone, "launch template that is gone");
    let default = with(
        instance,
        "i-1",
        "/Properties/LaunchTemplate/Version",
        Value::Null,
    );
    needs(&default, "the version of the launch template");
    let none = with(
        template,
        "lt-eks:1",
        "/Properties/LaunchTemplateData/UserData",
        Value::Null,
    );
    needs(&none, "launch template that has none");
    let unread = json!({ "$unknown": lost().line() });
    let unread = with(
        template,
        "lt-eks:1",
        "/Properties/LaunchTemplateData/UserData",
        unread,
    );
    needs(&unread, "aws:Lost");
}

#[test]
fn nobody_looks_at_user_data_for_a_route_that_was_not_chosen() {
    for route in [None, Some(NodeRoute::Ssm)] {
        let mut world = World::example();
        derive(&mut world.regional, &world.global, route, world.read_at);
        assert!(world.regional.machines.is_empty());
    }
}
