//! Values while an expression is evaluated: `Copy`, borrowed from the input tree or from the arena.

use std::net::IpAddr;

use bumpalo::Bump;
use jiff::SignedDuration;

use crate::cidr::Cidr;
use crate::instant::Instant;
use crate::kind::Kind;
use crate::library::NamedFormat;
use crate::node::{Entry, Node};
use crate::quantity::Quantity;
use crate::semver::Semver;
use crate::url::Url;

mod compare;
mod json;

pub(crate) use compare::{compare, equal, find_key};
pub(crate) use json::double_text;

/// A value of an expression.
///
/// Lists and maps come in two forms: those of the input, which are the very slices of the tree they were
/// decoded into, and those made by the expression. The accessors below treat both alike.
///
/// Three machine words, the first of which says which of them it is: a smaller tag would have values copied in pieces
/// that straddle words, which processors do slowly.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A signed whole number.
    Int(i64),
    /// An unsigned whole number.
    Uint(u64),
    /// A floating-point number.
    Double(f64),
    /// Text.
    Str(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A list of the input.
    Nodes(&'a [Node<'a>]),
    /// A map of the input, sorted by key.
    Entries(&'a [Entry<'a>]),
    /// A list made by the expression.
    List(&'a [Value<'a>]),
    /// A map made by the expression, in the order it was made.
    Map(&'a [(Value<'a>, Value<'a>)]),
    /// An optional.
    Optional(Option<&'a Value<'a>>),
    /// A point in time.
    Timestamp(Instant),
    /// A span of time.
    Duration(SignedDuration),
    /// A type, from `type(x)`.
    Type(Kind),
    /// A Kubernetes quantity.
    Quantity(&'a Quantity<'a>),
    /// An IP address.
    Ip(&'a IpAddr),
    /// A network.
    Cidr(&'a Cidr),
    /// A semantic version.
    Semver(&'a Semver<'a>),
    /// A URL.
    Url(&'a Url<'a>),
    /// A named format.
    Format(NamedFormat),
    /// Not known, with the reason: as input, or as a part of it. Never a result, but for elements of a list: what depends
    /// on it is [`crate::EvalError::Unknown`].
    Unknown(&'a str),
}

impl<'a> From<Node<'a>> for Value<'a> {
    #[inline]
    fn from(node: Node<'a>) -> Value<'a> {
        match node {
            Node::Null => Value::Null,
            Node::Bool(value) => Value::Bool(value),
            Node::Int(value) => Value::Int(value),
            Node::Double(value) => Value::Double(value),
            Node::Str(text) => Value::Str(text),
            Node::List(items) => Value::Nodes(items),
            Node::Map(entries) => Value::Entries(entries),
            Node::Unknown(reason) => Value::Unknown(reason),
        }
    }
}

impl<'a> Value<'a> {
    /// The boolean, if this is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The whole number, if this is a signed one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The text, if this is text.
    #[must_use]
    pub fn as_str(&self) -> Option<&'a str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The node this value is, if it is one: always for values of the input (the very same slices, so that their
    /// place can be found by identity) and for simple values, never for lists and maps an expression made.
    #[must_use]
    pub fn as_node(&self) -> Option<Node<'a>> {
        match *self {
            Value::Null => Some(Node::Null),
            Value::Bool(value) => Some(Node::Bool(value)),
            Value::Int(value) => Some(Node::Int(value)),
            Value::Uint(value) => i64::try_from(value).ok().map(Node::Int),
            Value::Double(value) => Some(Node::Double(value)),
            Value::Str(text) => Some(Node::Str(text)),
            Value::Nodes(items) => Some(Node::List(items)),
            Value::Entries(entries) => Some(Node::Map(entries)),
            Value::Unknown(reason) => Some(Node::Unknown(reason)),
            _ => None,
        }
    }

    /// This value as a tree in `arena`: [`Value::as_node`] where that exists, else built.
    /// Timestamps, durations, quantities and types become their text, an empty optional null.
    #[must_use]
    pub fn to_node(&self, arena: &'a Bump) -> Node<'a> {
        if let Some(node) = self.as_node() {
            return node;
        }
        match *self {
            Value::List(items) => Node::List(
                arena.alloc_slice_fill_iter(items.iter().map(|item| item.to_node(arena))),
            ),
            Value::Map(pairs) => {
                let entries = pairs.iter().map(|(key, value)| {
                    let key = key
                        .as_str()
                        .unwrap_or_else(|| arena.alloc_str(&key.key_text()));
                    (key, value.to_node(arena))
                });
                Node::map_in(arena, entries.collect())
            }
            Value::Optional(inner) => inner.map_or(Node::Null, |inner| inner.to_node(arena)),
            other => Node::text_in(arena, &other.key_text()),
        }
    }

    /// The elements, or none if this is not a list.
    #[must_use]
    pub fn items(&self) -> Items<'a> {
        match *self {
            Value::Nodes(items) => Items::Nodes(items.iter()),
            Value::List(items) => Items::Values(items.iter()),
            _ => Items::Values([].iter()),
        }
    }

    /// The value under a text key, if this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        match *self {
            Value::Entries(entries) => Node::Map(entries).get(key).map(Value::from),
            Value::Map(pairs) => pairs
                .iter()
                .find(|(k, _)| k.as_str() == Some(key))
                .map(|(_, value)| *value),
            _ => None,
        }
    }

    /// Why nobody knows which keys a map of the input has, if so: one of them may be there or not.
    pub(crate) fn unknown_key(&self) -> Option<&'a str> {
        match self {
            Value::Entries(entries) => entries.iter().find_map(|entry| entry.value.unknown()),
            _ => None,
        }
    }

    /// How many elements or entries a list or map has.
    pub(crate) fn len(&self) -> Option<usize> {
        match self {
            Value::Nodes(items) => Some(items.len()),
            Value::List(items) => Some(items.len()),
            Value::Entries(entries) => Some(entries.len()),
            Value::Map(pairs) => Some(pairs.len()),
            _ => None,
        }
    }

    /// An optional that holds `value`.
    pub(crate) fn some(arena: &'a Bump, value: Value<'a>) -> Value<'a> {
        Value::Optional(Some(arena.alloc(value)))
    }

    /// Which type this value has.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Bool,
            Value::Int(_) => Kind::Int,
            Value::Uint(_) => Kind::Uint,
            Value::Double(_) => Kind::Double,
            Value::Str(_) => Kind::String,
            Value::Bytes(_) => Kind::Bytes,
            Value::Nodes(_) | Value::List(_) => Kind::List,
            Value::Entries(_) | Value::Map(_) => Kind::Map,
            Value::Optional(_) => Kind::Optional,
            Value::Timestamp(_) => Kind::Timestamp,
            Value::Duration(_) => Kind::Duration,
            Value::Type(_) => Kind::Type,
            Value::Quantity(_) => Kind::Quantity,
            Value::Ip(_) => Kind::Ip,
            Value::Cidr(_) => Kind::Cidr,
            Value::Semver(_) => Kind::Semver,
            Value::Url(_) => Kind::Url,
            Value::Format(_) => Kind::Format,
            Value::Unknown(_) => Kind::Dyn,
        }
    }
}

/// The elements of a list: see [`Value::items`].
#[derive(Clone, Debug)]
pub enum Items<'a> {
    /// Of the input.
    Nodes(std::slice::Iter<'a, Node<'a>>),
    /// Made by the expression.
    Values(std::slice::Iter<'a, Value<'a>>),
}

impl<'a> Iterator for Items<'a> {
    type Item = Value<'a>;

    #[inline]
    fn next(&mut self) -> Option<Value<'a>> {
        match self {
            Items::Nodes(nodes) => nodes.next().map(|node| Value::from(*node)),
            Items::Values(values) => values.next().copied(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Items::Nodes(nodes) => nodes.size_hint(),
            Items::Values(values) => values.size_hint(),
        }
    }
}

impl ExactSizeIterator for Items<'_> {}
