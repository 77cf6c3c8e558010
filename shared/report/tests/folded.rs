//! Findings of one object at one place stand together, and none is lost by it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use plimsoll_model::{Judgement, Severity};
use plimsoll_report::*;
use support::*;

/// A policy, its severity, its message, and where.
type Said = (&'static str, Severity, &'static str, (u32, u32, u32));

/// What the policies of this scan say of a container.
const SAID: [Said; 7] = [
    (
        "privileged-container",
        Severity::Critical,
        "container app runs privileged",
        (19, 11, 27),
    ),
    (
        "host-reachable",
        Severity::High,
        "container app reaches its node",
        (19, 11, 27),
    ),
    (
        "runs-otherwise",
        Severity::Medium,
        "container app runs",
        (19, 11, 27),
    ),
    (
        "user-unset",
        Severity::High,
        "container app may be root",
        (18, 9, 24),
    ),
    (
        "memory-limit-missing",
        Severity::Medium,
        "container app has no memory limit",
        (16, 9, 18),
    ),
    (
        "cpu-limit-missing",
        Severity::Low,
        "container app has no CPU limit",
        (16, 9, 18),
    ),
    (
        "image-tag",
        Severity::Low,
        "container app names its image by tag",
        (17, 9, 14),
    ),
];

fn said(name: &str, file: &str, policies: &[&str]) -> Vec<Judgement> {
    let of = |(policy, severity, message, place): Said| {
        let resource = workload("Deployment", Some("payments"), name);
        let path = format!("spec.template.spec.containers[0].{policy}");
        placed(
            judgement(policy, severity, resource, message),
            file,
            &path,
            place,
        )
    };
    let wanted = SAID.into_iter().filter(|said| policies.contains(&said.0));
    wanted.map(of).collect()
}

/// The whole of it in one file; others' privileged containers with the same, less and nothing beside it.
fn scan() -> (Header, PolicyTable, Sorted) {
    let others = SAID[1..].iter().map(|said| facts(said.0, "Title"));
    let table: PolicyTable = others.chain([privileged()]).collect();
    let mut header = header(SourceType::Files, "k8s/");
    let all = SAID.map(|said| said.0);
    let judgements = [
        said("ledger", "k8s/payments.yaml", &all),
        said("mint", "k8s/mint.yaml", &all[..3]),
        said("purse", "k8s/purse.yaml", &[all[0], all[2]]),
        said("till", "k8s/till.yaml", &all[..1]),
        said("vault", "k8s/vault.yaml", &all[..1]),
    ];
    let sorted = rows(&mut header, &table, judgements.concat());
    (header, table, sorted)
}

#[test]
fn the_others_at_a_place_follow_the_most_severe() {
    let (header, table, rows) = scan();
    let view = view(&table, &Texts);
    insta::assert_snapshot!(text(|out| write_terminal(out, &header, &rows, &view)));
}

#[test]
fn in_full_nothing_is_folded_and_a_pipe_still_gets_a_line_each() {
    let (header, table, rows) = scan();
    let full = View {
        full: true,
        ..view(&table, &Texts)
    };
    let shown = text(|out| write_terminal(out, &header, &rows, &full));
    assert_eq!(
        shown.matches("\n --> ").count() + shown.matches("\n  --> ").count(),
        14
    );
    assert!(
        !shown.contains("and: ") && !shown.contains("--full"),
        "{shown}"
    );
    let lines = text(|out| write_lines(out, &rows, &full));
    assert_eq!(lines.lines().count(), 14);
}
