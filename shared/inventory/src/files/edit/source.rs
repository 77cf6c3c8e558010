//! A part's text by lines: where marks lie in bytes, and how far what stands in it reaches.

use super::super::marked::{Child, Mark, Marked};

/// The text of a part.
pub(super) struct Source<'t> {
    pub(super) text: &'t str,
    /// Where each line begins.
    starts: Vec<usize>,
    first_line: u32,
}

impl<'t> Source<'t> {
    /// A text whose first line has this number.
    pub(super) fn new(text: &'t str, first_line: u32) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(breaks).collect(),
            first_line,
        }
    }

    /// The byte at a mark; the line's end where it is shorter.
    pub(super) fn byte(&self, mark: Mark) -> usize {
        let index = mark.line.saturating_sub(self.first_line) as usize;
        let Some(start) = self.starts.get(index).copied() else {
            return self.text.len();
        };
        let line = &self.text[start..self.line_end(start)];
        let column = mark.column.saturating_sub(1) as usize;
        let inside = line.char_indices().nth(column);
        start + inside.map_or(line.len(), |(at, _)| at)
    }

    fn index(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte) - 1
    }

    /// Where the byte's line begins.
    pub(super) fn line_start(&self, byte: usize) -> usize {
        self.starts[self.index(byte)]
    }

    /// Where the line after the byte's begins; the text's end after the last.
    pub(super) fn next_line(&self, byte: usize) -> usize {
        let next = self.starts.get(self.index(byte) + 1);
        next.copied().unwrap_or(self.text.len())
    }

    /// Where the byte's line ends, before its break.
    pub(super) fn line_end(&self, byte: usize) -> usize {
        let next = self.next_line(byte);
        let line = &self.text[self.line_start(byte)..next];
        let bare = line.strip_suffix('\n').unwrap_or(line);
        let bare = bare.strip_suffix('\r').unwrap_or(bare);
        next - (line.len() - bare.len())
    }

    /// Whether both lie on one line.
    pub(super) fn same_line(&self, a: usize, b: usize) -> bool {
        self.index(a) == self.index(b)
    }

    /// The bytes before it on its line.
    pub(super) fn column(&self, byte: usize) -> usize {
        byte - self.line_start(byte)
    }

    /// Whether only blanks stand before it on its line.
    pub(super) fn is_first(&self, byte: usize) -> bool {
        blank(&self.text[self.line_start(byte)..byte])
    }

    /// Whether only blanks or a comment stand between it and the end of its line.
    pub(super) fn is_last(&self, byte: usize) -> bool {
        let rest = &self.text[byte..self.line_end(byte)];
        blank(rest) || (rest.starts_with([' ', '\t']) && rest.trim_start().starts_with('#'))
    }

    /// The first byte from `at` on that is neither blank, break nor comment.
    pub(super) fn skip(&self, mut at: usize) -> usize {
        loop {
            let rest = &self.text[at..];
            at += rest.len() - rest.trim_start().len();
            let comment = self.text[at..].starts_with('#')
                && self.text[..at]
                    .chars()
                    .next_back()
                    .is_none_or(char::is_whitespace);
            if !comment {
                return at;
            }
            at = self.next_line(at);
        }
    }

    pub(super) fn at(&self, byte: usize) -> Option<u8> {
        self.text.as_bytes().get(byte).copied()
    }

    /// Where the value begins: behind its anchor and tag.
    pub(super) fn start(&self, value: &Marked<'_>) -> usize {
        let mut at = self.byte(value.extent.start);
        while matches!(self.at(at), Some(b'&' | b'!')) {
            let word = self.text[at..].find(char::is_whitespace);
            at = self.skip(at + word.unwrap_or(self.text.len() - at));
        }
        at
    }

    /// Where what is in an element begins.
    pub(super) fn start_in(&self, child: &Child<'_>) -> usize {
        let first = child.value.children.first().and_then(|child| child.key);
        let place = match first {
            Some(key) if !self.is_flow(&child.value) => key.extent,
            _ => child.value.extent,
        };
        self.byte(place.start)
    }

    /// Whether the map or list is written with brackets. The parser lets a list whose dashes stand below its key begin
    /// with what is in its first element.
    pub(super) fn is_flow(&self, value: &Marked<'_>) -> bool {
        let first = value.children.first().filter(|child| child.key.is_none());
        let begins_inside =
            first.is_some_and(|child| child.value.extent.start <= value.extent.start);
        !begins_inside && matches!(self.at(self.start(value)), Some(b'{' | b'['))
    }

    /// Where the entry's colon ends; none where it is not told by one on the key's line.
    pub(super) fn colon(&self, child: &Child<'_>) -> Option<usize> {
        let key = child.key?;
        let start = self.byte(key.extent.start);
        let end = match self.at(start) {
            Some(b'"' | b'\'') => self.quoted_end(start),
            _ => self.byte(key.extent.end),
        };
        let rest = &self.text[end..];
        let colon = end + (rest.len() - rest.trim_start().len());
        (self.at(colon) == Some(b':')).then_some(colon + 1)
    }

    /// The dash of an element that has one.
    pub(super) fn dash(&self, child: &Child<'_>) -> Option<usize> {
        let mut end = self.start_in(child);
        loop {
            let start = self.line_start(end);
            let line = &self.text[start..end];
            let rest = line.trim_start_matches(' ');
            if !rest.is_empty() && !rest.starts_with('#') {
                let chain = rest.find(|letter| !matches!(letter, '-' | ' '));
                let chain = &rest[..chain.unwrap_or(rest.len())];
                return Some(start + (line.len() - rest.len()) + chain.rfind('-')?);
            }
            end = self.line_end(start.checked_sub(1)?);
        }
    }

    /// Where quotes, brackets, or a plain text in brackets that begin at `start` end.
    pub(super) fn flow_end(&self, start: usize) -> usize {
        match self.at(start) {
            Some(b'"' | b'\'') => self.quoted_end(start),
            Some(b'{' | b'[') => self.bracket_end(start),
            _ => {
                let rest = &self.text[start..];
                let end = rest.find([',', '{', '}', '[', ']', '\n']);
                let plain = &rest[..end.unwrap_or(rest.len())];
                let plain = plain.split(" #").next().unwrap_or_default();
                start + plain.trim_end().len()
            }
        }
    }

    fn bracket_end(&self, start: usize) -> usize {
        let mut depth = 0_u32;
        let mut at = start;
        // Quotes mean something only where a value may begin.
        let mut begins = true;
        while let Some(byte) = self.at(at) {
            match byte {
                b'"' | b'\'' if begins => {
                    at = self.quoted_end(at);
                    begins = false;
                    continue;
                }
                b'#' if self.text[..at].ends_with(char::is_whitespace) => {
                    at = self.next_line(at);
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        return at + 1;
                    }
                }
                _ => {}
            }
            begins =
                matches!(byte, b'{' | b'[' | b',' | b':') || (begins && byte.is_ascii_whitespace());
            at += 1;
        }
        self.text.len()
    }

    fn quoted_end(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let quote = bytes[start];
        let mut at = start + 1;
        while let Some(byte) = self.at(at) {
            if byte == b'\\' && quote == b'"' {
                at += 1;
            } else if byte == quote {
                if quote == b'"' || self.at(at + 1) != Some(b'\'') {
                    return at + 1;
                }
                at += 1;
            }
            at += 1;
        }
        self.text.len()
    }
}

/// Whether there is nothing to see.
pub(super) fn blank(text: &str) -> bool {
    text.trim().is_empty()
}
