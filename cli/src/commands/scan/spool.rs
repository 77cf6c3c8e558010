//! Objects kept between the two passes of a scan, with their places and without what may be secret: in memory as long
//! as there are few, else in a file without a name.

use std::io::{self, BufReader, Read, Seek, Write};

use plimsoll_inventory::files::ObjectIn;
use tempfile::SpooledTempFile;

/// Bytes kept in memory before a file is used.
const MEMORY: usize = 8 << 20;

/// Writes objects, file by file.
#[derive(Debug)]
pub(crate) struct Spool {
    out: SpooledTempFile,
    record: Vec<u8>,
}

/// An object that a file gave, by the file's number in the scan.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The file's number.
    pub(crate) file: u32,
    /// The document in it.
    pub(crate) document: u32,
    /// The item, if the document is a list.
    pub(crate) item: Option<u32>,
    /// The object, as [`ObjectIn::to_bytes`] writes it.
    pub(crate) bytes: Vec<u8>,
}

impl Default for Spool {
    fn default() -> Self {
        Self {
            out: SpooledTempFile::new(MEMORY),
            record: Vec::new(),
        }
    }
}

impl Spool {
    /// Keeps an object.
    pub(crate) fn push(&mut self, file: u32, object: &ObjectIn<'_>) -> io::Result<()> {
        self.record.clear();
        object.to_bytes(&mut self.record)?;
        let source = &object.source;
        let length = u32::try_from(self.record.len())
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "an object of over 4 GB"))?;
        let item = source.item.map_or(u32::MAX, |item| item);
        for number in [file, source.document, item, length] {
            self.out.write_all(&number.to_le_bytes())?;
        }
        self.out.write_all(&self.record)
    }

    /// Reads them back in the order they were kept.
    pub(crate) fn read(mut self) -> io::Result<SpoolReader> {
        self.out.rewind()?;
        Ok(SpoolReader(BufReader::with_capacity(64 << 10, self.out)))
    }
}

/// Reads kept objects.
#[derive(Debug)]
pub(crate) struct SpoolReader(BufReader<SpooledTempFile>);

impl SpoolReader {
    /// The next object, its buffer taken from `last`.
    pub(crate) fn next(&mut self, last: Option<Kept>) -> io::Result<Option<Kept>> {
        let mut head = [0; 16];
        match self.0.read_exact(&mut head) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        }
        let number = |at: usize| {
            head[at..at + 4]
                .iter()
                .rev()
                .fold(0_u32, |all, byte| (all << 8) | u32::from(*byte))
        };
        let mut bytes = last.map(|kept| kept.bytes).unwrap_or_default();
        bytes.resize(number(12) as usize, 0);
        self.0.read_exact(&mut bytes)?;
        Ok(Some(Kept {
            file: number(0),
            document: number(4),
            item: Some(number(8)).filter(|item| *item != u32::MAX),
            bytes,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_cel::Bump;
    use plimsoll_inventory::files::{FileEntry, read};

    #[test]
    fn what_is_kept_comes_back_in_order() {
        let text = "kind: A\napiVersion: v1\n---\nkind: List\napiVersion: v1\nitems:\n- {apiVersion: v1, kind: B}\n";
        let entry = FileEntry {
            display_path: "f".into(),
            path: "f".into(),
            named: true,
            chart: None,
        };
        let mut spool = Spool::default();
        for file in [10, 11] {
            read(&entry, text, &mut Bump::new(), &mut |object| {
                spool.push(file, &object).unwrap();
            });
        }
        let mut reader = spool.read().unwrap();
        let mut kept = None;
        let mut seen = Vec::new();
        while let Some(next) = reader.next(kept.take()).unwrap() {
            seen.push((next.file, next.document, next.item));
            kept = Some(next);
        }
        let expected = [
            (10, 0, None),
            (10, 1, Some(0)),
            (11, 0, None),
            (11, 1, Some(0)),
        ];
        assert_eq!(seen, expected);
    }
}
