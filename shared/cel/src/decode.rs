//! Decodes JSON, and any other self-describing format, straight into the arena, without a tree in between.

use std::cell::RefCell;
use std::fmt;

use bumpalo::Bump;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::encode::UNKNOWN_KEY;
use crate::node::{Entry, Node, key_hash};

/// How deep a document may nest. The API server's own limit for JSON is of the same order, and no Kubernetes
/// object comes near it.
pub const MAX_NESTING: u32 = 256;

/// A map of up to this many entries is searched for a repeated key as each one is read, so that the error
/// points at the key; a larger one is checked once, after sorting.
const SEARCHED_ENTRIES: usize = 64;

/// Why a document could not be decoded, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct DecodeError {
    /// What is wrong, in plain words.
    pub message: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in bytes.
    pub column: usize,
}

/// Decodes one JSON document into the arena.
///
/// # Errors
/// Broken JSON, a key given twice in one map, nesting over [`MAX_NESTING`], or anything after the document.
pub fn decode_json<'a>(arena: &'a Bump, json: &[u8]) -> Result<Node<'a>, DecodeError> {
    decode(NodeSeed::new(arena), json)
}

/// As [`decode_json`], of what we wrote ourselves: [`NodeSeed::of_our_own`].
///
/// # Errors
/// As there.
pub fn decode_our_own<'a>(arena: &'a Bump, json: &[u8]) -> Result<Node<'a>, DecodeError> {
    decode(NodeSeed::of_our_own(arena), json)
}

fn decode<'a>(seed: NodeSeed<'a>, json: &[u8]) -> Result<Node<'a>, DecodeError> {
    let mut source = serde_json::Deserializer::from_slice(json);
    source.disable_recursion_limit();
    seed.deserialize(&mut source)
        .and_then(|node| source.end().map(|()| node))
        .map_err(|error| from_json(&error))
}

fn from_json(error: &serde_json::Error) -> DecodeError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let place = format!(" at line {line} column {column}");
    DecodeError {
        message: text.strip_suffix(&place).unwrap_or(&text).to_owned(),
        line,
        column,
    }
}

/// A serde seed that decodes a document into an arena.
///
/// Keys are sorted; a repeated key is an error; a number or boolean as a key becomes its text, any other key
/// that is not text is an error.
#[derive(Clone, Copy)]
pub struct NodeSeed<'a> {
    /// Where text, lists and maps are put.
    pub arena: &'a Bump,
    keep_nulls: bool,
    read_unknown: bool,
}

impl<'a> NodeSeed<'a> {
    /// Decodes everything as it stands.
    #[must_use]
    pub fn new(arena: &'a Bump) -> NodeSeed<'a> {
        NodeSeed {
            arena,
            keep_nulls: true,
            read_unknown: false,
        }
    }

    /// Leaves out map entries whose value is null, as the API server does when it stores an object.
    #[must_use]
    pub fn without_nulls(arena: &'a Bump) -> NodeSeed<'a> {
        NodeSeed {
            arena,
            keep_nulls: false,
            read_unknown: false,
        }
    }

    /// Decodes what we wrote ourselves, where `{"$unknown": reason}` stands for [`Node::Unknown`]. What others wrote never
    /// says of itself that it is not known.
    #[must_use]
    pub fn of_our_own(arena: &'a Bump) -> NodeSeed<'a> {
        NodeSeed {
            arena,
            keep_nulls: true,
            read_unknown: true,
        }
    }
}

impl<'de, 'a> DeserializeSeed<'de> for NodeSeed<'a> {
    type Value = Node<'a>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Node<'a>, D::Error> {
        let scratch = Scratch::default();
        let reader = Reader {
            seed: self,
            scratch: &scratch,
            depth: 0,
        };
        source.deserialize_any(reader)
    }
}

/// Elements of the lists and maps that are being read: one growing buffer each, used as a stack, so that
/// reading a list does not allocate one of its own.
#[derive(Default)]
struct Scratch<'a> {
    items: RefCell<Vec<Node<'a>>>,
    entries: RefCell<Vec<Entry<'a>>>,
}

#[derive(Clone, Copy)]
struct Reader<'s, 'a> {
    seed: NodeSeed<'a>,
    scratch: &'s Scratch<'a>,
    depth: u32,
}

impl Reader<'_, '_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_NESTING {
            return Err(E::custom(format_args!(
                "nested deeper than {MAX_NESTING} levels"
            )));
        }
        Ok(Reader {
            depth: self.depth + 1,
            ..self
        })
    }
}

impl<'de, 'a> DeserializeSeed<'de> for Reader<'_, 'a> {
    type Value = Node<'a>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Node<'a>, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de, 'a> Visitor<'de> for Reader<'_, 'a> {
    type Value = Node<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node<'a>, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node<'a>, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, source: D) -> Result<Node<'a>, D::Error> {
        source.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, source: D) -> Result<Node<'a>, D::Error> {
        source.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node<'a>, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node<'a>, E> {
        Ok(Node::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node<'a>, E> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a number past i64 is a double, as in the API server"
        )]
        Ok(i64::try_from(value).map_or(Node::Double(value as f64), Node::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node<'a>, E> {
        Ok(Node::Double(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node<'a>, E> {
        Ok(Node::Str(self.seed.arena.alloc_str(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<Node<'a>, A::Error> {
        let inner = self.deeper()?;
        let start = self.scratch.items.borrow().len();
        while let Some(item) = source.next_element_seed(inner)? {
            self.scratch.items.borrow_mut().push(item);
        }
        let mut items = self.scratch.items.borrow_mut();
        let list = self.seed.arena.alloc_slice_copy(&items[start..]);
        items.truncate(start);
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Node<'a>, A::Error> {
        let inner = self.deeper()?;
        let start = self.scratch.entries.borrow().len();
        while let Some(key) = source.next_key_seed(KeyReader(self.seed.arena))? {
            let hash = key_hash(key);
            let repeated = {
                let read = self.scratch.entries.borrow();
                let read = &read[start..];
                read.len() <= SEARCHED_ENTRIES
                    && read.iter().any(|e| e.hash == hash && e.key == key)
            };
            if repeated {
                return Err(repeated_key(key));
            }
            let value = source.next_value_seed(inner)?;
            self.scratch
                .entries
                .borrow_mut()
                .push(Entry { hash, key, value });
        }
        let mut entries = self.scratch.entries.borrow_mut();
        entries[start..].sort_unstable_by_key(|entry| entry.key);
        if let Some(pair) = entries[start..]
            .windows(2)
            .find(|pair| pair[0].key == pair[1].key)
        {
            return Err(repeated_key(pair[0].key));
        }
        let unknown = match entries[start..] {
            [entry] if self.seed.read_unknown && entry.key == UNKNOWN_KEY => entry.value.as_str(),
            _ => None,
        };
        if let Some(reason) = unknown {
            entries.truncate(start);
            return Ok(Node::Unknown(reason));
        }
        let map = if self.seed.keep_nulls {
            self.seed.arena.alloc_slice_copy(&entries[start..])
        } else {
            let kept = entries[start..]
                .iter()
                .filter(|entry| entry.value != Node::Null)
                .copied();
            self.seed
                .arena
                .alloc_slice_fill_iter(kept.collect::<Vec<_>>())
        };
        entries.truncate(start);
        Ok(Node::Map(map))
    }
}

fn repeated_key<E: Error>(key: &str) -> E {
    E::custom(format_args!("the key `{key}` is given twice"))
}

/// Reads a map's key as text in the arena.
struct KeyReader<'a>(&'a Bump);

impl<'de, 'a> DeserializeSeed<'de> for KeyReader<'a> {
    type Value = &'a str;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<&'a str, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'a> Visitor<'_> for KeyReader<'a> {
    type Value = &'a str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key that is text")
    }

    fn visit_str<E>(self, key: &str) -> Result<&'a str, E> {
        Ok(self.0.alloc_str(key))
    }

    fn visit_bool<E>(self, key: bool) -> Result<&'a str, E> {
        Ok(if key { "true" } else { "false" })
    }

    fn visit_i64<E>(self, key: i64) -> Result<&'a str, E> {
        Ok(self.0.alloc_str(&key.to_string()))
    }

    fn visit_u64<E>(self, key: u64) -> Result<&'a str, E> {
        Ok(self.0.alloc_str(&key.to_string()))
    }

    fn visit_f64<E>(self, key: f64) -> Result<&'a str, E> {
        Ok(self.0.alloc_str(&key.to_string()))
    }
}

#[cfg(test)]
mod tests;
