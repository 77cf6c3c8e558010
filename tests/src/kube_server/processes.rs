//! Child processes that cannot outlive the tests.
//!
//! A value's drop runs when a test panics, but not when the test process is killed or when the value lies
//! in a static. So a small shell, the keeper, holds the reading end of a pipe: when the writing end is
//! gone, for whatever reason, it kills the children and removes their folder.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context as _, bail};

/// Reads process ids, one a line, until the pipe closes. The children are still unreaped then, unless the
/// parent is gone, so the ids are theirs.
const KEEPER: &str = r#"
pids=
while read -r pid; do pids="$pids $pid"; done
[ -z "$pids" ] || kill -KILL $pids 2>/dev/null
sleep 0.1
rm -rf "$1"
"#;

/// Processes with one folder for their files and logs.
#[derive(Debug)]
pub(super) struct Processes {
    folder: PathBuf,
    children: Vec<(PathBuf, Child)>,
    keeper: Child,
    to_keeper: Option<ChildStdin>,
}

impl Processes {
    pub(super) fn new() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("plimsoll-kube-")
            .tempdir()?
            .keep();
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start sh")?;
        let to_keeper = keeper.stdin.take();
        Ok(Self {
            folder,
            children: Vec::new(),
            keeper,
            to_keeper,
        })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts a program; what it writes goes to a log in the folder.
    pub(super) fn spawn(&mut self, program: &Path, arguments: &[&str]) -> anyhow::Result<()> {
        let name = program
            .file_name()
            .unwrap_or(program.as_os_str())
            .to_owned();
        let log = self.folder.join(name).with_extension("log");
        let output = File::create(&log)?;
        let child = Command::new(program)
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| {
                format!(
                    "cannot start {}; `tests/run kube` builds it",
                    program.display()
                )
            })?;
        if let Some(pipe) = &mut self.to_keeper {
            writeln!(pipe, "{}", child.id()).context("the keeper is gone")?;
        }
        self.children.push((log, child));
        Ok(())
    }

    /// An error, with the logs, when a child has ended.
    pub(super) fn check_alive(&mut self) -> anyhow::Result<()> {
        let mut ended = None;
        for (log, child) in &mut self.children {
            if let Some(status) = child.try_wait()? {
                ended = Some(format!("{} ended: {status}", log.display()));
            }
        }
        if let Some(what) = ended {
            bail!("{what}\n{}", self.logs());
        }
        Ok(())
    }

    /// The last lines of every log.
    pub(super) fn logs(&self) -> String {
        let mut text = String::new();
        for (log, _) in &self.children {
            let content = fs::read_to_string(log).unwrap_or_default();
            let mut lines: Vec<&str> = content.lines().rev().take(15).collect();
            lines.reverse();
            text.push_str(&format!("--- {}\n{}\n", log.display(), lines.join("\n")));
        }
        text
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        drop(self.to_keeper.take());
        for (_, child) in &mut self.children {
            // Already dead or about to be; waiting only collects it.
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = self.keeper.wait();
    }
}
