//! One row a line, in columns fitted to the width.

use std::io::{self, Write};

use anstyle::Style;
use plimsoll_model::{PolicyId, Verdict};

use super::fold::Block;
use super::is_finding;
use crate::look::{harmless, pad};
use crate::{Look, Row};

/// Lines gathered before their columns are fitted: enough for a screen to look even, bounded for memory.
const MOST: usize = 500;

/// Gathers rows and writes them as even columns.
#[derive(Debug)]
pub(crate) struct Singles {
    look: Look,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    style: Style,
    word: &'static str,
    /// Empty under a line about the same place.
    place: String,
    text: String,
    policy: PolicyId,
}

impl Singles {
    /// An empty block.
    pub(crate) fn new(look: Look) -> Self {
        Self {
            look,
            lines: Vec::new(),
        }
    }

    /// Adds a row; writes what is gathered when it is much.
    pub(crate) fn push(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        let place = harmless(&row.place_text()).into_owned();
        self.line(row, place, &row.message_text(), out)
    }

    /// Adds the findings of one place; those after the first without it.
    pub(crate) fn push_block(&mut self, block: &Block, out: &mut dyn Write) -> io::Result<()> {
        self.push(&block.head, out)?;
        for row in &block.others {
            self.line(row, String::new(), block.message_of(row), out)?;
        }
        Ok(())
    }

    fn line(
        &mut self,
        row: &Row,
        place: String,
        text: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.lines.push(Line {
            style: if is_finding(row) {
                self.look.severity(row.severity)
            } else {
                self.look.verdict(row.verdict)
            },
            word: word_of(row),
            place,
            text: self.look.marks(&harmless(text)).into_owned(),
            policy: row.policy.clone(),
        });
        if self.lines.len() >= MOST {
            self.flush(out)?;
        }
        Ok(())
    }

    /// Writes what is gathered.
    pub(crate) fn flush(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let widest = |text: fn(&Line) -> &str| {
            let lengths = self.lines.iter().map(|line| text(line).chars().count());
            lengths.max().unwrap_or(0)
        };
        let word = widest(|line| line.word).max(8);
        let place = widest(|line| &line.place);
        let policy = widest(|line| line.policy.as_str());
        // Longer messages push the policy to the right: nothing that says what is wrong is ever cut.
        let room = self
            .look
            .columns()
            .saturating_sub(word + place + policy + 6);
        let message = widest(|line| &line.text).min(room);
        for line in self.lines.drain(..) {
            writeln!(
                out,
                "{}  {}  {}  {}",
                self.look.paint(line.style, pad(line.word, word)),
                pad(&line.place, place),
                pad(&line.text, message),
                line.policy
            )?;
        }
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
