//! The readers together: against kubectl's library, against each other, and on everything that can be wrong.

mod agreement;
mod broken;
mod places;

use std::sync::Arc;

use plimsoll_cel::Bump;

use super::{FileEntry, FileOutcome, read};

pub(super) fn entry(name: &str) -> FileEntry {
    FileEntry {
        display_path: Arc::from(name),
        path: name.into(),
        named: true,
        chart: None,
    }
}

/// The objects of a text as JSON with `document/item`, and the outcome.
pub(super) fn objects(name: &str, text: &str) -> (Vec<(String, serde_json::Value)>, FileOutcome) {
    let mut found = Vec::new();
    let mut arena = Bump::new();
    let outcome = read(&entry(name), text, &mut arena, &mut |object| {
        let item = object
            .source
            .item
            .map_or(String::new(), |i| format!("/{i}"));
        found.push((
            format!("{}{item}", object.source.document),
            serde_json::to_value(object.node).unwrap(),
        ));
    });
    (found, outcome)
}
