//! What a cluster's own objects name is used by it, and what lies behind that too; less of them makes nothing friendlier.

use std::collections::BTreeSet;

use plimsoll_model::Named;
use serde_json::{Value, json};

use super::World;
use super::laws::{check, is_unknown, lost};
use crate::aws::derive::border::{Border, across};

/// What only Kubernetes names in the example, and the kind and the name that it has in AWS.
const NAMED: [(Named, &str, &str, &str); 8] = [
    (Named::Instance, "i-other", "AWS::EC2::Instance", "i-other"),
    (Named::Volume, "vol-other", "AWS::EC2::Volume", "vol-other"),
    (
        Named::FileSystem,
        "fsap-1",
        "AWS::EFS::AccessPoint",
        "fsap-1",
    ),
    (
        Named::LoadBalancer,
        "other-1.elb.eu-central-1.amazonaws.com",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "net/other/1",
    ),
    (
        Named::LoadBalancer,
        "classic-1.eu-central-1.elb.amazonaws.com",
        "AWS::ElasticLoadBalancing::LoadBalancer",
        "classic",
    ),
    (
        Named::Repository,
        "eu-central-1:471100000815:repository/shop/web",
        "AWS::ECR::Repository",
        "shop/web",
    ),
    (Named::Secret, "db", "AWS::SecretsManager::Secret", "db"),
    (
        Named::Secret,
        "arn:aws:secretsmanager:eu-central-1:471100000815:secret:mail",
        "AWS::SecretsManager::Secret",
        "mail",
    ),
];

fn border(without: Option<Named>) -> Border {
    let mut border = Border::of("prod");
    for (named, id, ..) in NAMED {
        if without != Some(named) {
            border.add(named, id);
        }
    }
    border
}

fn crossed(border: &Border) -> World {
    let mut world = World::example().derived();
    across(&mut world.regional, border);
    world
}

#[test]
fn what_kubernetes_names_is_used_and_so_is_what_it_leads_to() {
    let before = World::example().derived();
    let world = crossed(&border(None));
    for (named, _, kind, name) in NAMED {
        let object = world.get(kind, name);
        assert_eq!(object["metadata"]["clusters"], json!(["prod"]), "{name}");
        assert_eq!(object["Use"], json!([named.word()]), "{name}");
        assert_eq!(object["Derived"], before.get(kind, name)["Derived"]);
    }
    let group = world.get("AWS::EC2::SecurityGroup", "sg-other");
    assert_eq!(group["Use"], json!(["nodes"]), "of the instance");
    assert_eq!(
        world.get("AWS::EC2::Subnet", "subnet-c")["Use"],
        json!(["nodes"])
    );
}

#[test]
fn what_nobody_uses_is_left_out() {
    let world = crossed(&Border::of("prod"));
    let names: BTreeSet<&str> = world
        .regional
        .objects
        .iter()
        .filter_map(|object| object["metadata"]["name"].as_str())
        .collect();
    for name in ["i-other", "vol-other", "net/other/1", "shop/web", "db"] {
        assert!(!names.contains(name), "{name}");
    }
    assert!(names.contains("eu-central-1"), "what is the region's stays");
}

#[test]
fn with_nothing_named_the_rest_is_as_aws_tells_it() {
    let before = World::example().derived();
    let world = crossed(&Border::of("prod"));
    for object in &before.regional.objects {
        if object["metadata"]["clusters"] == json!([]) {
            continue;
        }
        assert!(world.regional.objects.contains(object), "{object}");
    }
    assert_eq!(world.regional.gaps, before.regional.gaps);
}

#[test]
fn a_list_of_kubernetes_that_is_lost_makes_nothing_friendlier() {
    let all = crossed(&border(None));
    for named in Named::ALL {
        let mut less = border(Some(named));
        less.lose(named, lost());
        let less = crossed(&less);
        check(&less, &all, named.letter());
        let (.., kind, name) = NAMED.into_iter().find(|(one, ..)| *one == named).unwrap();
        let object = less.get(kind, name);
        assert!(is_unknown(&object["Use"]), "{name}: {object}");
        let clusters = object["metadata"]["clusters"].as_array().unwrap();
        assert!(clusters.iter().any(is_unknown), "{name}: {object}");
    }
}

#[test]
fn a_part_that_is_lost_makes_nothing_friendlier() {
    let all = crossed(&border(None));
    let places = [
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "/Properties/DNSName",
        ),
        (
            "AWS::ElasticLoadBalancing::LoadBalancer",
            "/Properties/DNSName",
        ),
        ("AWS::EC2::Instance", "/Live/IamInstanceProfileArn"),
    ];
    for (kind, place) in places {
        let mut world = World::example().derived();
        for object in &mut world.regional.objects {
            if object["kind"] == kind
                && let Some(part) = object.pointer_mut(place)
            {
                *part = crate::aws::read::unknown(&lost());
            }
        }
        across(&mut world.regional, &border(None));
        check(&world, &all, place);
    }
}

#[test]
fn a_node_s_role_that_was_not_kept_is_not_known_to_be_none() {
    let mut example = World::example();
    for object in &mut example.regional.objects {
        if object["metadata"]["name"] == "i-other" {
            object["Properties"]["IamInstanceProfile"] = "stray".into();
        }
    }
    let mut world = example.derived();
    assert_eq!(world.regional.gaps["AWS::IAM::Role"], None);
    across(&mut world.regional, &border(None));
    let gap = world.regional.gaps["AWS::IAM::Role"].clone().unwrap();
    assert_eq!(gap.line(), "inputUnread role of instance profile stray");
    let role: Value = world.get("AWS::IAM::Role", "prod-nodes")["Use"].clone();
    assert!(is_unknown(&role));
}
