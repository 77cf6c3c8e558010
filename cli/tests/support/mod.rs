//! Runs the real binary in a folder of its own, with nothing of the caller's environment.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses a part; support of tests"
)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A folder to scan.
pub(crate) struct Folder(tempfile::TempDir);

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Folder {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// One with the mock-up's manifests.
    pub(crate) fn with_payments() -> Self {
        let folder = Self::new();
        folder.write("k8s/payments.yaml", PAYMENTS);
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file and the folders above it.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// The command, ready to be changed.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("LANG", "en_GB.UTF-8")
            .env("TMPDIR", std::env::temp_dir())
            .stdin(Stdio::null());
        command
    }

    /// Runs it.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// Runs it with that on standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Run {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        Run::of(child.wait_with_output().unwrap())
    }
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// stdout without what differs from run to run.
    pub(crate) fn steady(&self) -> String {
        steady(&self.out)
    }
}

/// Text with its durations replaced.
pub(crate) fn steady(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let mut kept: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        for i in 1..words.len() {
            let unit = words[i].trim_end_matches('.');
            if (unit == "ms" || unit == "s") && words[i - 1].parse::<f64>().is_ok() {
                kept[i - 1] = "N".to_owned();
                kept[i] = words[i].replace(unit, "ms");
            }
        }
        let line = kept.join(" ");
        match line.split_once("   ") {
            // What stands at the right edge moves with the number's length.
            Some((left, right)) if right.ends_with("N ms") => {
                out.push_str(&format!("{left}   {}", right.trim_start()));
            }
            _ => out.push_str(&line),
        }
        out.push('\n');
    }
    out
}

/// A workload that is privileged and lacks a memory limit.
pub(crate) const PAYMENTS: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ledger
  namespace: payments
spec:
  replicas: 2
  selector:
    matchLabels: { app: ledger }
  template:
    metadata:
      labels: { app: ledger }
    spec:
      containers:
      - name: app
        image: registry.example/ledger:1.4
        securityContext:
          privileged: true
";

/// A namespace that nothing can be said against by the policies the tests select.
pub(crate) const QUIET: &str = "\
apiVersion: v1
kind: Pod
metadata: { name: quiet, namespace: shop }
spec:
  containers: [{ name: app, image: 'a@sha256:00' }]
";
