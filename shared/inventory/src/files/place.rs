//! Finds where in a file a value stands, so that a finding can underline it.

use plimsoll_cel::Bump;
use plimsoll_model::Place;

use super::load::narrow;
use super::marked::{Child, Extent, Marked};
use super::parts::{Cursor, Parts, item_of};
use super::precise;
use super::problem::on_line;

/// What to find: a path such as `spec.containers[0].securityContext.privileged` in one object of a file.
///
/// Keys with dots are found as they stand (`metadata.labels.app.kubernetes.io/name`) or in brackets (`["a.b"]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot<'q> {
    /// The document's index in the file, as in [`plimsoll_model::SourceRef`].
    pub document: u32,
    /// The item's index, if the document is a list.
    pub item: Option<u32>,
    /// The path in the object.
    pub path: &'q str,
}

/// The place of one value in `text`; `file` is the file's name, whose ending tells JSON from YAML.
///
/// It covers key and value when they stand on one line, else the key. A value that is absent gives the place of its
/// nearest parent that exists. `None` when the document is not there or cannot be read.
#[must_use]
pub fn locate(file: &str, text: &str, spot: &Spot<'_>) -> Option<Place> {
    locate_many(file, text, std::slice::from_ref(spot))
        .into_iter()
        .next()
        .flatten()
}

/// As [`locate`] for many values of one file, each document parsed once.
#[must_use]
pub fn locate_many(file: &str, text: &str, spots: &[Spot<'_>]) -> Vec<Option<Place>> {
    let mut places = vec![None; spots.len()];
    let mut order: Vec<usize> = (0..spots.len()).collect();
    order.sort_unstable_by_key(|i| (spots[*i].document, spots[*i].item));
    let (parts, mut cursor) = (Parts::of(file, text), Cursor::default());
    let mut arena = Bump::new();
    for group in order.chunk_by(|a, b| parts.same(&spots[*a], &spots[*b])) {
        arena.reset();
        let part = group
            .first()
            .and_then(|first| parts.part(&spots[*first], &mut cursor));
        let Some(part) = part else { continue };
        let Some(root) = part.parse(&arena) else {
            continue;
        };
        for &i in group {
            places[i] = part.place(&root, &spots[i]);
        }
    }
    places
}

/// The place of a value in one YAML document that begins on line `first_line`.
pub(crate) fn in_document(document: &str, first_line: u32, spot: &Spot<'_>) -> Option<Place> {
    let arena = Bump::new();
    let root = precise::read(document, first_line, &arena).ok()??;
    item_of(&root, spot.item).map(|object| find(&object, spot.path))
}

/// The place of the value at `path`, or of its nearest parent.
pub(crate) fn find(object: &Marked<'_>, path: &str) -> Place {
    let mut last: Option<&Child<'_>> = None;
    let (mut at, mut rest) = (*object, path);
    while !rest.is_empty() {
        let Some((child, after)) = step(&at, rest) else {
            break;
        };
        (last, at, rest) = (Some(child), child.value, after);
    }
    match last.or_else(|| object.entry("kind")) {
        Some(child) => of_child(child),
        None => first_line(object),
    }
}

/// One step down: the child that the beginning of `path` names, and the rest of it.
fn step<'a, 'q>(at: &Marked<'a>, path: &'q str) -> Option<(&'a Child<'a>, &'q str)> {
    let path = path.strip_prefix('.').unwrap_or(path);
    if let Some(inner) = path.strip_prefix('[') {
        let (name, after) = match inner.chars().next()? {
            quote @ ('"' | '\'') => inner[1..].split_once(&format!("{quote}]"))?,
            _ => inner.split_once(']')?,
        };
        let child = name
            .parse()
            .ok()
            .and_then(|index| at.element(index))
            .or_else(|| at.entry(name))?;
        return Some((child, after));
    }
    let begins = |key: &str| {
        path.strip_prefix(key)
            .filter(|r| r.is_empty() || r.starts_with(['.', '[']))
    };
    at.children
        .iter()
        .filter_map(|child| {
            child
                .key
                .filter(|k| !k.text.is_empty())
                .map(|key| (child, key.text))
        })
        .filter_map(|(child, key)| begins(key).map(|rest| (child, rest)))
        .min_by_key(|(_, rest)| rest.len())
}

fn of_child(child: &Child<'_>) -> Place {
    let Some(key) = child.key else {
        return first_line(&child.value);
    };
    let (start, value) = (key.extent.start, child.value.extent);
    let end = if value.end.line == start.line && value.end > key.extent.end {
        value.end
    } else {
        key.extent.end
    };
    spanning(Extent { start, end })
}

/// The first line of a value: all of it, or its first entry.
fn first_line(value: &Marked<'_>) -> Place {
    if value.extent.start.line == value.extent.end.line {
        return spanning(value.extent);
    }
    match value.children.first() {
        Some(child) => of_child(child),
        None => spanning(value.extent),
    }
}

pub(crate) fn spanning(extent: Extent) -> Place {
    let Extent { start, end } = extent;
    let length = if start.line == end.line {
        end.column.saturating_sub(start.column)
    } else {
        1
    };
    on_line(start.line, start.column, narrow(length as usize))
}
