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
fn a_pipe_gets_findings_on_stdout_and_the_rest_on_stderr() {
    let folder = Folder::with_payments();
    let run = scan(&folder, &[]);
    insta::assert_snapshot!(run.out, @r"
    k8s/payments.yaml:18:11: critical: container app runs privileged [privileged-container]
    k8s/payments.yaml:15:9: medium: container app has no memory limit [memory-limit-missing]
    ");
    insta::assert_snapshot!(support::steady(&run.err), @r"
    critical 1 · high 0 · medium 1 · low 0   1 resource in 1 file, N ms
    coverage 100 % (2 of 2 policies)
    no gate set; --fail-on high would exit 1
    ");
    let quiet = scan(&folder, &["-q"]);
    assert_eq!((quiet.out, quiet.err.as_str()), (run.out, ""));
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
fn one_scan_writes_many_files_and_each_appears_whole() {
    let folder = Folder::with_payments();
    let run = scan(&folder, &["-o", "r.json", "--output", "r.txt"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let report: Value = serde_json::from_str(&folder.read("r.json")).unwrap();
    assert_eq!(report["verdicts"].as_array().unwrap().len(), 2);
    assert!(
        folder
            .read("r.txt")
            .starts_with("critical[privileged-container]")
    );
    assert!(
        run.out.starts_with("k8s/payments.yaml:18:11"),
        "stdout keeps its own format"
    );
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 3, "k8s and two reports, nothing else");
    let nowhere = scan(&folder, &["-o", "no/such/folder/r.json"]);
    assert_eq!(nowhere.code, 3);
    assert!(
        nowhere
            .err
            .contains("no/such/folder/r.json cannot be written"),
        "{}",
        nowhere.err
    );
}

#[test]
fn standard_input_is_scanned_and_shown() {
    let folder = Folder::new();
    let arguments = [
        "scan",
        "-f",
        "-",
        "--only",
        "privileged-container",
        "--format",
        "table",
    ];
    let run = folder.run_with(&arguments, PAYMENTS);
    assert!(run.out.contains("--> -:18:11"), "{}", run.out);
    assert!(
        run.out.contains("18 |           privileged: true"),
        "{}",
        run.out
    );
    assert!(
        run.out.contains("1 resource on standard input"),
        "{}",
        run.out
    );
}

#[test]
fn severities_and_verdicts_choose_what_is_shown_but_not_what_is_counted() {
    let folder = Folder::with_payments();
    let run = scan(&folder, &["--severity", "high+", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["verdicts"].as_array().unwrap().len(), 1);
    assert_eq!(report["summary"]["failBySeverity"]["medium"], 1);
    let passes = folder.run(&["scan", "k8s", "--only", "host-pid", "--verdicts", "pass"]);
    assert!(passes.out.contains(": pass: "), "{}", passes.out);
    let none = folder.run(&["scan", "k8s", "--only", "host-pid"]);
    assert_eq!(none.out, "");
}

#[test]
fn settings_come_from_the_environment_and_flags_beat_them() {
    let folder = Folder::with_payments();
    let run = |flags: &[&str]| {
        let arguments: Vec<&str> = ["scan", "k8s"]
            .iter()
            .chain(&MOCK_UP)
            .chain(flags)
            .copied()
            .collect();
        let mut command = folder.command(&arguments);
        command
            .env("PLIMSOLL_FAIL_ON", "high")
            .env("PLIMSOLL_FORMAT", "json");
        Run::of(command.output().unwrap())
    };
    let from_environment = run(&[]);
    assert_eq!(from_environment.code, 1);
    assert!(from_environment.out.starts_with("{\"schemaVersion\""));
    let flags = run(&["--format", "table", "--severity", "low"]);
    assert!(flags.out.contains("critical 1"), "{}", flags.out);
}

#[test]
fn colour_comes_only_when_asked_for_and_ascii_without_unicode() {
    let folder = Folder::with_payments();
    let plain = scan(&folder, &["--format", "table"]);
    assert!(!plain.out.contains('\u{1b}'));
    let coloured = scan(&folder, &["--format", "table", "--color", "always"]);
    assert!(coloured.out.contains("\u{1b}[1m"));
    let arguments = ["scan", "k8s", "--format", "table"];
    let mut command = folder.command(&arguments);
    let ascii = Run::of(command.env("LANG", "C").output().unwrap());
    assert!(ascii.out.is_ascii(), "{}", ascii.out);
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

#[test]
#[cfg(unix)]
fn a_reader_that_goes_away_ends_the_output_quietly() {
    use std::process::Stdio;
    let folder = Folder::new();
    for number in 0..60 {
        folder.write(
            &format!("k8s/{number}.yaml"),
            PAYMENTS.replace("ledger", &format!("l{number}")),
        );
    }
    let mut command = folder.command(&["scan", "k8s", "--format", "json", "--verdicts", "all"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Nobody reads: the pipe is closed at once.
    drop(child.stdout.take());
    let run = Run::of(child.wait_with_output().unwrap());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    let folder = Folder::with_payments();
    let mut command = folder.command(&["scan", "k8s", "--format", "json"]);
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let run = Run::of(command.stdout(full).output().unwrap());
    assert_eq!(run.code, 3);
    assert!(run.err.contains("stdout cannot be written"), "{}", run.err);
}

#[test]
#[cfg(unix)]
fn ctrl_c_prints_what_was_read_marked_partial() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    let folder = Folder::with_payments();
    // One worker waits for a file that gives nothing until the test lets it, the other reads on.
    let pipe = folder.path().join("slow.yaml");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let arguments = [
        "scan",
        "slow.yaml",
        "k8s",
        "--only",
        "privileged-container",
        "--fail-on",
        "low",
    ];
    let mut command = folder.command(&arguments);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Opening for writing waits until the worker opens for reading.
    let writer = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let mut said = String::new();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    err.read_line(&mut said).unwrap();
    assert!(
        said.starts_with("interrupted: what was read is still judged"),
        "{said}"
    );
    drop(writer);
    let run = Run::of(child.wait_with_output().unwrap());
    assert_eq!(run.code, 130);
    std::io::Read::read_to_string(&mut err, &mut said).unwrap();
    assert!(
        said.contains("interrupted: what was read until then is judged"),
        "{said}"
    );
}
