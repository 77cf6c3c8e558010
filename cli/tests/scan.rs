//! `plimsoll scan` on files: what people see, the gate, the formats.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use serde_json::Value;
use support::{Folder, PAYMENTS, QUIET, Run};

/// The two policies of the mock-up.
const MOCK_UP: [&str; 2] = ["--only", "privileged-container,memory-limit-missing"];

fn scan(folder: &Folder, more: &[&str]) -> Run {
    let arguments: Vec<&str> = ["scan", "k8s/"]
        .iter()
        .chain(&MOCK_UP)
        .chain(more)
        .copied()
        .collect();
    folder.run(&arguments)
}

#[test]
fn a_finding_stands_in_its_source_with_its_fix() {
    let folder = Folder::with_payments();
    let agent = PAYMENTS
        .replace("ledger", "agent")
        .replace("  replicas: 2\n", "");
    folder.write(
        "k8s/zz-agent.yaml",
        agent.replace("Deployment", "DaemonSet"),
    );
    let run = scan(&folder, &["--format", "table"]);
    insta::assert_snapshot!(run.steady());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

#[test]
fn all_is_well_in_two_lines() {
    let folder = Folder::new();
    folder.write("k8s/quiet.yaml", QUIET);
    let run = folder.run(&[
        "scan",
        "k8s",
        "--only",
        "privileged-container",
        "--format",
        "table",
    ]);
    insta::assert_snapshot!(run.steady(), @r"
    No findings. 1 policy, 1 resource in 1 file, N ms.
    coverage 100 % (1 of 1 policies)
    ");
    assert_eq!(run.code, 0);
}

#[test]
fn a_gate_exits_1_on_findings_and_4_on_missing_data() {
    let folder = Folder::with_payments();
    assert_eq!(scan(&folder, &[]).code, 0, "no gate");
    assert_eq!(scan(&folder, &["--fail-on", "critical"]).code, 1);
    let holds = folder.run(&[
        "scan",
        "k8s",
        "--only",
        "memory-limit-missing",
        "--fail-on",
        "high",
    ]);
    assert_eq!(holds.code, 0);
    let missed = scan(&folder, &["--fail-on", "high"]);
    assert!(
        missed
            .err
            .contains("gate --fail-on high: 1 finding reaches it, exit 1"),
        "{}",
        missed.err
    );

    folder.write("k8s/broken.yaml", "a: [1\n");
    let blind = scan(&folder, &["--fail-on", "critical"]);
    assert_eq!(blind.code, 4, "4 beats 1");
    assert!(
        blind.out.contains("privileged"),
        "a bad file never stops the good ones"
    );
    assert!(
        blind.err.contains("1 input could not be read, exit 4"),
        "{}",
        blind.err
    );
    assert_eq!(scan(&folder, &["--min-coverage", "0"]).code, 4);
    assert_eq!(scan(&folder, &[]).code, 0, "no gate, no code");
}

#[test]
fn coverage_under_the_minimum_exits_4() {
    let folder = Folder::with_payments();
    folder.write("k8s/broken.yaml", "a: [1\n");
    // A policy that joins cannot be judged while a part of the input is unread.
    let run = folder.run(&[
        "scan",
        "k8s",
        "--only",
        "netpol-*",
        "--format",
        "json",
        "--min-coverage",
        "100",
    ]);
    assert_eq!(run.code, 4);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert!(report["coverage"]["percent"].as_f64().unwrap() < 100.0);
    assert_eq!(report["coverage"]["unread"][0]["reason"], "inputUnread");
    assert_eq!(report["coverage"]["files"]["failed"][0]["code"], "not-yaml");
    assert_eq!(report["summary"]["gate"]["exitCode"], 4);
}

#[test]
fn json_is_the_contract_and_nothing_but_the_time_differs() {
    let folder = Folder::with_payments();
    folder.write("k8s/quiet.yaml", QUIET);
    let all = &["scan", "k8s", "--format", "json", "--verdicts", "all"];
    let first = folder.run(all);
    assert_eq!((first.code, first.err.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&first.out).unwrap();
    assert_eq!(report["schemaVersion"], "1");
    assert_eq!(report["source"]["type"], "files");
    let rows = report["verdicts"].as_array().unwrap();
    let found = rows
        .iter()
        .find(|row| row["policy"] == "privileged-container" && row["verdict"] == "fail");
    let found = found.unwrap();
    assert_eq!(found["file"], "k8s/payments.yaml");
    assert_eq!((&found["line"], &found["column"]), (&18.into(), &11.into()));
    assert_eq!(found["observed"], "true");
    assert_eq!(
        found["fix"]["patch"][0]["path"],
        "/spec/template/spec/containers/0/securityContext/privileged"
    );
    for kind in ["pass", "fail", "notApplicable", "manual", "notEvaluated"] {
        let listed = rows.iter().filter(|row| row["verdict"] == kind).count();
        assert_eq!(report["summary"]["verdicts"][kind], listed, "{kind}");
    }
    assert!(
        rows.iter()
            .all(|row| !row["message"].as_str().unwrap().is_empty())
    );
    let baseline = report["frameworks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["id"] == "pss-baseline");
    let resources = baseline.unwrap()["resources"].as_array().unwrap();
    let verdicts: Vec<&Value> = resources
        .iter()
        .map(|resource| &resource["verdict"])
        .collect();
    assert_eq!(verdicts, ["fail", "pass"]);

    let second = folder.run(all);
    let differ = first
        .out
        .lines()
        .zip(second.out.lines())
        .skip(1)
        .filter(|(a, b)| a != b);
    assert_eq!(differ.count(), 0);
}

#[test]
fn the_same_verdicts_whatever_the_order_and_number_of_files() {
    let apart = Folder::new();
    let mut documents = Vec::new();
    for number in 0..40 {
        let document = PAYMENTS.replace("ledger", &format!("ledger-{number:02}"));
        apart.write(&format!("k8s/{:02}.yaml", (number * 17) % 40), &document);
        documents.push(document);
    }
    let together = Folder::new();
    documents.reverse();
    together.write("k8s/all.yaml", documents.join("---\n"));
    let fingerprints = |folder: &Folder| -> Vec<String> {
        let run = folder.run(&["scan", "k8s", "--format", "json"]);
        let report: Value = serde_json::from_str(&run.out).unwrap();
        let rows = report["verdicts"].as_array().unwrap();
        rows.iter()
            .map(|row| format!("{} {} {}", row["fingerprint"], row["verdict"], row["paths"]))
            .collect()
    };
    let first = fingerprints(&apart);
    assert!(first.len() > 200);
    assert_eq!(first, fingerprints(&together));
}

#[test]
fn lines_count_through_documents_and_lists() {
    let folder = Folder::new();
    let list = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  spec: {hostPID: true}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\n  spec:\n    hostPID: true\n";
    folder.write("many.yaml", format!("# first\n---\n{QUIET}---\n{list}"));
    let run = folder.run(&["scan", "many.yaml", "--only", "host-pid", "-q"]);
    let text = folder.read("many.yaml");
    let lines: Vec<usize> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains("hostPID"))
        .map(|(number, _)| number + 1)
        .collect();
    for line in &lines {
        assert!(
            run.out.contains(&format!("many.yaml:{line}:")),
            "{line} in {}",
            run.out
        );
    }
    assert_eq!(run.out.lines().count(), 2);
}

#[test]
fn own_policies_run_beside_the_built_in_ones() {
    let folder = Folder::with_payments();
    folder.write(
        "own/no-ledger/policy.yaml",
        "id: no-ledger\ntitle: Deployment is called ledger\nseverity: low\nmatch: { kinds: [Deployment] }\nexpression: object.metadata.name != \"ledger\"\npath: metadata.name\nmessage: it is called ledger\nwhy: An example.\nfix: { text: Rename it. }\n",
    );
    let run = folder.run(&["scan", "k8s", "--policies", "own", "--only", "no-ledger"]);
    assert_eq!(
        run.out, "k8s/payments.yaml:4:3: low: it is called ledger [no-ledger]\n",
        "{}",
        run.err
    );
}

/// Replicas lie in many files that two workers read; the first by name speaks.
#[test]
fn a_container_that_only_pods_have_is_found_once_in_their_files() {
    let folder = Folder::new();
    let dumped = PAYMENTS.replace("  name: ledger\n", "  name: ledger\n  uid: u\n");
    folder.write("k8s/payments.yaml", dumped);
    let pod = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n  namespace: payments\n  labels: {{ pod-template-hash: 5c4 }}\n  ownerReferences:\n  - {{ apiVersion: apps/v1, kind: ReplicaSet, name: ledger-5c4, uid: u, controller: true }}\nspec:\n  containers:\n  - name: proxy\n    image: p:1\n    securityContext:\n      privileged: true\n"
        )
    };
    for number in 0..9 {
        let name = format!("ledger-5c4-{number}");
        folder.write(&format!("k8s/pods-{number}.yaml"), pod(&name));
    }
    let run = folder.run(&[
        "scan",
        "k8s/",
        "--only",
        "privileged-container",
        "--format",
        "json",
    ]);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let rows = report["verdicts"].as_array().unwrap().iter();
    let of_pods: Vec<&Value> = rows
        .filter(|row| row["file"].as_str().unwrap().contains("pods"))
        .collect();
    assert_eq!(of_pods.len(), 1, "{}", run.out);
    assert_eq!(
        (&of_pods[0]["file"], &of_pods[0]["line"]),
        (&"k8s/pods-0.yaml".into(), &14.into())
    );
    assert_eq!(of_pods[0]["resource"]["kind"], "Deployment");
    let message = of_pods[0]["message"].as_str().unwrap();
    assert!(message.contains("not in the template"), "{message}");
}
