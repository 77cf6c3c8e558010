//! One round of changes: every finding's patch is made unless another one of the same round acts on the same place. Those
//! wait for the next round, when it is known whether they are still needed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use plimsoll_inventory::files::{Change, Op, Outcome, Step, edit};
use plimsoll_model::{Fingerprint, PolicyId};
use plimsoll_report::{Diagnostic, PatchOp, Row};
use serde_json::Value;

use super::overlay::{Overlay, Unfit};

/// What tells findings apart: the same object may stand in several files.
pub(super) type Key = (Fingerprint, Arc<str>, u32, Option<u32>);

/// The finding's key; none if it is in no file.
pub(super) fn key(row: &Row) -> Option<Key> {
    Some((row.fingerprint, row.file.clone()?, row.document?, row.item))
}

/// An object in a file.
type Object = (Arc<str>, u32, Option<u32>);

/// A place that a patch acts on.
struct Act {
    pointer: String,
    op: String,
    value: Option<Value>,
    policy: PolicyId,
    round: u32,
}

/// What was done in all rounds.
#[derive(Default)]
pub(super) struct Fixes {
    round: u32,
    tried: HashSet<Key>,
    acts: HashMap<Object, Vec<Act>>,
    /// Changes made, by file.
    pub(super) made: BTreeMap<Arc<str>, u64>,
    /// What was left as it is, and why.
    pub(super) left: Vec<Diagnostic>,
}

impl Fixes {
    /// Makes what can be made of the patches of `rows`, the failing ones in the report's order: where two patches act
    /// on one place, the first wins. Gives whether any text differs.
    pub(super) fn round(&mut self, rows: &[Row], overlay: &mut Overlay) -> bool {
        self.round += 1;
        let mut by_file: BTreeMap<Arc<str>, Vec<&Row>> = BTreeMap::new();
        for row in rows {
            let patched = row.fix.as_ref().is_some_and(|fix| !fix.patch.is_empty());
            let new = key(row).is_some_and(|key| !self.tried.contains(&key));
            if let Some(file) = row.file.as_ref().filter(|_| patched && new) {
                by_file.entry(file.clone()).or_default().push(row);
            }
        }
        let mut differs = false;
        for (file, rows) in by_file {
            match overlay.text(&file) {
                Ok(text) => differs |= self.file(&file, &text, &rows, overlay),
                Err(unfit) => {
                    self.tried.extend(rows.iter().filter_map(|row| key(row)));
                    self.left.push(unfit_file(&file, unfit));
                }
            }
        }
        differs
    }

    fn file(&mut self, file: &Arc<str>, text: &str, rows: &[&Row], overlay: &mut Overlay) -> bool {
        let mut changes = Vec::new();
        let mut of = Vec::new();
        for row in rows {
            let patch = row.fix.as_ref().map_or(&[][..], |fix| &fix.patch);
            let (Some(change), Some(key)) = (change(row, patch), key(row)) else {
                continue;
            };
            match self.free(row, patch) {
                Place::Free => {
                    self.note(row, patch);
                    self.tried.insert(key);
                    changes.push(change);
                    of.push(*row);
                }
                // The same change mends both.
                Place::Same => drop(self.tried.insert(key)),
                Place::Later => {}
                Place::Taken(by) => {
                    self.tried.insert(key);
                    let why = format!("the change of {by} stands in its way");
                    self.left.push(left(row, &why, None));
                }
            }
        }
        let edited = edit(file, text, &changes);
        for (row, outcome) in of.into_iter().zip(edited.outcomes) {
            match outcome {
                Outcome::Made => *self.made.entry(file.clone()).or_default() += 1,
                Outcome::AlreadySo => {}
                Outcome::Left(why) => {
                    let place = why.place.map(|place| (place.line, place.column));
                    self.left.push(left(row, &why.message, place));
                }
            }
        }
        let differs = edited.text != text;
        overlay.put(file, edited.text);
        differs
    }

    fn note(&mut self, row: &Row, patch: &[PatchOp]) {
        let Some((_, file, document, item)) = key(row) else {
            return;
        };
        let acts = self.acts.entry((file, document, item)).or_default();
        acts.extend(patch.iter().map(|op| Act {
            pointer: op.path.clone(),
            op: op.op.clone(),
            value: op.value.clone(),
            policy: row.policy.clone(),
            round: self.round,
        }));
    }

    /// Whether nobody acted yet where the patch acts.
    fn free(&self, row: &Row, patch: &[PatchOp]) -> Place {
        let object = key(row).map(|(_, file, document, item)| (file, document, item));
        let acts = object.and_then(|object| self.acts.get(&object));
        let acts = acts.map_or(&[][..], Vec::as_slice);
        let same = |op: &PatchOp| {
            let equal =
                |act: &Act| act.pointer == op.path && act.op == op.op && act.value == op.value;
            acts.iter().any(|act| act.round == self.round && equal(act))
        };
        if patch.iter().all(same) {
            return Place::Same;
        }
        let clash = acts.iter().find(|act| {
            let overlaps = |op: &PatchOp| overlap(&act.pointer, &op.path);
            patch.iter().any(overlaps)
        });
        match clash {
            None => Place::Free,
            Some(act) if act.round == self.round => Place::Later,
            Some(act) => Place::Taken(act.policy.clone()),
        }
    }
}

/// Whether a patch may act at its place.
enum Place {
    Free,
    Same,
    Later,
    Taken(PolicyId),
}

/// Whether one pointer is the other or leads to it; two elements are appended to one list without a clash.
fn overlap(a: &str, b: &str) -> bool {
    let leads = |a: &str, b: &str| b.strip_prefix(a).is_some_and(|rest| rest.starts_with('/'));
    (a == b && !a.ends_with("/-")) || leads(a, b) || leads(b, a)
}

fn change(row: &Row, patch: &[PatchOp]) -> Option<Change> {
    let step = |op: &PatchOp| {
        let value = || op.value.clone();
        Some(Step {
            pointer: op.path.clone(),
            op: match op.op.as_str() {
                "add" => Op::Add(value()?),
                "replace" => Op::Replace(value()?),
                "remove" => Op::Remove,
                _ => return None,
            },
        })
    };
    Some(Change {
        document: row.document?,
        item: row.item,
        steps: patch.iter().map(step).collect::<Option<_>>()?,
    })
}

/// A finding that was left, and why.
fn left(row: &Row, why: &str, place: Option<(u32, u32)>) -> Diagnostic {
    let file = row.file.as_deref().unwrap_or_default().to_owned();
    let place = place.or_else(|| Some((row.line?, row.column?)));
    Diagnostic::warning("not-mended", format!("{}: {why}", row.policy)).at(file, place)
}

fn unfit_file(file: &Arc<str>, unfit: Unfit) -> Diagnostic {
    match unfit {
        Unfit::Unread(message) => Diagnostic::warning("not-mended", message),
        Unfit::Encoding => {
            let message = format!("{file} is not plain UTF-8 text with one kind of line ends");
            Diagnostic::warning("not-mended", message).help("save it as UTF-8, then fix it again")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_overlap_when_one_leads_to_the_other() {
        assert!(overlap("/a/b", "/a/b"));
        assert!(overlap("/a", "/a/b") && overlap("/a/b", "/a"));
        assert!(!overlap("/a/b", "/a/bc"));
        assert!(!overlap("/a/-", "/a/-"));
        assert!(overlap("/a", "/a/-"));
    }
}
