//! Snapshots: the redacted objects of one scan, one JSON document a line, compressed with zstd.

use std::io::{BufRead, BufReader, Read, Write};

use plimsoll_cel::{Bump, Node, decode_json};
use zstd::zstd_safe::CParameter;

use crate::redact::redacted_json;

/// zstd's own default: a good ratio at several hundred MB/s.
const LEVEL: i32 = 3;

/// How far back the compressor looks and how many places it remembers, as powers of two. The level's own (21, 17, 16)
/// cost 3.7 MiB of memory a writer; these cost 0.8 MiB and compress objects of a cluster, of which each resembles the one
/// before, no worse (5,000 generated Deployments, 22 MB: 2.01 MB before, 1.99 MB now).
const REACH: [CParameter; 3] = [
    CParameter::WindowLog(18),
    CParameter::HashLog(15),
    CParameter::ChainLog(15),
];

/// The longest line read back, in bytes: far above the API server's limit of 3 MiB an object.
const MAX_LINE: u64 = 64 << 20;

/// What can go wrong with a snapshot.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Writing or reading failed, or the snapshot is cut short.
    #[error("snapshot: {0}")]
    Io(#[from] std::io::Error),
    /// An object could not be written as JSON.
    #[error("snapshot: {0}")]
    Encode(#[from] serde_json::Error),
    /// A line is no object.
    #[error("snapshot, object {object}: {message}")]
    Broken {
        /// Its index, from 0.
        object: u64,
        /// Why not.
        message: String,
    },
}

/// Writes objects, redacted, one after another.
pub struct SnapshotWriter<W: Write> {
    to: zstd::Encoder<'static, W>,
    objects: u64,
}

impl<W: Write> SnapshotWriter<W> {
    /// Begins a snapshot.
    ///
    /// # Errors
    /// The compressor cannot be set up.
    pub fn new(to: W) -> Result<Self, SnapshotError> {
        let mut to = zstd::Encoder::new(to, LEVEL)?;
        for parameter in REACH {
            to.set_parameter(parameter)?;
        }
        to.include_checksum(true)?;
        Ok(Self { to, objects: 0 })
    }

    /// Adds an object without what may be secret.
    ///
    /// # Errors
    /// The writer's own.
    pub fn write(&mut self, object: &Node<'_>) -> Result<(), SnapshotError> {
        redacted_json(object, &mut self.to)?;
        self.to.write_all(b"\n")?;
        self.objects += 1;
        Ok(())
    }

    /// How many objects were added.
    #[must_use]
    pub fn objects(&self) -> u64 {
        self.objects
    }

    /// Ends the snapshot and gives back what it was written to. A snapshot without its end cannot be read.
    ///
    /// # Errors
    /// The writer's own.
    pub fn finish(self) -> Result<W, SnapshotError> {
        Ok(self.to.finish()?)
    }
}

/// Reads a snapshot's objects back in the order in which they were written.
pub struct SnapshotReader<R: Read> {
    from: BufReader<zstd::Decoder<'static, BufReader<R>>>,
    line: Vec<u8>,
    objects: u64,
}

impl<R: Read> SnapshotReader<R> {
    /// Opens a snapshot.
    ///
    /// # Errors
    /// The decompressor cannot be set up.
    pub fn new(from: R) -> Result<Self, SnapshotError> {
        let from = BufReader::new(zstd::Decoder::new(from)?);
        Ok(Self {
            from,
            line: Vec::new(),
            objects: 0,
        })
    }

    /// The next object, decoded into `arena`; `None` after the last one.
    ///
    /// # Errors
    /// The snapshot is cut short, changed, or holds a line that is no object.
    pub fn next<'a>(&mut self, arena: &'a Bump) -> Result<Option<Node<'a>>, SnapshotError> {
        self.line.clear();
        let length = (&mut self.from)
            .take(MAX_LINE)
            .read_until(b'\n', &mut self.line)?;
        if length == 0 {
            return Ok(None);
        }
        let object = self.objects;
        self.objects += 1;
        match decode_json(arena, &self.line) {
            Ok(node @ Node::Map(_)) => Ok(Some(node)),
            Ok(_) => Err(SnapshotError::Broken {
                object,
                message: "not an object".to_owned(),
            }),
            Err(error) => Err(SnapshotError::Broken {
                object,
                message: error.to_string(),
            }),
        }
    }

    /// Hands over every object that is left; each lives until `f` returns, then the arena is emptied.
    ///
    /// # Errors
    /// As [`SnapshotReader::next`].
    pub fn for_each(
        &mut self,
        arena: &mut Bump,
        mut f: impl FnMut(Node<'_>),
    ) -> Result<u64, SnapshotError> {
        let mut count = 0;
        loop {
            arena.reset();
            match self.next(arena)? {
                Some(node) => f(node),
                None => return Ok(count),
            }
            count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(objects: usize) -> Vec<u8> {
        let arena = Bump::new();
        let mut writer = SnapshotWriter::new(Vec::new()).unwrap();
        for i in 0..objects {
            let json = format!(
                r#"{{"kind":"ConfigMap","metadata":{{"name":"m{i}"}},"data":{{"k":"s3cret"}}}}"#
            );
            writer
                .write(&decode_json(&arena, json.as_bytes()).unwrap())
                .unwrap();
        }
        assert_eq!(writer.objects(), objects as u64);
        writer.finish().unwrap()
    }

    fn names(bytes: &[u8]) -> Result<Vec<String>, SnapshotError> {
        let mut names = Vec::new();
        SnapshotReader::new(bytes)?.for_each(&mut Bump::new(), |object| {
            assert!(!serde_json::to_string(&object).unwrap().contains("s3cret"));
            names.push(
                object
                    .at(&["metadata", "name"])
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned(),
            );
        })?;
        Ok(names)
    }

    #[test]
    fn objects_come_back_in_order_without_secrets() {
        let bytes = snapshot(1_000);
        let names = names(&bytes).unwrap();
        assert_eq!(
            (names.len(), names[0].as_str(), names[999].as_str()),
            (1_000, "m0", "m999")
        );
        assert!(bytes.len() < 10_000, "{}", bytes.len());
        assert!(self::names(&snapshot(0)).unwrap().is_empty());
    }

    #[test]
    fn a_snapshot_that_is_cut_or_changed_is_an_error() {
        let bytes = snapshot(100);
        for cut in [0, 1, 10, bytes.len() / 2, bytes.len() - 1] {
            assert!(names(&bytes[..cut]).is_err() || cut == 0, "{cut}");
        }
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 0xff;
        assert!(names(&changed).is_err());
        let other = zstd::encode_all(&b"[1]\n"[..], 1).unwrap();
        assert!(matches!(
            names(&other),
            Err(SnapshotError::Broken { object: 0, .. })
        ));
    }
}
