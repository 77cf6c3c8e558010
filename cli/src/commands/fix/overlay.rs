//! Texts that files would have: kept beside them, so that they can be scanned before anything is written.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use plimsoll_inventory::files::{Discovered, FileEntry, decode};
use tempfile::TempDir;

/// A file that differs.
#[derive(Debug)]
pub(super) struct Changed {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// Its bytes as they were read.
    pub(super) bytes: Vec<u8>,
    /// Those as text, which is what was scanned.
    pub(super) old: String,
    /// What it would be.
    pub(super) new: String,
}

/// All files that differ, by the name people know them by.
#[derive(Debug)]
pub(super) struct Overlay {
    folder: TempDir,
    entries: BTreeMap<Arc<str>, FileEntry>,
    pub(super) changed: BTreeMap<Arc<str>, Changed>,
}

/// Why a file's text cannot be written back.
#[derive(Debug)]
pub(super) enum Unfit {
    /// It could not be read again, said so.
    Unread(String),
    /// In an encoding or with line ends that would not stay.
    Encoding,
}

impl Overlay {
    /// One in which nothing differs yet.
    pub(super) fn of(found: &Discovered) -> Result<Self> {
        let entry = |entry: &FileEntry| (entry.display_path.clone(), entry.clone());
        Ok(Self {
            folder: tempfile::tempdir().context("a temporary folder is needed")?,
            entries: found.files.iter().map(entry).collect(),
            changed: BTreeMap::new(),
        })
    }

    /// A file's text as it would be now; fails if it could not be written back as it was.
    pub(super) fn text(&mut self, file: &Arc<str>) -> Result<String, Unfit> {
        if let Some(changed) = self.changed.get(file) {
            return Ok(changed.new.clone());
        }
        let entry = self.entries.get(file).ok_or(Unfit::Encoding)?;
        let bytes = std::fs::read(&entry.path)
            .map_err(|error| Unfit::Unread(format!("{file} cannot be read: {error}")))?;
        let text = decode(bytes.clone(), file).map_err(|problem| Unfit::Unread(problem.message))?;
        if bytes.strip_prefix(MARK).unwrap_or(&bytes) != text.as_bytes() {
            return Err(Unfit::Encoding);
        }
        let changed = Changed {
            path: entry.path.clone(),
            bytes,
            old: text.clone(),
            new: text.clone(),
        };
        self.changed.insert(file.clone(), changed);
        Ok(text)
    }

    /// Gives a file another text.
    pub(super) fn put(&mut self, file: &Arc<str>, text: String) {
        if let Some(changed) = self.changed.get_mut(file) {
            changed.new = text;
        }
    }

    /// Forgets the files that are as they were.
    pub(super) fn settle(&mut self) {
        self.changed.retain(|_, changed| changed.new != changed.old);
    }

    /// The files to scan: those that differ from the temporary folder, under their own names.
    pub(super) fn files(&self, found: &Discovered) -> Result<Discovered> {
        let mut files = Vec::with_capacity(found.files.len());
        for (number, entry) in found.files.iter().enumerate() {
            let mut entry = entry.clone();
            if let Some(changed) = self.changed.get(&entry.display_path) {
                entry.path = self.folder.path().join(number.to_string());
                std::fs::write(&entry.path, &changed.new)
                    .with_context(|| format!("{} cannot be written", entry.path.display()))?;
            }
            files.push(entry);
        }
        Ok(Discovered {
            files,
            problems: found.problems.clone(),
        })
    }
}

/// UTF-8's byte order mark.
const MARK: &[u8] = "\u{feff}".as_bytes();

impl Changed {
    /// The bytes to write: a byte order mark stays.
    pub(super) fn new_bytes(&self) -> Vec<u8> {
        let mark = if self.bytes.starts_with(MARK) {
            MARK
        } else {
            &[]
        };
        [mark, self.new.as_bytes()].concat()
    }
}
