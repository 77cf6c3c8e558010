//! Progress on stderr: a bar for people after a moment, a line now and then in CI, nothing in files and pipes.

use std::io::Write;
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

/// How far something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// What is being read, for example `pods`.
    pub(crate) what: String,
    /// How many are done.
    pub(crate) done: u64,
    /// Of how many, where that is known.
    pub(crate) total: Option<u64>,
}

/// Shows how far it is until `end` hears something or its other side is gone.
pub(crate) fn show(progress: Progress, step: &(dyn Fn() -> Step + Sync), end: &Receiver<()>) {
    let started = Instant::now();
    let over = |wait| end.recv_timeout(wait) != Err(RecvTimeoutError::Timeout);
    match progress {
        Progress::None => {}
        Progress::Lines => {
            while !over(CI_LINE) {
                let Step { what, done, total } = step();
                let total = total
                    .map(|total| format!(" of ~{total}"))
                    .unwrap_or_default();
                let seconds = started.elapsed().as_secs();
                let line = format!("{what} {done}{total}, {seconds} s\n");
                let _ = std::io::stderr().write_all(line.as_bytes());
            }
        }
        Progress::Bar => {
            if !over(PATIENCE) {
                bar(step, over);
            }
        }
    }
}

fn bar(step: &(dyn Fn() -> Step + Sync), over: impl Fn(Duration) -> bool) {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style =
        "{spinner} {msg} {human_pos} of ~{human_len} {wide_bar} {percent} %  {per_sec}  {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    while !over(TICK) {
        let Step { what, done, total } = step();
        if bar.message() != what {
            bar.reset();
            bar.set_message(what);
        }
        bar.set_length(total.unwrap_or(done).max(done));
        bar.set_position(done);
        bar.tick();
    }
    bar.finish_and_clear();
}
