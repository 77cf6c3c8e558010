//! Which part of a file must be parsed to find a place in it: a document, or one item of a large list.

use plimsoll_cel::Bump;
use plimsoll_model::Place;

use super::large::{LargeList, large_list};
use super::load::narrow;
use super::marked::Marked;
use super::object::{REVIEWED, is_review};
use super::place::{Spot, find, spanning};
use super::split::{Chunk, split};
use super::{json, precise};
use crate::templates::resource;

/// A file's documents, in the form in which they are read.
pub(crate) struct Parts<'t> {
    text: &'t str,
    documents: Documents<'t>,
}

enum Documents<'t> {
    Yaml(Vec<(Chunk, Option<LargeList>)>),
    Json(Vec<(&'t str, Option<json::RawList<'t>>)>),
}

/// The text to parse for a spot.
pub(crate) struct Part<'t> {
    text: &'t str,
    first_line: u32,
    /// Characters before it on its first line.
    column: u32,
    is_json: bool,
    what: What,
}

enum What {
    Document,
    /// The item itself.
    Item,
    /// A list of one: the item.
    ListOfOne,
}

impl<'t> Parts<'t> {
    pub(crate) fn of(file: &str, text: &'t str) -> Self {
        if json::looks_like_json(text) {
            let stream = json::scan(text);
            let is_json_file = file.to_ascii_lowercase().ends_with(".json");
            if stream.fault.is_none() || (is_json_file && split(text).len() <= 1) {
                let documents = stream
                    .documents
                    .into_iter()
                    .map(|d| (d, json::as_list(d)))
                    .collect();
                return Self {
                    text,
                    documents: Documents::Json(documents),
                };
            }
        }
        let chunks = split(text)
            .into_iter()
            .map(|chunk| (chunk, large_list(text, &chunk)))
            .collect();
        Self {
            text,
            documents: Documents::Yaml(chunks),
        }
    }

    /// Whether two spots lie in the same part.
    pub(crate) fn same(&self, a: &Spot<'_>, b: &Spot<'_>) -> bool {
        let whole = match &self.documents {
            Documents::Yaml(documents) => documents
                .get(a.document as usize)
                .is_none_or(|(_, list)| list.is_none()),
            Documents::Json(_) => false,
        };
        a.document == b.document && (whole || a.item == b.item)
    }

    /// The part that a spot lies in. Fastest when asked in the order of the file with the same cursor.
    pub(crate) fn part(&self, spot: &Spot<'_>, cursor: &mut Cursor) -> Option<Part<'t>> {
        let (index, item) = (spot.document as usize, spot.item.map(|item| item as usize));
        match &self.documents {
            Documents::Yaml(documents) => {
                let (chunk, list) = documents.get(index)?;
                let (chunk, what) = match (list, item) {
                    (Some(list), Some(item)) => (list.items.get(item)?, What::ListOfOne),
                    _ => (chunk, What::Document),
                };
                Some(Part {
                    text: chunk.of(self.text),
                    first_line: chunk.line,
                    column: 0,
                    is_json: false,
                    what,
                })
            }
            Documents::Json(documents) => {
                let (document, list) = documents.get(index)?;
                let (part, what) = match (list, item) {
                    (Some(list), Some(item)) => (list.items.get(item)?.get(), What::Item),
                    _ => (*document, What::Document),
                };
                cursor.move_to(self.text, json::start_of(self.text, part));
                let Cursor { line, column, .. } = *cursor;
                Some(Part {
                    text: part,
                    first_line: line + 1,
                    column,
                    is_json: true,
                    what,
                })
            }
        }
    }
}

impl Part<'_> {
    pub(crate) fn parse<'a>(&self, arena: &'a Bump) -> Option<Marked<'a>> {
        if self.is_json {
            precise::read(&json::as_yaml(self.text), self.first_line, arena).ok()?
        } else {
            precise::read(self.text, self.first_line, arena).ok()?
        }
    }

    pub(crate) fn text(&self) -> &str {
        self.text
    }

    pub(crate) fn first_line(&self) -> u32 {
        self.first_line
    }

    pub(crate) fn is_json(&self) -> bool {
        self.is_json
    }

    /// Whether it is a whole document.
    pub(crate) fn is_document(&self) -> bool {
        matches!(self.what, What::Document)
    }

    /// The bytes of `text`, the file's, that it is.
    pub(crate) fn range_in(&self, text: &str) -> std::ops::Range<usize> {
        let start = json::start_of(text, self.text);
        start..start + self.text.len()
    }

    /// The keys and indexes that lead from the parsed part to the object that a spot with this item means.
    pub(crate) fn path_to(&self, root: &Marked<'_>, item: Option<u32>) -> Option<Vec<String>> {
        match (&self.what, item) {
            (What::Document, Some(item)) => Some(vec!["items".to_owned(), item.to_string()]),
            (What::ListOfOne, _) => Some(vec!["0".to_owned()]),
            _ => way(root, &self.object(root, item)?, 2),
        }
    }

    /// The object in the parsed part that a spot with this item means.
    pub(crate) fn object<'a>(&self, root: &Marked<'a>, item: Option<u32>) -> Option<Marked<'a>> {
        match self.what {
            What::Document => item_of(root, item),
            What::Item => Some(*root),
            What::ListOfOne => root.element(0).map(|child| child.value),
        }
    }

    /// The place of what a spot means in the parsed part.
    pub(crate) fn place(&self, root: &Marked<'_>, spot: &Spot<'_>) -> Option<Place> {
        // A resource's name is the key that it stands under.
        let named = spot.item.filter(|_| spot.path == "metadata.name");
        let named = named
            .and_then(|item| resource(root, item))
            .and_then(|it| it.key);
        let place = match named {
            Some(key) => spanning(key.extent),
            None => find(&self.object(root, spot.item)?, spot.path),
        };
        Some(self.shift(place))
    }

    /// Moves a place on the part's first line to where the part stands on it.
    pub(crate) fn shift(&self, place: Place) -> Place {
        let shift = if place.line == self.first_line {
            self.column
        } else {
            0
        };
        Place {
            column: place.column + shift,
            end_column: place.end_column + shift,
            ..place
        }
    }
}

/// An item of a document that is a list, a template's resource, the object that an AdmissionReview asks about, or the document.
pub(crate) fn item_of<'a>(root: &Marked<'a>, item: Option<u32>) -> Option<Marked<'a>> {
    let text = |key| {
        let value = root.node.get(key);
        value.and_then(|value| value.as_str()).unwrap_or_default()
    };
    match item {
        None if is_review(text("apiVersion"), text("kind")) => {
            let mut keys = REVIEWED.iter();
            keys.try_fold(*root, |at, key| at.entry(key).map(|child| child.value))
        }
        None => Some(*root),
        Some(index) => match resource(root, index) {
            Some(named) => Some(named.value),
            None => Some(root.entry("items")?.value.element(index as usize)?.value),
        },
    }
}

/// A position in a text that only has to walk on: lines and columns before it, from 0.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cursor {
    at: usize,
    line: u32,
    column: u32,
}

impl Cursor {
    fn move_to(&mut self, text: &str, at: usize) {
        if at < self.at {
            *self = Self::default();
        }
        let between = text.get(self.at..at).unwrap_or_default();
        match between.rsplit_once('\n') {
            Some((before, last)) => {
                self.line += narrow(before.matches('\n').count()) + 1;
                self.column = narrow(last.chars().count());
            }
            None => self.column += narrow(between.chars().count()),
        }
        self.at = at;
    }
}

/// The keys that lead from a map to one that lies at most `depth` maps deeper; it is known by its children.
fn way(from: &Marked<'_>, to: &Marked<'_>, depth: u32) -> Option<Vec<String>> {
    if std::ptr::eq(from.children, to.children) && from.extent == to.extent {
        return Some(Vec::new());
    }
    let deeper = depth.checked_sub(1)?;
    from.children.iter().find_map(|child| {
        let mut rest = way(&child.value, to, deeper)?;
        rest.insert(0, child.key?.text.to_owned());
        Some(rest)
    })
}
