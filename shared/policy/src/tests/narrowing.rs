//! A scan of some namespaces, or of objects with some labels: what was not asked for may be there all the same, so it
//! neither makes a fail a pass nor a pass a fail.

use std::collections::BTreeSet;

use plimsoll_model::{Judgement, Verdict, kind};
use serde_json::{Value, json};

use super::sessions::scan_objects;
use crate::{Catalogue, Lists};

/// What is left of the objects of a scan, and what the scan was asked for.
struct Part {
    objects: Vec<Value>,
    namespaces: Vec<String>,
    by_labels: bool,
}

fn namespace(object: &Value) -> Option<&str> {
    let known = object["kind"].as_str().and_then(kind::named)?;
    let said = object["metadata"]["namespace"].as_str();
    known.namespaced.then(|| said.unwrap_or("default"))
}

/// Each namespace alone, and each object alone as if only it had the labels.
fn parts(objects: &[Value]) -> Vec<Part> {
    let spaces: BTreeSet<&str> = objects.iter().filter_map(namespace).collect();
    let of = |space: &str| {
        let here = objects.iter();
        let here = here.filter(|object| namespace(object).is_none_or(|own| own == space));
        Part {
            objects: here.cloned().collect(),
            namespaces: vec![space.to_owned()],
            by_labels: false,
        }
    };
    let alone = objects.iter().map(|object| Part {
        objects: vec![object.clone()],
        namespaces: Vec::new(),
        by_labels: true,
    });
    spaces.into_iter().map(of).chain(alone).collect()
}

fn judged(catalogue: &Catalogue, policy: &str, objects: &[Value], lists: &Lists) -> Vec<Judgement> {
    scan_objects(catalogue, policy, objects, lists).judgements
}

/// Of every policy with facts, over all its cases.
#[test]
fn asking_for_less_changes_no_verdict_but_to_not_evaluated() {
    let catalogue = super::built_in();
    let (mut tried, mut kept, mut untold) = (0, 0, BTreeSet::new());
    for policy in catalogue.policies.iter().filter(|policy| policy.joins()) {
        let id = policy.id.as_str();
        let cases = policy.read_cases().unwrap().into_iter();
        for case in cases.filter(|case| case.params.is_empty() && case.without.is_empty()) {
            let objects: Vec<Value> = case
                .objects()
                .into_iter()
                .filter(|object| object["kind"] != "Cluster")
                .collect();
            let whole = judged(&catalogue, id, &objects, &Lists::of_case());
            for part in parts(&objects) {
                let mut lists = Lists::of_case();
                lists.narrow(&part.namespaces, part.by_labels);
                let less = judged(&catalogue, id, &part.objects, &lists);
                let of_less: BTreeSet<_> = less.iter().map(|one| &one.resource).collect();
                for one in &less {
                    tried += 1;
                    let as_before = whole.iter().any(|old| {
                        (old.fingerprint, old.verdict) == (one.fingerprint, one.verdict)
                    });
                    if as_before {
                        kept += 1;
                        continue;
                    }
                    let named = format!("{id} / {}: {}", case.name, one.message);
                    let reason = one.reason.as_ref().expect(&named);
                    assert!(reason.need.contains("scan without --namespace"), "{named}");
                    untold.insert(id);
                }
                let fails = whole.iter().filter(|old| old.verdict == Verdict::Fail);
                for old in fails.filter(|old| of_less.contains(&old.resource)) {
                    let still = less.iter().any(|one| {
                        let same =
                            one.fingerprint == old.fingerprint && one.verdict == Verdict::Fail;
                        let nobody_knows = one.verdict == Verdict::NotEvaluated;
                        one.resource == old.resource && (same || nobody_knows)
                    });
                    assert!(still, "{id} / {}: no longer: {}", case.name, old.message);
                }
            }
        }
    }
    println!(
        "exercised: {tried} verdicts on a part of a cluster, {kept} as on the whole, {} policies not evaluated there",
        untold.len()
    );
    assert!(kept > 200 && untold.len() > 20);
}

/// What lies in the namespace is known in a scan of that namespace, and only there.
#[test]
fn a_scan_of_a_namespace_knows_what_lies_in_it() {
    let catalogue = super::built_in();
    let web = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"template": {"spec": {"containers": [{"name": "app"}]}}}});
    let verdict = |namespaces: &[&str], by_labels| {
        let mut lists = Lists::of_case();
        let namespaces: Vec<String> = namespaces.iter().map(|&one| one.to_owned()).collect();
        lists.narrow(&namespaces, by_labels);
        judged(
            &catalogue,
            "netpol-pod-unselected",
            std::slice::from_ref(&web),
            &lists,
        )[0]
        .verdict
    };
    assert_eq!(verdict(&["shop"], false), Verdict::Fail);
    assert_eq!(verdict(&["tools", "shop"], false), Verdict::Fail);
    assert_eq!(verdict(&[], true), Verdict::NotEvaluated);
    assert_eq!(verdict(&["shop"], true), Verdict::NotEvaluated);
}
