//! Findings that somebody accepts: still listed as failing, counted apart, and never in the way of a pipeline.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use serde_json::Value;
use support::{Folder, PAYMENTS, Run};

const ONLY: [&str; 6] = [
    "scan",
    "k8s",
    "--only",
    "privileged-container,host-pid",
    "--fail-on",
    "high",
];

const RULES: &str = "- policy: privileged-container
  resource: { kind: Deployment, namespace: pay*, name: ledger }
  element: app
  reason: It loads kernel modules
  approvedBy: ana@acme.example
  until: 2099-11-30
";

/// The manifests of the mock-up, the Deployment's metadata with these annotations.
fn annotated(annotations: &str) -> Folder {
    let folder = Folder::new();
    let place = "  name: ledger\n";
    assert_eq!(PAYMENTS.matches(place).count(), 1);
    let text = PAYMENTS.replace(place, &format!("{place}  annotations:\n{annotations}"));
    folder.write("k8s/payments.yaml", text);
    folder
}

fn with_rules(rules: &str) -> Folder {
    let folder = Folder::with_payments();
    folder.write("plimsoll.exceptions.yaml", rules);
    folder
}

fn scan(folder: &Folder, more: &[&str]) -> Run {
    folder.run(&[&ONLY, more].concat())
}

#[test]
fn an_annotation_takes_a_finding_out_of_the_gate_and_not_out_of_the_report() {
    let says =
        "    except.plimsoll.io/privileged-container: loads kernel modules, until 2099-11-30\n";
    let folder = annotated(says);
    let run = scan(&folder, &[]);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
    let line = "1 excepted finding is still evaluated: it still fails (next expiry 30 Nov 2099)";
    assert!(run.err.contains(line), "{}", run.err);
    let listed = scan(&folder, &["--verdicts", "fail"]);
    let words = "excepted: container app runs privileged (accepted: loads kernel modules, until 30 Nov 2099) [privileged-container]";
    assert!(listed.out.contains(words), "{}", listed.out);
    let json: Value = serde_json::from_str(&scan(&folder, &["--format", "json"]).out).unwrap();
    let [row] = &json["verdicts"].as_array().unwrap()[..] else {
        panic!("{json:#}");
    };
    assert_eq!(row["verdict"], "fail");
    let exception = serde_json::json!({
        "id": "except.plimsoll.io/privileged-container",
        "origin": "annotation",
        "reason": "loads kernel modules",
        "until": "2099-11-30T23:59:59Z",
        "approvedBy": null,
    });
    assert_eq!(row["exception"], exception);
    let summary = &json["summary"];
    assert_eq!(
        (&summary["excepted"], &summary["verdicts"]["fail"]),
        (&1.into(), &1.into())
    );
    assert_eq!(summary["failBySeverity"]["critical"], 0);
    assert_eq!(summary["gate"]["exitCode"], 0);
    let all = scan(&folder, &["--no-exceptions"]);
    assert_eq!(all.code, 1);
    assert!(!all.err.contains("excepted"), "{}", all.err);
}

#[test]
fn a_file_found_above_or_named_excepts_what_its_rules_fit() {
    let folder = with_rules(RULES);
    let mut below = folder.command(&[
        "scan",
        ".",
        "--only",
        "privileged-container",
        "--fail-on",
        "high",
        "--format",
        "json",
    ]);
    below.current_dir(folder.path().join("k8s"));
    let below = Run::of(below.output().unwrap());
    assert_eq!(below.code, 0, "{}", below.err);
    let json: Value = serde_json::from_str(&below.out).unwrap();
    let exception = &json["verdicts"][0]["exception"];
    assert_eq!(exception["approvedBy"], "ana@acme.example");
    assert_eq!(exception["origin"], "file");
    let id = exception["id"].as_str().unwrap();
    assert!(id.ends_with("plimsoll.exceptions.yaml:1"), "{id}");
    let named = Folder::with_payments();
    named.write("accepted.yaml", RULES);
    assert_eq!(scan(&named, &[]).code, 1);
    assert_eq!(scan(&named, &["--exceptions", "accepted.yaml"]).code, 0);
    named.write("plimsoll.toml", "[scan]\nexceptions = \"accepted.yaml\"\n");
    assert_eq!(scan(&named, &[]).code, 0);
}

#[test]
fn what_ended_or_covers_nothing_is_said_with_its_place() {
    let folder = with_rules(&RULES.replace("2099", "2020"));
    let run = scan(&folder, &[]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.err.split("critical").next().unwrap(), @r"
    warning[exception-ended]: the exception of privileged-container ended on 30 Nov 2020
     --> plimsoll.exceptions.yaml:1:11
      |
    1 | - policy: privileged-container
      |           ^^^^^^^^^^^^^^^^^^^^ what it covers counts again
      help: mend what it covers, or have the exception approved anew
    ");
    let folder = with_rules(&RULES.replace("name: ledger", "name: leger"));
    let run = scan(&folder, &[]);
    insta::assert_snapshot!(run.err.split("critical").next().unwrap(), @r"
    warning[exception-unused]: an exception covers nothing that fails
     --> plimsoll.exceptions.yaml:1:11
      |
    1 | - policy: privileged-container
      |           ^^^^^^^^^^^^^^^^^^^^ nothing of this policy fails there
      help: take it out of the file
    ");
    let unselected = folder.run(&["scan", "k8s", "--only", "host-pid"]);
    assert!(!unselected.err.contains("exception"), "{}", unselected.err);
}

#[test]
fn an_annotation_with_a_mistake_excepts_nothing() {
    let run = scan(
        &annotated("    except.plimsoll.io/privileged-container: ''\n"),
        &[],
    );
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.err.split("critical").next().unwrap(), @r"
    warning[exception-mistake]: excepts nothing: gives no reason
     --> k8s/payments.yaml:6:5
      |
    6 |     except.plimsoll.io/privileged-container: ''
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ here
      effect: the finding counts
      help: except.plimsoll.io/privileged-container: 'why it is accepted, until 2027-01-31'
    ");
    let run = scan(
        &annotated(
            "    except.plimsoll.io/all: we know\n    except.plimsoll.io/host-pi: we know\n",
        ),
        &[],
    );
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.err.split("critical").next().unwrap(), @r"
    warning[exception-mistake]: no exception is for all policies
     --> k8s/payments.yaml:6:5
      |
    6 |     except.plimsoll.io/all: we know
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ here
      effect: the finding counts · help: name one policy in each annotation
    warning[exception-mistake]: excepts nothing: no policy host-pi
     --> k8s/payments.yaml:7:5
      |
    7 |     except.plimsoll.io/host-pi: we know
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ here
      effect: the finding counts · help: did you mean except.plimsoll.io/host-pid?
    ");
}

#[test]
fn a_file_with_a_mistake_stops_the_scan() {
    for (from, to, place, words) in [
        ("reason:", "raison:", ":4:3", "did you mean `reason`?"),
        (
            "privileged-container",
            "privileged-contaner",
            ":1:11",
            "did you mean privileged-container?",
        ),
        (
            "privileged-container",
            "\"*\"",
            ":1:11",
            "an exception is for one policy; name it",
        ),
        (
            "kind: Deployment, namespace: pay*, name: ledger",
            "name: '*'",
            ":2:13",
            "covers every resource",
        ),
    ] {
        let run = scan(&with_rules(&RULES.replace(from, to)), &[]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
        assert!(
            run.err
                .contains(&format!("plimsoll.exceptions.yaml{place}")),
            "{}",
            run.err
        );
        assert!(run.err.contains(words), "{}", run.err);
    }
    let run = scan(&Folder::with_payments(), &["--exceptions", "none.yaml"]);
    assert_eq!(run.code, 2);
}
