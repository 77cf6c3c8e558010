//! Values and types of cases as the engine has them, and whether the engine's are the same.

use jiff::SignedDuration;
use plimsoll_cel::{Bump, Instant, Node, Type, Value};

use super::case::{CaseType, CaseValue};

impl CaseType {
    /// The engine's type, if it has it.
    pub(super) fn as_type(&self) -> Option<Type> {
        Some(match self {
            CaseType::List(element) => Type::list(element.as_type()?),
            CaseType::Map(both) => Type::map_of(both.0.as_type()?, both.1.as_type()?),
            CaseType::Optional(value) => Type::optional(value.as_type()?),
            CaseType::Message(_) => return None,
            CaseType::Plain(name) => match name.as_str() {
                "dyn" => Type::Dyn,
                "null" => Type::Null,
                "bool" => Type::Bool,
                "int" => Type::Int,
                "uint" => Type::Uint,
                "double" => Type::Double,
                "string" => Type::String,
                "bytes" => Type::Bytes,
                "timestamp" => Type::Timestamp,
                "duration" => Type::Duration,
                "type" => Type::Type,
                other => panic!("what is type {other}?"),
            },
        })
    }
}

impl CaseValue {
    /// The engine's value, made as an expression makes it, if it has it.
    pub(super) fn as_value<'a>(&self, arena: &'a Bump) -> Option<Value<'a>> {
        Some(match self {
            CaseValue::Null(_) => Value::Null,
            CaseValue::Bool(value) => Value::Bool(*value),
            CaseValue::Int(digits) => Value::Int(digits.parse().unwrap()),
            CaseValue::Uint(digits) => Value::Uint(digits.parse().unwrap()),
            CaseValue::Double(digits) => Value::Double(digits.parse().unwrap()),
            CaseValue::String(text) => Value::Str(arena.alloc_str(text)),
            CaseValue::Bytes(bytes) => Value::Bytes(arena.alloc_slice_copy(bytes)),
            CaseValue::List(items) => {
                let items: Option<Vec<_>> = items.iter().map(|item| item.as_value(arena)).collect();
                Value::List(arena.alloc_slice_copy(&items?))
            }
            CaseValue::Map(pairs) => {
                let pair = |(key, value): &(CaseValue, CaseValue)| {
                    Some((key.as_value(arena)?, value.as_value(arena)?))
                };
                let pairs: Option<Vec<_>> = pairs.iter().map(pair).collect();
                Value::Map(arena.alloc_slice_copy(&pairs?))
            }
            CaseValue::Timestamp((seconds, 0)) => Value::Timestamp(Instant::from_second(*seconds)?),
            CaseValue::Duration((seconds, nanos)) => {
                Value::Duration(SignedDuration::new(*seconds, *nanos))
            }
            CaseValue::Unknown(_) => Value::Unknown("the case says so"),
            _ => return None,
        })
    }

    /// The same as a document holds it, if a document can.
    pub(super) fn as_node<'a>(&self, arena: &'a Bump) -> Option<Node<'a>> {
        match self {
            CaseValue::List(items) => {
                let items: Option<Vec<_>> = items.iter().map(|item| item.as_node(arena)).collect();
                items.map(|items| Node::list_in(arena, items))
            }
            CaseValue::Map(pairs) => {
                let entry = |(key, value): &(CaseValue, CaseValue)| match key.as_value(arena)? {
                    Value::Str(key) => Some((key, value.as_node(arena)?)),
                    _ => None,
                };
                let entries: Option<Vec<_>> = pairs.iter().map(entry).collect();
                entries.map(|entries| Node::map_in(arena, entries))
            }
            CaseValue::Uint(_) | CaseValue::Unknown(_) => None,
            other => other.as_value(arena)?.as_node(),
        }
    }

    /// Whether the engine's value is this one: of the same type, maps in any order, every NaN the same.
    pub(super) fn is(&self, value: &Value<'_>) -> bool {
        match (self, *value) {
            (CaseValue::Double(digits), Value::Double(value)) => {
                let wanted: f64 = digits.parse().unwrap();
                wanted.to_bits() == value.to_bits() || wanted.is_nan() && value.is_nan()
            }
            (CaseValue::List(wanted), Value::List(_) | Value::Nodes(_)) => {
                let items = value.items();
                wanted.len() == items.len()
                    && wanted
                        .iter()
                        .zip(items)
                        .all(|(wanted, item)| wanted.is(&item))
            }
            (CaseValue::Map(wanted), Value::Map(_) | Value::Entries(_)) => {
                let pairs = pairs(value);
                let has = |key: &CaseValue, of: &CaseValue| {
                    pairs
                        .iter()
                        .any(|(other, value)| key.is(other) && of.is(value))
                };
                wanted.len() == pairs.len() && wanted.iter().all(|(key, value)| has(key, value))
            }
            (CaseValue::Type(name), Value::Type(kind)) => name == kind.name(),
            (CaseValue::Timestamp(wanted), Value::Timestamp(time)) => {
                *wanted == (time.as_second(), time.subsec_nanos())
            }
            (CaseValue::Duration(wanted), Value::Duration(span)) => {
                *wanted == (span.as_secs(), span.subsec_nanos())
            }
            (CaseValue::Null(_), Value::Null) => true,
            (CaseValue::Bool(wanted), Value::Bool(value)) => *wanted == value,
            (CaseValue::Int(digits), Value::Int(value)) => *digits == value.to_string(),
            (CaseValue::Uint(digits), Value::Uint(value)) => *digits == value.to_string(),
            (CaseValue::String(wanted), Value::Str(text)) => wanted == text,
            (CaseValue::Bytes(wanted), Value::Bytes(bytes)) => wanted == bytes,
            _ => false,
        }
    }
}

/// The keys and values of a map.
fn pairs<'a>(map: &Value<'a>) -> Vec<(Value<'a>, Value<'a>)> {
    match *map {
        Value::Map(pairs) => pairs.to_vec(),
        Value::Entries(entries) => {
            let pair =
                |entry: &plimsoll_cel::Entry<'a>| (Value::Str(entry.key), entry.value.into());
            entries.iter().map(pair).collect()
        }
        _ => Vec::new(),
    }
}
