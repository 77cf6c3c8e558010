//! Attestations over a small catalogue: whose word counts where, and that it never stands in for evidence.

use std::sync::LazyLock;

use plimsoll_cel::{Bump, decode_json};
use plimsoll_model::Judgement;
use serde_json::json;

use super::*;
use crate::outcome::{self, FrameworkResult};
use crate::{Catalogue, CatalogueFile, Lists, Plan, PlanOptions, Session, Sink};

const POLICY: &str = "id: on-host
title: Pod is on the host's network
severity: high
match: { kinds: [Pod] }
expression: '!object.spec.hostNetwork'
path: spec.hostNetwork
message: it is
why: Why.
fix: { text: Fix. }
";

const FRAMEWORK: &str = "id: f
title: F
short: F
controls:
  - { id: measured, title: One, policies: [on-host], routes: [attestation] }
  - { id: scored-alone, title: Two, policies: [on-host] }
  - { id: route, title: Three, routes: [ssm, attestation] }
  - { id: manual, title: Four, scored: false }
  - { id: manual-measured, title: Five, scored: false, policies: [on-host] }
  - { id: manual-route, title: Six, scored: false, routes: [cloud-api, attestation] }
";

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let file = |path: &str, text: &str| CatalogueFile {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    Catalogue::load(&[
        file("on-host/policy.yaml", POLICY),
        file("x/frameworks/f.yaml", FRAMEWORK),
    ])
    .unwrap()
});

fn now() -> Timestamp {
    "2026-11-22T07:00:00Z".parse().unwrap()
}

fn attestation(control: &str, cluster: Option<&str>, until: &str) -> Attestation {
    Attestation {
        framework: "f".to_owned(),
        control: control.to_owned(),
        cluster: cluster.map(str::to_owned),
        statement: "we looked".to_owned(),
        by: "Ana".to_owned(),
        until: until.parse().unwrap(),
    }
}

const NEXT_YEAR: &str = "2027-03-01T23:59:59Z";
const LAST_WEEK: &str = "2026-11-15T23:59:59Z";

struct Silent;

impl Sink for Silent {
    fn wants(&self, _: Verdict) -> bool {
        false
    }
    fn judgement(&mut self, _: Judgement) {}
}

/// The framework over one pod for each of these values of `hostNetwork`; a text is one that cannot be evaluated.
fn judged(pods: &[serde_json::Value], attestations: &[Attestation]) -> FrameworkResult {
    let options = PlanOptions {
        attestations: Attestations::about(attestations, &["prod-eu-1"], now()),
        ..PlanOptions::default()
    };
    let plan = Plan::new(&CATALOGUE, options);
    let (arena, lists) = (Bump::new(), Lists::of_case());
    let mut session = Session::new(&plan);
    for value in pods {
        let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "b"},
            "spec": {"hostNetwork": value}});
        let node = decode_json(&arena, pod.to_string().as_bytes()).unwrap();
        session.first(&node, None, &arena, &lists, &mut Silent);
    }
    outcome::frameworks(&plan, &session.tally).remove(0)
}

fn attested(result: &FrameworkResult) -> Vec<&str> {
    let controls = result.controls.iter();
    let attested = controls.filter(|one| one.attestation.is_some());
    attested.map(|one| one.control.id.as_str()).collect()
}

const ALL: [&str; 6] = [
    "measured",
    "scored-alone",
    "route",
    "manual",
    "manual-measured",
    "manual-route",
];

/// Everything that may be attested, at once.
fn everything() -> Vec<Attestation> {
    let all = ALL.iter();
    all.map(|control| attestation(control, None, NEXT_YEAR))
        .collect()
}

#[test]
fn a_word_counts_where_nothing_measures() {
    for (pods, verdict) in [
        (vec![json!(false)], Verdict::Pass),
        (vec![json!(true)], Verdict::Fail),
        (vec![json!("text")], Verdict::NotEvaluated),
        (vec![json!(true), json!("text")], Verdict::Fail),
        (vec![], Verdict::NotApplicable),
    ] {
        let result = judged(&pods, &everything());
        assert_eq!(result.controls[0].verdict, verdict);
        let wanted = match verdict {
            Verdict::Pass => vec!["route", "manual", "manual-measured", "manual-route"],
            _ => vec!["route", "manual", "manual-route"],
        };
        assert_eq!(attested(&result), wanted, "{verdict:?}");
    }
    let result = judged(&[json!(false)], &everything());
    let score = result.score;
    assert_eq!(
        (score.passed, score.not_evaluated, score.attested),
        (2, 1, 1)
    );
    assert_eq!(score.score(), Some(66.7));
    assert_eq!(score.score_attested(), Some(100.0));
}

#[test]
fn whatever_is_attested_no_verdict_and_no_measured_score_changes_and_less_never_scores_more() {
    let mut candidates = everything();
    candidates.extend([
        attestation("route", Some("dev-*"), NEXT_YEAR),
        attestation("route", Some("prod-*"), LAST_WEEK),
        attestation("manual", Some("prod-*"), "2027-06-01T23:59:59Z"),
    ]);
    let subset = |mask: usize| -> Vec<Attestation> {
        let some = candidates.iter().enumerate();
        let some = some.filter(|(number, _)| mask & (1 << number) != 0);
        some.map(|(_, one)| one.clone()).collect()
    };
    let values = [json!(false), json!(true), json!("text")];
    for with in 0..8 {
        let pods = values.iter().enumerate();
        let pods = pods.filter(|(number, _)| with & (1 << number) != 0);
        let pods: Vec<_> = pods.map(|(_, value)| value.clone()).collect();
        let bare = judged(&pods, &[]);
        let mut counted: Vec<u32> = Vec::new();
        for mask in 0..(1 << candidates.len()) {
            let result = judged(&pods, &subset(mask));
            for (one, before) in result.controls.iter().zip(&bare.controls) {
                assert_eq!(one.verdict, before.verdict, "{}", one.control.id);
                let admitted = match one.control.scored {
                    true => one.verdict == Verdict::NotEvaluated,
                    false => one.verdict != Verdict::NotApplicable,
                };
                let attested = one.attestation.is_some();
                assert!(
                    !attested || admitted && one.failed == 0,
                    "{}",
                    one.control.id
                );
            }
            let (score, before) = (&result.score, &bare.score);
            assert_eq!(score.score(), before.score());
            assert_eq!(score.score_possible(), before.score_possible());
            assert!(score.attested <= score.not_evaluated);
            let mut fewer = (0..candidates.len()).map(|number| mask & !(1 << number));
            assert!(fewer.all(|fewer| fewer == mask || counted[fewer] <= score.attested));
            counted.push(score.attested);
        }
    }
}

#[test]
fn one_that_has_ended_or_is_about_other_clusters_counts_for_nothing_and_the_longest_wins() {
    let of = |all: &[Attestation]| judged(&[], all).controls[3].attestation.clone();
    assert_eq!(of(&[attestation("manual", None, LAST_WEEK)]), None);
    assert_eq!(of(&[attestation("manual", Some("dev-*"), NEXT_YEAR)]), None);
    assert_eq!(
        of(&[attestation("manual", None, "2026-11-22T07:00:00Z")]),
        None
    );
    let (short, long) = (
        attestation("manual", Some("prod-*"), "2026-12-01T23:59:59Z"),
        attestation("manual", None, NEXT_YEAR),
    );
    assert_eq!(of(&[short.clone(), long.clone()]), Some(long.clone()));
    assert_eq!(of(&[long.clone(), short]), Some(long.clone()));
    let (ended, other) = (
        attestation("manual", None, LAST_WEEK),
        Attestation {
            framework: "g".to_owned(),
            ..long.clone()
        },
    );
    assert_eq!(of(&[ended, other]), None);
    let files = Attestations::about(&[attestation("manual", Some("*"), NEXT_YEAR)], &[], now());
    assert!(files.list.is_empty(), "files are no cluster");
}

#[test]
fn what_is_said_of_one_after_a_scan() {
    let result = judged(&[json!(true)], &[]);
    let standing = |control: usize, until: &str| {
        let result = &result.controls[control];
        let one = attestation(&result.control.id, None, until);
        attestation_standing(&one, "f", result, &[], now()).unwrap()
    };
    assert_eq!(
        standing(0, LAST_WEEK),
        AttestationStanding::Measured(Verdict::Fail)
    );
    assert_eq!(standing(2, LAST_WEEK), AttestationStanding::Ended);
    assert_eq!(
        standing(2, "2026-12-22T06:59:59Z"),
        AttestationStanding::Ending
    );
    assert_eq!(
        standing(2, "2026-12-22T07:00:01Z"),
        AttestationStanding::InForce
    );
    let elsewhere = attestation("route", Some("dev"), NEXT_YEAR);
    let said = attestation_standing(&elsewhere, "f", &result.controls[2], &["prod"], now());
    assert_eq!(said, None);
}

const GOOD: &str = "- framework: f
  control: manual
  cluster: prod-*
  statement: https://wiki.acme.example/evidence
  by: Ana
  until: 2027-03-01
";

#[test]
fn a_file_is_read_with_the_place_of_each_control() {
    let rules = read_attestations("a.yaml", GOOD, &CATALOGUE, now()).unwrap();
    let [rule] = &rules[..] else {
        panic!("{rules:?}")
    };
    assert_eq!(rule.place, (2, 12));
    let wanted = Attestation {
        statement: "https://wiki.acme.example/evidence".to_owned(),
        ..attestation("manual", Some("prod-*"), NEXT_YEAR)
    };
    assert_eq!(rule.attestation, wanted);
    for empty in ["", "# nothing yet\n", "[]"] {
        assert_eq!(
            read_attestations("a.yaml", empty, &CATALOGUE, now()),
            Ok(vec![])
        );
    }
    let last_day = GOOD.replace("2027-03-01", "2027-11-22");
    assert!(read_attestations("a.yaml", &last_day, &CATALOGUE, now()).is_ok());
}

#[test]
fn each_mistake_is_named_with_its_place_and_what_to_do() {
    let twice = format!("{GOOD}{GOOD}");
    let long = format!("statement: {}", "x".repeat(2_001));
    for (text, from, to, said) in [
        (
            GOOD,
            "framework: f",
            "framework: fg",
            "a.yaml:1:14: no framework fg; did you mean f?",
        ),
        (
            GOOD,
            "framework: f",
            "framework: other",
            "a.yaml:1:14: no framework other; plimsoll policy list --frameworks names them",
        ),
        (
            GOOD,
            "control: manual",
            "control: manuel",
            "a.yaml:2:12: f has no control manuel; did you mean manual?",
        ),
        (
            GOOD,
            "control: manual",
            "control: '9'",
            "a.yaml:2:12: f has no control 9; it has measured to manual-route",
        ),
        (
            GOOD,
            "control: manual",
            "control: scored-alone",
            "a.yaml:2:12: scored-alone is scored by what is measured; it cannot be attested; accept its findings one by one in plimsoll.exceptions.yaml",
        ),
        (
            GOOD,
            "cluster: prod-*",
            "cluster: ''",
            "a.yaml:3:12: names no cluster",
        ),
        (
            GOOD,
            "by: Ana",
            "by: \"\\e[31mAna\"",
            "a.yaml:5:7: has characters that cannot be shown",
        ),
        (
            GOOD,
            "by: Ana",
            "by: ' '",
            "a.yaml:5:7: names nobody who answers for it",
        ),
        (
            GOOD,
            "statement: https://wiki.acme.example/evidence",
            "statement: ''",
            "a.yaml:4:14: gives no evidence",
        ),
        (
            GOOD,
            "statement: https://wiki.acme.example/evidence",
            &long,
            "a.yaml:4:14: has 2001 characters; 2000 are kept at most; link to what is longer",
        ),
        (
            GOOD,
            "2027-03-01",
            "March",
            "a.yaml:6:10: `March` is no date like 2027-01-31",
        ),
        (
            GOOD,
            "2027-03-01",
            "2027-11-23",
            "a.yaml:6:10: 2027-11-23 is more than a year ahead; the last day may be 2027-11-22; somebody looks at the evidence again by then",
        ),
        (
            GOOD,
            "by: Ana",
            "bye: Ana",
            "a.yaml:5:3: unknown field `bye`; did you mean `by`?",
        ),
        (
            &twice,
            "",
            "",
            "a.yaml:8:12: manual is attested twice for the same clusters; line 2 says it first; take one of them out",
        ),
    ] {
        let text = if from.is_empty() {
            text.to_owned()
        } else {
            text.replace(from, to)
        };
        let errors = read_attestations("a.yaml", &text, &CATALOGUE, now()).unwrap_err();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].to_string(), said);
    }
    let missing = GOOD.replace("  until: 2027-03-01\n", "");
    let errors = read_attestations("a.yaml", &missing, &CATALOGUE, now()).unwrap_err();
    assert!(errors[0].to_string().contains("until"), "{}", errors[0]);
    let many = GOOD.repeat(1_001);
    let errors = read_attestations("a.yaml", &many, &CATALOGUE, now()).unwrap_err();
    assert_eq!(
        errors[0].to_string(),
        "a.yaml: has 1001 attestations; 1000 are read at most"
    );
}
