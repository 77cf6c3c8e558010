//! One case as `tests/conformance` prints it.

use std::collections::BTreeMap;

use serde::Deserialize;

/// An expression, what is bound, and what must come of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// `file/section/case`.
    pub(super) place: String,
    pub(super) expr: String,
    /// The same with every literal as `dyn(literal)`, if it can be parsed.
    pub(super) dynamic: Option<String>,
    #[serde(default)]
    pub(super) check_only: bool,
    /// What it needs of the host beyond the language.
    #[serde(default)]
    pub(super) needs: Vec<String>,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, CaseType>,
    #[serde(default)]
    pub(super) bindings: BTreeMap<String, CaseValue>,
    pub(super) want: Option<CaseValue>,
    #[serde(rename = "type")]
    pub(super) result: Option<CaseType>,
}

/// A value; numbers are text.
#[derive(Deserialize, Debug)]
#[expect(
    dead_code,
    reason = "what says no more than its variant is shown when a case differs"
)]
#[serde(rename_all = "lowercase")]
pub(super) enum CaseValue {
    Null(bool),
    Bool(bool),
    Int(String),
    Uint(String),
    Double(String),
    String(String),
    Bytes(Vec<u8>),
    List(Vec<CaseValue>),
    Map(Vec<(CaseValue, CaseValue)>),
    /// The name of a type.
    Type(String),
    /// Seconds since 1970, and nanoseconds.
    Timestamp((i64, u32)),
    /// Seconds and nanoseconds.
    Duration((i64, i32)),
    /// The name of a message of protocol buffers.
    Message(String),
    Error(bool),
    Unknown(bool),
}

/// A type.
#[derive(Deserialize, Debug)]
#[expect(
    dead_code,
    reason = "what says no more than its variant is shown when a case differs"
)]
#[serde(rename_all = "lowercase")]
pub(super) enum CaseType {
    Plain(String),
    List(Box<CaseType>),
    Map(Box<(CaseType, CaseType)>),
    Optional(Box<CaseType>),
    /// The name of a message of protocol buffers, or another type that we have not.
    Message(String),
}
