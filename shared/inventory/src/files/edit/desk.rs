//! One part of a file: the changes on its tree, the text that comes of it, and whether that is what it should be.

use plimsoll_cel::Bump;
use serde_json::Value;

use super::super::marked::{Extent, Marked};
use super::super::parts::Part;
use super::super::problem::on_line;
use super::super::{bulk, precise};
use super::draft::Draft;
use super::source::Source;
use super::style::Style;
use super::why::{Why, nearest};
use super::{Change, Obstacle, Outcome, Step, expected, obstacle, segments, shared, splice};
use crate::templates::is_template;

/// The part's new text, if it is new, and what became of each change.
pub(super) fn edit_part(part: &Part<'_>, changes: &[&Change]) -> (Option<String>, Vec<Outcome>) {
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
    if is_template(&root.node) {
        // What a policy sees of it may come from a parameter, a function or another resource.
        let left = |change: &&Change| {
            let why = desk.at(
                change,
                "templates are changed by hand: several places may make up a value",
            );
            Outcome::Left(desk.obstacle(&why))
        };
        return (None, changes.iter().map(left).collect());
    }
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
        let style = Style::of(&self.root, &source, self.part.is_json());
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
            at: nearest(&object, &segments(pointer)),
        }
    }

    fn obstacle(&self, why: &Why) -> Obstacle {
        let Extent { start, end } = why.at;
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
