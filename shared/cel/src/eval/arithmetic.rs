//! `+`, `-`, `*`, `/` and `%`. Whole numbers that overflow are errors; types do not mix.

use bumpalo::collections::String as ArenaString;
use jiff::SignedDuration;

use super::Machine;
use crate::code::{Arithmetic, Expr};
use crate::error::Stop;
use crate::library::Context;
use crate::value::Value;

impl<'a> Machine<'_, '_, 'a> {
    #[inline(never)]
    pub(super) fn fold(
        &self,
        first: &Expr,
        rest: &[(Arithmetic, Expr, u32)],
    ) -> Result<Value<'a>, Stop<'a>> {
        let mut total = self.eval(first)?;
        for (operator, operand, at) in rest {
            let operand = self.eval(operand)?;
            self.cx.at.set(*at);
            total = arithmetic(&self.cx, *operator, total, operand)?;
        }
        Ok(total)
    }

    #[inline(never)]
    pub(super) fn negate(&self, operand: &Expr, at: u32) -> Result<Value<'a>, Stop<'a>> {
        let operand = self.eval(operand)?;
        self.cx.at.set(at);
        match operand {
            Value::Int(value) => match value.checked_neg() {
                Some(value) => Ok(Value::Int(value)),
                None => Err(self.cx.fail(format_args!("integer overflow"))),
            },
            Value::Double(value) => Ok(Value::Double(-value)),
            other => Err(self
                .cx
                .fail(format_args!("`-` does not go with {}", other.kind().name()))),
        }
    }
}

/// One operation.
pub(crate) fn arithmetic<'a>(
    cx: &Context<'_, 'a>,
    operator: Arithmetic,
    a: Value<'a>,
    b: Value<'a>,
) -> Result<Value<'a>, Stop<'a>> {
    use Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
    let done = match (operator, a, b) {
        (_, Value::Int(a), Value::Int(b)) => {
            nonzero(cx, operator, b == 0)?;
            let value = match operator {
                Add => a.checked_add(b),
                Subtract => a.checked_sub(b),
                Multiply => a.checked_mul(b),
                Divide => a.checked_div(b),
                Remainder => a.checked_rem(b),
            };
            value.map(Value::Int)
        }
        (_, Value::Uint(a), Value::Uint(b)) => {
            nonzero(cx, operator, b == 0)?;
            let value = match operator {
                Add => a.checked_add(b),
                Subtract => a.checked_sub(b),
                Multiply => a.checked_mul(b),
                Divide => a.checked_div(b),
                Remainder => a.checked_rem(b),
            };
            value.map(Value::Uint)
        }
        (Add, Value::Double(a), Value::Double(b)) => Some(Value::Double(a + b)),
        (Subtract, Value::Double(a), Value::Double(b)) => Some(Value::Double(a - b)),
        (Multiply, Value::Double(a), Value::Double(b)) => Some(Value::Double(a * b)),
        (Divide, Value::Double(a), Value::Double(b)) => Some(Value::Double(a / b)),
        (Add, Value::Str(a), Value::Str(b)) => {
            cx.budget.charge_text(a.len() + b.len())?;
            let mut joined = ArenaString::with_capacity_in(a.len() + b.len(), cx.arena);
            joined.push_str(a);
            joined.push_str(b);
            Some(Value::Str(joined.into_bump_str()))
        }
        (Add, Value::Bytes(a), Value::Bytes(b)) => {
            cx.budget.charge_text(a.len() + b.len())?;
            let joined = a.iter().chain(b).copied().collect::<Vec<_>>();
            Some(Value::Bytes(cx.arena.alloc_slice_copy(&joined)))
        }
        (Add, Value::Nodes(_) | Value::List(_), Value::Nodes(_) | Value::List(_)) => {
            Some(join_lists(cx, a, b)?)
        }
        (Add, Value::Duration(a), Value::Duration(b)) => within_a_span(a.checked_add(b)),
        (Subtract, Value::Duration(a), Value::Duration(b)) => within_a_span(a.checked_sub(b)),
        (Add, Value::Timestamp(time), Value::Duration(span))
        | (Add, Value::Duration(span), Value::Timestamp(time)) => {
            time.plus(span).map(Value::Timestamp)
        }
        (Subtract, Value::Timestamp(time), Value::Duration(span)) => span
            .checked_neg()
            .and_then(|span| time.plus(span))
            .map(Value::Timestamp),
        (Subtract, Value::Timestamp(a), Value::Timestamp(b)) => a.since(b).map(Value::Duration),
        _ => {
            let (a, b) = (a.kind().name(), b.kind().name());
            return Err(cx.fail(format_args!(
                "`{}` does not go with {a} and {b}",
                operator.sign()
            )));
        }
    };
    done.ok_or_else(|| match (a, b) {
        (Value::Int(_) | Value::Uint(_), _) => cx.fail(format_args!("integer overflow")),
        _ => cx.fail(format_args!("the time is out of range")),
    })
}

/// A span of time as it is kept, in nanoseconds of 64 bits.
fn within_a_span<'a>(span: Option<SignedDuration>) -> Option<Value<'a>> {
    let nanos = i64::try_from(span?.as_nanos()).ok()?;
    Some(Value::Duration(SignedDuration::from_nanos(nanos)))
}

fn nonzero<'a>(cx: &Context<'_, 'a>, operator: Arithmetic, is_zero: bool) -> Result<(), Stop<'a>> {
    match operator {
        Arithmetic::Divide if is_zero => Err(cx.fail(format_args!("division by zero"))),
        Arithmetic::Remainder if is_zero => Err(cx.fail(format_args!("modulus by zero"))),
        _ => Ok(()),
    }
}

/// Two lists as one; an empty one costs nothing.
fn join_lists<'a>(cx: &Context<'_, 'a>, a: Value<'a>, b: Value<'a>) -> Result<Value<'a>, Stop<'a>> {
    let (left, right) = (a.items(), b.items());
    if left.len() == 0 {
        return Ok(b);
    }
    if right.len() == 0 {
        return Ok(a);
    }
    let count = left.len() + right.len();
    cx.budget.charge(count as u64)?;
    let mut items = left.chain(right);
    Ok(Value::List(cx.arena.alloc_slice_fill_with(count, |_| {
        items.next().unwrap_or(Value::Null)
    })))
}
