//! Writes values: a tag, the place, the content. Numbers are short where they are small (LEB128), lines are counted
//! from the value before.

use plimsoll_cel::Node;

use super::super::marked::{Extent, Mark, Marked};
use super::tag;
use crate::redact::{At, REDACTED};

pub(super) struct Writer<'o, 'k> {
    out: &'o mut Vec<u8>,
    /// The object's kind, which says what may be secret.
    kind: &'k str,
    /// The line written last.
    line: u32,
}

impl<'o, 'k> Writer<'o, 'k> {
    pub(super) fn new(out: &'o mut Vec<u8>, kind: &'k str) -> Self {
        Self { out, kind, line: 0 }
    }

    pub(super) fn head(&mut self, head: u8) {
        self.out.push(head);
    }

    pub(super) fn value(&mut self, value: &Marked<'_>) {
        self.below(value, None);
    }

    fn below(&mut self, value: &Marked<'_>, at: Option<&At<'_>>) {
        if at.is_some_and(|at| at.is_replaced(self.kind)) {
            self.begin(tag::TEXT, value.extent);
            return self.text(REDACTED);
        }
        match value.node {
            Node::Null => self.begin(tag::NULL, value.extent),
            Node::Bool(false) => self.begin(tag::FALSE, value.extent),
            Node::Bool(true) => self.begin(tag::TRUE, value.extent),
            Node::Int(number) => {
                self.begin(tag::INT, value.extent);
                self.signed(number);
            }
            Node::Double(number) => {
                self.begin(tag::DOUBLE, value.extent);
                self.out.extend_from_slice(&number.to_le_bytes());
            }
            Node::Str(text) => {
                self.begin(tag::TEXT, value.extent);
                self.text(text);
            }
            Node::Unknown(reason) => {
                self.begin(tag::UNKNOWN, value.extent);
                self.text(reason);
            }
            Node::List(_) => {
                self.begin(tag::LIST, value.extent);
                self.count(value.children.len());
                for child in value.children {
                    self.below(&child.value, at);
                }
            }
            Node::Map(_) => self.map(value, at),
        }
    }

    fn map(&mut self, value: &Marked<'_>, at: Option<&At<'_>>) {
        self.begin(tag::MAP, value.extent);
        let entries = || {
            let children = value.children.iter();
            let entries = children.filter_map(|child| child.key.map(|key| (key, child.value)));
            entries.filter(|(key, _)| {
                let key = At {
                    key: key.text,
                    up: at,
                };
                !key.is_dropped()
            })
        };
        self.count(entries().count());
        for (key, value) in entries() {
            self.extent(key.extent);
            self.text(key.text);
            let at = At {
                key: key.text,
                up: at,
            };
            self.below(&value, Some(&at));
        }
    }

    fn begin(&mut self, tag: u8, extent: Extent) {
        self.out.push(tag);
        self.extent(extent);
    }

    fn extent(&mut self, extent: Extent) {
        for Mark { line, column } in [extent.start, extent.end] {
            self.signed(i64::from(line) - i64::from(self.line));
            self.unsigned(column.into());
            self.line = line;
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.out.extend_from_slice(text.as_bytes());
    }

    fn count(&mut self, count: usize) {
        self.unsigned(count as u64);
    }

    /// Small numbers of either sign become small numbers.
    fn signed(&mut self, number: i64) {
        self.unsigned(((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    fn unsigned(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.out.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }
}
