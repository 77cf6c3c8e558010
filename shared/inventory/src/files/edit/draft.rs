//! A document's tree with changes, each value beside what it was.

use plimsoll_cel::Node;
use serde_json::Value;

use super::super::marked::{Child, Extent, Mark, Marked, Sharing};
use super::Op;
use super::expected::{build, goes_when_empty, patch, value_of};
use super::shared::Uses;
use super::why::{Why, own, removable, shared};

/// A value of the draft.
#[derive(Debug, Clone)]
pub(super) enum Draft<'a> {
    /// As it was, with all that is in it.
    Kept(Marked<'a>),
    /// A map or list in which something may differ.
    Open {
        /// What it was.
        was: Marked<'a>,
        /// What it was made of, in that order, then what is new.
        parts: Vec<Part<'a>>,
    },
    /// Something else than before.
    New(Value),
}

/// A map's entry or a list's element.
#[derive(Debug, Clone)]
pub(super) struct Part<'a> {
    /// None in a list.
    pub(super) key: Option<String>,
    /// None if it is new.
    pub(super) was: Option<&'a Child<'a>>,
    /// None if it is gone.
    pub(super) now: Option<Draft<'a>>,
}

impl<'a> Draft<'a> {
    /// Does one operation at `path`; gives whether anything differs.
    pub(super) fn make(&mut self, path: &[String], op: &Op, uses: &Uses<'a>) -> Result<bool, Why> {
        let Some((first, rest)) = path.split_first() else {
            let message = "a whole document is not changed";
            return Err(self.why(message));
        };
        if let Draft::New(value) = self {
            let before = value.clone();
            patch(value, path, op);
            return Ok(*value != before);
        }
        self.open(uses)?;
        let Draft::Open { was, parts } = self else {
            return Ok(false);
        };
        let is_map = matches!(was.node, Node::Map(_));
        let found = if is_map {
            parts
                .iter()
                .position(|part| part.key.as_ref() == Some(first))
        } else {
            first.parse().ok().filter(|index| *index < parts.len())
        };
        let there = found.filter(|i| parts[*i].now.as_ref().is_some_and(|now| !now.is_null()));
        let Some(index) = there else {
            return match op {
                Op::Remove => Ok(false),
                Op::Replace(_) => Err(Why {
                    message: format!("there is no `{first}` to replace"),
                    at: was.extent,
                }),
                Op::Add(value) => {
                    let at_end = first == "-" || first.parse() == Ok(parts.len());
                    if !is_map && !at_end {
                        return Err(Why {
                            message: format!("the list has no element {first}"),
                            at: was.extent,
                        });
                    }
                    let now = Some(Draft::New(build(rest, value)));
                    match found {
                        Some(empty) => {
                            own(&parts[empty], uses)?;
                            parts[empty].now = now;
                        }
                        None => parts.push(Part {
                            key: is_map.then(|| first.clone()),
                            was: None,
                            now,
                        }),
                    }
                    Ok(true)
                }
            };
        };
        let part = &mut parts[index];
        own(part, uses)?;
        let Some(now) = &mut part.now else {
            return Ok(false);
        };
        if rest.is_empty() {
            return match op {
                Op::Remove => {
                    removable(part, uses)?;
                    part.now = None;
                    Ok(true)
                }
                Op::Add(value) | Op::Replace(value) => now.set(value, uses),
            };
        }
        let differs = now.make(rest, op, uses)?;
        let emptied = *op == Op::Remove && differs && now.is_empty();
        if emptied && goes_when_empty(first, now.is_map()) {
            part.now = None;
        }
        Ok(differs)
    }

    /// Makes it `value`, keeping what is the same.
    fn set(&mut self, value: &Value, uses: &Uses<'a>) -> Result<bool, Why> {
        if self.value() == *value {
            return Ok(false);
        }
        if let (Value::Object(wanted), true) = (value, self.is_map())
            && !matches!(self, Draft::New(_))
        {
            self.open(uses)?;
            let Draft::Open { parts, .. } = self else {
                return Ok(false);
            };
            for part in parts.iter_mut() {
                let gone = part
                    .key
                    .as_ref()
                    .is_none_or(|key| !wanted.contains_key(key));
                if gone && part.now.is_some() {
                    own(part, uses)?;
                    removable(part, uses)?;
                    part.now = None;
                }
            }
            for (key, value) in wanted {
                self.make(std::slice::from_ref(key), &Op::Add(value.clone()), uses)?;
            }
            return Ok(true);
        }
        if let Draft::Kept(was) | Draft::Open { was, .. } = self
            && let Some(used) = uses.inside(was)
        {
            return Err(shared(&used));
        }
        *self = Draft::New(value.clone());
        Ok(true)
    }

    fn open(&mut self, uses: &Uses<'a>) -> Result<(), Why> {
        let Draft::Kept(was) = self else {
            return Ok(());
        };
        let was = *was;
        if was.sharing == Sharing::Alias {
            return Err(Why {
                message: "it comes from an alias: change it where its anchor stands".to_owned(),
                at: was.extent,
            });
        }
        if uses.elsewhere(&was) {
            return Err(shared(&was));
        }
        let is_map = match was.node {
            Node::Map(_) => true,
            Node::List(_) => false,
            Node::Null => {
                *self = Draft::New(Value::Object(serde_json::Map::new()));
                return Ok(());
            }
            _ => {
                let message = "it is neither a map nor a list";
                return Err(self.why(message));
            }
        };
        let parts = was.children.iter().map(|child| Part {
            key: child.key.filter(|_| is_map).map(|key| key.text.to_owned()),
            was: Some(child),
            now: Some(Draft::Kept(child.value)),
        });
        *self = Draft::Open {
            was,
            parts: parts.collect(),
        };
        Ok(())
    }

    fn why(&self, message: &str) -> Why {
        let nowhere = Mark { line: 1, column: 1 };
        Why {
            message: message.to_owned(),
            at: match self {
                Draft::Kept(was) | Draft::Open { was, .. } => was.extent,
                Draft::New(_) => Extent {
                    start: nowhere,
                    end: nowhere,
                },
            },
        }
    }

    /// What it is now.
    pub(super) fn value(&self) -> Value {
        match self {
            Draft::Kept(was) => value_of(was),
            Draft::New(value) => value.clone(),
            Draft::Open { parts, .. } => {
                let live = parts
                    .iter()
                    .filter_map(|part| Some((&part.key, part.now.as_ref()?.value())));
                if self.is_map() {
                    let entry =
                        |(key, value): (&Option<String>, Value)| Some((key.clone()?, value));
                    Value::Object(live.filter_map(entry).collect())
                } else {
                    Value::Array(live.map(|(_, value)| value).collect())
                }
            }
        }
    }

    fn is_map(&self) -> bool {
        match self {
            Draft::Kept(was) | Draft::Open { was, .. } => matches!(was.node, Node::Map(_)),
            Draft::New(value) => value.is_object(),
        }
    }

    fn is_null(&self) -> bool {
        match self {
            Draft::Kept(was) => was.node == Node::Null,
            Draft::New(value) => value.is_null(),
            Draft::Open { .. } => false,
        }
    }

    /// Whether it is a map or list without anything in it.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Draft::Kept(was) => {
                matches!(was.node, Node::Map(_) | Node::List(_)) && was.children.is_empty()
            }
            Draft::Open { parts, .. } => parts.iter().all(|part| part.now.is_none()),
            Draft::New(Value::Object(map)) => map.is_empty(),
            Draft::New(Value::Array(list)) => list.is_empty(),
            Draft::New(_) => false,
        }
    }
}
