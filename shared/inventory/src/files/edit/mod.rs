//! Changes values in the text of a file and nothing else: comments, order, indentation, quotes and line ends stay.
//!
//! A change is a patch of one object. All changes of a document are first made on a draft of its tree; the draft
//! knows for every value what it was, so that the text is edited only where they differ. The new text is then read
//! again and must hold the old tree with exactly the patches applied; a change of which that is not true is not made.

mod block;
mod draft;
mod expected;
mod flow;
mod print;
mod shared;
mod source;
mod splice;
mod style;

use std::ops::Range;

use plimsoll_cel::Bump;
use plimsoll_model::Place;
use serde_json::Value;

use self::draft::{Draft, Why};
use self::source::Source;
use super::marked::Marked;
use super::parts::{Cursor, Part, Parts};
use super::place::Spot;
use super::problem::on_line;
use super::split::split;
use super::{bulk, precise};

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

/// The part's new text, if it is new, and what became of each change.
fn edit_part(part: &Part<'_>, changes: &[&Change]) -> (Option<String>, Vec<Outcome>) {
    let arena = Bump::new();
    let Some(root) = part.parse(&arena) else {
        let left = Outcome::Left(obstacle("the document cannot be read".to_owned()));
        return (None, vec![left; changes.len()]);
    };
    let desk = Desk {
        part,
        root,
        uses: shared::Uses::of(&root),
    };
    let all = desk.attempt(changes);
    if let Some(text) = all.text {
        return (text, all.outcomes);
    }
    // Something would not come out as it should: find out which.
    let made = |i: &usize| all.outcomes[*i] == Outcome::Made;
    let candidates: Vec<usize> = (0..changes.len()).filter(made).collect();
    let mut kept = Vec::new();
    desk.narrow_down(changes, &candidates, &mut kept);
    let chosen: Vec<&Change> = kept.iter().map(|i| changes[*i]).collect();
    let mut outcomes = all.outcomes;
    for i in candidates.iter().filter(|i| !kept.contains(*i)) {
        let why = desk.at(
            changes[*i],
            "it cannot be changed here without touching something else",
        );
        outcomes[*i] = Outcome::Left(desk.obstacle(&why));
    }
    (desk.attempt(&chosen).text.flatten(), outcomes)
}

/// A part of a file and what was read in it.
struct Desk<'p, 't, 'a> {
    part: &'p Part<'t>,
    root: Marked<'a>,
    uses: shared::Uses<'a>,
}

/// What trying some changes came to.
struct Attempt {
    /// The new text (none if nothing differs); not there at all when it is not what it should be.
    text: Option<Option<String>>,
    outcomes: Vec<Outcome>,
}

impl<'a> Desk<'_, '_, 'a> {
    fn attempt(&self, changes: &[&Change]) -> Attempt {
        let mut draft = Draft::Kept(self.root);
        let mut made = Vec::new();
        let outcomes: Vec<Outcome> = changes
            .iter()
            .map(|change| match self.make(change, &mut draft) {
                Ok(true) => {
                    made.push(*change);
                    Outcome::Made
                }
                Ok(false) => Outcome::AlreadySo,
                Err(why) => Outcome::Left(self.obstacle(&why)),
            })
            .collect();
        let text = if made.is_empty() {
            Some(None)
        } else {
            self.written(&draft)
                .filter(|new| self.is_right(new, &made))
                .map(Some)
        };
        Attempt { text, outcomes }
    }

    /// Adds to `kept`, in order, those of `candidates` that can be made together with it.
    fn narrow_down(&self, changes: &[&Change], candidates: &[usize], kept: &mut Vec<usize>) {
        let together = [kept.as_slice(), candidates].concat();
        let chosen: Vec<&Change> = together.iter().map(|i| changes[*i]).collect();
        if self.attempt(&chosen).text.is_some() {
            *kept = together;
        } else if candidates.len() > 1 {
            let (first, second) = candidates.split_at(candidates.len() / 2);
            self.narrow_down(changes, first, kept);
            self.narrow_down(changes, second, kept);
        }
    }

    /// Whether the draft differs after the change. When it fails, the draft is as it was.
    fn make(&self, change: &Change, draft: &mut Draft<'a>) -> Result<bool, Why> {
        let before = (change.steps.len() > 1).then(|| draft.clone());
        let mut differs = false;
        for step in &change.steps {
            let path = self.path(change, step).ok_or_else(|| Why {
                message: "there is no such object".to_owned(),
                at: self.root.extent,
            })?;
            match draft.make(&path, &step.op, &self.uses) {
                Ok(changed) => differs |= changed,
                Err(why) => {
                    if let Some(before) = before {
                        *draft = before;
                    }
                    return Err(why);
                }
            }
        }
        Ok(differs)
    }

    /// The way to the step's value from the root; none if its object is not there.
    fn path(&self, change: &Change, step: &Step) -> Option<Vec<String>> {
        let mut path = self.part.path_to(&self.root, change.item)?;
        path.extend(segments(&step.pointer));
        Some(path)
    }

    fn written(&self, draft: &Draft<'a>) -> Option<String> {
        let source = Source::new(self.part.text(), self.part.first_line());
        let style = style::Style::of(&self.root, &source, self.part.is_json());
        splice::apply(draft, &source, &style)
    }

    /// Whether `new` holds the old tree with the changes made, and kubectl would read it as it did the old text.
    fn is_right(&self, new: &str, made: &[&Change]) -> bool {
        let Some(mut tree) = self.part.tree() else {
            return false;
        };
        for change in made {
            for step in &change.steps {
                let Some(path) = self.path(change, step) else {
                    return false;
                };
                expected::patch(&mut tree, &path, &step.op);
            }
        }
        expected::settle(&mut tree);
        self.part.tree_of(new).as_ref() == Some(&tree)
    }

    fn at(&self, change: &Change, message: &str) -> Why {
        let object = self
            .part
            .object(&self.root, change.item)
            .unwrap_or(self.root);
        let pointer = change
            .steps
            .first()
            .map_or("", |step| step.pointer.as_str());
        Why {
            message: message.to_owned(),
            at: draft::nearest(&object, &segments(pointer)),
        }
    }

    fn obstacle(&self, why: &Why) -> Obstacle {
        let super::marked::Extent { start, end } = why.at;
        let length = if start.line == end.line {
            end.column.saturating_sub(start.column)
        } else {
            1
        };
        Obstacle {
            message: why.message.clone(),
            place: Some(self.part.shift(on_line(start.line, start.column, length))),
        }
    }
}

/// The segments of a JSON pointer.
fn segments(pointer: &str) -> Vec<String> {
    let parts = pointer.split('/').skip(1);
    parts
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect()
}

impl Part<'_> {
    /// The tree that the part's text holds.
    fn tree(&self) -> Option<Value> {
        self.tree_of(self.text())
    }

    /// The tree that `text` would hold in the place of the part's; entries that are null are kept.
    fn tree_of(&self, text: &str) -> Option<Value> {
        if self.is_json() {
            return serde_json::from_str(text).ok();
        }
        if self.is_document() && bulk::refusal(self.text(), 1).is_none() {
            bulk::refusal(text, 1).is_none().then_some(())?;
        }
        let arena = Bump::new();
        let root = precise::read(text, 1, &arena).ok()??;
        Some(expected::value_of(&root))
    }
}
