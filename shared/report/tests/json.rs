//! The JSON contract: every name, the example, the order, and that nothing but the time differs.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use plimsoll_model::{Reason, ReasonCode, ResourceRef, Verdict};
use plimsoll_report::*;
use serde_json::Value;
use support::*;

fn report() -> (Header, Sorted, SortedAffected) {
    let (mut header, table, _) = files_scan();
    let ecr = PolicyFacts {
        controls: ["cis-eks-1.8.0/5.1.1".to_owned()].into_iter().collect(),
        ..facts("ecr-scan-off", "ECR image scanning on")
    };
    let table: PolicyTable = [privileged(), ecr]
        .into_iter()
        .chain(
            table
                .get(&plimsoll_model::PolicyId::new("memory-limit-missing"))
                .cloned(),
        )
        .collect();
    header.summary.verdicts = VerdictCounts::default();
    header.summary.fail_by_severity = SeverityCounts::default();
    header.frameworks[0].score = Some(37.0);
    header.frameworks[0].controls.push(Control {
        id: "4.2.1".into(),
        verdict: Verdict::Fail,
        title: "Privileged containers not admitted".into(),
        level: Some(1),
        scored: true,
        failed: 2,
        passed: 118,
        not_evaluated: 0,
        excepted: 0,
        policies: vec!["privileged-container".into()],
        attestation: None,
    });
    let repository = ResourceRef {
        api_version: "aws".into(),
        kind: "AWS::ECR::Repository".into(),
        namespace: Some("eu-central-1".into()),
        ..Default::default()
    };
    let denied = Reason::new(ReasonCode::PermissionMissing, "ecr:DescribeRepositories")
        .mended_by("plimsoll access iam");
    let ledger = workload("Deployment", Some("payments"), "ledger");
    let privileged = placed(
        judgement(
            "privileged-container",
            plimsoll_model::Severity::Critical,
            ledger.clone(),
            "container app runs privileged",
        ),
        "k8s/payments.yaml",
        "spec.template.spec.containers[0].securityContext.privileged",
        (19, 11, 27),
    );
    let rows = rows(
        &mut header,
        &table,
        vec![
            not_evaluated("ecr-scan-off", repository, denied),
            privileged,
        ],
    );
    let mut affected = Affected::default();
    for verdict in [Verdict::Pass, Verdict::Fail] {
        affected
            .push(&ledger, Some("k8s/payments.yaml"), &[(0, verdict)])
            .unwrap();
    }
    (header, rows, affected.finish())
}

fn json() -> String {
    let (header, rows, affected) = report();
    text(|out| write_json(out, &header, &rows, &affected))
}

/// Every name of the contract's example must be there, with a value of the same type unless either is null.
fn covers(example: &Value, ours: &Value, path: &str, missing: &mut Vec<String>) {
    match (example, ours) {
        (Value::Object(example), Value::Object(ours)) => {
            for (name, value) in example {
                match ours.get(name) {
                    None => missing.push(format!("{path}.{name}")),
                    Some(found) => covers(value, found, &format!("{path}.{name}"), missing),
                }
            }
        }
        (Value::Array(example), Value::Array(ours)) => {
            for (index, value) in example.iter().enumerate() {
                // Rows of the example without a value of ours at that index have no counterpart to compare with.
                if let Some(found) = ours.get(index) {
                    covers(value, found, &format!("{path}[{index}]"), missing);
                }
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        (example, ours) => {
            if std::mem::discriminant(example) != std::mem::discriminant(ours) {
                missing.push(format!("{path}: {example} became {ours}"));
            }
        }
    }
}

#[test]
fn every_name_of_the_contracts_example_is_written() {
    let example: Value = serde_json::from_str(include_str!("example.json")).unwrap();
    let ours: Value = serde_json::from_str(&json()).unwrap();
    let mut missing = Vec::new();
    covers(&example, &ours, "", &mut missing);
    assert!(missing.is_empty(), "{missing:#?}");
    assert_eq!(ours["verdicts"].as_array().unwrap().len(), 2);
    assert_eq!(ours["frameworks"][0]["resources"][0]["verdict"], "fail");
}

#[test]
fn the_contracts_example_reads_back() {
    let report: ReportDocument = serde_json::from_str(include_str!("example.json")).unwrap();
    assert_eq!(report.schema_version, SCHEMA_VERSION);
    assert_eq!(
        report.verdicts[0].fix.as_ref().unwrap().patch[0].op,
        "remove"
    );
    assert_eq!(
        report.verdicts[1].reason.as_ref().unwrap().code,
        ReasonCode::PermissionMissing
    );
    assert_eq!(report.frameworks[0].framework.controls[0].failed, 2);
    assert_eq!(report.frameworks[0].resources[0].verdict, Verdict::Fail);
}

#[test]
fn what_is_written_reads_back_as_it_was() {
    let (header, rows, _) = report();
    let read: ReportDocument = serde_json::from_str(&json()).unwrap();
    assert_eq!(read.tool, header.tool);
    assert_eq!(read.coverage, header.coverage);
    assert_eq!(read.summary, header.summary);
    let written: Vec<Row> = rows.reader().unwrap().map(Result::unwrap).collect();
    assert_eq!(read.verdicts, written);
    let fix = read.verdicts[0].fix.as_ref().unwrap();
    assert_eq!(
        fix.patch[0].path,
        "/spec/template/spec/containers/0/securityContext/privileged"
    );
}

#[test]
fn only_the_line_with_the_time_differs_between_two_scans() {
    let (mut header, rows, affected) = report();
    let first = json();
    header.generated_at = "2027-01-01T00:00:00Z".parse().unwrap();
    let second = text(|out| write_json(out, &header, &rows, &affected));
    let differing: Vec<_> = first
        .lines()
        .zip(second.lines())
        .filter(|(a, b)| a != b)
        .collect();
    assert_eq!(first.lines().count(), second.lines().count());
    assert_eq!(differing.len(), 1, "{differing:?}");
}

#[test]
fn a_report_of_nothing_is_still_whole() {
    let header = header(SourceType::Files, ".");
    let text = text(|out| {
        write_json(
            out,
            &header,
            &Sorter::default().finish(),
            &Affected::default().finish(),
        )
    });
    let read: ReportDocument = serde_json::from_str(&text).unwrap();
    assert!(read.verdicts.is_empty() && read.frameworks.len() == 2);
}

/// Prints what a report of that many rows costs; run by hand with `--release --ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a check"]
fn cost_of_a_hundred_thousand_rows() {
    let (_, table, sorted) = files_scan();
    let row = sorted.reader().unwrap().next().unwrap().unwrap();
    let start = std::time::Instant::now();
    let mut sorter = Sorter::default();
    for number in 0..100_000_u32 {
        let mut row = row.clone();
        row.paths = vec![format!(
            "spec.containers[{}]",
            number.wrapping_mul(2_654_435_761)
        )];
        sorter.push(&row).unwrap();
    }
    let sorted = sorter.finish();
    println!("sorted after {:?}", start.elapsed());
    let header = header(SourceType::Files, ".");
    write_json(
        &mut std::io::sink(),
        &header,
        &sorted,
        &Affected::default().finish(),
    )
    .unwrap();
    println!("JSON after {:?}", start.elapsed());
    let view = view(&table, &());
    write_lines(&mut std::io::sink(), &sorted, &view).unwrap();
    println!("lines after {:?}", start.elapsed());
}
