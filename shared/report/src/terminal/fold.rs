//! Findings of one object at one place, brought together under the most severe: often many policies speak of one line.

use std::io;

use plimsoll_model::PolicyId;

use super::is_finding;
use crate::key;
use crate::spill::{Merge, SortedRecords, Spill};
use crate::{Row, Sorted};

/// The most findings of a block, bounded for memory; what is left over begins another block.
const MOST: usize = 500;
/// Bytes of rows that each of the two sorts keeps in memory.
const CHUNK_BYTES: usize = 2 << 20;

/// Findings of one object at one place; at least one.
#[derive(Debug)]
pub(crate) struct Block {
    /// The first in the report's order: none of the others is more severe.
    pub(crate) head: Row,
    /// The others, in the report's order.
    pub(crate) others: Vec<Row>,
}

impl Block {
    /// The policies of its findings, the head's first.
    pub(crate) fn policies(&self) -> Vec<PolicyId> {
        let rows = std::iter::once(&self.head).chain(&self.others);
        rows.map(|row| row.policy.clone()).collect()
    }

    /// The message of one of the others; empty where the head's begins with the same words and then says more.
    pub(crate) fn message_of<'r>(&self, other: &'r Row) -> &'r str {
        let rest = self.head.message.strip_prefix(other.message.as_str());
        match rest.map(|rest| rest.chars().next()) {
            Some(next) if next.is_none_or(|letter| !letter.is_alphanumeric()) => "",
            _ => &other.message,
        }
    }
}

/// All findings in blocks; the blocks are in the report's order of their heads.
#[derive(Debug)]
pub(crate) struct Folded(SortedRecords);

impl Folded {
    /// Folds the findings among the rows.
    ///
    /// # Errors
    /// When a temporary file cannot be written or read.
    pub(crate) fn of(rows: &Sorted) -> io::Result<Self> {
        Self::with_limits(rows, CHUNK_BYTES, MOST)
    }

    /// Sorts by place, where each row goes by its number in the report's order, so that a block's first is its head;
    /// then by the head's number.
    fn with_limits(rows: &Sorted, bytes: usize, most: usize) -> io::Result<Self> {
        let mut places = Spill::new(bytes);
        let mut reader = rows.reader()?;
        let mut number = 0_u64;
        while let Some(json) = reader.next_json()? {
            number += 1;
            let row: Row = serde_json::from_slice(json)?;
            if !is_finding(&row) {
                continue;
            }
            places.push(
                |key| {
                    place(&row, key);
                    key.extend_from_slice(&number.to_be_bytes());
                },
                copy(json),
            )?;
        }
        let places = Spill::finish(vec![places]);
        let mut blocks = Spill::new(bytes);
        let mut reader = places.reader()?;
        let (mut last, mut head, mut size) = (Vec::new(), [0; 8], 0);
        while let Some((key, json)) = reader.next()? {
            let Some((place, number)) = key.split_last_chunk::<8>() else {
                continue;
            };
            if size == 0 || size == most || place != last {
                last.clear();
                last.extend_from_slice(place);
                (head, size) = (*number, 0);
            }
            size += 1;
            blocks.push(
                |key| {
                    key.extend_from_slice(&head);
                    key.extend_from_slice(number);
                },
                copy(json),
            )?;
        }
        Ok(Self(Spill::finish(vec![blocks])))
    }

    /// Reads from the first block on. Use one reader at a time.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(crate) fn reader(&self) -> io::Result<Blocks<'_>> {
        Ok(Blocks {
            rows: self.0.reader()?,
            next_head: None,
        })
    }
}

fn copy(json: &[u8]) -> impl FnOnce(&mut Vec<u8>) -> io::Result<()> {
    |out| {
        out.extend_from_slice(json);
        Ok(())
    }
}

/// Bytes that are the same for findings of one object that people are shown at one place.
fn place(row: &Row, out: &mut Vec<u8>) {
    let path = match row.line {
        Some(_) => "",
        None => row.paths.first().map_or("", String::as_str),
    };
    key::put(row.file.as_deref().unwrap_or(""), out);
    key::put_resource(&row.resource, out);
    key::put(path, out);
    for number in [row.document, row.item, row.line, row.column] {
        out.extend_from_slice(&number.unwrap_or(0).to_be_bytes());
    }
}

/// Reads blocks in order.
#[derive(Debug)]
pub(crate) struct Blocks<'a> {
    rows: Merge<'a>,
    /// Read already, since it ends the block before it.
    next_head: Option<Row>,
}

impl Blocks<'_> {
    fn row(&mut self) -> io::Result<Option<(bool, Row)>> {
        let Some((key, json)) = self.rows.next()? else {
            return Ok(None);
        };
        let (head, number) = key.split_at(key.len() / 2);
        Ok(Some((head == number, serde_json::from_slice(json)?)))
    }

    fn block(&mut self) -> io::Result<Option<Block>> {
        let head = match self.next_head.take() {
            Some(row) => row,
            None => match self.row()? {
                Some((_, row)) => row,
                None => return Ok(None),
            },
        };
        let mut block = Block {
            head,
            others: Vec::new(),
        };
        while let Some((is_head, row)) = self.row()? {
            if is_head {
                self.next_head = Some(row);
                break;
            }
            block.others.push(row);
        }
        Ok(Some(block))
    }
}

impl Iterator for Blocks<'_> {
    type Item = io::Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        self.block().transpose()
    }
}

#[cfg(test)]
mod tests;
