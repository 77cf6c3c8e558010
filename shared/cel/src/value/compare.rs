//! Equality and order, as cel-go has them: numbers compare by value whatever their type.

use std::cmp::Ordering;

use super::Value;
use crate::budget::Budget;
use crate::error::Stop;
use crate::node::same_text;

/// Whether two values are equal. Values of different types are not, except numbers.
pub(crate) fn equal<'x>(
    a: &Value<'x>,
    b: &Value<'x>,
    budget: &Budget,
) -> Result<bool, Stop<'static>> {
    Ok(match (a, b) {
        (Value::Unknown(_), _) | (_, Value::Unknown(_)) => return Err(Stop::PART_UNKNOWN),
        (Value::Str(a), Value::Str(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            budget.charge_text(a.len())?;
            same_text(a, b)
        }
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Bytes(a), Value::Bytes(b)) => {
            budget.charge_text(a.len())?;
            a == b
        }
        (Value::Timestamp(a), Value::Timestamp(b)) => a == b,
        (Value::Duration(a), Value::Duration(b)) => a == b,
        (Value::Type(a), Value::Type(b)) => a == b,
        (Value::Quantity(a), Value::Quantity(b)) => {
            budget.charge_text(a.len() + b.len())?;
            a.compare(b).is_eq()
        }
        (Value::Ip(a), Value::Ip(b)) => a == b,
        (Value::Cidr(a), Value::Cidr(b)) => a == b,
        (Value::Semver(a), Value::Semver(b)) => a.cmp(b).is_eq(),
        (Value::Url(a), Value::Url(b)) => {
            budget.charge_text(a.text.len())?;
            a.text == b.text
        }
        (Value::Format(a), Value::Format(b)) => a == b,
        (Value::Optional(a), Value::Optional(b)) => match (a, b) {
            (None, None) => true,
            (Some(a), Some(b)) => equal(a, b, budget)?,
            _ => false,
        },
        (Value::Nodes(_) | Value::List(_), Value::Nodes(_) | Value::List(_)) => {
            return equal_lists(a, b, budget);
        }
        (Value::Entries(_) | Value::Map(_), Value::Entries(_) | Value::Map(_)) => {
            return equal_maps(a, b, budget);
        }
        _ => numbers(a, b) == Some(Ordering::Equal),
    })
}

fn equal_lists<'x>(a: &Value<'x>, b: &Value<'x>, budget: &Budget) -> Result<bool, Stop<'static>> {
    let (a, b) = (a.items(), b.items());
    if a.len() != b.len() {
        return Ok(false);
    }
    for (a, b) in a.zip(b) {
        budget.charge(1)?;
        if !equal(&a, &b, budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_maps<'x>(a: &Value<'x>, b: &Value<'x>, budget: &Budget) -> Result<bool, Stop<'static>> {
    if a.unknown_key().or_else(|| b.unknown_key()).is_some() {
        return Err(Stop::PART_UNKNOWN);
    }
    if a.len() != b.len() {
        return Ok(false);
    }
    if let (Value::Entries(a), Value::Entries(b)) = (a, b) {
        for (a, b) in a.iter().zip(b.iter()) {
            budget.charge(1)?;
            if a.key != b.key || !equal(&a.value.into(), &b.value.into(), budget)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    let (pairs, other) = match (a, b) {
        (Value::Map(pairs), other) | (other, Value::Map(pairs)) => (*pairs, other),
        _ => return Ok(false),
    };
    for (key, value) in pairs {
        match find_key(other, key, budget)? {
            Some(found) if equal(value, &found, budget)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// The value under `key` of a map of either form. A number finds an equal number of another type.
pub(crate) fn find_key<'a>(
    map: &Value<'a>,
    key: &Value<'_>,
    budget: &Budget,
) -> Result<Option<Value<'a>>, Stop<'static>> {
    match *map {
        Value::Entries(entries) => {
            budget.charge(1)?;
            Ok(key
                .as_str()
                .and_then(|key| crate::Node::Map(entries).get(key))
                .map(Value::from))
        }
        Value::Map(pairs) => {
            for (found, value) in pairs {
                budget.charge(1)?;
                if equal(found, key, budget)? {
                    return Ok(Some(*value));
                }
            }
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// The order of two values, or `None` if they have none between them.
pub(crate) fn compare(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
        (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.cmp(b)),
        (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
        _ => numbers(a, b),
    }
}

/// The order of two numbers by value; `None` also where one is not a number at all.
fn numbers(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (*a, *b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(&b)),
        (Value::Uint(a), Value::Uint(b)) => Some(a.cmp(&b)),
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(&b),
        (Value::Int(a), Value::Uint(b)) => Some(i128::from(a).cmp(&i128::from(b))),
        (Value::Uint(a), Value::Int(b)) => Some(i128::from(a).cmp(&i128::from(b))),
        (Value::Int(a), Value::Double(b)) => int_and_double(a, b),
        (Value::Uint(a), Value::Double(b)) => uint_and_double(a, b),
        (Value::Double(a), Value::Int(b)) => int_and_double(b, a).map(Ordering::reverse),
        (Value::Double(a), Value::Uint(b)) => uint_and_double(b, a).map(Ordering::reverse),
        _ => None,
    }
}

/// As cel-go has it: within its range a whole number is rounded to a double first.
#[expect(clippy::cast_precision_loss, reason = "rounded by design")]
fn int_and_double(whole: i64, double: f64) -> Option<Ordering> {
    match double {
        d if d < i64::MIN as f64 => Some(Ordering::Greater),
        d if d > i64::MAX as f64 => Some(Ordering::Less),
        d => (whole as f64).partial_cmp(&d),
    }
}

#[expect(clippy::cast_precision_loss, reason = "rounded by design")]
fn uint_and_double(whole: u64, double: f64) -> Option<Ordering> {
    match double {
        d if d < 0.0 => Some(Ordering::Greater),
        d if d > u64::MAX as f64 => Some(Ordering::Less),
        d => (whole as f64).partial_cmp(&d),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_and_doubles_compare_as_doubles_do() {
        let order = |a, b| compare(&a, &b);
        let cases = [
            (Value::Int(1), Value::Double(1.0), Ordering::Equal),
            (Value::Int(1), Value::Double(1.5), Ordering::Less),
            (Value::Int(-1), Value::Double(-1.5), Ordering::Greater),
            (
                Value::Int(9_007_199_254_740_993),
                Value::Double(9_007_199_254_740_992.0),
                Ordering::Equal,
            ),
            (Value::Uint(u64::MAX), Value::Int(-1), Ordering::Greater),
            (Value::Uint(0), Value::Double(-0.5), Ordering::Greater),
            (
                Value::Int(i64::MAX),
                Value::Double(f64::INFINITY),
                Ordering::Less,
            ),
            (
                Value::Int(i64::MIN),
                Value::Double(f64::NEG_INFINITY),
                Ordering::Greater,
            ),
        ];
        for (a, b, expected) in cases {
            assert_eq!(order(a, b), Some(expected), "{a:?} {b:?}");
            assert_eq!(order(b, a), Some(expected.reverse()), "{b:?} {a:?}");
        }
        assert_eq!(order(Value::Int(0), Value::Double(f64::NAN)), None);
    }
}
