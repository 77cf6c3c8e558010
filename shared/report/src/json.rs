//! The JSON report: rows are copied from the sorted stream, so that no report is ever in memory as a whole.

use std::io::{self, Write};

use serde::Serialize;

use crate::{Header, SCHEMA_VERSION, Sorted, SortedAffected};

/// Writes the report. Two scans of the same input differ in the first line alone, which has the time.
///
/// # Errors
/// When `out` cannot be written or a temporary file cannot be read.
pub fn write_json(
    out: &mut dyn Write,
    header: &Header,
    rows: &Sorted,
    affected: &SortedAffected,
) -> io::Result<()> {
    write!(out, "{{\"schemaVersion\":\"{SCHEMA_VERSION}\",\"tool\":")?;
    put(out, &header.tool)?;
    out.write_all(b",\"generatedAt\":")?;
    put(out, &header.generated_at)?;
    out.write_all(b",\n \"source\":")?;
    put(out, &header.source)?;
    if !header.parameters.is_empty() {
        out.write_all(b",\n \"parameters\":")?;
        put(out, &header.parameters)?;
    }
    out.write_all(b",\n \"verdicts\":[")?;
    let mut reader = rows.reader()?;
    let mut separator: &[u8] = b"\n  ";
    while let Some(row) = reader.next_json()? {
        out.write_all(separator)?;
        out.write_all(row)?;
        separator = b",\n  ";
    }
    out.write_all(b"],\n \"frameworks\":[")?;
    for (number, framework) in header.frameworks.iter().enumerate() {
        let text = serde_json::to_string(framework)?;
        out.write_all(if number == 0 { b"\n " } else { b",\n " })?;
        // The resources become one more field of the framework's object.
        out.write_all(text.strip_suffix('}').unwrap_or(&text).as_bytes())?;
        out.write_all(b",\"resources\":[")?;
        affected.write_json(number, out)?;
        out.write_all(b"]}")?;
    }
    out.write_all(b"],\n \"coverage\":")?;
    put(out, &header.coverage)?;
    out.write_all(b",\n \"summary\":")?;
    put(out, &header.summary)?;
    out.write_all(b"}\n")
}

fn put(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(out, value).map_err(io::Error::from)
}
