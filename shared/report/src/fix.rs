//! What `plimsoll fix` says: a diff for each file, what it mends, and what to do next.

mod diff;

use std::io::{self, Write};

use crate::look::{count, harmless, pad};
use crate::{Look, Row};

pub use diff::write_diff;

/// What a run of fixes came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FixCounts {
    /// Changes made.
    pub changes: u64,
    /// Files that differ.
    pub files: u64,
    /// Findings that are gone with the changes.
    pub mended: u64,
    /// Findings that are still there.
    pub left: u64,
    /// Whether the files were written.
    pub written: bool,
}

/// Writes the findings that the changes in one file mend, most severe first: for people, above the file's diff.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_mended(out: &mut dyn Write, file: &str, rows: &[&Row], look: Look) -> io::Result<()> {
    let widest = |text: fn(&Row) -> String| {
        let lengths = rows.iter().map(|row| text(row).chars().count());
        lengths.max().unwrap_or(0)
    };
    let place = |row: &Row| format!("{}:{}", row.line.unwrap_or(1), row.column.unwrap_or(1));
    let (word, spot) = (widest(|row| row.severity.to_string()), widest(place));
    let room = look.columns().saturating_sub(word + spot + 8);
    let message = widest(|row| row.message.clone()).min(room);
    let file = look.paint(anstyle::Style::new().bold(), harmless(file));
    writeln!(out, "{file}")?;
    for row in rows {
        let severity = look.paint(
            look.severity(row.severity),
            pad(row.severity.as_str(), word),
        );
        let text = harmless(&row.message);
        writeln!(
            out,
            "  {severity}  {}  {}  {}",
            pad(&place(row), spot),
            pad(&look.marks(&text), message),
            row.policy
        )?;
    }
    Ok(())
}

/// Writes the closing lines; `fix` is the command that writes the changes, `scan` the one that shows what is left.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_fix_closing(
    out: &mut dyn Write,
    counts: FixCounts,
    fix: &str,
    scan: &str,
    look: Look,
) -> io::Result<()> {
    let findings = |number| count(number, "finding", "findings");
    if counts.changes > 0 {
        let changes = count(counts.changes, "change", "changes");
        let files = count(counts.files, "file", "files");
        let verb = match (counts.written, counts.changes) {
            (true, _) => "mended",
            (false, 1) => "mends",
            (false, _) => "mend",
        };
        let next = match counts.written {
            true => String::new(),
            false => format!(
                "; write {} with {fix}",
                if counts.changes == 1 { "it" } else { "them" }
            ),
        };
        let mended = findings(counts.mended);
        writeln!(out, "{changes} in {files} {verb} {mended}{next}")?;
    } else if counts.left == 0 {
        return writeln!(out, "No findings: nothing to mend.");
    } else {
        writeln!(out, "Nothing that can be mended safely by machine.")?;
    }
    if counts.left > 0 {
        let verb = if counts.left == 1 { "needs" } else { "need" };
        let line = format!("{} {verb} a person: {scan}", findings(counts.left));
        writeln!(out, "{}", look.marks(&line))?;
    }
    Ok(())
}
