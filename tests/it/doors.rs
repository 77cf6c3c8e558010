//! One policy, three doors: a manifest, an AdmissionReview and what a cluster lists give the same verdicts (the cluster:
//! `kube/scan.rs`).

use std::collections::BTreeSet;

use plimsoll_cel::Bump;
use plimsoll_inventory::files::{FileEntry, read};
use plimsoll_model::{Judgement, SourceRef, Verdict};
use plimsoll_policy::cases::Case;
use plimsoll_policy::{Catalogue, Lists, Plan, PlanOptions, Seen, Session, Sink};
use serde_json::{Value, json};

/// Everything that is said, without the source.
#[derive(Default)]
struct All(BTreeSet<String>);

impl Sink for All {
    fn wants(&self, _: Verdict) -> bool {
        true
    }

    fn judgement(&mut self, judgement: Judgement) {
        let judgement = Judgement {
            source: None,
            ..judgement
        };
        self.0.insert(serde_json::to_string(&judgement).unwrap());
    }
}

/// What a policy says of the objects of a file.
fn verdicts(catalogue: &Catalogue, policy: &str, case: &Case, documents: &[Value]) -> All {
    let options = PlanOptions {
        only: vec![policy.to_owned()],
        cluster_version: case.cluster.version.clone(),
        ..PlanOptions::default()
    };
    let plan = Plan::new(catalogue, options);
    let text: String = documents
        .iter()
        .map(|document| format!("{document}\n"))
        .collect();
    let entry = FileEntry {
        display_path: "given.json".into(),
        path: "given.json".into(),
        named: true,
        chart: None,
    };
    let lists = Lists::of_case();
    let (mut session, mut all) = (Session::new(&plan), All::default());
    let mut again: Vec<(Seen, Value, SourceRef)> = Vec::new();
    let outcome = read(&entry, &text, &mut Bump::new(), &mut |object| {
        let arena = Bump::new();
        let seen = session.first(&object.node, Some(&object.source), &arena, &lists, &mut all);
        if matches!(seen, Seen::Again | Seen::Owned) {
            let node = serde_json::to_value(object.node).unwrap();
            again.push((seen, node, object.source));
        }
    });
    assert_eq!(outcome.problems, [], "{policy}: {}: {text}", case.name);
    assert_eq!(outcome.objects as usize, documents.len());
    let mut joins = std::mem::take(&mut session.joins);
    joins.settle();
    let mut owners = std::mem::take(&mut session.owners);
    owners.settle();
    for (seen, object, source) in again {
        let arena = Bump::new();
        let node = plimsoll_cel::decode_json(&arena, object.to_string().as_bytes()).unwrap();
        match seen {
            Seen::Owned => {
                session.owned(&node, Some(&source), &arena, &owners, &lists, &mut all);
            }
            _ => session.second(&node, Some(&source), &arena, &joins, &lists, &mut all),
        }
    }
    all
}

/// The question that an API server asks about an object.
fn review(object: &Value) -> Value {
    json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": { "uid": "1", "operation": "CREATE", "object": object, "oldObject": null },
    })
}

#[test]
fn a_manifest_and_an_admission_review_give_the_same_verdicts() {
    let catalogue = plimsoll_catalogue::built_in().unwrap();
    let (mut cases, mut said) = (0, 0);
    for policy in &catalogue.policies {
        for case in policy.read_cases().unwrap() {
            let objects: Vec<Value> = case.objects();
            let reviews: Vec<Value> = objects.iter().map(review).collect();
            let id = policy.id.as_str();
            let manifest = verdicts(&catalogue, id, &case, &objects);
            let admission = verdicts(&catalogue, id, &case, &reviews);
            assert_eq!(manifest.0, admission.0, "{id}: {}", case.name);
            cases += 1;
            said += manifest.0.len();
        }
    }
    assert!(said > cases, "hardly anything is judged");
    println!(
        "exercised: {cases} cases by manifest and by admission review, {said} verdicts the same"
    );
}
