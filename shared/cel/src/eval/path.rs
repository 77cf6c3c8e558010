//! Field chains and indices.

use super::Machine;
use crate::code::{Path, Root, Step};
use crate::error::Stop;
use crate::node::{Node, find_entry};
use crate::value::{self, Value};

/// Where a path leads.
pub(super) enum Found<'a> {
    /// To a value; anything missing would have been an error.
    Plain(Value<'a>),
    /// To a value or to nothing, through a `?` or an optional.
    Optional(Option<Value<'a>>),
}

impl<'a> Machine<'_, '_, 'a> {
    /// The value of a path; an optional one as an optional.
    #[inline]
    pub(super) fn path(&self, path: &Path) -> Result<Value<'a>, Stop<'a>> {
        Ok(match self.walk(path)? {
            Found::Plain(value) => value,
            Found::Optional(Some(value)) => Value::some(self.cx.arena, value),
            Found::Optional(None) => Value::Optional(None),
        })
    }

    #[inline]
    pub(super) fn walk(&self, path: &Path) -> Result<Found<'a>, Stop<'a>> {
        self.follow(
            self.root(path)?,
            &path.steps,
            usize::from(path.optional_from),
        )
    }

    /// Whether the last step finds something. What comes before must be there.
    #[inline]
    pub(super) fn has(&self, path: &Path) -> Result<bool, Stop<'a>> {
        let root = self.root(path)?;
        if let ([Step::Field { key, hash, .. }], Value::Entries(entries)) =
            (path.steps.as_slice(), root)
        {
            return Ok(find_entry(entries, key, *hash).is_some());
        }
        self.has_beyond(root, path)
    }

    fn has_beyond(&self, root: Value<'a>, path: &Path) -> Result<bool, Stop<'a>> {
        let Some((last, before)) = path.steps.split_last() else {
            return Ok(true);
        };
        let value = match self.follow(root, before, usize::from(path.optional_from))? {
            Found::Plain(Value::Optional(Some(value))) => *value,
            Found::Plain(Value::Optional(None)) | Found::Optional(None) => return Ok(false),
            Found::Plain(value) | Found::Optional(Some(value)) => value,
        };
        match (last, value) {
            (Step::Field { key, hash, .. }, Value::Entries(entries)) => {
                Ok(find_entry(entries, key, *hash).is_some())
            }
            _ => Ok(self.step(value, last)?.is_some()),
        }
    }

    #[inline]
    fn root(&self, path: &Path) -> Result<Value<'a>, Stop<'a>> {
        match &path.root {
            Root::Slot(slot) => self.read(*slot),
            Root::Local(local) => Ok(self.local(*local)),
            Root::Of(expr) => self.eval(expr),
        }
    }

    /// Follows fields of the input, which most paths are made of, in one go; other steps one by one.
    #[inline]
    fn follow(
        &self,
        root: Value<'a>,
        steps: &[Step],
        optional_from: usize,
    ) -> Result<Found<'a>, Stop<'a>> {
        self.cx.budget.charge(steps.len() as u64)?;
        let Value::Entries(entries) = root else {
            return self.follow_slowly(root, steps, 0, optional_from);
        };
        let mut node = Node::Map(entries);
        for (number, step) in steps.iter().enumerate() {
            match (step, node) {
                (Step::Field { key, hash, .. }, Node::Map(entries)) => {
                    match find_entry(entries, key, *hash) {
                        Some(entry) => node = entry.value,
                        None if number >= optional_from => return Ok(Found::Optional(None)),
                        None => return Err(self.missing(node.into(), step)),
                    }
                }
                _ => return self.follow_slowly(node.into(), steps, number, optional_from),
            }
        }
        let value = Value::from(node);
        Ok(if optional_from < steps.len() {
            Found::Optional(Some(value))
        } else {
            Found::Plain(value)
        })
    }

    /// As [`Machine::follow`] for steps and values of any kind, from step `start` on.
    fn follow_slowly(
        &self,
        root: Value<'a>,
        steps: &[Step],
        start: usize,
        optional_from: usize,
    ) -> Result<Found<'a>, Stop<'a>> {
        let mut value = root;
        let mut optional = start > optional_from;
        for (number, step) in steps.iter().enumerate().skip(start) {
            // From an optional on, everything is optional.
            if let Value::Optional(inner) = value {
                optional = true;
                match inner {
                    Some(inner) => value = *inner,
                    None => return Ok(Found::Optional(None)),
                }
            }
            optional |= number >= optional_from;
            match self.step(value, step)? {
                Some(next) => value = next,
                None if optional => return Ok(Found::Optional(None)),
                None => return Err(self.missing(value, step)),
            }
        }
        Ok(if optional {
            Found::Optional(Some(value))
        } else {
            Found::Plain(value)
        })
    }

    fn step(&self, value: Value<'a>, step: &Step) -> Result<Option<Value<'a>>, Stop<'a>> {
        match step {
            Step::Field { key, hash, .. } => match value {
                Value::Entries(entries) => {
                    Ok(find_entry(entries, key, *hash).map(|entry| Value::from(entry.value)))
                }
                Value::Map(_) => value::find_key(&value, &Value::Str(key), self.cx.budget),
                _ => Ok(None),
            },
            Step::Index { index, at } => self.index(value, Value::Int(*index), *at),
            Step::Computed { index, at } => self.index(value, self.short(index)?, *at),
        }
    }

    fn index(
        &self,
        value: Value<'a>,
        index: Value<'_>,
        at: u32,
    ) -> Result<Option<Value<'a>>, Stop<'a>> {
        let list_place = || match index {
            Value::Int(index) => Some(usize::try_from(index).ok()),
            Value::Uint(index) => Some(usize::try_from(index).ok()),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a whole number, checked"
            )]
            Value::Double(index) if index.fract() == 0.0 => {
                Some((index >= 0.0).then_some(index as usize))
            }
            _ => None,
        };
        let place = match value {
            Value::Nodes(_) | Value::List(_) => list_place(),
            Value::Entries(_) | Value::Map(_) => {
                return value::find_key(&value, &index, self.cx.budget);
            }
            _ => return Ok(None),
        };
        let Some(place) = place else {
            self.cx.at.set(at);
            let kind = index.kind().name();
            return Err(self
                .cx
                .fail(format_args!("a list has no index of type {kind}")));
        };
        Ok(match (value, place) {
            (Value::Nodes(items), Some(place)) => {
                items.get(place).map(|node: &Node<'a>| Value::from(*node))
            }
            (Value::List(items), Some(place)) => items.get(place).copied(),
            _ => None,
        })
    }

    #[cold]
    fn missing(&self, value: Value<'a>, step: &Step) -> Stop<'a> {
        let (key, at) = match step {
            Step::Field { key, at, .. } => (key.clone(), *at),
            Step::Index { index, at } => (index.to_string(), *at),
            Step::Computed { index, at } => match self.short(index) {
                Ok(index) => (index.key_text(), *at),
                Err(stop) => return stop,
            },
        };
        match value {
            Value::Entries(_) | Value::Map(_) => Stop::no_such_key(self.cx.arena, &key, at),
            Value::Nodes(_) | Value::List(_) if !matches!(step, Step::Field { .. }) => {
                let len = value.len().unwrap_or(0);
                let text = format_args!("no such index: {key} (the list has {len})");
                Stop::message(self.cx.arena, text, at)
            }
            _ => {
                let kind = value.kind().name();
                Stop::message(
                    self.cx.arena,
                    format_args!("no such key: {key} (in a value of type {kind})"),
                    at,
                )
            }
        }
    }
}
