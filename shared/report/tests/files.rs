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
