//! The one tree that YAML and JSON are decoded into and expressions read: values that live in an arena.

use bumpalo::Bump;

/// A decoded document, or a part of one, borrowed from a [`bumpalo::Bump`].
///
/// `Copy`, so handing a value on never allocates. Maps are slices of entries **sorted by key** (bytewise)
/// without duplicates, so that nothing depends on the order in a file; lists keep their order.
/// Integers that fit `i64` are [`Node::Int`], all other numbers [`Node::Double`], as in the API server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Node<'a> {
    /// JSON `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number that fits 64 bits.
    Int(i64),
    /// Any other number.
    Double(f64),
    /// Text.
    Str(&'a str),
    /// A list in its own order.
    List(&'a [Node<'a>]),
    /// A map, entries sorted by key.
    Map(&'a [Entry<'a>]),
    /// Nobody knows what is here, for this reason; as the value of a map's key, neither whether the key is there. Whatever
    /// depends on it is not known: see [`crate::EvalError::Unknown`]. No document holds it, only who reads pieces of an
    /// object from several places and lost one.
    Unknown(&'a str),
}

/// One key and its value in a [`Node::Map`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry<'a> {
    /// [`key_hash`] of `key`, compared before the text.
    pub hash: u32,
    /// The key.
    pub key: &'a str,
    /// Its value.
    pub value: Node<'a>,
}

/// FNV-1a over the key's bytes: cheap, and good enough to tell the keys of one map apart.
#[inline]
pub const fn key_hash(key: &str) -> u32 {
    let bytes = key.as_bytes();
    let mut hash = 0x811c_9dc5_u32;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    hash
}

/// A key that is looked up in every object, its hash at hand.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    text: &'static str,
    hash: u32,
}

impl Key {
    /// The key `text`.
    #[must_use]
    pub const fn new(text: &'static str) -> Key {
        Key {
            text,
            hash: key_hash(text),
        }
    }
}

/// Up to this many entries, looking at all hashes is quicker than a binary search by text.
const SEARCHED_ENTRIES: usize = 24;

/// Whether two texts are equal. Keys and names are short, and a call to compare memory costs more than doing it here:
/// two words that may overlap, from either end.
#[inline]
pub(crate) fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    if let (Some(first_a), Some(first_b)) = (a.first_chunk::<8>(), b.first_chunk::<8>())
        && a.len() <= 16
    {
        return first_a == first_b && a.last_chunk::<8>() == b.last_chunk::<8>();
    }
    if let (Some(first_a), Some(first_b)) = (a.first_chunk::<4>(), b.first_chunk::<4>())
        && a.len() <= 8
    {
        return first_a == first_b && a.last_chunk::<4>() == b.last_chunk::<4>();
    }
    a == b
}

impl Entry<'_> {
    /// Whether this is the entry of a key, whose hash is at hand.
    #[inline]
    pub(crate) fn is(&self, key: &str, hash: u32) -> bool {
        self.hash == hash && same_text(self.key, key)
    }
}

/// The place of a key's entry; the key's hash is at hand.
#[inline]
pub(crate) fn find_entry(entries: &[Entry<'_>], key: &str, hash: u32) -> Option<usize> {
    if entries.len() <= SEARCHED_ENTRIES {
        return entries.iter().position(|entry| entry.is(key, hash));
    }
    entries.binary_search_by(|entry| entry.key.cmp(key)).ok()
}

impl<'a> Node<'a> {
    /// The value under `key`, if this is a map that has it. Nothing is known below what is not known.
    #[must_use]
    #[inline]
    pub fn get(&self, key: &str) -> Option<Node<'a>> {
        self.get_hashed(key, key_hash(key))
    }

    /// As [`Node::get`], with the key's hash at hand (compiled paths keep it).
    #[must_use]
    #[inline]
    pub fn get_hashed(&self, key: &str, hash: u32) -> Option<Node<'a>> {
        match self {
            Node::Map(entries) => find_entry(entries, key, hash).map(|place| entries[place].value),
            Node::Unknown(_) => Some(*self),
            _ => None,
        }
    }

    /// As [`Node::get`], with a key made beforehand.
    #[must_use]
    #[inline]
    pub fn get_key(&self, key: Key) -> Option<Node<'a>> {
        self.get_hashed(key.text, key.hash)
    }

    /// The value at a chain of keys, for example `&["spec", "template"]`.
    #[must_use]
    #[inline]
    pub fn at(&self, keys: &[&str]) -> Option<Node<'a>> {
        keys.iter().try_fold(*self, |node, key| node.get(key))
    }

    /// The text, if this is text.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> Option<&'a str> {
        match self {
            Node::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, if this is one.
    #[must_use]
    #[inline]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Node::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The whole number, if this is one.
    #[must_use]
    #[inline]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Node::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// Why it is not known, if it is not.
    #[must_use]
    #[inline]
    pub fn unknown(&self) -> Option<&'a str> {
        match self {
            Node::Unknown(reason) => Some(reason),
            _ => None,
        }
    }

    /// The elements, or none if this is not a list.
    #[must_use]
    #[inline]
    pub fn items(&self) -> &'a [Node<'a>] {
        match self {
            Node::List(items) => items,
            _ => &[],
        }
    }

    /// The entries, or none if this is not a map.
    #[must_use]
    #[inline]
    pub fn entries(&self) -> &'a [Entry<'a>] {
        match self {
            Node::Map(entries) => entries,
            _ => &[],
        }
    }
}

impl<'a> Node<'a> {
    /// A map in the arena, its entries sorted by key. Of equal keys the last one counts.
    #[must_use]
    pub fn map_in(arena: &'a Bump, entries: Vec<(&'a str, Node<'a>)>) -> Node<'a> {
        let mut sorted: Vec<Entry<'a>> = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            sorted.push(Entry {
                hash: key_hash(key),
                key,
                value,
            });
        }
        if !sorted.is_sorted_by(|a, b| a.key < b.key) {
            sorted.reverse();
            sorted.sort_by_key(|entry| entry.key);
            sorted.dedup_by_key(|entry| entry.key);
        }
        Node::Map(arena.alloc_slice_copy(&sorted))
    }

    /// A list in the arena.
    #[must_use]
    pub fn list_in(arena: &'a Bump, items: Vec<Node<'a>>) -> Node<'a> {
        Node::List(arena.alloc_slice_copy(&items))
    }

    /// Text in the arena.
    #[must_use]
    pub fn text_in(arena: &'a Bump, text: &str) -> Node<'a> {
        Node::Str(arena.alloc_str(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_every_length_are_compared_wholly() {
        let text = "abcdefghijklmnopqrstuvwxyz0123456789";
        for len in 0..text.len() {
            assert!(same_text(&text[..len], &text.to_owned()[..len]));
            assert!(!same_text(&text[..len], &text[..=len]));
            for at in 0..len {
                let mut other = text[..len].to_owned();
                other.replace_range(at..=at, "#");
                assert!(!same_text(&text[..len], &other), "{other}");
            }
        }
    }

    #[test]
    fn maps_made_by_hand_are_sorted_and_the_last_of_equal_keys_counts() {
        let arena = Bump::new();
        let map = Node::map_in(
            &arena,
            vec![
                ("b", Node::Int(1)),
                ("a", Node::Int(2)),
                ("b", Node::Int(3)),
            ],
        );
        let read: Vec<_> = map.entries().iter().map(|e| (e.key, e.value)).collect();
        assert_eq!(read, [("a", Node::Int(2)), ("b", Node::Int(3))]);
        assert_eq!(map.at(&["b"]), Some(Node::Int(3)));
        assert_eq!(map.get("c"), None);
        assert_eq!(Node::text_in(&arena, "x").as_str(), Some("x"));
        assert_eq!(
            Node::list_in(&arena, vec![Node::Null]).items(),
            [Node::Null]
        );
    }
}
