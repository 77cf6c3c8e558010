//! Places in a source: from byte offsets to lines and columns, and from a token to the name beside it.

use crate::error::CompileError;

/// A source text that errors point into.
#[derive(Clone, Copy)]
pub(crate) struct Source<'s>(pub(crate) &'s str);

impl Source<'_> {
    /// An error about the `length` bytes at `at`.
    pub(crate) fn error(
        self,
        at: usize,
        length: usize,
        message: impl Into<String>,
    ) -> CompileError {
        let text = self.0;
        let at = floor(text, at);
        let end = floor(text, at.saturating_add(length)).max(at);
        let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let spanned = text[at..end].lines().next().unwrap_or_default();
        CompileError {
            message: message.into(),
            line: count(text[..at].matches('\n').count()) + 1,
            column: count(text[line_start..at].chars().count()) + 1,
            length: count(spanned.chars().count()).max(1),
            help: None,
        }
    }

    /// An error at a line and column (both from 1, in characters), for what the parser reports.
    pub(crate) fn error_at_line(
        self,
        line: usize,
        column: usize,
        message: impl Into<String>,
    ) -> CompileError {
        let mut start = 0;
        for (number, text) in self.0.split_inclusive('\n').enumerate() {
            if number + 1 >= line {
                let offset = text
                    .char_indices()
                    .nth(column.saturating_sub(1))
                    .map_or(text.len(), |(at, _)| at);
                return self.error(start + offset, 1, message);
            }
            start += text.len();
        }
        self.error(self.0.len(), 1, message)
    }

    /// The name that ends before `at`, blanks skipped: the function's name before its bracket.
    pub(crate) fn name_before(self, at: usize) -> (usize, usize) {
        let before = self.0[..floor(self.0, at)].trim_end();
        let name = before.trim_end_matches(is_name_char);
        (name.len(), before.len() - name.len())
    }

    /// The name that starts after the token at `at` (`.`, `.?` or `[`), blanks skipped.
    pub(crate) fn name_after(self, at: usize) -> (usize, usize) {
        let start = floor(self.0, at);
        let rest = &self.0[start..];
        let name = rest
            .trim_start_matches(|c: char| c == '.' || c == '?' || c == '[' || c.is_whitespace());
        let from = start + (rest.len() - name.len());
        let length = name.len() - name.trim_start_matches(is_name_char).len();
        (from, length.max(1))
    }
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// `help` for a name that is unknown: the nearest known one, if one is near.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let allowed = (name.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| {
            (
                strsim::osa_distance(&name.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = Source("'é' +\n  'ü' + naem");
        let error = source.error(source.0.find("naem").unwrap(), 4, "x");
        assert_eq!((error.line, error.column, error.length), (2, 9, 4));
        let by_line = source.error_at_line(2, 9, "x");
        assert_eq!((by_line.line, by_line.column), (2, 9));
    }

    #[test]
    fn places_past_the_end_or_inside_a_character_are_harmless() {
        for at in 0..6 {
            let error = Source("é\né").error(at, 9, "x");
            assert!(error.line <= 2 && error.length >= 1, "{error:?}");
        }
        assert_eq!(Source("").error_at_line(7, 9, "x").line, 1);
    }

    #[test]
    fn the_nearest_name_is_suggested_only_when_near() {
        assert_eq!(
            nearest("imgae", ["image", "name"]).unwrap(),
            "did you mean `image`?"
        );
        assert_eq!(nearest("x", ["image", "name"]), None);
        assert_eq!(
            nearest("startswith", ["startsWith"]).unwrap(),
            "did you mean `startsWith`?"
        );
    }
}
