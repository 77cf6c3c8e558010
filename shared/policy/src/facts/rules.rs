//! The rules of roles, each text once: what a chart installs in every namespace is kept once.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Rules as JSON, by number. Costs the text and some 50 bytes for each of those that differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rules {
    all: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
}

impl Rules {
    /// The number of a text.
    pub(super) fn number(&mut self, json: &str) -> u32 {
        if let Some(number) = self.numbers.get(json) {
            return *number;
        }
        let text: Arc<str> = json.into();
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        number
    }

    /// The text of a number.
    pub(super) fn text(&self, number: u32) -> &str {
        self.all.get(number as usize).map_or("[]", |text| text)
    }
}
