//! The Kubernetes quantity library.

use super::convert::unreadable;
use super::{Context, Function};
use crate::error::Stop;
use crate::quantity::{self, ONE};
use crate::value::Value;

/// Calls one of them; `None` if the arguments' types do not go.
pub(super) fn call<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    args: &[Value<'a>],
) -> Result<Option<Value<'a>>, Stop<'a>> {
    let made = |billionths: i128| Value::Quantity(cx.arena.alloc(billionths));
    Ok(Some(match (function, args) {
        (Function::IsQuantity, [Value::Str(text)]) => Value::Bool(quantity::parse(text).is_some()),
        (Function::QuantityOf, [Value::Str(text)]) => match quantity::parse(text) {
            Some(billionths) => made(billionths),
            None => return Err(unreadable(cx, text, "a quantity")),
        },
        (Function::IsInteger, [Value::Quantity(a)]) => Value::Bool(**a % ONE == 0),
        (Function::AsInteger, [Value::Quantity(a)]) => match i64::try_from(**a / ONE) {
            Ok(whole) if **a % ONE == 0 => Value::Int(whole),
            _ => {
                return Err(cx.fail(format_args!(
                    "{} is not a whole number",
                    quantity::text(**a)
                )));
            }
        },
        #[expect(clippy::cast_precision_loss, reason = "approximate by name")]
        (Function::AsFloat, [Value::Quantity(a)]) => Value::Double(**a as f64 / ONE as f64),
        (Function::CompareTo, [Value::Quantity(a), Value::Quantity(b)]) => {
            Value::Int(a.cmp(b) as i64)
        }
        (Function::IsGreater, [Value::Quantity(a), Value::Quantity(b)]) => Value::Bool(a > b),
        (Function::IsLess, [Value::Quantity(a), Value::Quantity(b)]) => Value::Bool(a < b),
        (Function::QuantityAdd, [Value::Quantity(a), Value::Quantity(b)]) => {
            made(quantity::add(**a, **b))
        }
        (Function::QuantityAdd, [Value::Quantity(a), Value::Int(b)]) => {
            made(quantity::add(**a, i128::from(*b) * ONE))
        }
        (Function::QuantitySubtract, [Value::Quantity(a), Value::Quantity(b)]) => {
            made(quantity::add(**a, -**b))
        }
        (Function::QuantitySubtract, [Value::Quantity(a), Value::Int(b)]) => {
            made(quantity::add(**a, -i128::from(*b) * ONE))
        }
        _ => return Ok(None),
    }))
}
