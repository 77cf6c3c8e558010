//! Policies with facts: the same verdicts whoever read which objects and in whatever order.

use plimsoll_cel::{Bump, decode_our_own};
use plimsoll_model::{Judgement, Verdict};
use serde_json::{Value, json};

use crate::cases::Case;
use crate::{AwsPart, Catalogue, Lists, Plan, PlanOptions, Seen, Session};

/// What the policy says of the objects, which that many workers read in turn.
fn verdicts(
    catalogue: &Catalogue,
    id: &str,
    case: &Case,
    objects: &[Value],
    workers: usize,
) -> Vec<Judgement> {
    let options = PlanOptions {
        only: vec![id.to_owned()],
        cluster_version: case.cluster.version.clone(),
        git_version: case.cluster.git_version.clone(),
        aws: AwsPart::Given,
        ..PlanOptions::default()
    };
    let plan = Plan::new(catalogue, options);
    let (lists, arena, mut sink) = (Lists::of_case(), Bump::new(), Vec::<Judgement>::new());
    let mut sessions: Vec<_> = (0..workers).map(|_| Session::new(&plan)).collect();
    let mut again = Vec::new();
    for (place, object) in objects.iter().enumerate() {
        let node = decode_our_own(&arena, object.to_string().as_bytes()).unwrap();
        let session = &mut sessions[place % workers];
        if session.first(&node, None, &arena, &lists, &mut sink) == Seen::Again {
            again.push(node);
        }
    }
    let mut whole = Session::new(&plan);
    sessions
        .into_iter()
        .for_each(|session| whole.merge(session));
    let mut joins = std::mem::take(&mut whole.joins);
    joins.settle();
    for node in again {
        whole.second(&node, None, &arena, &joins, &lists, &mut sink);
    }
    sink.sort_by(|a, b| (a.fingerprint, &a.paths).cmp(&(b.fingerprint, &b.paths)));
    sink
}

#[test]
fn facts_do_not_depend_on_who_read_what_first() {
    let catalogue = super::built_in();
    let (mut tried, mut failing) = (0, 0);
    for policy in catalogue.policies.iter().filter(|policy| policy.joins()) {
        let id = policy.id.as_str();
        for case in policy.read_cases().unwrap() {
            let mut objects = case.objects();
            let straight = verdicts(&catalogue, id, &case, &objects, 1);
            for turn in 0..objects.len() {
                objects.rotate_left(1);
                let mut turned = objects.clone();
                turned.reverse();
                for (objects, workers) in [(&objects, 1 + turn % 3), (&turned, 2)] {
                    let found = verdicts(&catalogue, id, &case, objects, workers);
                    assert_eq!(found, straight, "{id} / {} by {workers} workers", case.name);
                    tried += 1;
                }
            }
            failing += straight
                .iter()
                .filter(|one| one.verdict == Verdict::Fail)
                .count();
        }
    }
    println!("exercised: {tried} scans in another order, of worlds with {failing} findings");
    assert!(tried > 200 && failing > 20);
}

/// A pod may have many containers that take the same thing from the same place.
#[test]
fn references_that_lead_nowhere_cost_no_more_for_being_many() {
    let catalogue = super::built_in();
    let env: Vec<Value> = (0..40)
        .map(|i| json!({"name": format!("A{i}"), "valueFrom": {"secretKeyRef": {"name": "gone", "key": format!("k{}", i % 4)}}}))
        .collect();
    let containers: Vec<Value> = (0..40)
        .map(|i| json!({"name": format!("c{i}"), "env": env}))
        .collect();
    let case = json!({"name": "large", "expect": "fail", "given": {"kind": "Pod", "spec": {"containers": containers}}});
    let case: Case = serde_json::from_value(case).unwrap();
    let found = verdicts(&catalogue, "env-ref-missing", &case, &case.objects(), 1);
    let failing = found.iter().filter(|one| one.verdict == Verdict::Fail);
    assert_eq!((failing.count(), found.len()), (1600, 1600));
}

/// The message of a takeover is one sentence that walks the steps.
#[test]
fn the_message_of_a_takeover_walks_its_steps() {
    let catalogue = super::built_in();
    let id = "rbac-sa-cluster-takeover";
    let cases = catalogue.policy(id).unwrap().read_cases().unwrap();
    let case = cases
        .iter()
        .find(|case| case.name.starts_with("in two steps"))
        .unwrap();
    let said = verdicts(&catalogue, id, case, &case.objects(), 1);
    let messages: Vec<&str> = said.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "service account shop/default may create pods in tools, and so act as service account tools/chief, which holds \
             every right in the cluster"
        ]
    );
}
