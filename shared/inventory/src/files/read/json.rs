//! The reader's part for JSON.

use plimsoll_cel::Bump;

use super::super::json;
use super::super::load::narrow;
use super::super::object::typed_item;
use super::super::precise;
use super::super::split::split;
use super::Reader;
use crate::templates::is_template;

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
            let ours = ["\"apiVersion\"", "\"AWS::", "\"terraform_version\""];
            if self.entry.named || ours.iter().any(|sign| self.text.contains(sign)) {
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
            Ok(node) if is_template(&node) => self.json_template(index, document, arena),
            Ok(node) => self.document(index, &node, arena, None),
            Err(fault) => self.problem(index, fault),
        }
    }

    /// Reads a template once more, with places: what it refers to stands elsewhere in it.
    fn json_template(&mut self, index: usize, document: &str, arena: &Bump) {
        let (lines, column) = json::offset(self.text, document);
        let indent = " ".repeat(column as usize);
        let text = format!("{indent}{}", json::as_yaml(document));
        match precise::read(&text, lines + 1, arena) {
            Ok(Some(root)) => self.resources(index, &root, arena),
            Ok(None) => {}
            Err(fault) => self.problem(index, fault),
        }
    }
}
