//! Reads values that the writer wrote. Bytes that it did not write give none, and never cost more than their length.

use plimsoll_cel::{Bump, MAX_NESTING, Node};

use super::super::marked::{Child, Extent, Key, Mark, Marked};
use super::tag;

pub(super) struct Reader<'a> {
    rest: &'a [u8],
    arena: &'a Bump,
    /// The line read last.
    line: u32,
    depth: u32,
    /// The children of all maps and lists that are not complete.
    open: Vec<Child<'a>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &[u8], arena: &'a Bump) -> Self {
        Self {
            rest: arena.alloc_slice_copy(bytes),
            arena,
            line: 0,
            depth: 0,
            open: Vec::new(),
        }
    }

    pub(super) fn value(&mut self) -> Option<Marked<'a>> {
        let tag = self.bytes(1)?[0];
        let extent = self.extent()?;
        let node = match tag {
            tag::NULL => Node::Null,
            tag::FALSE => Node::Bool(false),
            tag::TRUE => Node::Bool(true),
            tag::INT => Node::Int(self.signed()?),
            tag::DOUBLE => Node::Double(f64::from_le_bytes(*self.bytes(8)?.first_chunk()?)),
            tag::TEXT => Node::Str(self.text()?),
            tag::UNKNOWN => Node::Unknown(self.text()?),
            tag::LIST | tag::MAP => return self.children(tag == tag::MAP, extent),
            _ => return None,
        };
        Some(Marked::scalar(node, extent))
    }

    fn children(&mut self, is_map: bool, extent: Extent) -> Option<Marked<'a>> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return None;
        }
        let first = self.open.len();
        for _ in 0..self.unsigned()? {
            let key = match is_map {
                true => Some(self.key()?),
                false => None,
            };
            let value = self.value()?;
            self.open.push(Child {
                key,
                value,
                merged: false,
            });
        }
        self.depth -= 1;
        let children = &self.open[first..];
        let done = match is_map {
            true => Marked::map(self.arena, extent, children),
            false => Marked::list(self.arena, extent, children),
        };
        self.open.truncate(first);
        Some(done)
    }

    fn key(&mut self) -> Option<Key<'a>> {
        let extent = self.extent()?;
        let text = self.text()?;
        Some(Key { text, extent })
    }

    fn extent(&mut self) -> Option<Extent> {
        let (start, end) = (self.mark()?, self.mark()?);
        Some(Extent { start, end })
    }

    fn mark(&mut self) -> Option<Mark> {
        let line = i64::from(self.line).checked_add(self.signed()?)?;
        self.line = u32::try_from(line).ok()?;
        let column = u32::try_from(self.unsigned()?).ok()?;
        Some(Mark {
            line: self.line,
            column,
        })
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.unsigned()?).ok()?;
        std::str::from_utf8(self.bytes(length)?).ok()
    }

    fn signed(&mut self) -> Option<i64> {
        let number = self.unsigned()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn unsigned(&mut self) -> Option<u64> {
        if let Some((byte @ ..0x80, rest)) = self.rest.split_first() {
            self.rest = rest;
            return Some((*byte).into());
        }
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.bytes(1)?[0];
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }
}
