//! What is wrong with a document, and where.

use serde::Serialize;

use super::tree::At;

/// One mistake in an escalation document: where, what, and what would mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct DocumentError {
    /// Line from 1; 0 when the parser could not say.
    pub line: u32,
    /// Column from 1, in characters; 0 when the parser could not say.
    pub column: u32,
    /// One sentence part without a full stop.
    pub message: String,
    /// What to write instead, where we know.
    pub help: Option<String>,
}

impl DocumentError {
    pub(super) fn at(at: At, message: impl Into<String>) -> Self {
        Self {
            line: at.line,
            column: at.column,
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The name among `known` that `word` was probably meant to be: at most a third of its letters differ.
pub(super) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .filter(|(distance, name)| *distance <= name.len().max(word.len()).div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// `did you mean …`, or the list of what there is.
pub(super) fn suggestion<'k>(
    word: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(word, known.iter().copied()) {
        Some(name) => Some(format!("did you mean `{name}`?")),
        None if known.is_empty() => None,
        None if known.len() <= 12 => Some(format!("one of: {}", known.join(", "))),
        None => None,
    }
}
