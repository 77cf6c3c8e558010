//! What keeps a tenant's policy from running, each with its place; and that nothing else is kept with it.

use super::*;
use crate::tests::built_in;

const POLICY: &str = "id: team-label
title: Deployment names no team
severity: low
match: { kinds: [Deployment] }
expression: object.metadata.?labels.?team.hasValue()
path: metadata.labels.team
message: nobody owns it
why: Why.
fix: { text: Fix. }
params: { limit: { type: int, default: 3 } }
";

const CASES: &str =
    "- { name: none, given: { kind: Deployment }, expect: fail, paths: [metadata.labels.team] }
- { name: a team, given: { kind: Deployment, metadata: { labels: { team: a } } }, expect: pass }
";

fn file(path: &str, text: &str) -> CatalogueFile {
    CatalogueFile {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

fn folder(policy: &str, cases: &str) -> Vec<CatalogueFile> {
    vec![
        file("own/team-label/policy.yaml", policy),
        file("own/team-label/cases.yaml", cases),
    ]
}

#[test]
fn a_good_policy_is_taken_and_runs_beside_the_built_in_ones() {
    let built_in = built_in();
    let admission = built_in.admit(&folder(POLICY, CASES));
    assert_eq!((admission.refused, admission.ignored), (vec![], vec![]));
    let (with, left_out) = built_in.with_own(&admission.taken, &[]);
    assert_eq!(left_out, Vec::<String>::new());
    assert_eq!(with.policies.len(), built_in.policies.len() + 1);
    assert!(with.policy("team-label").is_some() && with.hash != built_in.hash);
    let (same, _) = built_in.with_own(&[], &[]);
    assert!(matches!(same, Cow::Borrowed(_)));
}

#[test]
fn each_that_may_not_run_is_refused_with_its_place_and_keeps_no_other() {
    let built_in = built_in();
    let cubic = "'[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, a + b + c + d + e + f > 0)))))) && object.metadata.?labels.?team.hasValue()'";
    let long = format!("{POLICY}note: {}\n", "x".repeat(MAX_POLICY_BYTES));
    for (policy, cases, place, words) in [
        (
            POLICY.replace(".hasValue()", ".hasVale()"),
            CASES.to_owned(),
            ("policy", 5),
            "hasVale",
        ),
        (
            POLICY.replace("title:", "titel:"),
            CASES.to_owned(),
            ("policy", 2),
            "did you mean `title`?",
        ),
        (
            POLICY.replace("object.metadata.?labels.?team.hasValue()", cubic),
            CASES.to_owned(),
            ("policy", 5),
            "this may take",
        ),
        (
            POLICY.to_owned(),
            CASES.replace("expect: pass", "expect: fail"),
            ("cases", 2),
            "case `a team`: expected fail, got pass",
        ),
        (
            POLICY.to_owned(),
            CASES.replace("expect: pass", "expec: pass"),
            ("cases", 2),
            "did you mean `expect`?",
        ),
        (
            long,
            CASES.to_owned(),
            ("policy", 0),
            "is larger than 64 KiB",
        ),
    ] {
        let mut files = folder(&policy, &cases);
        files.push(file(
            "own/other/policy.yaml",
            &POLICY.replace("team-label", "other"),
        ));
        let admission = built_in.admit(&files);
        let [refusal] = &admission.refused[..] else {
            panic!("{words}: {admission:?}");
        };
        assert_eq!(refusal.id.as_str(), "team-label");
        let error = &refusal.errors[0];
        assert_eq!(error.file, format!("own/team-label/{}.yaml", place.0));
        assert_eq!(error.line, place.1, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        let taken: Vec<&str> = admission.taken.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(taken, ["other"]);
    }
}

#[test]
fn what_costs_little_on_its_examples_and_too_much_on_a_large_object_is_refused() {
    let quartic = "object.spec.template.spec.containers.all(a, object.spec.template.spec.containers.all(b, object.spec.template.spec.containers.all(c, object.spec.template.spec.containers.all(d, a.name + b.name + c.name + d.name != \"\"))))";
    let policy = POLICY.replace(
        "object.metadata.?labels.?team.hasValue()",
        &format!("'{quartic}'"),
    );
    let cases = "- { name: one, given: { kind: Deployment, spec: { template: { spec: { containers: [ { name: a } ] } } } }, expect: pass }\n";
    let admission = built_in().admit(&folder(&policy, cases));
    let error = &admission.refused[0].errors[0];
    assert_eq!(error.line, 5);
    // The innermost loop.
    let place = policy.lines().nth(4).unwrap().find("all(d, ").unwrap();
    assert_eq!(error.column as usize, place + 1, "{error}");
    assert!(
        error.message.contains("steps, and 1000000 are allowed"),
        "{error}"
    );
    // It needs no examples to be refused, and one that is cheap needs none to be taken.
    let without = [file("own/team-label/policy.yaml", &policy)];
    assert_eq!(built_in().admit(&without).refused, admission.refused);
    let cheap = [file("own/team-label/policy.yaml", POLICY)];
    assert_eq!(built_in().admit(&cheap).refused, vec![]);
}

#[test]
fn what_may_cost_much_and_does_not_on_its_examples_made_larger_is_taken() {
    let words = "object.metadata.name.split(\"-\").all(a, object.metadata.name.split(\"-\").all(b, object.metadata.name.split(\"-\").all(c, a + b + c != \"\")))";
    let policy = POLICY.replace(
        "object.metadata.?labels.?team.hasValue()",
        &format!("'{words}'"),
    );
    let cases =
        "- { name: one, given: { kind: Deployment, metadata: { name: a-b } }, expect: pass }\n";
    let admission = built_in().admit(&folder(&policy, cases));
    assert_eq!(admission.refused, vec![]);
    let without = [file("own/team-label/policy.yaml", &policy)];
    assert_eq!(built_in().admit(&without).refused.len(), 1);
}

#[test]
fn no_built_in_policy_would_be_refused_for_what_it_costs() {
    let built_in = built_in();
    let (mut sure, mut measured) = (0, 0);
    // What joins cost depends on what there is to join.
    for policy in built_in.policies.iter().filter(|policy| !policy.joins()) {
        if heavy::check_cost(&built_in, policy, Vec::new).is_ok() {
            sure += 1;
        } else if let Some(case) = policy.read_cases().unwrap().into_iter().next() {
            measured += 1;
            heavy::check_cost(&built_in, policy, || vec![case])
                .unwrap_or_else(|error| panic!("{error}"));
        }
    }
    println!(
        "exercised: {sure} policies cheap by their estimate, {measured} by an example made larger"
    );
    assert!(sure > 150, "{sure}");
}

#[test]
fn an_id_that_is_built_in_is_refused_and_never_shadows() {
    let built_in = built_in();
    let policy = POLICY.replace("id: team-label", "# ours\nid: host-pid");
    let files = [file("own/host-pid/policy.yaml", &policy)];
    let error = &built_in.admit(&files).refused[0].errors[0];
    assert_eq!(
        (error.line, error.column, error.length),
        (2, 5, 8),
        "{error}"
    );
    assert!(error.message.contains("built-in"), "{error}");
    // One that was taken before the built-in one came is left out, and named.
    let before = OwnPolicy {
        id: PolicyId::new("host-pid"),
        text: policy,
        cases: None,
    };
    let (with, left_out) = built_in.with_own(&[before], &[]);
    assert_eq!(with.policies.len(), built_in.policies.len());
    assert_eq!(left_out, ["policy host-pid: a built-in policy has its id"]);
}

#[test]
fn parameters_of_own_and_built_in_policies_are_set_and_those_that_do_not_fit_left_out() {
    let built_in = built_in();
    let taken = built_in.admit(&folder(POLICY, CASES)).taken;
    let value = |policy: &str, value| ParameterValue {
        policy: policy.to_owned(),
        name: "limit".to_owned(),
        value: crate::WrittenValue::Value(value),
    };
    let values = [
        value("team-label", 9.into()),
        value("team-label", "x".into()),
    ];
    let (with, left_out) = built_in.with_own(&taken, &values);
    assert_eq!(with.changed_parameters().len(), 1);
    assert_eq!(
        left_out,
        ["parameter: team-label.limit: \"x\" is not a whole number"]
    );
}

#[test]
fn two_folders_of_one_name_and_frameworks_are_named() {
    let mut files = folder(POLICY, CASES);
    files.push(file("own/x/team-label/policy.yaml", POLICY));
    files.push(file("own/frameworks/f.yaml", "id: f"));
    let admission = built_in().admit(&files);
    assert_eq!(admission.taken.len(), 1);
    let said: Vec<String> = admission.ignored.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said.iter()
            .any(|one| one.contains("another folder is called `team-label`"))
    );
}
