//! The report about files: a snippet per policy from *high* up, single lines below, then the closing lines.

use std::io::{self, Write};

use plimsoll_model::{PolicyId, ReasonCode, Severity};

use super::single::Singles;
use super::{View, closing, framework, is_finding, snippet, unread};
use crate::look::harmless;
use crate::{Header, Sorted};

/// Writes it.
pub(crate) fn write(
    out: &mut dyn Write,
    header: &Header,
    rows: &Sorted,
    view: &View<'_>,
) -> io::Result<()> {
    let mut singles = Singles::new(view.look);
    let mut shown: Option<PolicyId> = None;
    let mut first = true;
    for row in rows.reader()? {
        let row = row?;
        if !is_finding(&row) {
            continue;
        }
        if !view.full && !row.severity.at_least(Severity::High) {
            if shown.take().is_some() {
                writeln!(out)?;
            }
            first = false;
            singles.push(row, out)?;
        } else if !view.full && shown.as_ref() == Some(&row.policy) {
            writeln!(out, "also {}", harmless(&row.place_text()))?;
        } else {
            if !first {
                writeln!(out)?;
            }
            first = false;
            snippet::write(out, &row, header, view)?;
            shown = Some(row.policy);
        }
    }
    singles.flush(out)?;
    if view.list_all {
        list_others(out, rows, view)?;
    }
    if view.quiet {
        return Ok(());
    }
    if !first {
        writeln!(out)?;
    }
    if view.frameworks {
        framework::write(out, header, view.look)?;
    }
    unread::write(out, header, view.look, |unread| {
        unread.reason != ReasonCode::NeedsCluster
    })?;
    closing::write_closing(out, header, view)
}

/// The rows that are no findings, one a line.
pub(crate) fn list_others(out: &mut dyn Write, rows: &Sorted, view: &View<'_>) -> io::Result<()> {
    let mut singles = Singles::new(view.look);
    for row in rows.reader()? {
        let row = row?;
        if !is_finding(&row) {
            singles.push(row, out)?;
        }
    }
    singles.flush(out)
}
