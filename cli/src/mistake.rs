//! A mistake in a file of settings: where, what, and what to do.

use std::ops::Range;

use plimsoll_report::{Diagnostic, Excerpt};

/// A mistake in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// From 1.
    pub(crate) line: u32,
    /// From 1, in characters.
    pub(crate) column: u32,
    /// How many characters it underlines.
    pub(crate) length: u32,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Mistake {
    /// At a span of the text, in bytes.
    pub(crate) fn at(text: &str, span: Range<usize>, message: &str, help: Option<&str>) -> Self {
        let before = text.get(..span.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let length = text
            .get(span)
            .and_then(|meant| meant.lines().next())
            .map_or(0, |line| line.chars().count());
        Self {
            line: before.matches('\n').count() as u32 + 1,
            column: before[line_start..].chars().count() as u32 + 1,
            length: length as u32,
            message: message.to_owned(),
            help: help.map(str::to_owned),
        }
    }

    /// What TOML itself cannot be read as.
    pub(crate) fn of_toml(text: &str, error: &toml::de::Error) -> Self {
        Self::at(text, error.span().unwrap_or(0..0), error.message(), None)
    }

    /// As it is shown: `code` is the error's id, `file` its name.
    pub(crate) fn diagnostic(self, code: &str, file: &str, text: &str) -> Diagnostic {
        let excerpt = Excerpt::of(text, self.line, self.length, "here");
        let diagnostic = Diagnostic::error(code, self.message)
            .at(file, Some((self.line, self.column)))
            .showing(excerpt);
        match self.help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }
}
