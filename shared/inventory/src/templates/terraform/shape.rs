//! Makes CloudFormation's properties of a Terraform resource, row by row of its table.

use std::cell::RefCell;

use plimsoll_cel::{Bump, Node};

use super::super::unresolved;
use super::configuration::Written;
use super::draft::Draft;
use super::link::{Links, NAMING};
use super::plan::Planned;
use super::spot::{Spot, State};
use super::table::{How, Row, Shape, Step};
use crate::files::marked::{Extent, Marked};

/// Makes the properties of one resource.
pub(super) struct Shaper<'s, 'a> {
    pub(super) arena: &'a Bump,
    pub(super) links: &'s Links<'s, 'a>,
    pub(super) of: &'s Planned<'a>,
    /// Texts that were made to name resources, and the resources' addresses.
    pub(super) named: &'s RefCell<Vec<(&'a str, &'a str)>>,
}

/// Where a row's walk through the values is.
#[derive(Clone, Default)]
struct Way {
    /// The places of the keys so far.
    trail: Vec<Extent>,
    /// The keys so far.
    path: String,
    indexes: Vec<usize>,
}

/// A value that a row gives, and where it goes: at the list that is not known, or at the row's end.
struct Given<'a> {
    way: Way,
    value: Draft<'a>,
}

impl<'a> Shaper<'_, 'a> {
    /// What a shape makes of a place: one, or as many as the sources that its rows fan out to.
    pub(super) fn shaped(&self, shape: &Shape, at: &Spot<'a>) -> Vec<Marked<'a>> {
        let mut base = Draft::map(at.extent);
        for row in shape.rows.iter().filter(|row| !row.fans) {
            for given in self.given(row, at) {
                self.put(&mut base, row, given);
            }
        }
        let mut all = Vec::new();
        for row in shape.rows.iter().filter(|row| row.fans) {
            for mut given in self.given(row, at) {
                given.way.indexes.clear();
                let mut one = base.clone();
                self.put(&mut one, row, given);
                all.push(one.done(self.arena));
            }
        }
        match all.is_empty() {
            true => vec![base.done(self.arena)],
            false => all,
        }
    }

    fn put(&self, into: &mut Draft<'a>, row: &Row, given: Given<'a>) {
        let Given { way, value } = given;
        match row.how {
            How::Attribute(_) => into.append(&row.to, &way.trail, value),
            _ => {
                let lists = row.to.iter().filter(|step| step.each).count();
                let mut open = row.to.iter().enumerate().filter(|(_, step)| step.each);
                // A list of which nothing is known is not known itself.
                let end = match way.indexes.len() < lists {
                    true => open.nth(way.indexes.len()).map(|(at, _)| at + 1),
                    false => None,
                };
                let path = &row.to[..end.unwrap_or(row.to.len())];
                into.put(path, &way.indexes, &way.trail, value);
            }
        }
    }

    fn given(&self, row: &Row, at: &Spot<'a>) -> Vec<Given<'a>> {
        let mut found = Vec::new();
        match row.from.as_slice() {
            [] => {
                let way = Way {
                    trail: vec![at.extent],
                    ..Way::default()
                };
                let value = self.constant(row.default.unwrap_or_default(), at.extent);
                found.push(Given { way, value });
            }
            steps => self.walk(row, at, steps, Way::default(), &mut found),
        }
        found
    }

    fn walk(
        &self,
        row: &Row,
        at: &Spot<'a>,
        steps: &[Step],
        mut way: Way,
        found: &mut Vec<Given<'a>>,
    ) {
        let [step, rest @ ..] = steps else { return };
        let here = at.key(step.key);
        way.trail.push(here.extent);
        if !way.path.is_empty() {
            way.path.push('.');
        }
        way.path.push_str(step.key);
        let is_argument = rest.is_empty() && row.how != How::Block;
        match here.state() {
            State::Unknown => {
                let is_left_out = matches!(here.written, Written::LeftOut);
                if !is_left_out || !(is_argument || row.computed) {
                    let value = match rest {
                        [] => self.unknown(row, &here, &way.path),
                        _ => Draft::Done(self.not_known(&way.path, AFTER_APPLY, here.extent)),
                    };
                    found.push(Given { way, value });
                }
            }
            State::Sensitive => {
                let value = Draft::Done(self.not_known(&way.path, "sensitive", here.extent));
                found.push(Given { way, value });
            }
            State::Absent => {
                let default = row
                    .default
                    .filter(|_| rest.is_empty() && at.value.is_some());
                if let Some(text) = default.filter(|_| has_block(at)) {
                    let value = self.constant(text, at.extent);
                    found.push(Given { way, value });
                }
            }
            State::Known if step.each => {
                let count = here.count();
                let of_row = row.how == How::Name && here.unknown.is_some();
                for index in 0..count {
                    let element = here.element(index, count);
                    let mut way = way.clone();
                    way.indexes.push(index);
                    way.path.push_str(&format!("[{index}]"));
                    let state = element.state();
                    match (rest, state) {
                        ([], State::Known) => {
                            let value = self.known(row, &element, &way.path);
                            found.extend(value.map(|value| Given { way, value }));
                        }
                        (_, State::Unknown) => {
                            let value = match of_row {
                                true => self.unknown(row, &element, &way.path),
                                false => {
                                    Draft::Done(self.not_known(&way.path, AFTER_APPLY, here.extent))
                                }
                            };
                            found.push(Given { way, value });
                        }
                        ([], _) => {}
                        _ => self.walk(row, &element, rest, way, found),
                    }
                }
            }
            State::Known if rest.is_empty() => {
                let value = self.known(row, &here, &way.path);
                found.extend(value.map(|value| Given { way, value }));
            }
            State::Known => self.walk(row, &here, rest, way, found),
        }
    }

    /// What stands where a row's value is only known after apply: the names of other resources, where it is clear whose.
    pub(super) fn unknown(&self, row: &Row, at: &Spot<'a>, path: &str) -> Draft<'a> {
        let references = at.written.references();
        let followed = references.and_then(|references| match row.how {
            How::Name => self.links.followed(self.of, &references, false),
            How::Names => self.links.followed(self.of, &references, true),
            _ => None,
        });
        let Some(links) = followed else {
            return Draft::Done(self.not_known(path, AFTER_APPLY, at.extent));
        };
        let texts = links.iter().map(|link| {
            let text: &'a str = self.arena.alloc_str(&link.text());
            if NAMING.contains(&link.attribute) {
                self.named.borrow_mut().push((text, link.address));
            }
            Draft::Done(Marked::scalar(Node::Str(text), at.extent))
        });
        let mut texts: Vec<_> = texts.collect();
        match row.how {
            How::Names => Draft::List(at.extent, texts),
            _ => texts.swap_remove(0),
        }
    }

    pub(super) fn not_known(&self, path: &str, why: &str, extent: Extent) -> Marked<'a> {
        let what = format!("{}.{path} ({why})", self.of.address);
        Marked::scalar(Node::Unknown(unresolved(self.arena, &what)), extent)
    }

    fn constant(&self, text: &'static str, extent: Extent) -> Draft<'a> {
        let node = match text {
            "[]" => return Draft::List(extent, Vec::new()),
            "true" => Node::Bool(true),
            "false" => Node::Bool(false),
            "self" => {
                let text = format!("${{{}.id}}", self.of.address);
                let text: &'a str = self.arena.alloc_str(&text);
                self.named.borrow_mut().push((text, self.of.address));
                Node::Str(text)
            }
            text => Node::Str(text),
        };
        Draft::Done(Marked::scalar(node, extent))
    }
}

/// Why a value is not known that the provider or another resource will give.
pub(super) const AFTER_APPLY: &str = "known after apply";

/// Whether a place is a block that is there, or the resource itself.
fn has_block(at: &Spot<'_>) -> bool {
    match at.value.map(|value| value.node) {
        Some(Node::List(elements)) => !elements.is_empty(),
        Some(Node::Map(_)) => true,
        _ => false,
    }
}
