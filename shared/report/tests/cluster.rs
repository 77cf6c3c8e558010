//! The terminal report about a live cluster, as the mock-up has it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::time::Duration;

use plimsoll_model::{ReasonCode, Severity, Verdict};
use plimsoll_report::*;
use support::*;

fn control(id: &str, verdict: Verdict, scored: bool) -> Control {
    Control {
        id: id.into(),
        verdict,
        title: "Title".into(),
        level: Some(1),
        scored,
        failed: 0,
        passed: 0,
        not_evaluated: 0,
        excepted: 0,
        policies: Vec::new(),
        attestation: None,
    }
}

fn note(by: &str, statement: &str) -> AttestationNote {
    AttestationNote {
        by: by.into(),
        until: "2027-03-01T23:59:59Z".parse().unwrap(),
        statement: statement.into(),
        cluster: None,
    }
}

fn controls() -> Vec<Control> {
    let mut all = Vec::new();
    let mut many = |number: usize, verdict, scored| {
        for _ in 0..number {
            all.push(control("1.1", verdict, scored));
        }
    };
    many(10, Verdict::Pass, true);
    many(4, Verdict::Fail, true);
    many(13, Verdict::NotEvaluated, true);
    many(3, Verdict::NotApplicable, true);
    many(14, Verdict::Pass, false);
    many(1, Verdict::NotEvaluated, false);
    many(6, Verdict::Manual, false);
    for _ in 0..2 {
        all.push(Control {
            attestation: Some(note(
                "ana@acme.example",
                "Teams have\nnamespaces of their own",
            )),
            ..control("2.1", Verdict::Manual, false)
        });
    }
    for (number, id) in ["3.1.1", "3.1.2", "3.1.3"].into_iter().enumerate() {
        let mut open = all
            .iter_mut()
            .filter(|one| one.scored && one.verdict == Verdict::NotEvaluated);
        let one = open.nth(number).unwrap();
        one.id = id.to_owned();
        one.attestation = Some(note(
            "Ben",
            "https://wiki.acme.example/nodes/a-long-way-below/another-page/and-its-end",
        ));
    }
    all
}

fn policy(id: &str, control: &str) -> PolicyFacts {
    PolicyFacts {
        controls: [format!("cis-eks-1.8.0/{control}")].into_iter().collect(),
        ..facts(id, "Title")
    }
}

fn scan() -> (Header, PolicyTable, Sorted) {
    let table: PolicyTable = [
        policy("privileged-container", "4.2.1"),
        policy("rbac-wildcard-verbs", "4.1.3"),
        policy("netpol-namespace-missing", "4.3.2"),
    ]
    .into_iter()
    .collect();
    let mut header = header(SourceType::Cluster, "prod-eu-1");
    header.source.kubernetes_version = Some("1.34".into());
    header.source.provider = Some("EKS".into());
    header.source.nodes = Some(42);
    header.frameworks.truncate(1);
    header.frameworks[0].score = Some(37.0);
    header.frameworks[0].score_attested = Some(48.1);
    header.frameworks[0].score_possible = Some(85.2);
    header.frameworks[0].controls = controls();
    header.summary.resources = 48_310;
    header.coverage.policies_evaluated = 200;
    header.coverage.percent = Coverage::percent_of(200, 214);
    header.coverage.unread = vec![
        unread(
            "nodes",
            ReasonCode::RouteNotChosen,
            13,
            Some("plimsoll explain 3.2.1"),
            &[
                "3.1.1", "3.1.2", "3.1.3", "3.1.4", "3.2.1", "3.2.2", "3.2.3",
            ],
        ),
        unread(
            "ecr:DescribeRepositories",
            ReasonCode::PermissionMissing,
            1,
            Some("plimsoll access iam"),
            &["5.1.1"],
        ),
    ];
    let privileged = |name| {
        judgement(
            "privileged-container",
            Severity::Critical,
            workload("Deployment", Some("payments"), name),
            "m",
        )
    };
    let mut sorter = Sorter::default();
    let judgements = vec![
        judgement(
            "netpol-namespace-missing",
            Severity::Medium,
            workload("Namespace", None, "batch"),
            "m",
        ),
        judgement(
            "rbac-wildcard-verbs",
            Severity::High,
            workload("ClusterRole", None, "ci-deployer"),
            "m",
        ),
        privileged("ledger"),
        privileged("web"),
        privileged("web"),
    ];
    for judgement in judgements {
        header.summary.verdicts.add(Verdict::Fail);
        header.summary.fail_by_severity.add(judgement.severity);
        let row = Row::of(judgement.clone(), table.get(&judgement.policy).unwrap());
        sorter.push(&row).unwrap();
    }
    for (name, until) in [("a", "2026-11-30T00:00:00Z"), ("b", "2026-12-30T00:00:00Z")] {
        let mut row = Row::of(
            privileged(name),
            table.get(&"privileged-container".parse_id()).unwrap(),
        );
        row.exception = Some(ExceptionNote {
            id: "plimsoll.exceptions.yaml:3".into(),
            origin: plimsoll_model::ExceptionOrigin::File,
            reason: "loads modules".into(),
            until: Some(until.parse().unwrap()),
            approved_by: Some("ana".into()),
        });
        header.summary.next_expiry = Some("2026-11-30T00:00:00Z".parse().unwrap());
        sorter.push(&row).unwrap();
        header.summary.excepted += 1;
        header.summary.verdicts.add(Verdict::Fail);
    }
    (header, table, sorter.finish())
}

trait ParseId {
    fn parse_id(&self) -> plimsoll_model::PolicyId;
}
impl ParseId for str {
    fn parse_id(&self) -> plimsoll_model::PolicyId {
        plimsoll_model::PolicyId::new(self)
    }
}

#[test]
fn a_cluster_is_shown_by_policy_with_what_is_not_known() {
    let (header, table, rows) = scan();
    let view = View {
        frameworks: true,
        elapsed: Duration::from_millis(44_812),
        unreadable: 1,
        ..view(&table, &())
    };
    insta::assert_snapshot!(text(|out| write_terminal(out, &header, &rows, &view)), @r"
    prod-eu-1 · EKS 1.34 · 42 nodes · 48,310 objects in 44.8 s
    SEVERITY  POLICY                    CONTROL  RESOURCES  WORST
    critical  privileged-container      4.2.1            2  Deployment payments/ledger
    high      rbac-wildcard-verbs       4.1.3            1  ClusterRole ci-deployer
    medium    netpol-namespace-missing  4.3.2            1  Namespace batch
    cis-eks-1.8.0  ███████████████▒▒▒▒░░░░░░░░░░░░░░░××××××  37.0 proven, 48.1 with what is attested, 85.2 possible
    scored 27      10 pass · 4 fail · 3 attested · 10 not evaluated
    manual 23      14 judged anyway, all pass · 2 attested · 1 not evaluated · 6 open
    Attested, not measured
      3.1.1–3.1.3  by Ben until 1 Mar 2027               https://wiki.acme.example/nodes/a-long-way…
      2.1 2.1      by ana@acme.example until 1 Mar 2027  Teams have namespaces of their own
    Not evaluated, because
      13  3.1.1–3.1.4 3.2.1–3.2.3  no evidence route chosen for nodes  plimsoll explain 3.2.1
       1  5.1.1                    ecr:DescribeRepositories denied     plimsoll access iam
    2 excepted findings are still evaluated: both still fail (next expiry 30 Nov)
    critical 3 · high 1 · medium 1 · low 0
    coverage 94 % (200 of 214 policies)
    no gate set; --fail-on high would exit 4
    ");
}

#[test]
fn full_lists_every_finding_below_the_table_and_bars_stand_alone_without_a_framework() {
    let (header, table, rows) = scan();
    let view = View {
        full: true,
        ..view(&table, &())
    };
    let shown = text(|out| write_terminal(out, &header, &rows, &view));
    assert!(shown.contains("Deployment payments/ledger"));
    assert!(shown.contains("37.0 proven, 48.1 with") && !shown.contains("scored 27"));
    assert!(
        !shown.contains("excepted  "),
        "excepted rows are no findings: {shown}"
    );
}
