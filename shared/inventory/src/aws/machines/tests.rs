//! Which evidence counts for which node.

use jiff::SignedDuration;
use serde_json::json;

use super::*;

fn now() -> Timestamp {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

fn node(instance: Option<&str>) -> NodeRef {
    NodeRef {
        name: "ip-10-0-0-1".to_owned(),
        uid: "u".to_owned(),
        created: Some(now()),
        provider_id: instance.map(|id| format!("aws:///eu-central-1a/{id}")),
    }
}

fn read(id: &str, read_at: Timestamp, kubelet: Part) -> NodeEvidence {
    let files = match &kubelet {
        Part::Known(_) => BTreeMap::new(),
        Part::Unknown(line) => Part::no_files(&Reason::of_line(line).unwrap()),
    };
    NodeEvidence {
        node: id.to_owned(),
        read_at,
        kubelet,
        files,
    }
}

fn machines(evidence: Vec<NodeEvidence>, gap: Option<Reason>) -> Machines {
    let by_id = evidence.into_iter().map(|one| (one.node.clone(), one));
    Machines {
        gap,
        evidence: by_id.collect(),
    }
}

fn told(machines: Option<&Machines>, node: &NodeRef) -> Result<Timestamp, Reason> {
    let mut told = of_nodes(machines, NodeRoute::Ssm, std::slice::from_ref(node), now());
    let one = told.pop().unwrap();
    assert_eq!((told.len(), &one.node), (0, &node.name));
    match one.kubelet {
        Part::Known(_) => Ok(one.read_at),
        Part::Unknown(line) => {
            assert_eq!(one.files.len(), 3, "of files as little is known");
            Err(Reason::of_line(&line).unwrap())
        }
    }
}

#[test]
fn evidence_counts_for_two_days_and_not_from_a_time_to_come() {
    let at = |hours| now() - SignedDuration::from_hours(hours);
    let of = |read_at| {
        let known = Part::Known(json!({}));
        told(
            Some(&machines(vec![read("i-1", read_at, known)], None)),
            &node(Some("i-1")),
        )
    };
    assert_eq!(of(at(47)), Ok(at(47)));
    let soon = now() + SignedDuration::from_mins(4);
    assert_eq!(of(soon), Ok(soon), "clocks differ");
    for read_at in [at(49), at(-1)] {
        let reason = of(read_at).unwrap_err();
        assert_eq!(reason.code, ReasonCode::Expired);
        assert_eq!(reason.need, format!("evidence of i-1, read at {read_at}"));
    }
}

#[test]
fn what_could_not_be_made_sense_of_says_so_at_any_age() {
    let broken = Reason::new(ReasonCode::MalformedInput, "a row without name");
    let entry = read("i-1", Timestamp::default(), Part::unknown(&broken));
    let all = machines(vec![entry], None);
    assert_eq!(told(Some(&all), &node(Some("i-1"))), Err(broken));
}

#[test]
fn what_is_missing_is_missing_for_the_reason_of_the_whole_or_its_own() {
    let refused = Reason::new(ReasonCode::PermissionMissing, "ssm:GetInventory");
    let part = |gap| machines(vec![read("i-1", now(), Part::Known(json!({})))], gap);
    let (cut, whole) = (part(Some(refused.clone())), part(None));
    assert_eq!(told(Some(&cut), &node(Some("i-1"))), Ok(now()));
    assert_eq!(told(Some(&cut), &node(Some("i-2"))), Err(refused));
    let need = |machines, node: &NodeRef| told(machines, node).unwrap_err().need;
    assert_eq!(
        need(Some(&whole), &node(Some("i-2"))),
        "evidence of i-2 by the route ssm"
    );
    assert!(need(None, &node(Some("i-1"))).contains("the next reading of the account"));
    for other in [None, Some("fargate-1"), Some("mi-1")] {
        assert_eq!(
            need(Some(&whole), &node(other)),
            "a node that is no EC2 instance"
        );
    }
}
