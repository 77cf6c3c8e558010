//! Progress on stderr: a bar for people after a moment, a line now and then in CI, nothing in files and pipes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::console::Console;

/// How long a scan may take before progress is worth showing.
const PATIENCE: Duration = Duration::from_millis(400);
/// How often a bar is drawn.
const TICK: Duration = Duration::from_millis(100);
/// How often a line is written under `CI`.
const CI_LINE: Duration = Duration::from_secs(15);

/// How to show progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Not at all.
    None,
    /// A bar that goes away.
    Bar,
    /// Plain lines.
    Lines,
}

/// What this process should show.
pub(crate) fn wanted(console: &Console, quiet: bool) -> Progress {
    let ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
    match (quiet, ci, console.err.terminal) {
        (true, _, _) => Progress::None,
        (_, true, _) => Progress::Lines,
        (_, false, true) => Progress::Bar,
        _ => Progress::None,
    }
}

/// Shows `done` of `total` until `end` hears something or its other side is gone.
pub(crate) fn show(progress: Progress, done: &AtomicU64, total: u64, end: &Receiver<()>) {
    let started = Instant::now();
    let over = |wait| end.recv_timeout(wait) != Err(RecvTimeoutError::Timeout);
    match progress {
        Progress::None => {}
        Progress::Lines => {
            while !over(CI_LINE) {
                let seconds = started.elapsed().as_secs();
                let line = format!(
                    "{} of {total} files, {seconds} s\n",
                    done.load(Ordering::Relaxed)
                );
                let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
            }
        }
        Progress::Bar => {
            if over(PATIENCE) {
                return;
            }
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            let style = "{spinner} files {human_pos} of {human_len} {wide_bar} {percent} %  {per_sec}  {eta} left";
            if let Ok(style) = ProgressStyle::with_template(style) {
                bar.set_style(style);
            }
            while !over(TICK) {
                bar.set_position(done.load(Ordering::Relaxed));
            }
            bar.finish_and_clear();
        }
    }
}
