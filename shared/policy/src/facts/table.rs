//! Records of texts, packed one behind another: what facts keep of an object must be small, because clusters are large.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// Records in any order until they are sorted, then found by their first texts.
///
/// A record costs its texts, a byte for each of them, and nine to ten bytes for itself; so the six objects that an
/// application of our generated cluster has for facts cost some 600 bytes together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Table {
    bytes: Vec<u8>,
    /// Where each record starts.
    starts: Vec<usize>,
}

/// As long as most records are.
const RECORD_BYTES: usize = 256;

/// A record that is being written.
#[derive(Debug, Default)]
pub(super) struct Record(Vec<u8>);

/// The texts of a record that are still to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'t>(&'t [u8]);

impl Record {
    pub(super) fn text(&mut self, text: &str) {
        put_length(&mut self.0, text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(super) fn texts<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) {
        texts.into_iter().for_each(|text| self.text(text));
    }

    /// A number, as a text.
    pub(super) fn number(&mut self, number: impl Into<i128>) {
        self.text(&number.into().to_string());
    }

    /// What is left of another record.
    pub(super) fn rest(&mut self, texts: Texts<'_>) {
        self.0.extend_from_slice(texts.0);
    }

    /// What was written so far.
    pub(super) fn read(&self) -> Texts<'_> {
        Texts(&self.0)
    }

    /// Several texts whose number is needed to read them, because others follow.
    pub(super) fn counted(&mut self, texts: &[&str]) {
        put_length(&mut self.0, texts.len());
        self.texts(texts.iter().copied());
    }
}

impl<'t> Texts<'t> {
    /// The next text; empty after the last.
    pub(super) fn text(&mut self) -> &'t str {
        self.next().unwrap_or("")
    }

    /// The next text, without taking it.
    pub(super) fn first(mut self) -> &'t str {
        self.text()
    }

    /// What [`Record::number`] wrote.
    pub(super) fn number<N: std::str::FromStr + Default>(&mut self) -> N {
        self.text().parse().unwrap_or_default()
    }

    /// What [`Record::counted`] wrote.
    pub(super) fn counted(&mut self) -> impl Iterator<Item = &'t str> + use<'t> {
        let count = self.length();
        let texts = *self;
        for _ in 0..count {
            self.next();
        }
        texts.take(count)
    }

    fn length(&mut self) -> usize {
        let (length, rest) = take_length(self.0);
        self.0 = rest;
        length
    }

    fn bytes(&mut self) -> Option<&'t [u8]> {
        let (length, rest) = take_length(self.0);
        let (text, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(text)
    }

    /// All texts as their bytes, which sort as they do.
    fn all_bytes(mut self) -> impl Iterator<Item = &'t [u8]> {
        std::iter::from_fn(move || match self.0 {
            [] => None,
            _ => self.bytes(),
        })
    }
}

impl<'t> Iterator for Texts<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        if self.0.is_empty() {
            return None;
        }
        std::str::from_utf8(self.bytes()?).ok()
    }
}

impl Table {
    /// Adds a record; `write` writes its texts.
    pub(super) fn push(&mut self, write: impl FnOnce(&mut Record)) {
        let mut record = Record(Vec::with_capacity(RECORD_BYTES));
        write(&mut record);
        self.starts.push(self.bytes.len());
        put_length(&mut self.bytes, record.0.len());
        self.bytes.extend_from_slice(&record.0);
    }

    /// Adds all records of another.
    pub(super) fn append(&mut self, other: Table) {
        if self.starts.is_empty() {
            *self = other;
            return;
        }
        let moved = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        self.starts
            .extend(other.starts.into_iter().map(|start| start + moved));
    }

    /// Sorts the records by their texts, one text after another.
    pub(super) fn sort(&mut self) {
        self.sort_by(|a, b| a.all_bytes().cmp(b.all_bytes()));
    }

    /// Sorts the records otherwise; by what is searched for first. Those that the order does not tell apart, because it
    /// does not see through counted texts, are told apart by their bytes.
    pub(super) fn sort_by(&mut self, order: impl Fn(Texts<'_>, Texts<'_>) -> Ordering) {
        let bytes = &self.bytes;
        self.starts.sort_unstable_by(|a, b| {
            let (a, b) = (record(bytes, *a), record(bytes, *b));
            order(a, b).then_with(|| a.0.cmp(b.0))
        });
        self.starts.shrink_to_fit();
    }

    /// Leaves out records that are equal to the one before them.
    pub(super) fn dedup(&mut self) {
        let bytes = &self.bytes;
        self.starts
            .dedup_by(|a, b| record(bytes, *a).0 == record(bytes, *b).0);
        self.starts.shrink_to_fit();
    }

    /// The record at a position of the order.
    pub(super) fn at(&self, position: u32) -> Texts<'_> {
        let start = self.starts.get(position as usize).copied();
        record(&self.bytes, start.unwrap_or(self.bytes.len()))
    }

    /// All records, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = Texts<'_>> {
        self.starts.iter().map(|start| record(&self.bytes, *start))
    }

    /// The records of a sorted table that begin with these texts, each without them.
    pub(super) fn beginning_with<const N: usize>(
        &self,
        first: [&str; N],
    ) -> impl Iterator<Item = Texts<'_>> {
        let bytes = &self.bytes;
        let side = move |start: &usize| {
            let texts = record(bytes, *start).all_bytes().take(N);
            texts.cmp(first.map(str::as_bytes))
        };
        let from = self.starts.partition_point(|s| side(s) == Ordering::Less);
        let found = self.starts[from..].iter();
        found
            .take_while(move |start| side(start) == Ordering::Equal)
            .map(|start| {
                let mut texts = record(&self.bytes, *start);
                texts.by_ref().take(N).for_each(drop);
                texts
            })
    }
}

fn record(bytes: &[u8], start: usize) -> Texts<'_> {
    let rest = bytes.get(start..).unwrap_or_default();
    Texts(Texts(rest).bytes().unwrap_or_default())
}

/// Seven bits a byte, the lowest first; the highest bit says that another byte follows.
fn put_length(out: &mut Vec<u8>, mut length: usize) {
    while length > 0x7f {
        out.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
}

fn take_length(bytes: &[u8]) -> (usize, &[u8]) {
    let (mut length, mut shift) = (0_usize, 0);
    for (at, byte) in bytes.iter().enumerate() {
        length |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 || shift > 56 {
            return (length, &bytes[at + 1..]);
        }
    }
    (0, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(records: &[&[&str]]) -> Table {
        let mut table = Table::default();
        for record in records {
            table.push(|out| out.texts(record.iter().copied()));
        }
        table.sort();
        table
    }

    fn found<const N: usize>(table: &Table, first: [&str; N]) -> Vec<Vec<String>> {
        let texts = |texts: Texts<'_>| texts.map(str::to_owned).collect();
        table.beginning_with(first).map(texts).collect()
    }

    #[test]
    fn records_are_found_by_their_first_texts_whatever_these_hold() {
        let long = "x".repeat(40_000);
        let records: [&[&str]; 6] = [
            &["b", "2", ""],
            &["a", "bc", "ü"],
            &["ab", "c", "1"],
            &["b", "10", &long],
            &["", "", ""],
            &["b\0", "\u{80}"],
        ];
        let table = table(&records);
        assert_eq!(found(&table, ["b"]), [vec!["10", &long], vec!["2", ""]]);
        assert_eq!(found(&table, ["b", "2"]), [[""]]);
        assert_eq!(found(&table, ["a", "bc"]), [["ü"]]);
        assert_eq!(found(&table, ["ab"]), [["c", "1"]]);
        assert_eq!(found(&table, ["", ""]), [[""]]);
        assert_eq!(found(&table, ["b\0"]), [["\u{80}"]]);
        assert!(found(&table, ["abc"]).is_empty() && found(&table, ["c"]).is_empty());
        assert!(found(&Table::default(), ["a"]).is_empty());
    }

    #[test]
    fn numbers_and_counted_texts_come_back() {
        let mut table = Table::default();
        table.push(|out| {
            out.number(-7_i64);
            out.counted(&["a", ""]);
            out.counted(&[]);
            out.text("end");
        });
        let mut texts = table.all().next().unwrap();
        assert_eq!(texts.number::<i64>(), -7);
        assert_eq!(texts.counted().collect::<Vec<_>>(), ["a", ""]);
        assert_eq!(texts.counted().count(), 0);
        assert_eq!((texts.text(), texts.text()), ("end", ""));
    }

    #[test]
    fn records_that_differ_behind_counted_texts_have_an_order_and_equal_ones_are_left_out() {
        let push = |table: &mut Table, last: &str| {
            table.push(|out| {
                out.text("a");
                out.counted(&["x"; 200]);
                out.text(last);
            });
        };
        let mut table = Table::default();
        ["b", "a", "b", "a"]
            .iter()
            .for_each(|last| push(&mut table, last));
        table.sort();
        table.dedup();
        let mut turned = Table::default();
        ["a", "b"].iter().for_each(|last| push(&mut turned, last));
        turned.sort();
        let last = |table: &Table, position| {
            let mut texts = table.at(position);
            texts.next();
            assert_eq!(texts.counted().count(), 200);
            texts.text().to_owned()
        };
        assert_eq!([last(&table, 0), last(&table, 1)], ["a", "b"]);
        assert_eq!([last(&turned, 0), last(&turned, 1)], ["a", "b"]);
        assert_eq!(table.all().count(), 2);
        assert_eq!(table.at(2).next(), None);
    }

    #[test]
    fn two_halves_put_together_are_the_whole_and_it_is_small() {
        let names: Vec<String> = (0..200).map(|number| format!("object-{number}")).collect();
        let records: Vec<[&str; 2]> = names.iter().map(|name| ["shop", name.as_str()]).collect();
        let records: Vec<&[&str]> = records.iter().map(|record| record.as_slice()).collect();
        let whole = table(&records);
        let mut halves = table(&records[120..]);
        halves.append(table(&records[..120]));
        halves.sort();
        assert_eq!(found(&halves, ["shop"]), found(&whole, ["shop"]));
        let texts: usize = records.iter().flat_map(|r| r.iter()).map(|t| t.len()).sum();
        let held = whole.bytes.len() + whole.starts.len() * size_of::<usize>();
        assert_eq!(held, texts + 200 * (2 + 1 + size_of::<usize>()));
    }
}
