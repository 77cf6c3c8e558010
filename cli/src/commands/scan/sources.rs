//! The texts of scanned files, read again when a finding is shown in them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use plimsoll_inventory::files::{FileEntry, Spot, load, locate};
use plimsoll_model::Place;
use plimsoll_report::{Row, Sources};

/// Files by the name people know them by. Standard input cannot be read twice, so its text is kept.
#[derive(Debug, Default)]
pub(crate) struct FileTexts {
    entries: HashMap<Arc<str>, FileEntry>,
    stdin: Option<Arc<str>>,
    last: RefCell<Option<(Arc<str>, Arc<str>)>>,
}

impl FileTexts {
    /// Of these files.
    pub(crate) fn new(files: Vec<FileEntry>, stdin: Option<Arc<str>>) -> Self {
        let entries = files
            .into_iter()
            .map(|entry| (entry.display_path.clone(), entry))
            .collect();
        Self {
            entries,
            stdin,
            last: RefCell::new(None),
        }
    }

    /// A file's text; none when it cannot be read any more.
    pub(crate) fn read(&self, file: &str) -> Option<Arc<str>> {
        if file == "-" {
            return self.stdin.clone();
        }
        if let Some((name, text)) = &*self.last.borrow()
            && name.as_ref() == file
        {
            return Some(text.clone());
        }
        let entry = self.entries.get(file)?;
        let text: Arc<str> = load(entry).ok()?.into();
        *self.last.borrow_mut() = Some((entry.display_path.clone(), text.clone()));
        Some(text)
    }
}

impl Sources for FileTexts {
    fn text(&self, file: &str) -> Option<Arc<str>> {
        self.read(file)
    }

    fn name_place(&self, row: &Row) -> Option<Place> {
        let file = row.file.as_deref()?;
        let spot = Spot {
            document: row.document?,
            item: row.item,
            path: "metadata.name",
        };
        row.resource.name.as_ref()?;
        locate(file, &self.read(file)?, &spot)
    }
}
