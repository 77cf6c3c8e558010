//! Changes values in the text of a file and nothing else: comments, order, indentation, quotes and line ends stay.
//!
//! A change is a patch of one object. All changes of a document are first made on a draft of its tree; the draft
//! knows for every value what it was, so that the text is edited only where they differ. The new text is then read
//! again and must hold the old tree with exactly the patches applied; a change of which that is not true is not made.

mod block;
mod desk;
mod draft;
mod expected;
mod flow;
mod print;
mod shared;
mod source;
mod splice;
mod style;
mod why;

use std::ops::Range;

use plimsoll_model::Place;
use serde_json::Value;

use self::desk::edit_part;
use super::marked::Marked;
use super::parts::{Cursor, Parts};
use super::place::Spot;
use super::split::split;

/// A patch of one object of a file. Either all of its steps are made, or none.
///
/// The pointers mean the object as it stands in the file: the index of a list's element does not move because another
/// change removes one before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The document's index in the file, as in [`plimsoll_model::SourceRef`].
    pub document: u32,
    /// The item's index, if the document is a list.
    pub item: Option<u32>,
    /// What to do, in order.
    pub steps: Vec<Step>,
}

/// One operation of a patch.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What to do.
    pub op: Op,
    /// Where: a JSON pointer (RFC 6901) in the object; `-` appends to a list.
    pub pointer: String,
}

/// What a [`Step`] does.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// Sets the value, and makes the maps that lead to it where they are missing.
    Add(Value),
    /// Sets a value that must be there.
    Replace(Value),
    /// Takes the value away. A map or list that says nothing when it is empty (`securityContext`) goes with its last
    /// entry, another one stays as `{}` or `[]`.
    Remove,
}

/// What became of a [`Change`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The text says so now.
    Made,
    /// The text said so already.
    AlreadySo,
    /// The text is as it was, and why.
    Left(Obstacle),
}

/// Why a change was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// For people, beginning with the thing.
    pub message: String,
    /// Where it stands, where that can be said.
    pub place: Option<Place>,
}

/// A file's text after [`edit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The text.
    pub text: String,
    /// What became of each change, in their order.
    pub outcomes: Vec<Outcome>,
}

/// Makes `changes` in `text`; `file` is the file's name, whose ending tells JSON from YAML.
#[must_use]
pub fn edit(file: &str, text: &str, changes: &[Change]) -> Edited {
    let unread = || Outcome::Left(obstacle("the document cannot be read".to_owned()));
    let mut outcomes: Vec<Outcome> = changes.iter().map(|_| unread()).collect();
    let spots: Vec<Spot<'_>> = changes.iter().map(spot).collect();
    let mut order: Vec<usize> = (0..changes.len()).collect();
    order.sort_by_key(|i| (spots[*i].document, spots[*i].item));
    let (parts, mut cursor) = (Parts::of(file, text), Cursor::default());
    let mut new = Vec::new();
    for group in order.chunk_by(|a, b| parts.same(&spots[*a], &spots[*b])) {
        let first = group.first().map(|i| &spots[*i]);
        let Some(part) = first.and_then(|spot| parts.part(spot, &mut cursor)) else {
            continue;
        };
        let mut group = group.to_vec();
        group.sort_unstable();
        let own: Vec<&Change> = group.iter().map(|i| &changes[*i]).collect();
        let (changed, done) = edit_part(&part, &own);
        new.extend(changed.map(|changed| (part.range_in(text), changed)));
        for (i, outcome) in group.into_iter().zip(done) {
            outcomes[i] = outcome;
        }
    }
    let edited = replaced(text, new);
    if split(&edited).len() == split(text).len() {
        return Edited {
            text: edited,
            outcomes,
        };
    }
    // Not reached as far as we know: a document would have been lost or made.
    Edited {
        text: text.to_owned(),
        outcomes: changes.iter().map(|_| unread()).collect(),
    }
}

fn spot(change: &Change) -> Spot<'_> {
    Spot {
        document: change.document,
        item: change.item,
        path: "",
    }
}

/// `text` with new text in the place of some ranges, which must not overlap.
fn replaced(text: &str, mut ranges: Vec<(Range<usize>, String)>) -> String {
    ranges.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in ranges {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(&new);
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

fn obstacle(message: String) -> Obstacle {
    Obstacle {
        message,
        place: None,
    }
}

/// The segments of a JSON pointer.
fn segments(pointer: &str) -> Vec<String> {
    let parts = pointer.split('/').skip(1);
    parts
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect()
}
