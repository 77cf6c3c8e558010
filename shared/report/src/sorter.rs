//! Rows in the report's order: severity, policy, resource, path; the same whatever order they came in.

use std::io;

use crate::Row;
use crate::key;
use crate::spill::{CHUNK_BYTES, Merge, SortedRecords, Spill};

/// Takes rows in any order. Memory is bounded: sorted chunks are spilled to a temporary file.
#[derive(Debug)]
pub struct Sorter {
    spill: Spill,
    rows: u64,
}

impl Default for Sorter {
    fn default() -> Self {
        Self::with_limit(CHUNK_BYTES)
    }
}

impl Sorter {
    /// A sorter that keeps about `bytes` of rows in memory (the default is 8 MiB).
    #[must_use]
    pub fn with_limit(bytes: usize) -> Self {
        Self {
            spill: Spill::new(bytes),
            rows: 0,
        }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn push(&mut self, row: &Row) -> io::Result<()> {
        self.rows += 1;
        self.spill.push(
            |out| key(row, out),
            |out| serde_json::to_writer(out, row).map_err(io::Error::from),
        )
    }

    /// No more rows come for now: what is in memory goes to the temporary file, unless there is hardly anything.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn rest(&mut self) -> io::Result<()> {
        self.spill.rest()
    }

    /// Ends the input.
    #[must_use]
    pub fn finish(self) -> Sorted {
        Self::finish_all(vec![self])
    }

    /// Ends the input of several workers.
    #[must_use]
    pub fn finish_all(sorters: Vec<Self>) -> Sorted {
        let rows = sorters.iter().map(|sorter| sorter.rows).sum();
        let parts = sorters.into_iter().map(|sorter| sorter.spill).collect();
        Sorted {
            records: Spill::finish(parts),
            rows,
        }
    }
}

/// Bytes that sort as rows do. Fields end with a zero byte; numbers in paths are padded, so that element 10 comes after
/// element 2. Rows equal in all of it are ordered by their JSON text.
fn key(row: &Row, out: &mut Vec<u8>) {
    let severity = row.severity as u8;
    out.push(severity);
    key::put(row.policy.as_str(), out);
    key::put_resource(&row.resource, out);
    let mut digits: Vec<u8> = Vec::with_capacity(12);
    for byte in row.paths.first().map_or("", String::as_str).bytes() {
        if byte.is_ascii_digit() {
            digits.push(byte);
            continue;
        }
        pad(&mut digits, out);
        out.push(byte);
    }
    pad(&mut digits, out);
    out.push(0);
}

fn pad(digits: &mut Vec<u8>, out: &mut Vec<u8>) {
    if digits.is_empty() {
        return;
    }
    out.resize(out.len() + 10_usize.saturating_sub(digits.len()), b'0');
    out.append(digits);
}

/// All rows in order, to be read as often as wanted.
#[derive(Debug)]
pub struct Sorted {
    records: SortedRecords,
    rows: u64,
}

impl Sorted {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.rows
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Reads from the first row on. Use one reader at a time.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn reader(&self) -> io::Result<RowReader<'_>> {
        Ok(RowReader(self.records.reader()?))
    }
}

/// Reads rows in order.
#[derive(Debug)]
pub struct RowReader<'a>(Merge<'a>);

impl RowReader<'_> {
    /// The next row's JSON text.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(crate) fn next_json(&mut self) -> io::Result<Option<&[u8]>> {
        Ok(self.0.next()?.map(|(_, json)| json))
    }
}

impl Iterator for RowReader<'_> {
    type Item = io::Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.next_json() {
            Ok(None) => None,
            Ok(Some(json)) => Some(serde_json::from_slice(json).map_err(io::Error::from)),
            Err(error) => Some(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{row, sorted};

    #[test]
    fn rows_come_by_severity_policy_resource_path_whatever_their_order_and_spilling() {
        let mut rows = vec![
            row("b", "high", "Pod", "ns", "x", "spec.containers[10].image"),
            row("b", "high", "Pod", "ns", "x", "spec.containers[2].image"),
            row("b", "high", "Pod", "a", "z", "spec"),
            row("a", "high", "Pod", "ns", "x", "spec"),
            row("z", "critical", "Pod", "ns", "x", "spec"),
        ];
        let order = |rows: &[crate::Row], limit| -> Vec<String> {
            sorted(rows, limit)
                .reader()
                .unwrap()
                .map(|row| {
                    let row = row.unwrap();
                    format!(
                        "{} {} {}",
                        row.policy,
                        row.resource.short_name(),
                        row.paths[0]
                    )
                })
                .collect()
        };
        let expected = [
            "z ns/x spec",
            "a ns/x spec",
            "b a/z spec",
            "b ns/x spec.containers[2].image",
            "b ns/x spec.containers[10].image",
        ];
        assert_eq!(order(&rows, 1 << 20), expected);
        rows.rotate_left(2);
        assert_eq!(order(&rows, 1), expected);
    }
}
