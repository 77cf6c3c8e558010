//! What becomes of a value that is known, or whose parts are.

use plimsoll_cel::Node;

use super::super::resolve::scalar_text;
use super::draft::Draft;
use super::shape::{AFTER_APPLY, Shaper};
use super::spot::{Spot, State};
use super::table::{How, Row};
use crate::files::json;
use crate::files::marked::{Child, Extent, Key, Marked};

impl<'a> Shaper<'_, 'a> {
    /// What a row makes of a value; nothing if it is as good as none.
    pub(super) fn known(&self, row: &Row, at: &Spot<'a>, path: &str) -> Option<Draft<'a>> {
        let value = at.value?;
        let done = match row.how {
            How::Block => match value.node {
                Node::List([]) => return None,
                _ => return Some(Draft::map(at.extent)),
            },
            How::Names => return Some(self.names(row, at, path)),
            How::Same | How::Name => self.copied(at, path),
            How::Json => self.document(&value),
            How::Pairs => self.pairs(at, path),
            How::Attribute(key) => self.attribute(key, &value)?,
            How::Words(words) => self.words(words, &value)?,
        };
        Some(Draft::Done(done))
    }

    /// A value with what is not known in it.
    fn copied(&self, at: &Spot<'a>, path: &str) -> Marked<'a> {
        let extent = at.value.map_or(at.extent, |value| value.extent);
        match (at.state(), at.value) {
            (State::Unknown, _) => self.not_known(path, AFTER_APPLY, at.extent),
            (State::Sensitive, _) => self.not_known(path, "sensitive", at.extent),
            (_, None) => Marked::scalar(Node::Null, extent),
            (_, Some(value)) if at.unknown.is_none() && at.sensitive.is_none() => value,
            (_, Some(value)) => match value.node {
                Node::List(_) => {
                    let count = value.children.len();
                    let elements = (0..count).map(|index| {
                        let element = at.element(index, count);
                        element_of(self.copied(&element, &format!("{path}[{index}]")))
                    });
                    let elements: Vec<_> = elements.collect();
                    Marked::list(self.arena, extent, &elements)
                }
                Node::Map(_) => {
                    let entries = self.entries(at, path);
                    Marked::map(self.arena, extent, &entries)
                }
                _ => value,
            },
        }
    }

    /// The entries of a map, those without a value, too.
    fn entries(&self, at: &Spot<'a>, path: &str) -> Vec<Child<'a>> {
        let children = |of: Option<Marked<'a>>| of.map_or(&[][..], |it| it.children);
        let known = children(at.value).iter();
        let hidden = children(at.unknown).iter();
        let hidden = hidden.filter(|child| {
            let there = |of: &Marked<'_>, key: &str| of.entry(key).is_some();
            let key = child.key.map_or("", |key| key.text);
            !at.value.is_some_and(|value| there(&value, key))
        });
        let entry = |child: &Child<'a>| {
            let key = child.key?;
            let spot = at.key(key.text);
            let value = self.copied(&spot, &format!("{path}.{}", key.text));
            Some(Child {
                key: Some(key),
                value,
                merged: false,
            })
        };
        known.chain(hidden).filter_map(entry).collect()
    }

    /// Names of which some are only known after apply: those follow from the configuration if it has as many.
    fn names(&self, row: &Row, at: &Spot<'a>, path: &str) -> Draft<'a> {
        let count = at.count();
        let elements = (0..count).map(|index| at.element(index, count));
        let elements: Vec<_> = elements.collect();
        let is_unknown = |spot: &&Spot<'a>| matches!(spot.state(), State::Unknown);
        let missing = elements.iter().filter(is_unknown).count();
        let mut links = match missing {
            0 => Vec::new(),
            _ => match self.unknown(row, at, path) {
                Draft::List(_, links) if links.len() == missing => links,
                _ => Vec::new(),
            },
        }
        .into_iter();
        let Some(value) = at.value.filter(|value| matches!(value.node, Node::List(_))) else {
            // One name where a list belongs.
            return Draft::List(at.extent, vec![Draft::Done(self.copied(at, path))]);
        };
        let named = elements.iter().enumerate().map(|(index, spot)| {
            let link = is_unknown(&spot).then(|| links.next()).flatten();
            link.unwrap_or_else(|| Draft::Done(self.copied(spot, &format!("{path}[{index}]"))))
        });
        Draft::List(value.extent, named.collect())
    }

    /// A document that stands in a text; each part of it stands where the text does.
    fn document(&self, value: &Marked<'a>) -> Marked<'a> {
        let text = value.node.as_str();
        let read = text.and_then(|text| json::decode(text, text, self.arena).ok());
        match read {
            Some(node @ (Node::Map(_) | Node::List(_))) => self.standing(node, value.extent),
            _ => *value,
        }
    }

    fn standing(&self, node: Node<'a>, extent: Extent) -> Marked<'a> {
        match node {
            Node::Map(entries) => {
                let entries = entries.iter().map(|entry| {
                    let text = entry.key;
                    Child {
                        key: Some(Key { text, extent }),
                        value: self.standing(entry.value, extent),
                        merged: false,
                    }
                });
                let entries: Vec<_> = entries.collect();
                Marked::map(self.arena, extent, &entries)
            }
            Node::List(elements) => {
                let elements = elements.iter();
                let elements: Vec<_> = elements
                    .map(|element| element_of(self.standing(*element, extent)))
                    .collect();
                Marked::list(self.arena, extent, &elements)
            }
            node => Marked::scalar(node, extent),
        }
    }

    fn pairs(&self, at: &Spot<'a>, path: &str) -> Marked<'a> {
        let extent = at.value.map_or(at.extent, |value| value.extent);
        let entries = self.entries(at, path);
        let pairs = entries.iter().filter_map(|child| {
            let key = child.key?;
            Some(element_of(self.pair(
                Node::Str(key.text),
                &child.value,
                key.extent,
            )))
        });
        let pairs: Vec<_> = pairs.collect();
        Marked::list(self.arena, extent, &pairs)
    }

    fn pair(&self, key: Node<'a>, value: &Marked<'a>, extent: Extent) -> Marked<'a> {
        let child = |text, value| Child {
            key: Some(Key { text, extent }),
            value,
            merged: false,
        };
        let key = child("Key", Marked::scalar(key, extent));
        Marked::map(self.arena, extent, &[key, child("Value", *value)])
    }

    fn attribute(&self, key: &'static str, value: &Marked<'a>) -> Option<Marked<'a>> {
        let text = scalar_text(&value.node)?;
        let told = Marked::scalar(Node::text_in(self.arena, &text), value.extent);
        Some(self.pair(Node::Str(key), &told, value.extent))
    }

    fn words(&self, words: &'static str, value: &Marked<'a>) -> Option<Marked<'a>> {
        let text = scalar_text(&value.node)?;
        let mut pairs = words.split(',').filter_map(|pair| pair.split_once('='));
        match pairs.find(|(from, _)| *from == text) {
            Some((_, "")) => None,
            Some((_, to)) => Some(Marked::scalar(Node::Str(to), value.extent)),
            None => Some(*value),
        }
    }
}

fn element_of(value: Marked<'_>) -> Child<'_> {
    Child {
        key: None,
        value,
        merged: false,
    }
}
