//! Where scalars end: the parser's own answer reaches too far for quoted and block texts.

use std::cell::Cell;

use super::super::load::narrow;
use super::super::marked::{Extent, Mark};

/// The lines of a document, and whether each is ASCII, so that a column is a byte.
pub(super) struct Lines<'t> {
    lines: Vec<(&'t str, bool)>,
    first: u32,
    /// Line, column and byte that were asked for last: the next ones are mostly a little further.
    last: Cell<(usize, usize, usize)>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(document: &'t str, first: u32) -> Self {
        Self {
            lines: document
                .lines()
                .map(|line| (line, line.is_ascii()))
                .collect(),
            first,
            last: Cell::default(),
        }
    }

    /// How many lines there are.
    pub(super) fn count(&self) -> usize {
        self.lines.len()
    }

    /// The line's text from a mark on.
    fn from(&self, mark: Mark) -> Option<&'t str> {
        let index = mark.line.checked_sub(self.first)? as usize;
        let (line, ascii) = self.lines.get(index)?;
        let column = mark.column as usize - 1;
        if *ascii {
            return line.get(column..);
        }
        let (_, from_column, from_byte) = Some(self.last.get())
            .filter(|last| last.0 == index && last.1 <= column)
            .unwrap_or_default();
        let (step, _) = line[from_byte..].char_indices().nth(column - from_column)?;
        self.last.set((index, column, from_byte + step));
        Some(&line[from_byte + step..])
    }

    /// Block texts are shown by their first line.
    pub(super) fn first_line_of(&self, extent: Extent) -> Extent {
        let start = extent.start;
        let text = self.from(start).unwrap_or_default().trim_end();
        Extent {
            start,
            end: Mark {
                column: start.column + narrow(text.chars().count()),
                ..start
            },
        }
    }

    /// The parser lets a quoted text reach over the blanks and the comment that follow it.
    pub(super) fn quoted(&self, extent: Extent) -> Extent {
        let Extent { start, end } = extent;
        let length = self
            .from(start)
            .filter(|_| start.line == end.line)
            .and_then(quoted_length);
        match length {
            Some(length) => Extent {
                start,
                end: Mark {
                    column: start.column + length,
                    ..end
                },
            },
            None => extent,
        }
    }
}

/// The characters of the quoted text at the beginning, quotes included.
fn quoted_length(text: &str) -> Option<u32> {
    let mut chars = text.chars();
    let quote = chars.next()?;
    let mut length = 1;
    while let Some(c) = chars.next() {
        length += 1;
        if c == '\\' && quote == '"' {
            chars.next();
            length += 1;
        } else if c == quote {
            if quote == '"' || !chars.as_str().starts_with('\'') {
                return Some(length);
            }
            chars.next();
            length += 1;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_end_where_they_are_closed() {
        for (text, expected) in [
            ("'a' # b'", Some(3)),
            ("'it''s' x", Some(7)),
            (r#""a\"b" c"#, Some(6)),
            ("\"é\"", Some(3)),
            ("'open", None),
        ] {
            assert_eq!(quoted_length(text), expected, "{text}");
        }
    }
}
