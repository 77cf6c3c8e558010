//! Where a scan's result goes, and what decides how it looks.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use serde_json::Value;
use support::{Folder, PAYMENTS, Run};

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
    1 finding can be mended: plimsoll fix k8s/ --only privileged-container,memory-limit-missing
    no gate set; --fail-on high would exit 1
    ");
    let quiet = scan(&folder, &["-q"]);
    assert_eq!((quiet.out, quiet.err.as_str()), (run.out, ""));
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
