//! Sessions: order does not matter, owners speak once for their pods, gaps show.

use plimsoll_cel::{Bump, decode_our_own};
use plimsoll_model::{Judgement, Reason, ReasonCode, Verdict};
use serde_json::{Value, json};

use crate::cases::{Case, ClusterCase, complete};
use crate::{AwsPart, Catalogue, ListState, Lists, Plan, PlanOptions, Seen, Session, outcome};

pub(super) struct Scan {
    pub(super) judgements: Vec<Judgement>,
    pub(super) coverage: outcome::Coverage,
}

pub(super) fn scan(
    catalogue: &Catalogue,
    only: &str,
    case: &Case,
    lists: &Lists,
    present: impl Fn(&str) -> bool,
) -> Scan {
    let objects: Vec<Value> = case
        .objects()
        .into_iter()
        .filter(|object| present(object["kind"].as_str().unwrap()))
        .collect();
    scan_as(catalogue, only, &objects, lists, &case.cluster)
}

pub(super) fn scan_objects(
    catalogue: &Catalogue,
    only: &str,
    objects: &[Value],
    lists: &Lists,
) -> Scan {
    scan_as(catalogue, only, objects, lists, &ClusterCase::default())
}

fn scan_as(
    catalogue: &Catalogue,
    only: &str,
    objects: &[Value],
    lists: &Lists,
    cluster: &ClusterCase,
) -> Scan {
    let plan = Plan::new(
        catalogue,
        PlanOptions {
            only: vec![only.to_owned()],
            cluster_version: cluster.version.clone(),
            git_version: cluster.git_version.clone(),
            aws: AwsPart::Given,
            ..PlanOptions::default()
        },
    );
    let arena = Bump::new();
    let nodes: Vec<_> = objects
        .iter()
        .map(|o| decode_our_own(&arena, o.to_string().as_bytes()).unwrap())
        .collect();
    let (mut session, mut sink) = (Session::new(&plan), Vec::<Judgement>::new());
    let (mut again, mut owned) = (Vec::new(), Vec::new());
    for node in &nodes {
        match session.first(node, None, &arena, lists, &mut sink) {
            Seen::Again => again.push(node),
            Seen::Owned => owned.push(node),
            Seen::Done | Seen::NotOurs => {}
        }
    }
    let mut owners = std::mem::take(&mut session.owners);
    owners.settle();
    for node in owned {
        session.owned(node, None, &arena, &owners, lists, &mut sink);
    }
    let mut joins = std::mem::take(&mut session.joins);
    joins.settle();
    for node in again {
        session.second(node, None, &arena, &joins, lists, &mut sink);
    }
    session.gaps(lists, &mut sink);
    sink.sort_by(|a, b| (a.fingerprint, &a.paths).cmp(&(b.fingerprint, &b.paths)));
    Scan {
        judgements: sink,
        coverage: outcome::coverage(&plan, &session.tally),
    }
}

fn every_object(catalogue: &Catalogue) -> Vec<Value> {
    let mut objects = Vec::new();
    for (i, policy) in catalogue.policies.iter().enumerate() {
        for (j, case) in policy.read_cases().unwrap().iter().enumerate() {
            for (k, given) in [&case.given].into_iter().chain(&case.also).enumerate() {
                let mut object = complete(given);
                object["metadata"]["name"] = json!(format!("o-{i}-{j}-{k}"));
                // Of replicas of one owner, the first that comes speaks for all.
                let owners = object["metadata"].get_mut("ownerReferences");
                for owner in owners.and_then(Value::as_array_mut).into_iter().flatten() {
                    owner["name"] = json!(format!("owner-{i}-{j}-{k}"));
                }
                objects.push(object);
            }
        }
    }
    objects
}

#[test]
fn verdicts_do_not_depend_on_the_order_of_objects_or_keys() {
    let catalogue = super::built_in();
    let objects = every_object(&catalogue);
    let straight = scan_objects(&catalogue, "*", &objects, &Lists::of_files());
    let mut reversed: Vec<Value> = objects.iter().map(reverse_keys).collect();
    reversed.reverse();
    let turned = scan_objects(&catalogue, "*", &reversed, &Lists::of_files());
    println!(
        "exercised: {} objects in two orders, {} verdicts",
        objects.len(),
        straight.judgements.len()
    );
    same(&straight.judgements, &turned.judgements);
}

/// Policies share lists, conditions and slots; nobody may notice.
#[test]
fn verdicts_do_not_depend_on_which_other_policies_run() {
    let catalogue = super::built_in();
    let objects: Vec<Value> = every_object(&catalogue).into_iter().step_by(11).collect();
    let together = scan_objects(&catalogue, "*", &objects, &Lists::of_files());
    let mut alone = Vec::new();
    for policy in &catalogue.policies {
        let id = policy.id.as_str();
        alone.extend(scan_objects(&catalogue, id, &objects, &Lists::of_files()).judgements);
    }
    alone.sort_by(|a, b| (a.fingerprint, &a.paths).cmp(&(b.fingerprint, &b.paths)));
    println!(
        "exercised: {} objects, {} verdicts",
        objects.len(),
        alone.len()
    );
    assert!(!alone.is_empty());
    same(&together.judgements, &alone);
}

/// Says the first difference: there may be hundreds of thousands of judgements.
fn same(a: &[Judgement], b: &[Judgement]) {
    for (a, b) in a.iter().zip(b) {
        assert_eq!(a, b);
    }
    assert_eq!(a.len(), b.len());
}

fn reverse_keys(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.iter()
                .rev()
                .map(|(k, v)| (k.clone(), reverse_keys(v)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(reverse_keys).collect()),
        other => other.clone(),
    }
}

fn pod(owner: Value, privileged: bool) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "n", "ownerReferences": [owner]},
        "spec": {"containers": [{"name": "app", "securityContext": {"privileged": privileged}}]}})
}

#[test]
fn pods_of_a_built_in_owner_are_left_to_it_and_those_of_another_are_reported_once_on_it() {
    let catalogue = super::built_in();
    let owner = |version: &str, kind: &str| json!({"apiVersion": version, "kind": kind, "name": "ledger", "controller": true});
    let of = |pods: &[Value]| {
        scan_objects(&catalogue, "privileged-container", pods, &Lists::of_files()).judgements
    };
    let replica = pod(owner("apps/v1", "ReplicaSet"), true);
    let set = json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "ledger", "namespace": "n", "uid": "u"},
        "spec": {"template": {"spec": replica["spec"]}}});
    let found = of(&[replica.clone(), set, replica]);
    assert_eq!(found.len(), 1);
    assert!(!found[0].in_pods);
    let rollout = owner("argoproj.io/v1alpha1", "Rollout");
    let found = of(&[pod(rollout.clone(), true), pod(rollout, true)]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].resource.long_name(), "Rollout n/ledger");
    assert_eq!(
        of(&[pod(owner("v1", "Node"), true)])[0].resource.kind,
        "Pod"
    );
}

#[test]
fn a_list_that_was_not_read_shows_and_lowers_coverage() {
    let catalogue = super::built_in();
    let mut lists = Lists::of_case();
    let refused = Reason::new(ReasonCode::PermissionMissing, "list clusterroles");
    lists.set("clusterroles", ListState::Incomplete(refused.clone()));
    let result = scan_objects(&catalogue, "*", &[], &lists);
    assert!(result.coverage.evaluated < result.coverage.applicable);
    assert_eq!(result.coverage.unread[0].0, refused);
    assert!(
        result
            .judgements
            .iter()
            .all(|j| j.verdict == Verdict::NotEvaluated && j.reason.as_ref() == Some(&refused))
    );
}
