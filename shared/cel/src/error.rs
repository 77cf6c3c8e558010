//! What can go wrong: at load with a place in the source, at run time with a plain sentence.

use std::fmt;

use bumpalo::Bump;

/// Why a source was refused when it was loaded, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct CompileError {
    /// What is wrong, in plain words.
    pub message: String,
    /// The line in the source, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// How many characters the place spans, at least 1.
    pub length: u32,
    /// What would mend it, for example ``did you mean `image`?``.
    pub help: Option<String>,
}

/// Why an evaluation has no result. None of these is a pass or a fail: the verdict is *not evaluated*.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// The expression erred, for example because a field is missing: the policy, or the object, is at fault.
    #[error("{message}")]
    Failed {
        /// What happened, in plain words.
        message: String,
        /// Where in the source, in bytes from its start.
        offset: u32,
    },
    /// The result depends on something that is not known.
    #[error("not known: {reason}")]
    Unknown {
        /// Why it is not known, as given to [`crate::Scope::set_unknown`].
        reason: String,
    },
    /// The budget was spent before there was a result.
    #[error("the cost limit was reached")]
    CostLimit,
}

/// An [`EvalError`] as it travels inside the evaluator: one pointer, so that a result stays small.
#[derive(Clone, Copy)]
pub(crate) struct Stop<'a>(&'a Cause<'a>);

/// What a [`Stop`] points at.
#[derive(Clone, Copy)]
enum Cause<'a> {
    NoSuchKey { key: &'a str, at: u32 },
    Message { text: &'a str, at: u32 },
    Unknown(&'a str),
    Cost,
}

impl<'a> Stop<'a> {
    /// The budget is spent.
    pub(crate) const COST: Stop<'static> = Stop(&Cause::Cost);

    /// Something in a list or map that is compared as a whole is not known.
    pub(crate) const PART_UNKNOWN: Stop<'static> =
        Stop(&Cause::Unknown("a part of what is compared"));

    pub(crate) fn no_such_key(arena: &'a Bump, key: &str, at: u32) -> Stop<'a> {
        let key = arena.alloc_str(key);
        Stop(arena.alloc(Cause::NoSuchKey { key, at }))
    }

    pub(crate) fn message(arena: &'a Bump, text: fmt::Arguments<'_>, at: u32) -> Stop<'a> {
        let text = match text.as_str() {
            Some(fixed) => fixed,
            None => arena.alloc_str(&text.to_string()),
        };
        Stop(arena.alloc(Cause::Message { text, at }))
    }

    pub(crate) fn unknown(arena: &'a Bump, reason: &'a str) -> Stop<'a> {
        Stop(arena.alloc(Cause::Unknown(reason)))
    }

    pub(crate) fn is_cost(self) -> bool {
        matches!(self.0, Cause::Cost)
    }

    /// Which of two stops to report when a logical operator has both: the limit first, then what is not known,
    /// then the earlier error.
    pub(crate) fn or_later(self, later: Stop<'a>) -> Stop<'a> {
        let weight = |stop: Stop<'a>| match stop.0 {
            Cause::Cost => 2,
            Cause::Unknown(_) => 1,
            Cause::NoSuchKey { .. } | Cause::Message { .. } => 0,
        };
        if weight(later) > weight(self) {
            later
        } else {
            self
        }
    }
}

impl From<Stop<'_>> for EvalError {
    fn from(stop: Stop<'_>) -> EvalError {
        match *stop.0 {
            Cause::NoSuchKey { key, at } => EvalError::Failed {
                message: format!("no such key: {key}"),
                offset: at,
            },
            Cause::Message { text, at } => EvalError::Failed {
                message: text.to_owned(),
                offset: at,
            },
            Cause::Unknown(reason) => EvalError::Unknown {
                reason: reason.to_owned(),
            },
            Cause::Cost => EvalError::CostLimit,
        }
    }
}
