//! The report for people at a terminal, and the one-line form for pipes (interfaces: every message ends with the next
//! act; what is not known has no colour; quiet when all is well).

mod attested;
mod closing;
mod cluster;
mod files;
mod fold;
mod framework;
mod others;
mod patch;
mod single;
mod snippet;
mod unread;
mod words;

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use plimsoll_model::{Place, Verdict};

use crate::look::harmless;
use crate::{GateInput, Header, Look, PolicyTable, Row, Sorted, SourceType};

pub use closing::write_closing;
pub(crate) use snippet::{Window, renderer};
pub use words::words;

/// Where source texts come from; asked only for what is shown.
pub trait Sources {
    /// The text of a file named in a row.
    fn text(&self, file: &str) -> Option<Arc<str>>;
    /// Where the row's resource has its name in that file.
    fn name_place(&self, row: &Row) -> Option<Place>;
}

/// No source texts: live objects, or a report read back.
impl Sources for () {
    fn text(&self, _: &str) -> Option<Arc<str>> {
        None
    }
    fn name_place(&self, _: &Row) -> Option<Place> {
        None
    }
}

/// How a report is shown; what is shown is in the rows.
pub struct View<'a> {
    /// Width, colour, letters.
    pub look: Look,
    /// A snippet for every finding, none folded under another; in cluster reports a line for every finding.
    pub full: bool,
    /// Also a line for every row that is not a failing one (when such verdicts were asked for).
    pub list_all: bool,
    /// Findings only: no closing lines.
    pub quiet: bool,
    /// Frameworks in full (scored, manual), not only their bars; for files: show them at all.
    pub frameworks: bool,
    /// How long the scan took.
    pub elapsed: Duration,
    /// What is known of the policies.
    pub policies: &'a PolicyTable,
    /// Source texts.
    pub sources: &'a dyn Sources,
    /// The command that mends findings, where there is one for this source: `plimsoll fix k8s/`.
    pub fix_command: Option<String>,
    /// How many findings have a patch that it would make.
    pub mendable: u64,
    /// Files, templates or lists that could not be read, for the gate's sentence.
    pub unreadable: u64,
}

impl View<'_> {
    fn gate_input<'h>(&self, header: &'h Header) -> GateInput<'h> {
        GateInput {
            failing: &header.summary.fail_by_severity,
            percent: header.coverage.percent,
            unread: self.unreadable,
        }
    }
}

/// Whether a row is a finding to show: failing, and not excepted.
fn is_finding(row: &Row) -> bool {
    row.verdict == Verdict::Fail && row.exception.is_none()
}

/// Writes the report for a terminal.
///
/// # Errors
/// When `out` cannot be written or a temporary file cannot be read.
pub fn write_terminal(
    out: &mut dyn Write,
    header: &Header,
    rows: &Sorted,
    view: &View<'_>,
) -> io::Result<()> {
    if header.source.kind == SourceType::Cluster {
        cluster::write(out, header, rows, view)
    } else {
        files::write(out, header, rows, view)
    }
}

/// Writes one finding a line, `file:line:column: severity: message [policy]`, for editors and CI matchers. Rows with
/// other verdicts are written only when the view lists all, with the verdict in the place of the severity.
///
/// # Errors
/// When `out` cannot be written or a temporary file cannot be read.
pub fn write_lines(out: &mut dyn Write, rows: &Sorted, view: &View<'_>) -> io::Result<()> {
    for row in rows.reader()? {
        let row = row?;
        let word = if is_finding(&row) {
            row.severity.as_str()
        } else if view.list_all && row.exception.is_some() {
            "excepted"
        } else if view.list_all {
            row.verdict.as_str()
        } else {
            continue;
        };
        writeln!(
            out,
            "{}: {word}: {} [{}]",
            harmless(&row.place_text()),
            harmless(&row.message_text()),
            row.policy
        )?;
    }
    Ok(())
}
