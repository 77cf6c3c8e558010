//! The reader's part for JSON.

use plimsoll_cel::Bump;

use super::super::json;
use super::super::load::narrow;
use super::super::object::typed_item;
use super::super::split::split;
use super::Reader;

impl Reader<'_> {
    /// Whether the text was JSON and has been read as such.
    pub(super) fn json(&mut self, arena: &mut Bump) -> bool {
        if !json::looks_like_json(self.text) {
            return false;
        }
        let stream = json::scan(self.text);
        let is_json_file = self
            .entry
            .display_path
            .to_ascii_lowercase()
            .ends_with(".json");
        if stream.fault.is_some() && (!is_json_file || split(self.text).len() > 1) {
            return false;
        }
        for (index, document) in stream.documents.iter().enumerate() {
            self.json_document(index, document, arena);
        }
        if let Some(fault) = stream.fault {
            // A folder holds JSON of many tools, some with comments; only what may hold an object is worth a word.
            if self.entry.named || self.text.contains("\"apiVersion\"") {
                self.problem(stream.documents.len(), fault);
            } else {
                self.outcome.not_kubernetes += 1;
            }
        }
        true
    }

    fn json_document(&mut self, index: usize, document: &str, arena: &mut Bump) {
        if let Some(list) = json::as_list(document) {
            for (i, item) in list.items.iter().enumerate() {
                arena.reset();
                match json::decode(self.text, item.get(), arena) {
                    Ok(node) => {
                        let node = typed_item(arena, node, &list.api_version, &list.kind);
                        self.item(index, narrow(i), &node, None);
                    }
                    Err(fault) => self.problem(index, fault),
                }
            }
            return;
        }
        arena.reset();
        match json::decode(self.text, document, arena) {
            Ok(node) => self.document(index, &node, arena, None),
            Err(fault) => self.problem(index, fault),
        }
    }
}
