//! `plimsoll fix`: scans, makes the patches of what was found, scans again, and shows or writes what came of it.

mod command;
mod overlay;
mod round;
mod write;

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Arc;

use anyhow::{Context, Result};
use plimsoll_inventory::files::{Discovered, FileError, discover};
use plimsoll_inventory::redact::redacted_value;
use plimsoll_model::Verdict;
use plimsoll_policy::{Plan, PlanOptions};
use plimsoll_report::{
    Diagnostic, FixCounts, PolicyTable, Row, write_diff, write_fix_closing, write_mended,
};

use self::overlay::Overlay;
use self::round::{Fixes, Key, key};
use self::write::{Unwritten, write};
use super::{catalogue, scan};
use crate::args::{Cli, FixArgs};
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::Interrupt;

pub(crate) use self::command::fix as command;

/// Rounds at most: patches that act on one place are made in different rounds.
const ROUNDS: u32 = 8;

/// What comes of a file that cannot be read.
const UNREAD: &str = "left as it is";

/// Runs it.
///
/// # Errors
/// A temporary file or stdout cannot be written.
pub(crate) fn run(
    args: &FixArgs,
    cli: &Cli,
    console: &Console,
    interrupt: &Interrupt,
) -> Result<Exit> {
    let refuse = |wrong: &[Diagnostic], exit| {
        console.diagnose(wrong);
        Ok(exit)
    };
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        let error = Diagnostic::error("usage", "standard input has no file that could be changed");
        let help = "give the files that it was made from; what a template renders is mended in the template, and plimsoll scan - shows where";
        return refuse(&[error.help(help)], Exit::Usage);
    }
    let catalogue = match catalogue::load(args.selection.policies.as_deref()) {
        Ok(catalogue) => catalogue,
        Err(wrong) => return refuse(&wrong, Exit::Usage),
    };
    let wrong = catalogue::check(&catalogue, &args.selection);
    if !wrong.is_empty() {
        return refuse(&wrong, Exit::Usage);
    }
    let found = match discover(&args.paths) {
        Ok(found) => found,
        Err(FileError::NoSuchPath { path, suggestion }) => {
            let error = scan::no_such_path(&path, suggestion, "give files or folders");
            return refuse(&[error], Exit::Nothing);
        }
    };
    let plan = Plan::new(
        &catalogue,
        PlanOptions {
            frameworks: args.selection.frameworks.clone(),
            only: args.selection.only.clone(),
            skip: args.selection.skip.clone(),
            shown: redacted_value,
            ..PlanOptions::default()
        },
    );
    let desk = Desk {
        args,
        plan: &plan,
        table: catalogue::facts(&catalogue),
        interrupt,
    };
    interrupt.finish_gracefully(true);
    let first = desk.scan(found.clone(), scan::progress_wanted(console, false))?;
    let mut diagnostics = scan::problems_of(&first.problems, &first.sources, UNREAD);
    if first.objects == 0 && !interrupt.asked() {
        diagnostics.push(scan::nothing_found(&args.paths, &first));
        return refuse(&diagnostics, Exit::Nothing);
    }
    let before = failing(&first)?;
    let unread = first.problems.len();
    let mut after = before.clone();
    let mut overlay = Overlay::of(&found)?;
    let mut fixes = Fixes::default();
    for _ in 0..ROUNDS {
        if interrupt.asked() || !fixes.round(&after, &mut overlay) {
            break;
        }
        let again = desk.scan(overlay.files(&found)?, scan::Progress::None)?;
        anyhow::ensure!(
            again.problems.len() == unread || interrupt.asked(),
            "the changed files could not be read again; nothing was written"
        );
        after = failing(&again)?;
    }
    interrupt.finish_gracefully(false);
    if interrupt.asked() {
        return Ok(Exit::Interrupted);
    }
    overlay.settle();
    diagnostics.append(&mut fixes.left);
    diagnostics.extend(new_findings(&before, &after));
    let mended = Mended {
        fixes: &fixes,
        overlay: &overlay,
        before: &before,
        after: after.iter().filter_map(key).collect(),
    };
    mended.show(args, cli, console, diagnostics)
}

/// What every scan of a run has in common.
struct Desk<'d> {
    args: &'d FixArgs,
    plan: &'d Plan<'d>,
    table: PolicyTable,
    interrupt: &'d Interrupt,
}

impl<'d> Desk<'d> {
    fn scan(&self, found: Discovered, progress: scan::Progress) -> io::Result<scan::Scanned<'d>> {
        let show = scan::Show {
            severities: self.args.severity.clone().unwrap_or_default(),
            ..scan::Show::default()
        };
        scan::scan_files(
            found,
            self.plan,
            &self.table,
            &show,
            self.interrupt,
            progress,
        )
    }
}

/// The findings, in the report's order.
fn failing(scanned: &scan::Scanned<'_>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for row in scanned.rows.reader().context("a temporary file")? {
        let row = row.context("a temporary file")?;
        if row.verdict == Verdict::Fail && row.exception.is_none() {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Findings that were not there before: a change that brings one must not go unsaid.
fn new_findings(before: &[Row], after: &[Row]) -> Vec<Diagnostic> {
    let known: HashSet<Key> = before.iter().filter_map(key).collect();
    let new = |row: &&Row| key(row).is_some_and(|key| !known.contains(&key));
    let said = |row: &Row| {
        let file = row.file.as_deref().unwrap_or_default().to_owned();
        let message = format!("{}: {} after the changes", row.policy, row.message);
        Diagnostic::warning("new-finding", message).at(file, row.line.zip(row.column))
    };
    after.iter().filter(new).map(said).collect()
}

/// What came of a run.
struct Mended<'m> {
    fixes: &'m Fixes,
    overlay: &'m Overlay,
    before: &'m [Row],
    after: HashSet<Key>,
}

impl Mended<'_> {
    fn show(
        &self,
        args: &FixArgs,
        cli: &Cli,
        console: &Console,
        mut diagnostics: Vec<Diagnostic>,
    ) -> Result<Exit> {
        let mut counts = FixCounts {
            written: args.write,
            ..FixCounts::default()
        };
        let mut exit = Exit::Done;
        let mut unwritten: HashSet<&Arc<str>> = HashSet::new();
        for (file, changed) in &self.overlay.changed {
            if args.write
                && let Err(why) = write(changed)
            {
                diagnostics.push(not_written(file, &why));
                unwritten.insert(file);
                exit = Exit::Nothing;
                continue;
            }
            counts.files += 1;
            counts.changes += self.fixes.made.get(file).copied().unwrap_or_default();
        }
        let gone = |row: &&Row| {
            let written = row
                .file
                .as_ref()
                .is_some_and(|file| !unwritten.contains(file));
            written && key(row).is_some_and(|key| !self.after.contains(&key))
        };
        counts.mended = self.before.iter().filter(gone).count() as u64;
        counts.left = self.before.len() as u64 - counts.mended;

        console.diagnose(&diagnostics);
        let people = console.out.terminal;
        let look = console.out.look;
        console
            .print(|out| {
                for (file, changed) in &self.overlay.changed {
                    if unwritten.contains(file) {
                        continue;
                    }
                    let own = |row: &&Row| row.file.as_ref() == Some(file);
                    let rows: Vec<&Row> = self.before.iter().filter(own).filter(gone).collect();
                    if people || args.write {
                        write_mended(out, file, &rows, look)?;
                    }
                    if !args.write || cli.verbose > 0 {
                        write_diff(out, file, &changed.old, &changed.new, look, people)?;
                    }
                    if people {
                        writeln!(out)?;
                    }
                }
                if people {
                    self.closing(out, counts, args, look)?;
                }
                Ok(())
            })
            .context("stdout cannot be written")?;
        if !people {
            let _ = self.closing(&mut io::stderr().lock(), counts, args, console.err.look);
        }
        Ok(exit)
    }

    fn closing(
        &self,
        out: &mut dyn Write,
        counts: FixCounts,
        args: &FixArgs,
        look: plimsoll_report::Look,
    ) -> io::Result<()> {
        write_fix_closing(out, counts, "--write", &command::scan(args), look)
    }
}

fn not_written(file: &Arc<str>, why: &Unwritten) -> Diagnostic {
    match why {
        Unwritten::ChangedMeanwhile => {
            let message = format!("{file} was changed by somebody else meanwhile and not written");
            Diagnostic::error("not-written", message).help("run it again")
        }
        Unwritten::Refused(error) => {
            Diagnostic::error("not-written", format!("{file} cannot be written: {error}"))
        }
    }
}
