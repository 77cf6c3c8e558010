//! Takes values out of the tree and notes every mistake on the way, so that a person mends a document in one go.

use super::error::suggestion;
use super::tree::{At, Key, Node, Value};
use super::{DocumentError, Lapse};

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct Mistakes(pub(super) Vec<DocumentError>);

/// A mapping whose keys were checked against what may stand there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'t> {
    pub(super) at: At,
    entries: &'t [(Key, Node)],
}

impl<'t> Fields<'t> {
    pub(super) fn get(&self, name: &str) -> Option<&'t Node> {
        self.entries
            .iter()
            .find(|(key, _)| key.name == name)
            .map(|(_, node)| node)
    }

    pub(super) fn key(&self, name: &str) -> Option<&'t Key> {
        self.entries
            .iter()
            .map(|(key, _)| key)
            .find(|key| key.name == name)
    }
}

impl Mistakes {
    pub(super) fn add(&mut self, at: At, message: impl Into<String>) {
        self.0.push(DocumentError::at(at, message));
    }

    pub(super) fn add_help(&mut self, at: At, message: impl Into<String>, help: impl Into<String>) {
        self.0.push(DocumentError::at(at, message).with_help(help));
    }

    /// A name that refers to nothing.
    pub(super) fn unknown<'k>(
        &mut self,
        at: At,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let mut error = DocumentError::at(at, format!("there is no {what} `{name}`"));
        error.help = suggestion(name, known);
        self.0.push(error);
    }

    fn expected(&mut self, node: &Node, what: &str) {
        self.add(
            node.at,
            format!("expected {what}, found {}", node.value.kind()),
        );
    }

    /// A mapping with any keys.
    pub(super) fn entries<'t>(&mut self, node: &'t Node) -> &'t [(Key, Node)] {
        match &node.value {
            Value::Map(entries) => entries,
            Value::Null => &[],
            _ => {
                self.expected(node, "a mapping");
                &[]
            }
        }
    }

    /// A mapping with the keys `known` and no others; `what` names it in messages.
    pub(super) fn fields<'t>(&mut self, node: &'t Node, what: &str, known: &[&str]) -> Fields<'t> {
        let entries = self.entries(node);
        for (key, _) in entries {
            if !known.contains(&key.name.as_str()) {
                let mut error =
                    DocumentError::at(key.at, format!("{what} has no field `{}`", key.name));
                error.help = suggestion(&key.name, known.iter().copied());
                self.0.push(error);
            }
        }
        Fields {
            at: node.at,
            entries,
        }
    }

    pub(super) fn text<'t>(&mut self, node: &'t Node) -> Option<&'t str> {
        match &node.value {
            Value::Text(text) if !text.is_empty() => Some(text),
            Value::Text(_) => {
                self.add(node.at, "the text is empty");
                None
            }
            _ => {
                self.expected(node, "a text");
                None
            }
        }
    }

    pub(super) fn boolean(&mut self, node: &Node) -> Option<bool> {
        if let Value::Bool(value) = node.value {
            return Some(value);
        }
        self.expected(node, "true or false");
        None
    }

    /// A list that says something.
    pub(super) fn list<'t>(&mut self, node: &'t Node, what: &str) -> &'t [Node] {
        match &node.value {
            Value::List(items) if items.is_empty() => {
                self.add(node.at, format!("{what} is an empty list"));
                &[]
            }
            Value::List(items) => items,
            _ => {
                self.expected(node, "a list");
                &[]
            }
        }
    }

    /// A list, or one value that stands for a list of one.
    pub(super) fn one_or_more<'t>(&mut self, node: &'t Node, what: &str) -> &'t [Node] {
        match &node.value {
            Value::List(_) => self.list(node, what),
            _ => std::slice::from_ref(node),
        }
    }

    /// A length of time such as `30m`.
    pub(super) fn lapse(&mut self, node: &Node) -> Option<Lapse> {
        let text = match &node.value {
            Value::Text(text) | Value::Number(text) => text.as_str(),
            _ => {
                self.expected(node, "a length of time");
                return None;
            }
        };
        match Lapse::parse(text) {
            Ok(lapse) => Some(lapse),
            Err(error) => {
                self.add_help(
                    node.at,
                    error.to_string(),
                    "a number and m, h, d or w: 30m, 2h, 7d",
                );
                None
            }
        }
    }

    /// A word of a fixed set.
    pub(super) fn word<T: Copy>(
        &mut self,
        node: &Node,
        what: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(node)?;
        let found = words
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, value)| *value);
        if found.is_none() {
            self.unknown(node.at, what, text, words.iter().map(|(word, _)| *word));
        }
        found
    }
}
