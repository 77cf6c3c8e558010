//! Nothing is friendlier because less was read, whatever is lost; and neither order nor repetition changes anything.

use plimsoll_model::{Part, Reason, ReasonCode};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::World;
use crate::aws::read::unknown;

pub(super) fn lost() -> Reason {
    Reason::new(ReasonCode::PermissionMissing, "aws:Lost")
}

pub(super) fn is_unknown(value: &Value) -> bool {
    value.get("$unknown").is_some()
}

/// Whether `less` says nothing that `all` does not say: it is the same, or unknown, there or in its parts.
fn is_no_more(less: &Value, all: &Value) -> bool {
    if is_unknown(less) || less == all {
        return true;
    }
    match (less, all) {
        (Value::Object(less), Value::Object(all)) => {
            let kept = all.keys().all(|key| less.contains_key(key));
            let no_more = |(key, value): (&String, &Value)| {
                is_no_more(value, all.get(key).unwrap_or(&Value::Null))
            };
            kept && less.iter().all(no_more)
        }
        (Value::Array(less), Value::Array(all)) => {
            less.len() == all.len()
                && less
                    .iter()
                    .zip(all)
                    .all(|(less, all)| is_no_more(less, all))
        }
        _ => false,
    }
}

/// Every cluster that used it still does, or it is said that some may.
fn clusters_are_no_fewer(less: &Value, all: &Value) -> bool {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (less, all) = (list(less), list(all));
    let kept = all.iter().all(|cluster| less.contains(cluster));
    let more = less
        .iter()
        .any(|cluster| !is_unknown(cluster) && !all.contains(cluster));
    !more && (kept || less.iter().any(is_unknown))
}

pub(super) fn check(less: &World, all: &World, what: &str) {
    check_machines(less, all, what);
    let sides = [(&less.regional, &all.regional), (&less.global, &all.global)];
    for (less, all) in sides {
        for object in &all.objects {
            let id = |o: &Value| (o["kind"].clone(), o["metadata"]["name"].clone());
            let Some(found) = less.objects.iter().find(|o| id(o) == id(object)) else {
                let kind = object["kind"].as_str().unwrap();
                let gap = less.gaps.get(kind).is_none_or(Option::is_some);
                assert!(gap, "{what}: {:?} is gone without a word", id(object));
                continue;
            };
            let at = |o: &Value, path: &str| o.pointer(path).cloned().unwrap_or_else(|| json!({}));
            for path in ["/Derived", "/Use"] {
                let (found, before) = (at(found, path), at(object, path));
                assert!(
                    is_no_more(&found, &before),
                    "{what}: {:?} {path}: {found} from {before}",
                    id(object)
                );
            }
            let clusters = [found, object].map(|o| at(o, "/metadata/clusters"));
            assert!(
                clusters_are_no_fewer(&clusters[0], &clusters[1]),
                "{what}: {:?}: {clusters:?}",
                id(object)
            );
        }
    }
}

/// Whether evidence of nodes says nothing that it did not say before, and what is gone is missing for a reason.
fn check_machines(less: &World, all: &World, what: &str) {
    for (route, before) in &all.regional.machines {
        let found = &less.regional.machines[route];
        for (id, before) in &before.evidence {
            let Some(found) = found.evidence.get(id) else {
                assert!(found.gap.is_some(), "{what}: {id} is gone without a word");
                continue;
            };
            let kubelet = is_no_more_told(&found.kubelet, Some(&before.kubelet));
            assert!(kubelet, "{what}: {id}: {:?}", found.kubelet);
            let kept = before.files.keys().all(|key| found.files.contains_key(key));
            let files = found.files.iter();
            let no_more = |(key, file)| is_no_more_told(file, before.files.get(key));
            assert!(
                kept && files.into_iter().all(no_more),
                "{what}: {id}: {:?}",
                found.files
            );
        }
    }
}

fn is_no_more_told(less: &Part, all: Option<&Part>) -> bool {
    match (less, all) {
        (Part::Unknown(_), _) => true,
        (Part::Known(less), Some(Part::Known(all))) => is_no_more(less, all),
        (Part::Known(_), _) => false,
    }
}

#[test]
fn a_lost_list_makes_nothing_friendlier() {
    let all = World::example().derived();
    let example = World::example();
    let kinds = |side: usize| {
        let kinds = example.clone().readings()[side]
            .gaps
            .keys()
            .copied()
            .collect::<Vec<_>>();
        kinds.into_iter().map(move |kind| (side, kind))
    };
    for (side, kind) in kinds(0).chain(kinds(1)) {
        for was_asked in [true, false] {
            let mut less = example.clone();
            let [regional, global] = less.readings();
            let reading = if side == 0 { regional } else { global };
            reading.objects.retain(|object| object["kind"] != kind);
            match was_asked {
                true => reading.gaps.insert(kind, Some(lost())),
                false => reading.gaps.remove(kind),
            };
            check(&less.derived(), &all, kind);
        }
    }
}

#[test]
fn a_lost_part_makes_nothing_friendlier() {
    let example = World::example();
    let all = example.clone().derived();
    let mut tried = 0;
    for side in 0..2 {
        let objects = example.clone().readings()[side].objects.clone();
        for (index, object) in objects.iter().enumerate() {
            for place in parts(object) {
                let mut less = example.clone();
                let object = &mut less.readings()[side].objects[index];
                let what = format!("{} {} {place}", object["kind"], object["metadata"]["name"]);
                *object.pointer_mut(&place).unwrap() = unknown(&lost());
                check(&less.derived(), &all, &what);
                tried += 1;
            }
        }
    }
    assert!(tried > 300, "{tried}");
}

/// Pointers to all parts of `Properties` and `Live` at any depth.
fn parts(object: &Value) -> Vec<String> {
    fn add(value: &Value, at: &str, found: &mut Vec<String>) {
        found.push(at.to_owned());
        let member = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        match value {
            Value::Object(all) => all
                .iter()
                .for_each(|(key, value)| add(value, &member(key), found)),
            Value::Array(all) => all
                .iter()
                .enumerate()
                .for_each(|(i, value)| add(value, &member(&i.to_string()), found)),
            _ => (),
        }
    }
    let mut found = Vec::new();
    for section in ["Properties", "Live"] {
        if let Some(of) = object.get(section) {
            add(of, &format!("/{section}"), &mut found);
        }
    }
    found
}

#[test]
fn deriving_twice_changes_nothing() {
    for lose in [
        None,
        Some("AWS::EC2::Instance"),
        Some("AWS::EKS::Nodegroup"),
    ] {
        let mut world = World::example();
        if let Some(kind) = lose {
            world
                .regional
                .objects
                .retain(|object| object["kind"] != kind);
            world.regional.gaps.insert(kind, Some(lost()));
        }
        let once = world.derived();
        let again = World {
            regional: once.regional.clone(),
            global: once.global.clone(),
            read_at: once.read_at,
        };
        let twice = again.derived();
        assert_eq!(twice.regional, once.regional, "{lose:?}");
        assert_eq!(twice.global, once.global, "{lose:?}");
    }
}

#[test]
fn what_cannot_be_told_is_said() {
    let mut world = World::example();
    world
        .regional
        .objects
        .retain(|object| object["kind"] != "AWS::EKS::Nodegroup");
    world
        .regional
        .gaps
        .insert("AWS::EKS::Nodegroup", Some(lost()));
    let world = world.derived();
    let lost = json!({ "$unknown": "permissionMissing aws:Lost" });
    let subnet = world.get("AWS::EC2::Subnet", "subnet-c");
    assert_eq!(subnet["Use"], lost);
    assert_eq!(subnet["metadata"]["clusters"], json!([lost]));
    assert_eq!(
        world.get("AWS::EC2::Subnet", "subnet-a")["metadata"]["clusters"],
        json!(["prod", lost])
    );
    assert!(world.regional.gaps["AWS::IAM::Role"].is_some());
    assert_eq!(
        world.get("AWS::ElasticLoadBalancingV2::Listener", "app/shop/1/443")["Use"],
        json!(["loadBalancer"])
    );
}

#[test]
fn a_launch_template_that_is_gone_is_nobody_s_hole() {
    let mut world = World::example();
    world
        .regional
        .objects
        .retain(|object| object["metadata"]["name"] != "lt-eks:1");
    let world = world.derived();
    assert_eq!(
        world.get("AWS::EC2::SecurityGroup", "sg-other")["Use"],
        json!([])
    );
    let instance = &world.get("AWS::EC2::Instance", "i-1")["Derived"]["UserDataSecrets"];
    assert!(is_unknown(instance), "{instance}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_objects_does_not_matter(seeds in prop::collection::vec(any::<u32>(), 100)) {
        let mut all = World::example().derived();
        let mut other = World::example();
        for reading in other.readings() {
            let mut keyed: Vec<_> = seeds.iter().cycle().zip(reading.objects.drain(..)).collect();
            keyed.sort_by_key(|(seed, _)| **seed);
            reading.objects = keyed.into_iter().map(|(_, object)| object).collect();
        }
        let mut other = other.derived();
        for (one, other) in all.readings().into_iter().zip(other.readings()) {
            for reading in [&mut *one, &mut *other] {
                reading.objects.sort_by_cached_key(Value::to_string);
            }
            prop_assert_eq!(&*one, &*other);
        }
    }
}
