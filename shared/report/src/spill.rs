//! External sort of byte records: sorts chunks in memory, spills them to one temporary file, merges while reading.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;

/// Bytes of records kept in memory before a chunk is spilled: some ten thousand verdicts.
pub(crate) const CHUNK_BYTES: usize = 8 << 20;
/// Read buffers of all spilled chunks while merging, in bytes together: they share it.
const MERGE_BYTES: usize = 2 << 20;
/// The most and the least that one chunk's read buffer takes of it. With more than 512 chunks memory grows by 4 KiB for
/// each further chunk, which is less than a hundredth of the chunk.
const READ_BYTES: usize = 32 << 10;
const LEAST_READ_BYTES: usize = 4 << 10;
/// What may stay in memory of a source that has ended: a file costs more than so few records do.
const SMALL_BYTES: usize = 64 << 10;

/// Collects records (a key, then a value) in any order. Equal keys are ordered by value, so that the outcome does not
/// depend on the order of arrival.
#[derive(Debug)]
pub(crate) struct Spill {
    limit: usize,
    bytes: Vec<u8>,
    index: Vec<Span>,
    file: Option<File>,
    written: u64,
    runs: Vec<Range<u64>>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    key: usize,
    end: usize,
}

impl Spill {
    /// A sort that holds at most about `limit` bytes of records in memory.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            bytes: Vec::new(),
            index: Vec::new(),
            file: None,
            written: 0,
            runs: Vec::new(),
        }
    }

    /// Adds a record; `fill` appends its key, returns, and `value` appends the rest.
    pub(crate) fn push(
        &mut self,
        key: impl FnOnce(&mut Vec<u8>),
        value: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.held() >= self.limit {
            self.spill()?;
        }
        let start = self.bytes.len();
        key(&mut self.bytes);
        let key = self.bytes.len();
        value(&mut self.bytes)?;
        let end = self.bytes.len();
        self.index.push(Span { start, key, end });
        Ok(())
    }

    /// Bytes of records, and of the index that sorts them.
    fn held(&self) -> usize {
        self.bytes.len() + self.index.len() * size_of::<Span>()
    }

    /// No more will be added for now: gives memory back, unless there is hardly anything in it.
    pub(crate) fn rest(&mut self) -> io::Result<()> {
        if self.bytes.len() > SMALL_BYTES {
            self.spill()?;
        }
        if self.bytes.is_empty() {
            (self.bytes, self.index) = (Vec::new(), Vec::new());
        }
        self.bytes.shrink_to_fit();
        self.index.shrink_to_fit();
        Ok(())
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        self.index
            .sort_unstable_by(|a, b| bytes[a.start..a.end].cmp(&bytes[b.start..b.end]));
    }

    fn spill(&mut self) -> io::Result<()> {
        self.sort();
        let mut file = match self.file.take() {
            Some(file) => file,
            None => tempfile::tempfile()?,
        };
        let start = self.written;
        let mut out = BufWriter::with_capacity(128 << 10, &mut file);
        for span in &self.index {
            let record = &self.bytes[span.start..span.end];
            out.write_all(&length(span.key - span.start)?)?;
            out.write_all(&length(record.len())?)?;
            out.write_all(record)?;
            self.written += 8 + record.len() as u64;
        }
        out.flush()?;
        drop(out);
        self.runs.push(start..self.written);
        self.file = Some(file);
        self.bytes.clear();
        self.index.clear();
        Ok(())
    }

    /// Ends the input of one or several workers.
    pub(crate) fn finish(mut parts: Vec<Self>) -> SortedRecords {
        parts.iter_mut().for_each(Self::sort);
        SortedRecords { parts }
    }
}

fn length(bytes: usize) -> io::Result<[u8; 4]> {
    u32::try_from(bytes)
        .map(u32::to_le_bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "a record of over 4 GB"))
}

/// All records, ready to be read in order as often as wanted.
#[derive(Debug)]
pub(crate) struct SortedRecords {
    parts: Vec<Spill>,
}

impl SortedRecords {
    /// Reads from the first record on. Only one reader may be in use at a time, since a file has one position.
    pub(crate) fn reader(&self) -> io::Result<Merge<'_>> {
        let mut sources = Vec::new();
        let runs: usize = self.parts.iter().map(|part| part.runs.len()).sum();
        let read = read_bytes(runs);
        for part in &self.parts {
            sources.push(Source::Memory { part, next: 0 });
            for run in &part.runs {
                let buffer = Vec::new();
                let (unread, at) = (run.clone(), 0);
                sources.push(Source::Run(Run {
                    part,
                    unread,
                    buffer,
                    at,
                    read,
                }));
            }
        }
        let mut merge = Merge {
            sources,
            heap: BinaryHeap::new(),
            current: None,
        };
        for source in 0..merge.sources.len() {
            merge.refill(Head {
                record: Vec::new(),
                key: 0,
                source,
            })?;
        }
        Ok(merge)
    }
}

/// A reader that merges the chunks. Each record lives until the next is asked for.
#[derive(Debug)]
pub(crate) struct Merge<'a> {
    sources: Vec<Source<'a>>,
    heap: BinaryHeap<Reverse<Head>>,
    current: Option<Head>,
}

#[derive(Debug)]
enum Source<'a> {
    /// The chunk that was never spilled.
    Memory { part: &'a Spill, next: usize },
    /// A spilled chunk.
    Run(Run<'a>),
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    record: Vec<u8>,
    key: usize,
    source: usize,
}

#[derive(Debug)]
struct Run<'a> {
    part: &'a Spill,
    unread: Range<u64>,
    buffer: Vec<u8>,
    at: usize,
    /// Bytes to read at a time.
    read: usize,
}

impl Merge<'_> {
    /// The next record as key and value, or none after the last.
    pub(crate) fn next(&mut self) -> io::Result<Option<(&[u8], &[u8])>> {
        if let Some(head) = self.current.take() {
            self.refill(head)?;
        }
        self.current = self.heap.pop().map(|Reverse(head)| head);
        Ok(self
            .current
            .as_ref()
            .map(|head| head.record.split_at(head.key)))
    }

    /// Loads the next record of the head's source and puts it into the heap; an exhausted source drops out.
    fn refill(&mut self, mut head: Head) -> io::Result<()> {
        head.record.clear();
        match self.sources.get_mut(head.source) {
            None => return Ok(()),
            Some(Source::Memory { part, next }) => {
                let Some(span) = part.index.get(*next) else {
                    return Ok(());
                };
                *next += 1;
                head.record
                    .extend_from_slice(&part.bytes[span.start..span.end]);
                head.key = span.key - span.start;
            }
            Some(Source::Run(run)) => {
                let Some(lengths) = run.take(8)? else {
                    return Ok(());
                };
                let (key, all) = (le(&lengths[..4]), le(&lengths[4..]));
                let record = run.take(all)?.ok_or(io::ErrorKind::UnexpectedEof)?;
                head.record.extend_from_slice(record);
                head.key = key;
            }
        }
        self.heap.push(Reverse(head));
        Ok(())
    }
}

/// How much each of so many chunks reads at a time.
fn read_bytes(chunks: usize) -> usize {
    (MERGE_BYTES / chunks.max(1)).clamp(LEAST_READ_BYTES, READ_BYTES)
}

fn le(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| (number << 8) | usize::from(*byte))
}

impl Run<'_> {
    /// The next `wanted` bytes; none at the end.
    fn take(&mut self, wanted: usize) -> io::Result<Option<&[u8]>> {
        if self.buffer.len() - self.at < wanted {
            self.buffer.drain(..self.at);
            self.at = 0;
            let left = self.unread.end - self.unread.start;
            let missing = wanted - self.buffer.len();
            let more = left.min(missing.max(self.read) as u64);
            if more < missing as u64 {
                return if self.buffer.is_empty() && more == 0 {
                    Ok(None)
                } else {
                    Err(io::ErrorKind::UnexpectedEof.into())
                };
            }
            let mut file = self.part.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
            file.seek(SeekFrom::Start(self.unread.start))?;
            let held = self.buffer.len();
            let more_bytes = usize::try_from(more).map_err(|_| io::ErrorKind::OutOfMemory)?;
            self.buffer.reserve_exact(more_bytes);
            self.buffer.resize(held + more_bytes, 0);
            file.read_exact(&mut self.buffer[held..])?;
            self.unread.start += more;
        }
        let from = self.at;
        self.at += wanted;
        Ok(Some(&self.buffer[from..from + wanted]))
    }
}

#[cfg(test)]
mod tests;
