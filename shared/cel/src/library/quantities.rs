//! The Kubernetes quantity library.

use super::convert::unreadable;
use super::{Context, Function};
use crate::error::Stop;
use crate::quantity::Quantity;
use crate::value::Value;

/// Calls one of them; `None` if the arguments' types do not go.
pub(super) fn call<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    args: &[Value<'a>],
) -> Result<Option<Value<'a>>, Stop<'a>> {
    if let [Value::Quantity(a), Value::Quantity(b)] = args {
        cx.budget.charge_text(a.len() + b.len())?;
    }
    Ok(Some(match (function, args) {
        (Function::IsQuantity, [Value::Str(text)]) => {
            cx.budget.charge_text(text.len())?;
            Value::Bool(Quantity::parse(cx.arena, text).is_some())
        }
        (Function::QuantityOf, [Value::Str(text)]) => {
            cx.budget.charge_text(text.len())?;
            let quantity = Quantity::parse(cx.arena, text)
                .ok_or_else(|| unreadable(cx, text, "a quantity"))?;
            Value::Quantity(cx.arena.alloc(quantity))
        }
        (Function::QuantitySign, [Value::Quantity(a)]) => Value::Int(a.sign()),
        (Function::IsInteger, [Value::Quantity(a)]) => Value::Bool(a.as_integer().is_some()),
        (Function::AsInteger, [Value::Quantity(a)]) => match a.as_integer() {
            Some(whole) => Value::Int(whole),
            None => return Err(cx.fail(format_args!("{a} is not kept as a whole number"))),
        },
        (Function::AsFloat, [Value::Quantity(a)]) => Value::Double(a.as_float()),
        (Function::CompareTo, [Value::Quantity(a), Value::Quantity(b)]) => {
            Value::Int(a.compare(b) as i64)
        }
        (Function::IsGreater, [Value::Quantity(a), Value::Quantity(b)]) => {
            Value::Bool(a.compare(b).is_gt())
        }
        (Function::IsLess, [Value::Quantity(a), Value::Quantity(b)]) => {
            Value::Bool(a.compare(b).is_lt())
        }
        (Function::QuantityAdd, [Value::Quantity(a), Value::Quantity(b)]) => sum(cx, a, b)?,
        (Function::QuantityAdd, [Value::Quantity(a), Value::Int(b)]) => {
            sum(cx, a, &Quantity::of(*b))?
        }
        (Function::QuantitySubtract, [Value::Quantity(a), Value::Quantity(b)]) => {
            sum(cx, a, &b.negated())?
        }
        (Function::QuantitySubtract, [Value::Quantity(a), Value::Int(b)]) => {
            sum(cx, a, &Quantity::of(*b).negated())?
        }
        _ => return Ok(None),
    }))
}

fn sum<'a>(
    cx: &Context<'_, 'a>,
    a: &Quantity<'a>,
    b: &Quantity<'a>,
) -> Result<Value<'a>, Stop<'a>> {
    match a.add(cx.arena, b) {
        Some(sum) => Ok(Value::Quantity(cx.arena.alloc(sum))),
        None => Err(cx.fail(format_args!("the sum has too many digits"))),
    }
}
