//! Conversions between simple types. What does not fit is an error, as in cel-go.

use super::{Context, Function, floats};
use crate::error::Stop;
use crate::value::{Value, double_text};

/// Two to the 63rd and 64th power: the first doubles past `i64` and `u64`.
const PAST_INT: f64 = 9_223_372_036_854_775_808.0;
const PAST_UINT: f64 = 18_446_744_073_709_551_616.0;

/// Calls one of them; `None` if the argument's type does not go.
pub(super) fn call<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    of: Value<'a>,
) -> Result<Option<Value<'a>>, Stop<'a>> {
    match function {
        Function::Bool => to_bool(cx, of),
        Function::Bytes => Ok(match of {
            Value::Bytes(_) => Some(of),
            Value::Str(text) => Some(Value::Bytes(text.as_bytes())),
            _ => None,
        }),
        Function::Double => to_double(cx, of),
        Function::Dyn => Ok(Some(of)),
        Function::Int => to_int(cx, of),
        Function::String => to_string(cx, of),
        Function::TypeOf => Ok(Some(Value::Type(of.kind()))),
        Function::Uint => to_uint(cx, of),
        _ => Ok(None),
    }
}

fn to_bool<'a>(cx: &Context<'_, 'a>, of: Value<'a>) -> Result<Option<Value<'a>>, Stop<'a>> {
    Ok(match of {
        Value::Bool(_) => Some(of),
        Value::Str(text) => Some(Value::Bool(match text {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
            "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
            _ => return Err(unreadable(cx, text, "a bool")),
        })),
        _ => None,
    })
}

fn to_double<'a>(cx: &Context<'_, 'a>, of: Value<'a>) -> Result<Option<Value<'a>>, Stop<'a>> {
    #[expect(clippy::cast_precision_loss, reason = "a conversion to double rounds")]
    Ok(match of {
        Value::Double(_) => Some(of),
        Value::Int(value) => Some(Value::Double(value as f64)),
        Value::Uint(value) => Some(Value::Double(value as f64)),
        Value::Str(text) => match floats::parse(text) {
            Some(value) => Some(Value::Double(value)),
            None => return Err(unreadable(cx, text, "a double")),
        },
        _ => None,
    })
}

fn to_int<'a>(cx: &Context<'_, 'a>, of: Value<'a>) -> Result<Option<Value<'a>>, Stop<'a>> {
    let overflow = || cx.fail(format_args!("{} does not fit an int", of.key_text()));
    Ok(match of {
        Value::Int(_) => Some(of),
        Value::Uint(value) => Some(Value::Int(i64::try_from(value).map_err(|_| overflow())?)),
        Value::Double(value) if value > -PAST_INT && value < PAST_INT =>
        {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "fractions are cut, the range was checked"
            )]
            Some(Value::Int(value as i64))
        }
        Value::Double(_) => return Err(overflow()),
        Value::Str(text) => match text.parse() {
            Ok(value) => Some(Value::Int(value)),
            Err(_) => return Err(unreadable(cx, text, "an int")),
        },
        Value::Timestamp(time) => Some(Value::Int(time.as_second())),
        Value::Duration(span) => Some(Value::Int(
            i64::try_from(span.as_nanos()).map_err(|_| overflow())?,
        )),
        _ => None,
    })
}

fn to_uint<'a>(cx: &Context<'_, 'a>, of: Value<'a>) -> Result<Option<Value<'a>>, Stop<'a>> {
    let overflow = || cx.fail(format_args!("{} does not fit a uint", of.key_text()));
    Ok(match of {
        Value::Uint(_) => Some(of),
        Value::Int(value) => Some(Value::Uint(u64::try_from(value).map_err(|_| overflow())?)),
        Value::Double(value) if (0.0..PAST_UINT).contains(&value) =>
        {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "fractions are cut, the range was checked"
            )]
            Some(Value::Uint(value as u64))
        }
        Value::Double(_) => return Err(overflow()),
        Value::Str(text) => match text.parse() {
            Ok(value) if !text.starts_with('+') => Some(Value::Uint(value)),
            _ => return Err(unreadable(cx, text, "a uint")),
        },
        _ => None,
    })
}

fn to_string<'a>(cx: &Context<'_, 'a>, of: Value<'a>) -> Result<Option<Value<'a>>, Stop<'a>> {
    Ok(match of {
        Value::Str(_) => Some(of),
        Value::Bytes(bytes) => {
            cx.budget.charge_text(bytes.len())?;
            match std::str::from_utf8(bytes) {
                Ok(text) => Some(Value::Str(text)),
                Err(_) => return Err(cx.fail(format_args!("the bytes are not UTF-8"))),
            }
        }
        Value::Double(value) => Some(cx.text(&double_text(value))?),
        Value::Bool(_)
        | Value::Int(_)
        | Value::Uint(_)
        | Value::Timestamp(_)
        | Value::Duration(_)
        | Value::Ip(_)
        | Value::Cidr(_) => Some(cx.text(&of.key_text())?),
        _ => None,
    })
}

/// The error for text that does not spell what it should.
pub(super) fn unreadable<'a>(cx: &Context<'_, 'a>, text: &str, what: &str) -> Stop<'a> {
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    cx.fail(format_args!("'{shown}' is not {what}"))
}
