//! Our own bugs: a panic becomes exit code 70 with a hint and a log, never a bare trace on the terminal.

use std::backtrace::Backtrace;
use std::io::Write;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit::Exit;

/// Runs `work`; a panic anywhere in it, other threads included, ends in [`Exit::Bug`].
pub(crate) fn guarded(work: impl FnOnce() -> Exit) -> Exit {
    guarded_with(std::env::temp_dir(), work)
}

fn guarded_with(logs: PathBuf, work: impl FnOnce() -> Exit) -> Exit {
    // A panic of one thread makes others panic; the first says what happened.
    let said = AtomicBool::new(false);
    panic::set_hook(Box::new(move |info| {
        if !said.swap(true, Ordering::SeqCst) {
            say(&write_log(&logs, info));
        }
    }));
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or(Exit::Bug)
}

/// Where the log went; none when it could not be written.
fn write_log(logs: &Path, info: &PanicHookInfo<'_>) -> Option<PathBuf> {
    let mut log = tempfile::Builder::new()
        .prefix("plimsoll-crash-")
        .suffix(".log")
        .tempfile_in(logs)
        .ok()?;
    let version = env!("CARGO_PKG_VERSION");
    writeln!(
        log,
        "plimsoll {version}\n{info}\n\n{}",
        Backtrace::force_capture()
    )
    .ok()?;
    Some(log.keep().ok()?.1)
}

fn say(log: &Option<PathBuf>) {
    let mut err = std::io::stderr().lock();
    let _ = writeln!(
        err,
        "error[bug]: plimsoll hit a bug of its own; nothing it printed can be relied on"
    );
    let _ = match log {
        Some(path) => writeln!(
            err,
            "  help: send this file with your report: {}",
            path.display()
        ),
        None => writeln!(
            err,
            "  help: run it again with RUST_BACKTRACE=1 and send what it prints"
        ),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_exit_code_70_and_one_log_even_in_another_thread() {
        let logs = tempfile::tempdir().unwrap();
        let inner = || -> Exit {
            std::thread::scope(|scope| {
                scope.spawn(|| panic!("on purpose"));
                Exit::Done
            })
        };
        let guarded = |work: fn() -> Exit| guarded_with(logs.path().into(), work);
        assert_eq!(guarded(inner), Exit::Bug);
        assert_eq!(guarded(|| Exit::Findings), Exit::Findings);
        let _ = panic::take_hook();
        let written: Vec<_> = std::fs::read_dir(logs.path()).unwrap().collect();
        assert_eq!(written.len(), 1);
        let text = std::fs::read_to_string(written[0].as_ref().unwrap().path()).unwrap();
        assert!(text.contains("on purpose"), "{text}");
    }
}
