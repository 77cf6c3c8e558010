//! The reader's part for lists too large to be decoded at once.

use plimsoll_cel::{Bump, Node};

use super::super::large::{LargeList, large_list};
use super::super::load::narrow;
use super::super::object::typed_item;
use super::super::split::Chunk;
use super::super::{bulk, doubt, precise};
use super::Reader;

/// How much of a list is decoded at a time; enough to spread the parser's start-up, little enough to stay in the cache.
const BATCH_BYTES: usize = 128 << 10;

impl Reader<'_> {
    /// Whether the document was a large list and has been read item by item.
    pub(super) fn large_list(&mut self, index: usize, chunk: &Chunk, arena: &mut Bump) -> bool {
        let Some(list) = large_list(self.text, chunk) else {
            return false;
        };
        let mut next = 0;
        while next < list.items.len() {
            let first = next;
            next += 1;
            let start = list.items[first].start;
            if doubt::doubtful(list.items[first].of(self.text)) {
                self.precise_item(index, first, &list, arena);
                continue;
            }
            while let Some(item) = list.items.get(next)
                && item.end - start < BATCH_BYTES
                && !doubt::doubtful(item.of(self.text))
            {
                next += 1;
            }
            self.items(index, first..next, &list, arena);
        }
        true
    }

    /// Reads neighbouring items in bulk; if anything is wrong with one, each by itself.
    fn items(
        &mut self,
        index: usize,
        range: std::ops::Range<usize>,
        list: &LargeList,
        arena: &mut Bump,
    ) {
        arena.reset();
        let text = &self.text[list.items[range.start].start..list.items[range.end - 1].end];
        match bulk::read(text, arena).as_deref() {
            Some([Node::List(nodes)]) if nodes.len() == range.len() => {
                for (i, node) in range.zip(nodes.iter()) {
                    self.item(
                        index,
                        narrow(i),
                        &typed_item(arena, *node, &list.api_version, &list.kind),
                        None,
                    );
                }
            }
            _ => {
                for i in range {
                    self.precise_item(index, i, list, arena);
                }
            }
        }
    }

    fn precise_item(&mut self, index: usize, i: usize, list: &LargeList, arena: &mut Bump) {
        arena.reset();
        let item = &list.items[i];
        let arena: &Bump = arena;
        match precise::read(item.of(self.text), item.line, arena) {
            Ok(Some(read)) => {
                for node in read.node.items() {
                    self.item(
                        index,
                        narrow(i),
                        &typed_item(arena, *node, &list.api_version, &list.kind),
                        None,
                    );
                }
            }
            Ok(None) => {}
            Err(fault) => self.problem(index, fault),
        }
    }
}
