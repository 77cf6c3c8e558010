//! Lists and texts of a length not known beforehand, charged as they grow.

use bumpalo::collections::{String as ArenaString, Vec as ArenaVec};

use super::Context;
use crate::error::Stop;
use crate::value::Value;

/// A list under construction.
pub(crate) struct ListBuilder<'m, 'a> {
    cx: &'m Context<'m, 'a>,
    items: ArenaVec<'a, Value<'a>>,
}

impl<'m, 'a> ListBuilder<'m, 'a> {
    /// A list that will have up to `most` elements, or usually that many.
    pub(crate) fn new(cx: &'m Context<'m, 'a>, most: usize) -> ListBuilder<'m, 'a> {
        ListBuilder {
            cx,
            items: ArenaVec::with_capacity_in(most.min(64), cx.arena),
        }
    }

    pub(crate) fn push(&mut self, value: Value<'a>) -> Result<(), Stop<'a>> {
        self.cx.budget.charge(1)?;
        self.items.push(value);
        Ok(())
    }

    pub(crate) fn finish(self) -> Value<'a> {
        Value::List(self.items.into_bump_slice())
    }

    pub(crate) fn items(&self) -> &[Value<'a>] {
        &self.items
    }
}

/// A text under construction.
pub(crate) struct TextBuilder<'m, 'a> {
    cx: &'m Context<'m, 'a>,
    text: ArenaString<'a>,
    /// Bytes not charged yet, so that short pieces are not charged for nothing.
    open: usize,
}

impl<'m, 'a> TextBuilder<'m, 'a> {
    pub(crate) fn new(cx: &'m Context<'m, 'a>) -> TextBuilder<'m, 'a> {
        TextBuilder {
            cx,
            text: ArenaString::new_in(cx.arena),
            open: 0,
        }
    }

    pub(crate) fn push(&mut self, text: &str) -> Result<(), Stop<'a>> {
        self.open += text.len();
        self.cx.budget.charge_text(self.open)?;
        self.open %= 8;
        self.text.push_str(text);
        Ok(())
    }

    pub(crate) fn push_char(&mut self, c: char) -> Result<(), Stop<'a>> {
        self.push(c.encode_utf8(&mut [0; 4]))
    }

    pub(crate) fn finish(self) -> Value<'a> {
        Value::Str(self.text.into_bump_str())
    }
}
