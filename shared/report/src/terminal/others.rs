//! The other findings of a block under the snippet of its head: a line each.

use std::io::{self, Write};

use super::fold::Block;
use crate::Look;
use crate::look::{harmless, pad};

/// Writes them beside `label`, in the columns of `fix:` and `why:`.
pub(crate) fn write(out: &mut dyn Write, block: &Block, label: &str, look: Look) -> io::Result<()> {
    let rows = || block.others.iter();
    let word = rows().map(|row| row.severity.as_str().len()).max();
    let policy = rows().map(|row| row.policy.as_str().chars().count()).max();
    let (word, policy) = (word.unwrap_or(0), policy.unwrap_or(0));
    for (number, row) in rows().enumerate() {
        let label = if number == 0 { label } else { "" };
        let message = harmless(block.message_of(row));
        let line = format!(
            "{label:<5}{}  {}  {}",
            look.paint(
                look.severity(row.severity),
                pad(row.severity.as_str(), word)
            ),
            pad(row.policy.as_str(), policy),
            look.marks(&message)
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
