//! Field chains and indices.

use super::Machine;
use crate::code::{Field, Path, Root, Step};
use crate::error::Stop;
use crate::node::Node;
use crate::value::{self, Value};

/// Where a path leads.
pub(super) enum Found<'a> {
    /// To a value; anything missing would have been an error.
    Plain(Value<'a>),
    /// To a value or to nothing, through a `?` or an optional.
    Optional(Option<Value<'a>>),
}

/// Where a path leads that only goes through fields of the input.
pub(super) enum Quick<'a> {
    /// To a part of the input.
    Node(&'a Node<'a>),
    /// To nothing, which is no error here.
    Nothing,
    /// It errs, or it is not of that kind: take the other way.
    Elsewhere,
}

impl<'a> Machine<'_, '_, 'a> {
    /// The value of a path; an optional one as an optional.
    pub(super) fn path(&self, path: &Path) -> Result<Value<'a>, Stop<'a>> {
        Ok(match self.walk(path)? {
            Found::Plain(value) => value,
            Found::Optional(Some(value)) => Value::some(self.cx.arena, value),
            Found::Optional(None) => Value::Optional(None),
        })
    }

    #[inline]
    pub(super) fn walk(&self, path: &Path) -> Result<Found<'a>, Stop<'a>> {
        let optional_from = usize::from(path.optional_from);
        match self.quick(path, optional_from) {
            Quick::Node(node) if optional_from < path.steps.len() => {
                Ok(Found::Optional(Some(Value::from(*node))))
            }
            Quick::Node(node) => Ok(Found::Plain(Value::from(*node))),
            Quick::Nothing => Ok(Found::Optional(None)),
            Quick::Elsewhere => self.follow(self.root(path)?, &path.steps, optional_from),
        }
    }

    /// Whether the last step finds something. What comes before must be there.
    #[inline(never)]
    pub(super) fn has(&self, path: &Path) -> Result<bool, Stop<'a>> {
        let lenient_from = path
            .steps
            .len()
            .saturating_sub(1)
            .min(usize::from(path.optional_from));
        match self.quick(path, lenient_from) {
            Quick::Node(_) => Ok(true),
            Quick::Nothing => Ok(false),
            Quick::Elsewhere => self.has_elsewhere(path),
        }
    }

    #[inline(never)]
    fn has_elsewhere(&self, path: &Path) -> Result<bool, Stop<'a>> {
        let root = self.root(path)?;
        let Some((last, before)) = path.steps.split_last() else {
            return Ok(true);
        };
        let value = match self.follow(root, before, usize::from(path.optional_from))? {
            Found::Plain(Value::Optional(Some(value))) => *value,
            Found::Plain(Value::Optional(None)) | Found::Optional(None) => return Ok(false),
            Found::Plain(value) | Found::Optional(Some(value)) => value,
        };
        Ok(self.step(value, last)?.is_some())
    }

    /// Follows a path through fields of the input, which is what most paths do. From step `lenient_from` on, it is
    /// no error if there is nothing.
    #[inline]
    pub(super) fn quick(&self, path: &Path, lenient_from: usize) -> Quick<'a> {
        let root = match &path.root {
            Root::Slot(slot) => self.scope.entries(*slot),
            Root::Local(local) => match self.local(*local) {
                Value::Entries(entries) => Some(entries),
                _ => None,
            },
            Root::Of(_) => None,
        };
        let (Some(mut entries), Some((last, before))) = (root, path.steps.split_last()) else {
            return Quick::Elsewhere;
        };
        // The steps were charged with the node that this path is.
        for (number, step) in before.iter().enumerate() {
            let Step::Field(field) = step else {
                return Quick::Elsewhere;
            };
            match field.find(entries) {
                Some(Node::Map(inner)) => entries = inner,
                // A list has no fields, not even optionally.
                Some(Node::List(_) | Node::Unknown(_)) => return Quick::Elsewhere,
                Some(_) if number + 1 < lenient_from => return Quick::Elsewhere,
                None if number < lenient_from => return Quick::Elsewhere,
                // What is left could still be an index, whose type may be wrong.
                _ if before[number..]
                    .iter()
                    .chain([last])
                    .any(|step| !matches!(step, Step::Field(_))) =>
                {
                    return Quick::Elsewhere;
                }
                _ => return Quick::Nothing,
            }
        }
        let Step::Field(field) = last else {
            return Quick::Elsewhere;
        };
        match field.find(entries) {
            Some(Node::Unknown(_)) => Quick::Elsewhere,
            Some(node) => Quick::Node(node),
            None if before.len() < lenient_from => Quick::Elsewhere,
            None => Quick::Nothing,
        }
    }

    fn root(&self, path: &Path) -> Result<Value<'a>, Stop<'a>> {
        match &path.root {
            Root::Slot(slot) => self.read(*slot),
            Root::Local(local) => self.cx.known(self.local(*local)),
            Root::Of(expr) => self.eval(expr),
        }
    }

    /// Follows steps and values of any kind.
    #[inline(never)]
    fn follow(
        &self,
        root: Value<'a>,
        steps: &[Step],
        optional_from: usize,
    ) -> Result<Found<'a>, Stop<'a>> {
        self.cx.budget.charge(steps.len() as u64)?;
        let mut value = root;
        let mut optional = false;
        for (number, step) in steps.iter().enumerate() {
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
        let found = self.step_to(value, step)?;
        found.map(|value| self.cx.known(value)).transpose()
    }

    fn step_to(&self, value: Value<'a>, step: &Step) -> Result<Option<Value<'a>>, Stop<'a>> {
        match step {
            Step::Field(field) => match value {
                Value::Entries(entries) => Ok(field.find(entries).map(|node| Value::from(*node))),
                Value::Map(_) => value::find_key(&value, &Value::Str(&field.key), self.cx.budget),
                Value::Nodes(_) | Value::List(_) => Err(self.list_field(field)),
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
    fn list_field(&self, field: &Field) -> Stop<'a> {
        let text = format_args!("a list has no field `{}`", field.key);
        Stop::message(self.cx.arena, text, field.at)
    }

    #[cold]
    fn missing(&self, value: Value<'a>, step: &Step) -> Stop<'a> {
        let (key, at) = match step {
            Step::Field(field) => (field.key.clone(), field.at),
            Step::Index { index, at } => (index.to_string(), *at),
            Step::Computed { index, at } => match self.short(index) {
                Ok(index) => (index.key_text(), *at),
                Err(stop) => return stop,
            },
        };
        match value {
            Value::Entries(_) | Value::Map(_) => Stop::no_such_key(self.cx.arena, &key, at),
            Value::Nodes(_) | Value::List(_) => {
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
