//! Where scalars end: the parser's own answer reaches too far for quoted and block texts.

use std::cell::{Cell, OnceCell};

use super::super::load::narrow;
use super::super::marked::{Extent, Mark};

/// The lines of a document, and whether each is ASCII, so that a column is a byte; told apart when first asked for. In a
/// document that is ASCII the parser's index is a byte, and lines need not be told apart.
pub(super) struct Lines<'t> {
    document: &'t str,
    ascii: bool,
    lines: OnceCell<Vec<(&'t str, bool)>>,
    first: u32,
    /// Line, column and byte that were asked for last: the next ones are mostly a little further.
    last: Cell<(usize, usize, usize)>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(document: &'t str, first: u32) -> Self {
        Self {
            document,
            ascii: document.is_ascii(),
            lines: OnceCell::new(),
            first,
            last: Cell::default(),
        }
    }

    fn all(&self) -> &[(&'t str, bool)] {
        let lines = || self.document.lines();
        self.lines
            .get_or_init(|| lines().map(|line| (line, line.is_ascii())).collect())
    }

    /// How many lines there are.
    pub(super) fn count(&self) -> usize {
        self.all().len()
    }

    /// The text from a mark on, at least to the end of its line; the parser says that it is the character `index` of the
    /// document and is one of `signs`. To look for the line's end would take long in a document of one line.
    fn from(&self, mark: Mark, index: usize, signs: [char; 2]) -> Option<&'t str> {
        let rest = self.document.get(index..).filter(|_| self.ascii);
        if let Some(rest) = rest.filter(|rest| rest.starts_with(signs)) {
            return Some(rest);
        }
        let index = mark.line.checked_sub(self.first)? as usize;
        let (line, ascii) = self.all().get(index)?;
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

    /// Where a value begins, or on the same line the tag before it.
    pub(super) fn tag_before(&self, mark: Mark, tag: &str) -> Mark {
        let index = mark
            .line
            .checked_sub(self.first)
            .map(|index| index as usize);
        let line = index.and_then(|index| self.all().get(index));
        let column = mark.column.saturating_sub(1) as usize;
        let before = line.and_then(|(line, _)| {
            let end = line
                .char_indices()
                .nth(column)
                .map_or(line.len(), |(at, _)| at);
            let before = line[..end]
                .trim_end()
                .strip_suffix(tag)?
                .strip_suffix('!')?;
            Some(narrow(before.chars().count()) + 1)
        });
        Mark {
            column: before.unwrap_or(mark.column),
            ..mark
        }
    }

    /// Block texts are shown by their first line.
    pub(super) fn first_line_of(&self, extent: Extent, index: usize) -> Extent {
        let start = extent.start;
        let text = self.from(start, index, ['|', '>']);
        let line = text.and_then(|text| text.lines().next());
        let text = line.unwrap_or_default().trim_end();
        Extent {
            start,
            end: Mark {
                column: start.column + narrow(text.chars().count()),
                ..start
            },
        }
    }

    /// The parser lets a quoted text reach over the blanks and the comment that follow it.
    pub(super) fn quoted(&self, extent: Extent, index: usize) -> Extent {
        let Extent { start, end } = extent;
        let length = self
            .from(start, index, ['"', '\''])
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
