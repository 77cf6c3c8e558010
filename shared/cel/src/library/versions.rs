//! The Kubernetes library for semantic versions.

use super::convert::unreadable;
use super::{Context, Function};
use crate::error::Stop;
use crate::semver::Semver;
use crate::value::Value;

/// Calls one of them; `None` if the arguments' types do not go.
pub(super) fn call<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    args: &[Value<'a>],
) -> Result<Option<Value<'a>>, Stop<'a>> {
    let number = |version: &Semver<'_>, place: usize| {
        // As in the API server, whose numbers wrap round here.
        Value::Int(version.numbers[place].cast_signed())
    };
    let read = |text: &'a str, lenient: bool| match Semver::parse(text, lenient) {
        Some(version) => Ok(Value::Semver(cx.arena.alloc(version))),
        None => Err(unreadable(cx, text, "a semantic version")),
    };
    Ok(Some(match (function, args) {
        (Function::IsSemver, [Value::Str(text)]) => {
            Value::Bool(Semver::parse(text, false).is_some())
        }
        (Function::IsSemver, [Value::Str(text), Value::Bool(lenient)]) => {
            Value::Bool(Semver::parse(text, *lenient).is_some())
        }
        (Function::SemverOf, [Value::Str(text)]) => read(text, false)?,
        (Function::SemverOf, [Value::Str(text), Value::Bool(lenient)]) => read(text, *lenient)?,
        (Function::SemverMajor, [Value::Semver(version)]) => number(version, 0),
        (Function::SemverMinor, [Value::Semver(version)]) => number(version, 1),
        (Function::SemverPatch, [Value::Semver(version)]) => number(version, 2),
        (Function::CompareTo, [Value::Semver(a), Value::Semver(b)]) => Value::Int(a.cmp(b) as i64),
        (Function::IsGreater, [Value::Semver(a), Value::Semver(b)]) => {
            Value::Bool(a.cmp(b).is_gt())
        }
        (Function::IsLess, [Value::Semver(a), Value::Semver(b)]) => Value::Bool(a.cmp(b).is_lt()),
        _ => return Ok(None),
    }))
}
