//! The report about files: a snippet per policy from *high* up, single lines below, then the closing lines. Findings of
//! one object at one place stand together, under the most severe.

use std::io::{self, Write};

use plimsoll_model::{PolicyId, ReasonCode, Severity};

use super::fold::{Block, Folded};
use super::single::Singles;
use super::{View, closing, framework, is_finding, others, snippet, unread};
use crate::look::{count, harmless};
use crate::{Header, Row, Sorted};

/// Writes it.
pub(crate) fn write(
    out: &mut dyn Write,
    header: &Header,
    rows: &Sorted,
    view: &View<'_>,
) -> io::Result<()> {
    let mut findings = Findings {
        header,
        view,
        singles: Singles::new(view.look),
        told: Vec::new(),
        any: false,
        folded: 0,
    };
    if view.full {
        for row in rows.reader()? {
            let row = row?;
            if is_finding(&row) {
                findings.in_full(&row, out)?;
            }
        }
    } else {
        for block in Folded::of(rows)?.reader()? {
            findings.block(&block?, out)?;
        }
    }
    findings.singles.flush(out)?;
    if view.list_all {
        list_others(out, rows, view)?;
    }
    if view.quiet {
        return Ok(());
    }
    if findings.any {
        writeln!(out)?;
    }
    if view.frameworks {
        framework::write(out, header, view.look)?;
    }
    unread::write(out, header, view.look, |unread| {
        unread.reason != ReasonCode::NeedsCluster
    })?;
    if findings.folded > 0 {
        let findings = count(findings.folded, "finding", "findings");
        writeln!(
            out,
            "folded above: {findings} from high up; --full shows each with its fix"
        )?;
    }
    closing::write_closing(out, header, view)
}

/// Writes findings, block by block.
struct Findings<'a> {
    header: &'a Header,
    view: &'a View<'a>,
    singles: Singles,
    /// The policies of the block last shown with its others, where no single line came after it.
    told: Vec<PolicyId>,
    any: bool,
    /// How many findings a snippet of their own would have been for.
    folded: u64,
}

impl Findings<'_> {
    fn block(&mut self, block: &Block, out: &mut dyn Write) -> io::Result<()> {
        if !block.head.severity.at_least(Severity::High) {
            if !self.told.is_empty() {
                writeln!(out)?;
            }
            self.told.clear();
            self.any = true;
            return self.singles.push_block(block, out);
        }
        let others = block.others.iter();
        let grave = others.filter(|row| row.severity.at_least(Severity::High));
        self.folded += grave.count() as u64;
        let policies = block.policies();
        if self.told.first() != policies.first() {
            self.in_full(&block.head, out)?;
            others::write(out, block, "and:", self.view.look)?;
        } else if self.told != policies || block.others.is_empty() {
            writeln!(out, "also {}", harmless(&block.head.place_text()))?;
            others::write(out, block, "", self.view.look)?;
        } else {
            let place = block.head.place_text();
            writeln!(out, "also {} (all {})", harmless(&place), policies.len())?;
        }
        self.told = policies;
        Ok(())
    }

    /// A finding with its lines, its fix and why.
    fn in_full(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        if self.any {
            writeln!(out)?;
        }
        self.any = true;
        snippet::write(out, row, self.header, self.view)
    }
}

/// The rows that are no findings, one a line.
pub(crate) fn list_others(out: &mut dyn Write, rows: &Sorted, view: &View<'_>) -> io::Result<()> {
    let mut singles = Singles::new(view.look);
    for row in rows.reader()? {
        let row = row?;
        if !is_finding(&row) {
            singles.push(&row, out)?;
        }
    }
    singles.flush(out)
}
