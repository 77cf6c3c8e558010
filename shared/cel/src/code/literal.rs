//! Constants.

use bumpalo::Bump;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::instant::Instant;
use crate::kind::Kind;
use crate::value::Value;

/// A constant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Str(String),
    Bytes(Vec<u8>),
    Type(Kind),
    Timestamp(Instant),
    /// In nanoseconds.
    Duration(i64),
}

impl Literal {
    /// The value, borrowed from the program.
    pub(crate) fn borrowed(&self) -> Value<'_> {
        match self {
            Literal::Null => Value::Null,
            Literal::Bool(value) => Value::Bool(*value),
            Literal::Int(value) => Value::Int(*value),
            Literal::Uint(value) => Value::Uint(*value),
            Literal::Double(value) => Value::Double(*value),
            Literal::Str(text) => Value::Str(text),
            Literal::Bytes(bytes) => Value::Bytes(bytes),
            Literal::Type(kind) => Value::Type(*kind),
            Literal::Timestamp(time) => Value::Timestamp(*time),
            Literal::Duration(nanos) => Value::Duration(SignedDuration::from_nanos(*nanos)),
        }
    }

    /// The value, in the arena.
    pub(crate) fn copied<'a>(&self, arena: &'a Bump) -> Value<'a> {
        match self {
            Literal::Str(text) => Value::Str(arena.alloc_str(text)),
            Literal::Bytes(bytes) => Value::Bytes(arena.alloc_slice_copy(bytes)),
            Literal::Null => Value::Null,
            Literal::Bool(value) => Value::Bool(*value),
            Literal::Int(value) => Value::Int(*value),
            Literal::Uint(value) => Value::Uint(*value),
            Literal::Double(value) => Value::Double(*value),
            Literal::Type(kind) => Value::Type(*kind),
            Literal::Timestamp(time) => Value::Timestamp(*time),
            Literal::Duration(nanos) => Value::Duration(SignedDuration::from_nanos(*nanos)),
        }
    }
}
