//! The terminal report about files, as the mock-ups have it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use plimsoll_model::{ReasonCode, Severity};
use plimsoll_report::*;
use support::*;

#[test]
fn findings_stand_in_their_source_and_lesser_ones_on_a_line() {
    let (header, table, rows) = files_scan();
    let view = View {
        fix_command: Some("plimsoll fix k8s/".into()),
        mendable: 3,
        ..view(&table, &Texts)
    };
    insta::assert_snapshot!(text(|out| write_terminal(out, &header, &rows, &view)));
}

#[test]
fn full_shows_every_finding_and_names_what_is_missing() {
    let (header, table, rows) = files_scan();
    let view = View {
        full: true,
        ..view(&table, &Texts)
    };
    insta::assert_snapshot!(text(|out| write_terminal(out, &header, &rows, &view)));
}

#[test]
fn a_pipe_gets_one_finding_a_line() {
    let (_, table, rows) = files_scan();
    let view = view(&table, &Texts);
    insta::assert_snapshot!(text(|out| write_lines(out, &rows, &view)), @r"
    k8s/payments.yaml:19:11: critical: container app runs privileged [privileged-container]
    k8s/agent.yaml:27:11: critical: container app runs privileged [privileged-container]
    k8s/payments.yaml:16:9: medium: container app has no memory limit [memory-limit-missing]
    ");
}

#[test]
fn all_is_well_in_two_lines() {
    let table = PolicyTable::default();
    let mut header = header(SourceType::Files, "k8s/");
    let rows = rows(&mut header, &table, Vec::new());
    let view = view(&table, &Texts);
    insta::assert_snapshot!(text(|out| write_terminal(out, &header, &rows, &view)), @r"
    No findings. 214 policies, 31 resources in 12 files, 38 ms.
    coverage 96 % (205 of 214 policies); 9 need a live cluster: add --context NAME
    ");
}

#[test]
fn a_missed_gate_says_so_even_when_nothing_fails() {
    let table = PolicyTable::default();
    let mut header = header(SourceType::Files, "k8s/");
    header.coverage.unread.push(unread(
        "k8s/broken.yaml",
        ReasonCode::MalformedInput,
        4,
        None,
        &[],
    ));
    header.coverage.policies_evaluated = 201;
    let rows = rows(&mut header, &table, Vec::new());
    header.summary.gate = Gate::decide(
        Some(Severity::High),
        None,
        GateInput {
            failing: &header.summary.fail_by_severity,
            percent: 93.9,
            unread: 1,
        },
    );
    let view = View {
        unreadable: 1,
        ..view(&table, &Texts)
    };
    insta::assert_snapshot!(text(|out| write_terminal(out, &header, &rows, &view)), @r"
    Not evaluated, because
       4  k8s/broken.yaml: not of the shape of its kind
    No findings. 214 policies, 31 resources in 12 files, 38 ms.
    coverage 96 % (201 of 214 policies); 9 need a live cluster: add --context NAME; 4 not evaluated, see above
    gate --fail-on high: 1 input could not be read, exit 4
    ");
}

#[test]
fn quiet_shows_findings_alone_and_nothing_when_there_are_none() {
    let (header_with, table, found) = files_scan();
    let quiet = View {
        quiet: true,
        ..view(&table, &())
    };
    let shown = text(|out| write_terminal(out, &header_with, &found, &quiet));
    assert!(shown.contains("privileged-container") && !shown.contains("coverage"));
    let mut header = header(SourceType::Files, "k8s/");
    let none = rows(&mut header, &table, Vec::new());
    assert_eq!(text(|out| write_terminal(out, &header, &none, &quiet)), "");
}

#[test]
fn without_unicode_only_ascii_is_written_and_colour_only_when_asked_for() {
    let (header, table, rows) = files_scan();
    let ascii = View {
        look: Look {
            ascii: true,
            ..Look::default()
        },
        ..view(&table, &Texts)
    };
    assert!(text(|out| write_terminal(out, &header, &rows, &ascii)).is_ascii());
    let coloured = View {
        look: Look {
            colour: true,
            ..Look::default()
        },
        ..view(&table, &Texts)
    };
    let coloured = text(|out| write_terminal(out, &header, &rows, &coloured));
    assert!(coloured.contains("\u{1b}["));
    let bare = view(&table, &Texts);
    let bare = text(|out| write_terminal(out, &header, &rows, &bare));
    assert_eq!(stripped(&coloured), bare, "colour adds no text");
}

fn stripped(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn a_message_cannot_steer_the_terminal() {
    let table: PolicyTable = [privileged()].into_iter().collect();
    let mut header = header(SourceType::Files, "k8s/");
    let evil = workload("Pod", Some("a"), "x\u{1b}[2J");
    let finding = placed(
        judgement(
            "privileged-container",
            Severity::Low,
            evil,
            "container \u{1b}]0;x\u{7} runs",
        ),
        "k8s/\u{1b}[31m.yaml",
        "spec",
        (1, 1, 2),
    );
    let rows = rows(&mut header, &table, vec![finding]);
    for full in [false, true] {
        let view = View {
            full,
            ..view(&table, &())
        };
        let shown = text(|out| write_terminal(out, &header, &rows, &view));
        assert!(
            !shown.contains('\u{1b}') && !shown.contains('\u{7}'),
            "{shown}"
        );
    }
}

/// One finding in `PAYMENTS` with a patch, in full.
fn shown_with(op: PatchOp, path: &str, place: (u32, u32, u32), observed: Option<&str>) -> String {
    let policy = PolicyFacts {
        fix_text: "Set it.".into(),
        fix_patch: vec![op],
        paths: vec![path.into()],
        ..facts("a-policy", "Title")
    };
    let table: PolicyTable = [policy].into_iter().collect();
    let mut header = header(SourceType::Files, "k8s/");
    let mut finding = placed(
        judgement(
            "a-policy",
            Severity::High,
            workload("Deployment", Some("payments"), "ledger"),
            "it is so",
        ),
        "k8s/payments.yaml",
        &format!("spec.template.spec.containers[0].{path}"),
        place,
    );
    finding.observed = observed.map(str::to_owned);
    let rows = rows(&mut header, &table, vec![finding]);
    let view = View {
        quiet: true,
        ..view(&table, &Texts)
    };
    text(|out| write_terminal(out, &header, &rows, &view))
}

fn op(op: &str, path: &str, value: serde_json::Value) -> PatchOp {
    PatchOp {
        op: op.into(),
        path: path.into(),
        value: Some(value),
    }
}

#[test]
fn a_missing_field_is_shown_where_it_belongs() {
    let add = |path: &str, place| {
        let patch = op("add", &path.replace('.', "/"), serde_json::json!(false));
        shown_with(patch, path, place, None)
    };
    let below_its_parent = add("securityContext.allowPrivilegeEscalation", (18, 9, 24));
    let with_its_parent = add("resources.limits.memory", (16, 9, 18));
    insta::assert_snapshot!(format!("{below_its_parent}\n{with_its_parent}"));
    let beside_a_block = add("securityContext.x", (13, 5, 9));
    assert!(
        !beside_a_block.contains("+ "),
        "no line where it would not belong: {beside_a_block}"
    );
}

#[test]
fn a_wrong_value_is_shown_with_the_right_one() {
    let replace = op(
        "replace",
        "securityContext/privileged",
        serde_json::json!(false),
    );
    let shown = shown_with(
        replace,
        "securityContext.privileged",
        (19, 11, 27),
        Some("true"),
    );
    insta::assert_snapshot!(shown);
    let with_a_list = op(
        "replace",
        "securityContext/privileged",
        serde_json::json!([1]),
    );
    let shown = shown_with(
        with_a_list,
        "securityContext.privileged",
        (19, 11, 27),
        Some("true"),
    );
    assert!(!shown.contains("+ "), "{shown}");
}
