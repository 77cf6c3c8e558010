//! Functions on optionals; all but `or` and `orValue`, which the evaluator has because their argument is only
//! evaluated when it is needed.

use super::{Context, Function, ListBuilder};
use crate::error::Stop;
use crate::value::Value;

/// Calls one of them; `None` if the arguments' types do not go.
pub(super) fn call<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    args: &[Value<'a>],
) -> Result<Option<Value<'a>>, Stop<'a>> {
    Ok(Some(match (function, args) {
        (Function::OptionalNone, []) => Value::Optional(None),
        (Function::OptionalOf, [value]) => Value::some(cx.arena, *value),
        (Function::OptionalOfNonZero, [value]) if is_zero(value) => Value::Optional(None),
        (Function::OptionalOfNonZero, [value]) => Value::some(cx.arena, *value),
        (Function::HasValue, [Value::Optional(inner)]) => Value::Bool(inner.is_some()),
        (Function::UnwrapOptional, [Value::Optional(inner)]) => match inner {
            Some(value) => **value,
            None => return Err(cx.fail(format_args!("the optional has no value"))),
        },
        (Function::UnwrapOptionals, [list @ (Value::Nodes(_) | Value::List(_))]) => {
            let mut values = ListBuilder::new(cx, list.len().unwrap_or(0));
            for item in list.items() {
                match item {
                    Value::Optional(Some(value)) => values.push(*value)?,
                    Value::Optional(None) => {}
                    _ => return Ok(None),
                }
            }
            values.finish()
        }
        _ => return Ok(None),
    }))
}

/// Whether a value is its type's zero: nothing, no, nought or empty.
fn is_zero(value: &Value<'_>) -> bool {
    match *value {
        Value::Null | Value::Bool(false) | Value::Int(0) | Value::Uint(0) => true,
        Value::Double(number) => number == 0.0,
        Value::Str(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::Duration(span) => span.is_zero(),
        Value::Timestamp(time) => time.is_zero(),
        other => other.len() == Some(0),
    }
}
