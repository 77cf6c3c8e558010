//! One row a line, in columns fitted to the width.

use std::io::{self, Write};

use plimsoll_model::Verdict;

use super::is_finding;
use crate::look::{harmless, pad};
use crate::{Look, Row};

/// Lines gathered before their columns are fitted: enough for a screen to look even, bounded for memory.
const BLOCK: usize = 500;

/// Gathers rows and writes them as even columns.
#[derive(Debug)]
pub(crate) struct Singles {
    look: Look,
    rows: Vec<Row>,
}

impl Singles {
    /// An empty block.
    pub(crate) fn new(look: Look) -> Self {
        Self {
            look,
            rows: Vec::new(),
        }
    }

    /// Adds a row; writes a block when it is full.
    pub(crate) fn push(&mut self, row: Row, out: &mut dyn Write) -> io::Result<()> {
        self.rows.push(row);
        if self.rows.len() >= BLOCK {
            self.flush(out)?;
        }
        Ok(())
    }

    /// Writes what is gathered.
    pub(crate) fn flush(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let widest = |text: fn(&Row) -> String| {
            let lengths = self.rows.iter().map(|row| text(row).chars().count());
            lengths.max().unwrap_or(0)
        };
        let (word, policy) = (
            widest(|row| word_of(row).to_owned()).max(8),
            widest(|row| row.policy.to_string()),
        );
        let place = widest(place_of);
        // Longer messages push the policy to the right: nothing that says what is wrong is ever cut.
        let room = self
            .look
            .columns()
            .saturating_sub(word + place + policy + 6);
        let message = widest(|row| row.message_text().into_owned()).min(room);
        for row in &self.rows {
            let style = if is_finding(row) {
                self.look.severity(row.severity)
            } else {
                self.look.verdict(row.verdict)
            };
            let row_place = pad(&place_of(row), place);
            let text = row.message_text();
            let text = harmless(&text);
            writeln!(
                out,
                "{}  {row_place}  {}  {}",
                self.look.paint(style, pad(word_of(row), word)),
                pad(&self.look.marks(&text), message),
                row.policy
            )?;
        }
        self.rows.clear();
        Ok(())
    }
}

fn word_of(row: &Row) -> &'static str {
    match row.verdict {
        Verdict::Fail if row.exception.is_some() => "excepted",
        Verdict::Fail => row.severity.as_str(),
        other => other.as_str(),
    }
}

fn place_of(row: &Row) -> String {
    harmless(&row.place_text()).into_owned()
}
