//! Macros that go through a list or a map.

use super::Machine;
use super::logic::defer;
use crate::code::{Loop, LoopKind};
use crate::error::Stop;
use crate::library::{ListBuilder, sort_keyed};
use crate::node::Entry;
use crate::value::{Items, Value};

/// What a loop goes through: the elements of a list, or the entries of a map.
enum Elements<'a> {
    List(Items<'a>),
    Entries(std::slice::Iter<'a, Entry<'a>>),
    Pairs(std::slice::Iter<'a, (Value<'a>, Value<'a>)>),
}

impl<'a> Elements<'a> {
    fn len(&self) -> usize {
        match self {
            Elements::List(items) => items.len(),
            Elements::Entries(entries) => entries.len(),
            Elements::Pairs(pairs) => pairs.len(),
        }
    }
}

impl<'a> Machine<'_, '_, 'a> {
    fn elements(&self, looped: &Loop) -> Result<Elements<'a>, Stop<'a>> {
        self.elements_of(looped, self.eval(&looped.range)?)
    }

    fn elements_of(&self, looped: &Loop, range: Value<'a>) -> Result<Elements<'a>, Stop<'a>> {
        match range {
            list @ (Value::Nodes(_) | Value::List(_)) => Ok(Elements::List(list.items())),
            Value::Entries(entries) => {
                self.cx.known_keys(&range)?;
                Ok(Elements::Entries(entries.iter()))
            }
            Value::Map(pairs) => Ok(Elements::Pairs(pairs.iter())),
            other => {
                self.cx.at.set(looped.at);
                let kind = other.kind().name();
                Err(self.cx.fail(format_args!(
                    "a macro goes through a list or a map, not {kind}"
                )))
            }
        }
    }

    /// Moves on to the next element: sets the variables, and gives the element of a list or the key of a map.
    #[inline]
    fn next(&self, looped: &Loop, elements: &mut Elements<'a>, number: i64) -> Option<Value<'a>> {
        let (key, value) = match elements {
            Elements::List(items) => {
                let item = items.next()?;
                if looped.second.is_none() {
                    self.set_local(looped.local, item);
                    return Some(item);
                }
                (Value::Int(number), item)
            }
            Elements::Entries(entries) => {
                let entry = entries.next()?;
                (Value::Str(entry.key), Value::from(entry.value))
            }
            Elements::Pairs(pairs) => *pairs.next()?,
        };
        self.set_local(looped.local, key);
        if let Some(second) = looped.second {
            self.set_local(second, value);
        }
        Some(key)
    }

    /// `all` and `exists`: one element decides, errors elsewhere are forgiven then.
    #[inline(never)]
    pub(super) fn quantify(&self, looped: &Loop) -> Result<bool, Stop<'a>> {
        let Some(condition) = &looped.condition else {
            return Ok(false);
        };
        let decisive = looped.kind == LoopKind::Exists;
        let mut stopped: Option<Stop<'a>> = None;
        let range = self.eval(&looped.range)?;
        if let (Value::Nodes(items), None) = (range, looped.second) {
            // The usual case, without what the others need.
            let Some(local) = self.frame.get(usize::from(looped.local)) else {
                return Ok(false);
            };
            for item in items {
                local.set(Value::from(*item));
                match self.test(condition) {
                    Ok(holds) if holds == decisive => return Ok(decisive),
                    Ok(_) => {}
                    Err(stop) => stopped = Some(defer(stopped, stop)?),
                }
            }
            return stopped.map_or(Ok(!decisive), Err);
        }
        let mut elements = self.elements_of(looped, range)?;
        let mut number = 0;
        while self.next(looped, &mut elements, number).is_some() {
            number += 1;
            match self.test(condition) {
                Ok(holds) if holds == decisive => return Ok(decisive),
                Ok(_) => {}
                Err(stop) => stopped = Some(defer(stopped, stop)?),
            }
        }
        stopped.map_or(Ok(!decisive), Err)
    }

    #[inline]
    fn holds(&self, looped: &Loop) -> Result<bool, Stop<'a>> {
        match &looped.condition {
            Some(condition) => self.test(condition),
            None => Ok(true),
        }
    }

    #[inline(never)]
    pub(super) fn run_loop(&self, looped: &Loop) -> Result<Value<'a>, Stop<'a>> {
        match looped.kind {
            LoopKind::All | LoopKind::Exists => self.quantify(looped).map(Value::Bool),
            LoopKind::ExistsOne => self.exists_one(looped),
            LoopKind::Filter => self.filter(looped),
            LoopKind::Map => self.map(looped),
            LoopKind::TransformMap | LoopKind::TransformMapEntry => self.transform_map(looped),
            LoopKind::SortBy => self.sort_by(looped),
        }
    }

    fn exists_one(&self, looped: &Loop) -> Result<Value<'a>, Stop<'a>> {
        let mut elements = self.elements(looped)?;
        let (mut number, mut found) = (0, 0);
        while self.next(looped, &mut elements, number).is_some() {
            number += 1;
            found += i64::from(self.holds(looped)?);
        }
        Ok(Value::Bool(found == 1))
    }

    fn filter(&self, looped: &Loop) -> Result<Value<'a>, Stop<'a>> {
        let mut elements = self.elements(looped)?;
        let mut kept = ListBuilder::new(&self.cx, elements.len());
        let mut number = 0;
        while let Some(element) = self.next(looped, &mut elements, number) {
            number += 1;
            if self.holds(looped)? {
                kept.push(element)?;
            }
        }
        Ok(kept.finish())
    }

    fn map(&self, looped: &Loop) -> Result<Value<'a>, Stop<'a>> {
        let mut elements = self.elements(looped)?;
        let mut made = ListBuilder::new(&self.cx, elements.len());
        let mut number = 0;
        while self.next(looped, &mut elements, number).is_some() {
            number += 1;
            if self.holds(looped)? {
                made.push(self.output(looped)?)?;
            }
        }
        Ok(made.finish())
    }

    fn output(&self, looped: &Loop) -> Result<Value<'a>, Stop<'a>> {
        match &looped.output {
            Some(output) => self.eval(output),
            None => Ok(Value::Null),
        }
    }

    fn transform_map(&self, looped: &Loop) -> Result<Value<'a>, Stop<'a>> {
        let mut elements = self.elements(looped)?;
        let mut pairs = Vec::new();
        let mut number = 0;
        while let Some(key) = self.next(looped, &mut elements, number) {
            number += 1;
            if !self.holds(looped)? {
                continue;
            }
            let output = self.output(looped)?;
            self.cx.known_keys(&output)?;
            if looped.kind == LoopKind::TransformMap {
                self.cx.budget.charge(1)?;
                pairs.push((key, output));
                continue;
            }
            let made: Vec<_> = match output {
                Value::Entries(entries) => entries
                    .iter()
                    .map(|entry| (Value::Str(entry.key), entry.value.into()))
                    .collect(),
                Value::Map(made) => made.to_vec(),
                other => {
                    self.cx.at.set(looped.at);
                    let kind = other.kind().name();
                    return Err(self
                        .cx
                        .fail(format_args!("the entry to add is {kind}, not a map")));
                }
            };
            for (key, value) in made {
                self.add_entry(&mut pairs, key, value, looped.at)?;
            }
        }
        Ok(Value::Map(self.cx.arena.alloc_slice_copy(&pairs)))
    }

    fn sort_by(&self, looped: &Loop) -> Result<Value<'a>, Stop<'a>> {
        let mut elements = self.elements(looped)?;
        if !matches!(elements, Elements::List(_)) {
            self.cx.at.set(looped.at);
            return Err(self.cx.fail(format_args!("`sortBy` needs a list, not map")));
        }
        let mut keyed = Vec::new();
        let mut number = 0;
        while let Some(element) = self.next(looped, &mut elements, number) {
            number += 1;
            self.cx.budget.charge(1)?;
            keyed.push((self.output(looped)?, element));
        }
        self.cx.at.set(looped.at);
        sort_keyed(&self.cx, &mut keyed)
    }
}
