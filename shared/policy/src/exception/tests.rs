//! Exceptions over a small catalogue: what they cover, when they end, what is said of those that are no use.

use plimsoll_cel::{Bump, decode_json};
use plimsoll_model::{ExceptionOrigin, Judgement, Verdict};
use serde_json::{Value, json};

use super::*;
use crate::diff::{Before, difference};
use crate::{CatalogueFile, Lists, Plan, PlanOptions, Seen, Session, Sink, outcome};

const PRIVILEGED: &str = "id: privileged
title: Container runs privileged
severity: high
match: { kinds: [Workload] }
each: { container: variables.containers }
expression: '!container.?securityContext.?privileged.orValue(false)'
message: it is privileged
why: Why.
fix: { text: Fix. }
";

const JOINED: &str = "id: joined
title: Namespace has no label
severity: low
match: { kinds: [Workload] }
expression: namespaceObject.metadata.?labels.?team.hasValue()
path: metadata.namespace
message: its namespace has no label
needs: [namespaces]
why: Why.
fix: { text: Fix. }
";

const FRAMEWORK: &str = "id: f
title: F
short: F
controls: [{ id: '1', title: One, policies: [privileged, joined] }]
";

fn catalogue() -> Catalogue {
    let file = |path: &str, text: &str| CatalogueFile {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    Catalogue::load(&[
        file("privileged/policy.yaml", PRIVILEGED),
        file("joined/policy.yaml", JOINED),
        file("x/frameworks/f.yaml", FRAMEWORK),
    ])
    .unwrap()
}

fn now() -> Timestamp {
    "2026-11-21T00:00:00Z".parse().unwrap()
}

#[derive(Default)]
struct Failing(Vec<Judgement>, bool);

impl Sink for Failing {
    fn wants(&self, verdict: Verdict) -> bool {
        verdict == Verdict::Fail && !self.1
    }
    fn judgement(&mut self, judgement: Judgement) {
        self.0.push(judgement);
    }
}

/// What a scan came to: its failing judgements, what it noticed, excepted verdicts in all and in the control.
struct Scanned {
    failing: Vec<Judgement>,
    log: ExceptionLog,
    excepted: (u64, u64),
}

fn scan_as(objects: &[Value], exceptions: Option<Exceptions>, blind: bool) -> Scanned {
    let catalogue = catalogue();
    let options = PlanOptions {
        exceptions,
        ..PlanOptions::default()
    };
    let plan = Plan::new(&catalogue, options);
    let (arena, lists) = (Bump::new(), Lists::of_case());
    let (mut session, mut sink) = (Session::new(&plan), Failing(Vec::new(), blind));
    let mut again = Vec::new();
    let namespace =
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "payments"}});
    for object in objects.iter().chain([&namespace]) {
        let node = decode_json(&arena, object.to_string().as_bytes()).unwrap();
        if session.first(&node, None, &arena, &lists, &mut sink) == Seen::Again {
            again.push(node);
        }
    }
    let mut joins = std::mem::take(&mut session.joins);
    joins.settle();
    for node in again {
        session.second(&node, None, &arena, &joins, &lists, &mut sink);
    }
    let control = &outcome::frameworks(&plan, &session.tally)[0].controls[0];
    Scanned {
        failing: sink.0,
        excepted: (session.tally.excepted(), control.excepted),
        log: session.exceptions,
    }
}

fn scan(objects: &[Value], rules: &str) -> Scanned {
    let rules = read_rules("rules.yaml", rules, &catalogue()).unwrap();
    scan_as(objects, Some(Exceptions { rules, now: now() }), false)
}

/// A Deployment with a privileged container, in a namespace without labels.
fn deployment(own: Value, template: Value) -> Value {
    let containers =
        json!([{"name": "app", "securityContext": {"privileged": true}}, {"name": "other"}]);
    json!({"apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "ledger", "namespace": "payments", "annotations": own},
        "spec": {"template": {"metadata": {"annotations": template}, "spec": {"containers": containers}}}})
}

fn remarks(scanned: &Scanned) -> Vec<(RemarkKind, String, String)> {
    let remarks = scanned.log.remarks();
    remarks
        .map(|one| (one.kind, one.path.clone(), one.message.clone()))
        .collect()
}

#[test]
fn an_annotation_excepts_its_policy_and_no_other_and_the_finding_stays() {
    let says = json!({"except.plimsoll.io/privileged": "loads modules, until 2027-01-31"});
    for (object, path) in [
        (deployment(says.clone(), json!({})), "metadata"),
        (
            deployment(json!({}), says.clone()),
            "spec.template.metadata",
        ),
    ] {
        let scanned = scan(&[object], "");
        assert_eq!(scanned.failing.len(), 2, "{path}");
        let (own, other) = (&scanned.failing[0], &scanned.failing[1]);
        assert_eq!(
            (own.policy.as_str(), own.verdict),
            ("privileged", Verdict::Fail)
        );
        let excepted = own.exception.as_deref().unwrap();
        assert_eq!(excepted.reason, "loads modules");
        assert_eq!(excepted.origin, ExceptionOrigin::Annotation);
        assert_eq!(
            excepted.until,
            Some("2027-01-31T23:59:59Z".parse().unwrap())
        );
        assert_eq!(other.exception, None);
        assert_eq!(scanned.excepted, (1, 1));
        assert_eq!(scanned.log.next_end(), excepted.until);
        assert_eq!(remarks(&scanned), []);
    }
}

#[test]
fn a_policy_with_joins_is_excepted_like_any_other() {
    let scanned = scan(
        &[deployment(
            json!({"except.plimsoll.io/joined": "old"}),
            json!({}),
        )],
        "",
    );
    let excepted: Vec<bool> = scanned
        .failing
        .iter()
        .map(|one| one.exception.is_some())
        .collect();
    assert_eq!(excepted, [false, true]);
    assert_eq!(remarks(&scanned), []);
}

#[test]
fn excepted_verdicts_are_counted_also_where_nobody_wants_to_see_them() {
    let object = deployment(json!({"except.plimsoll.io/privileged": "why"}), json!({}));
    let scanned = scan_as(&[object], Some(Exceptions::of_annotations(now())), true);
    assert_eq!((scanned.failing.len(), scanned.excepted), (0, (1, 1)));
}

#[test]
fn without_exceptions_annotations_count_for_nothing() {
    let object = deployment(json!({"except.plimsoll.io/privileged": "why"}), json!({}));
    let scanned = scan_as(&[object], None, false);
    assert!(scanned.failing.iter().all(|one| one.exception.is_none()));
    assert_eq!(
        (scanned.excepted, scanned.log),
        ((0, 0), ExceptionLog::default())
    );
}

#[test]
fn an_annotation_with_a_mistake_excepts_nothing_and_is_said_with_its_place() {
    let at = |id: &str| format!("metadata.annotations[\"except.plimsoll.io/{id}\"]");
    for (id, value, kind, message) in [
        (
            "privileged",
            json!(" "),
            RemarkKind::Mistake,
            "excepts nothing: gives no reason",
        ),
        (
            "privileged",
            json!(true),
            RemarkKind::Mistake,
            "excepts nothing: the reason is no text",
        ),
        (
            "privileged",
            json!("why until 2026-13-01"),
            RemarkKind::Mistake,
            "excepts nothing: `2026-13-01` is no date like 2027-01-31",
        ),
        (
            "privilegd",
            json!("why"),
            RemarkKind::Mistake,
            "excepts nothing: no policy privilegd",
        ),
        (
            "all",
            json!("why"),
            RemarkKind::Mistake,
            "no exception is for all policies",
        ),
        (
            "privileged",
            json!("why until 2026-11-20"),
            RemarkKind::Ended,
            "the exception of privileged ended on 20 Nov 2026",
        ),
    ] {
        let key = format!("except.plimsoll.io/{id}");
        let scanned = scan(&[deployment(json!({key: value}), json!({}))], "");
        assert!(
            scanned.failing.iter().all(|one| one.exception.is_none()),
            "{message}"
        );
        assert_eq!(scanned.excepted, (0, 0));
        assert_eq!(remarks(&scanned), [(kind, at(id), message.to_owned())]);
    }
    let scanned = scan(
        &[deployment(
            json!({"except.plimsoll.io/privilegd": "why"}),
            json!({}),
        )],
        "",
    );
    let help = scanned.log.remarks().next().unwrap().help.clone();
    assert_eq!(
        help.as_deref(),
        Some("did you mean except.plimsoll.io/privileged?")
    );
}

#[test]
fn an_annotation_about_what_does_not_fail_is_said() {
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s", "annotations": {"except.plimsoll.io/privileged": "why"}}});
    let mut labelled = deployment(json!({"except.plimsoll.io/joined": "why"}), json!({}));
    labelled["metadata"]["namespace"] = json!("labelled");
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "labelled", "labels": {"team": "b"}}});
    for (objects, message) in [
        (
            vec![service],
            "excepts nothing: privileged does not judge this kind",
        ),
        (
            vec![labelled, namespace],
            "excepts nothing: joined does not fail here",
        ),
    ] {
        let scanned = scan(&objects, "");
        let [(kind, _, said)] = &remarks(&scanned)[..] else {
            panic!("{:?}", remarks(&scanned));
        };
        assert_eq!((*kind, said.as_str()), (RemarkKind::Unused, message));
    }
}

#[test]
fn a_rule_covers_what_its_globs_fit() {
    let object = || [deployment(json!({}), json!({}))];
    let rule = |resource: &str, more: &str| {
        format!(
            "- {{ policy: privileged, resource: {resource}, reason: why, approvedBy: ana{more} }}"
        )
    };
    for (resource, more, covers) in [
        ("{ kind: Deployment }", "", true),
        ("{ kind: DaemonSet }", "", false),
        ("{ namespace: pay*, name: ledger }", "", true),
        ("{ namespace: pay, name: ledger }", "", false),
        ("{ name: led* }", ", element: app", true),
        ("{ name: led* }", ", element: ap", false),
        ("{ name: ledger }", ", until: 2026-11-21", true),
        ("{ name: ledger }", ", until: 2026-11-20", false),
    ] {
        let scanned = scan(&object(), &rule(resource, more));
        assert_eq!(
            scanned.failing[0].exception.is_some(),
            covers,
            "{resource}{more}"
        );
        assert_eq!(scanned.failing[1].exception, None);
        assert_eq!(
            scanned.log.covers(0),
            covers || more.contains("11-20"),
            "{resource}"
        );
    }
    let scanned = scan(&object(), &rule("{ name: ledger }", ", until: 2026-12-01"));
    let excepted = scanned.failing[0].exception.clone().unwrap();
    assert_eq!(excepted.id, "rules.yaml:1");
    assert_eq!(excepted.approved_by.as_deref(), Some("ana"));
}

#[test]
fn each_mistake_in_a_file_is_named_with_its_place_and_what_was_meant() {
    const GOOD: &str = "- policy: privileged\n  resource: { kind: Deployment }\n  reason: why\n  approvedBy: ana\n  until: 2027-01-31\n";
    assert_eq!(
        read_rules("r", GOOD, &catalogue()).unwrap()[0].place,
        (1, 11)
    );
    assert_eq!(
        read_rules("r", "# none yet\n", &catalogue()),
        Ok(Vec::new())
    );
    for (from, to, place, message, help) in [
        (
            "reason:",
            "raison:",
            (3, 3),
            "unknown field `raison`",
            "did you mean `reason`?",
        ),
        (
            "privileged",
            "privilegd",
            (1, 11),
            "no policy privilegd",
            "did you mean privileged?",
        ),
        (
            "privileged",
            "'*'",
            (1, 11),
            "no policy *",
            "an exception is for one policy; name it",
        ),
        (
            "Deployment",
            "Deploymnt",
            (2, 21),
            "no kind Deploymnt is read",
            "did you mean Deployment?",
        ),
        (
            "{ kind: Deployment }",
            "{ name: '*' }",
            (2, 13),
            "covers every resource",
            "use --skip",
        ),
        ("why", "' '", (3, 11), "gives no reason", ""),
        ("ana", "''", (4, 15), "names nobody who approved it", ""),
        (
            "2027-01-31",
            "2027-01-32",
            (5, 10),
            "`2027-01-32` is no date like 2027-01-31",
            "",
        ),
        ("  reason: why\n", "", (4, 3), "missing field `reason`", ""),
    ] {
        let errors = read_rules("r", &GOOD.replace(from, to), &catalogue()).unwrap_err();
        let error = &errors[0];
        assert_eq!((error.line, error.column), place, "{error}");
        assert!(error.message.contains(message), "{error}");
        assert!(
            error.help.as_deref().unwrap_or("").contains(help),
            "{error}"
        );
    }
}

#[test]
fn an_exception_that_comes_or_goes_is_a_change_and_closes_nothing() {
    let catalogue = catalogue();
    let lists = Lists::of_case();
    let plain = scan(&[deployment(json!({}), json!({}))], "").failing;
    let says = json!({"except.plimsoll.io/privileged": "why"});
    let excepted = scan(&[deployment(says, json!({}))], "").failing;
    let first = difference(&catalogue, "", Before::default(), &plain, &lists);
    for (before, now, counted) in [(&plain, &excepted, 1), (&excepted, &plain, 0)] {
        let published = difference(&catalogue, "", Before::default(), before, &lists).manifest;
        let before = Before {
            published: Some(&published),
            pending: None,
        };
        let change = difference(&catalogue, "", before, now, &lists);
        assert_eq!(change.changed, [now[0].fingerprint]);
        assert!(change.opened.is_empty() && change.resolved.is_empty());
        assert_eq!(
            (change.excepted.len(), change.counted.len()),
            (counted, 1 - counted)
        );
        let excepted = change
            .manifest
            .entries
            .iter()
            .filter(|entry| entry.excepted);
        assert_eq!(excepted.count(), counted);
        assert_eq!(change.manifest.entries.len(), first.manifest.entries.len());
    }
}
