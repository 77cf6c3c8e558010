//! Lists as sets: order and repetition do not count.

use super::{Context, Function};
use crate::error::Stop;
use crate::value::{self, Value};

/// Calls one of them; `None` if the arguments' types do not go.
pub(super) fn call<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    args: &[Value<'a>],
) -> Result<Option<Value<'a>>, Stop<'a>> {
    let [
        a @ (Value::Nodes(_) | Value::List(_)),
        b @ (Value::Nodes(_) | Value::List(_)),
    ] = args
    else {
        return Ok(None);
    };
    let answer = match function {
        Function::SetsContains => has_all(cx, a, b)?,
        Function::SetsEquivalent => has_all(cx, a, b)? && has_all(cx, b, a)?,
        Function::SetsIntersects => {
            let mut any = false;
            for item in b.items() {
                any = any || has(cx, a, &item)?;
            }
            any
        }
        _ => return Ok(None),
    };
    Ok(Some(Value::Bool(answer)))
}

fn has_all<'a>(
    cx: &Context<'_, 'a>,
    all: &Value<'a>,
    wanted: &Value<'a>,
) -> Result<bool, Stop<'a>> {
    for item in wanted.items() {
        if !has(cx, all, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a list has an element equal to `wanted`.
pub(crate) fn has<'a>(
    cx: &Context<'_, 'a>,
    list: &Value<'_>,
    wanted: &Value<'_>,
) -> Result<bool, Stop<'a>> {
    let mut unknown = match wanted {
        Value::Unknown(reason) => Some(*reason),
        _ => None,
    };
    for item in list.items() {
        cx.budget.charge(1)?;
        if let Value::Unknown(reason) = item {
            unknown = Some(reason);
        } else if !matches!(wanted, Value::Unknown(_)) && value::equal(&item, wanted, cx.budget)? {
            return Ok(true);
        }
    }
    match unknown {
        Some(reason) => Err(Stop::unknown(cx.arena, cx.arena.alloc_str(reason))),
        None => Ok(false),
    }
}
