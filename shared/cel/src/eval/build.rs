//! Lists and maps that an expression spells out.

use super::Machine;
use crate::code::Expr;
use crate::error::Stop;
use crate::library::ListBuilder;
use crate::value::{self, Value};

impl<'a> Machine<'_, '_, 'a> {
    #[inline(never)]
    pub(super) fn build_list(
        &self,
        items: &[(Expr, bool)],
        at: u32,
    ) -> Result<Value<'a>, Stop<'a>> {
        if items.is_empty() {
            return Ok(Value::List(&[]));
        }
        let mut list = ListBuilder::new(&self.cx, items.len());
        for (item, optional) in items {
            let value = self.eval(item)?;
            if let Some(value) = self.present(value, *optional, at)? {
                list.push(value)?;
            }
        }
        Ok(list.finish())
    }

    #[inline(never)]
    pub(super) fn build_map(
        &self,
        entries: &[(Expr, Expr, bool)],
        at: u32,
    ) -> Result<Value<'a>, Stop<'a>> {
        let mut pairs = Vec::with_capacity(entries.len());
        for (key, value, optional) in entries {
            let key = self.eval(key)?;
            let value = self.eval(value)?;
            if let Some(value) = self.present(value, *optional, at)? {
                self.put_entry(&mut pairs, key, value, at)?;
            }
        }
        Ok(Value::Map(self.cx.arena.alloc_slice_copy(&pairs)))
    }

    /// The value to put in: of an optional element what it holds, if anything.
    fn present(
        &self,
        value: Value<'a>,
        optional: bool,
        at: u32,
    ) -> Result<Option<Value<'a>>, Stop<'a>> {
        match value {
            value if !optional => Ok(Some(value)),
            Value::Optional(inner) => Ok(inner.copied()),
            other => {
                self.cx.at.set(at);
                let kind = other.kind().name();
                Err(self
                    .cx
                    .fail(format_args!("`?` needs an optional, not {kind}")))
            }
        }
    }

    /// Puts an entry into a map under construction, in the place of one with the very same key.
    fn put_entry(
        &self,
        pairs: &mut Vec<(Value<'a>, Value<'a>)>,
        key: Value<'a>,
        value: Value<'a>,
        at: u32,
    ) -> Result<(), Stop<'a>> {
        self.check_key(pairs.len(), &key, at)?;
        for (other, held) in pairs.iter_mut() {
            if other.kind() == key.kind() && value::equal(other, &key, self.cx.budget)? {
                *held = value;
                return Ok(());
            }
        }
        pairs.push((key, value));
        Ok(())
    }

    fn check_key(&self, entries: usize, key: &Value<'a>, at: u32) -> Result<(), Stop<'a>> {
        self.cx.budget.charge(1 + entries as u64)?;
        self.cx.at.set(at);
        match key {
            Value::Str(_) | Value::Int(_) | Value::Uint(_) | Value::Bool(_) => Ok(()),
            other => {
                let kind = other.kind().name();
                Err(self.cx.fail(format_args!("{kind} cannot be a key")))
            }
        }
    }

    /// Adds an entry to a map under construction that must not have the key.
    pub(super) fn add_entry(
        &self,
        pairs: &mut Vec<(Value<'a>, Value<'a>)>,
        key: Value<'a>,
        value: Value<'a>,
        at: u32,
    ) -> Result<(), Stop<'a>> {
        self.check_key(pairs.len(), &key, at)?;
        for (other, _) in pairs.iter() {
            if value::equal(other, &key, self.cx.budget)? {
                return Err(self
                    .cx
                    .fail(format_args!("the key {} is given twice", key.key_text())));
            }
        }
        pairs.push((key, value));
        Ok(())
    }
}
