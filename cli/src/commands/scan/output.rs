//! Where a report goes: stdout in the form that fits it, and files that appear whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use plimsoll_report::{
    Header, Look, PolicyTable, Sorted, SortedAffected, Sources, View, write_closing, write_json,
    write_lines, write_terminal,
};
use tempfile::NamedTempFile;

use crate::args::{Format, OutputFile, ScanArgs};
use crate::commands::fix;
use crate::console::Console;

/// A finished report.
pub(crate) struct Report<'r> {
    pub(crate) header: &'r Header,
    pub(crate) rows: &'r Sorted,
    pub(crate) affected: &'r SortedAffected,
    pub(crate) table: &'r PolicyTable,
    pub(crate) sources: &'r dyn Sources,
    /// Files, templates or lists that could not be read.
    pub(crate) unreadable: u64,
    /// Findings that `plimsoll fix` has a patch for.
    pub(crate) mendable: u64,
    pub(crate) elapsed: Duration,
}

/// Whether every file's folder can be written to, found out before the work.
///
/// # Errors
/// Names the first that cannot.
pub(crate) fn check(files: &[OutputFile]) -> Result<()> {
    files
        .iter()
        .try_for_each(|file| beside(&file.path).map(drop))
}

/// A temporary file in the folder of `path`, with the rights a new file gets.
fn beside(path: &Path) -> Result<NamedTempFile> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".plimsoll-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder
        .tempfile_in(folder)
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// Writes the files, then stdout.
///
/// # Errors
/// A file, or stdout, cannot be written; a closed pipe is no error.
pub(crate) fn write(report: &Report<'_>, args: &ScanArgs, console: &Console) -> Result<()> {
    for file in &args.output.outputs {
        let mut out = BufWriter::with_capacity(128 << 10, beside(&file.path)?);
        match file.format {
            Format::Json => write_json(&mut out, report.header, report.rows, report.affected),
            Format::Table => {
                let view = view(report, args, Look::default());
                write_terminal(&mut out, report.header, report.rows, &view)
            }
        }
        .and_then(|()| out.flush())
        .with_context(|| format!("{} cannot be written", file.path.display()))?;
        let whole = out.into_inner().map_err(|error| error.into_error())?;
        whole
            .persist(&file.path)
            .with_context(|| format!("{} cannot be written", file.path.display()))?;
    }
    stdout(report, args, console).context("stdout cannot be written")
}

fn stdout(report: &Report<'_>, args: &ScanArgs, console: &Console) -> io::Result<()> {
    let view = view(report, args, console.out.look);
    match args.output.format {
        Some(Format::Json) => {
            console.print(|out| write_json(out, report.header, report.rows, report.affected))
        }
        None if !console.out.terminal => {
            console.print(|out| write_lines(out, report.rows, &view))?;
            if args.output.quiet {
                return Ok(());
            }
            // What a pipe's reader should not have to parse still is said.
            let view = View {
                look: console.err.look,
                ..view
            };
            let mut err = io::stderr().lock();
            let _ = write_closing(&mut err, report.header, &view);
            Ok(())
        }
        _ => console.print(|out| write_terminal(out, report.header, report.rows, &view)),
    }
}

fn view<'r>(report: &Report<'r>, args: &ScanArgs, look: Look) -> View<'r> {
    View {
        look,
        full: args.output.full,
        list_all: args.output.verdicts.is_some(),
        quiet: args.output.quiet,
        frameworks: !args.selection.frameworks.is_empty(),
        elapsed: report.elapsed,
        policies: report.table,
        sources: report.sources,
        fix_command: (report.mendable > 0).then(|| fix::command(args)),
        mendable: report.mendable,
        unreadable: report.unreadable,
    }
}
