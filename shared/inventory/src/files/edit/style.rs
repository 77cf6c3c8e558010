//! How a document is written, so that what is new looks like the rest.

use super::super::marked::{Child, Marked, Sharing};
use super::source::Source;

/// Habits of a document.
#[derive(Debug, Clone)]
pub(super) struct Style {
    /// Columns from a map's keys to those of a map in it.
    pub(super) step: usize,
    /// Columns from a map's keys to the dashes of a list in it.
    pub(super) list: usize,
    /// Columns from a dash to what follows it.
    pub(super) dash: usize,
    /// How lines end.
    pub(super) newline: &'static str,
    /// How brackets are filled.
    pub(super) flow: Flow,
}

/// Habits inside brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flow {
    /// Whether keys and texts stand in double quotes, as in JSON.
    pub(super) quoted: bool,
    /// What stands between key and value.
    pub(super) colon: String,
    /// What stands between entries of one line.
    pub(super) comma: String,
    /// What stands inside braces on one line.
    pub(super) pad: &'static str,
}

/// How often each number was seen.
#[derive(Debug, Default)]
struct Votes([usize; 9]);

impl Votes {
    fn add(&mut self, number: usize) {
        if let Some(count) = self.0.get_mut(number) {
            *count += 1;
        }
    }

    /// The number seen most often, the smallest among equals.
    fn most(&self, least: usize) -> Option<usize> {
        let counted = self.0.iter().enumerate().skip(least);
        counted
            .filter(|(_, count)| **count > 0)
            .max_by_key(|(number, count)| (**count, usize::MAX - number))
            .map(|(number, _)| number)
    }
}

#[derive(Debug, Default)]
struct Seen {
    step: Votes,
    list: Votes,
    dash: Votes,
    flow: Option<Flow>,
}

impl Style {
    /// The habits of a part of a file.
    pub(super) fn of(root: &Marked<'_>, source: &Source<'_>, is_json: bool) -> Self {
        let mut seen = Seen::default();
        seen.look(root, source);
        let first = source.text.find('\n').unwrap_or(0);
        let step = seen.step.most(1).unwrap_or(2);
        let usual = Flow {
            quoted: is_json,
            colon: ": ".to_owned(),
            comma: ", ".to_owned(),
            pad: "",
        };
        Self {
            step,
            list: seen.list.most(0).unwrap_or(0),
            dash: seen.dash.most(2).unwrap_or(2),
            newline: if source.text[..first].ends_with('\r') {
                "\r\n"
            } else {
                "\n"
            },
            flow: seen.flow.unwrap_or(usual),
        }
    }
}

impl Seen {
    fn look(&mut self, value: &Marked<'_>, source: &Source<'_>) {
        if value.sharing == Sharing::Alias || value.children.is_empty() {
            return;
        }
        if source.is_flow(value) {
            if self.flow.is_none() {
                self.flow = Flow::of(value, source);
            }
            return;
        }
        for child in value.children.iter().filter(|child| !child.merged) {
            let inner = &child.value;
            let block = !inner.children.is_empty() && !source.is_flow(inner);
            if inner.sharing != Sharing::Alias && (block || child.key.is_none()) {
                self.vote(child, source);
            }
            self.look(inner, source);
        }
    }

    /// A block below a key or behind a dash.
    fn vote(&mut self, child: &Child<'_>, source: &Source<'_>) -> Option<()> {
        if child.key.is_none() {
            let (dash, start) = (source.dash(child)?, source.start_in(child));
            if source.same_line(dash, start) {
                self.dash.add(start - dash);
            }
            return Some(());
        }
        let inner = child.value.children.first()?;
        let below = |column: usize| column.checked_sub(child.key?.extent.start.column as usize);
        match inner.key {
            Some(key) => self.step.add(below(key.extent.start.column as usize)?),
            None => self
                .list
                .add(below(source.column(source.dash(inner)?) + 1)?),
        }
        Some(())
    }
}

impl Flow {
    /// The habits of a map or list with brackets that has a key in it.
    pub(super) fn of(value: &Marked<'_>, source: &Source<'_>) -> Option<Self> {
        let Some((key, child)) = value
            .children
            .iter()
            .find_map(|child| Some((child.key?, child)))
        else {
            return value
                .children
                .iter()
                .find_map(|child| Self::of(&child.value, source));
        };
        let start = source.byte(key.extent.start);
        let colon = source.colon(child)?;
        let after = &source.text[colon..];
        let gap = after.len() - after.trim_start_matches(' ').len();
        let open = source.start(value);
        let padded = source.text[open + 1..].starts_with(' ');
        let second = value.children.get(1).and_then(|child| child.key);
        let close = second.map(|key| source.byte(key.extent.start));
        let tight = close.is_some_and(|next| source.text[..next].ends_with(','));
        let quoted = source.at(start) == Some(b'"');
        Some(Self {
            quoted,
            // Without quotes the blank is what makes it a colon.
            colon: format!(":{}", " ".repeat(if quoted { gap.min(1) } else { 1 })),
            comma: if tight || (quoted && gap == 0) {
                ","
            } else {
                ", "
            }
            .to_owned(),
            pad: if padded { " " } else { "" },
        })
    }
}
