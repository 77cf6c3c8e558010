//! Membership, and tests of text.

use super::Machine;
use crate::code::{Expr, TextTest};
use crate::error::Stop;
use crate::library::{self, Function};
use crate::value::{self, Value};

impl<'a> Machine<'_, '_, 'a> {
    #[inline(never)]
    pub(super) fn is_in(&self, item: &Expr, of: &Expr, at: u32) -> Result<bool, Stop<'a>> {
        let item = self.short(item)?;
        let of = self.short(of)?;
        self.cx.at.set(at);
        match of {
            Value::Nodes(_) | Value::List(_) => library::has_element(&self.cx, &of, &item),
            Value::Entries(_) | Value::Map(_) => {
                match value::find_key(&of, &item, self.cx.budget)? {
                    Some(Value::Unknown(reason)) => {
                        let reason = self.cx.arena.alloc_str(reason);
                        Err(Stop::unknown(self.cx.arena, reason))
                    }
                    found => Ok(found.is_some()),
                }
            }
            other => {
                let kind = other.kind().name();
                Err(self
                    .cx
                    .fail(format_args!("`in` needs a list or a map, not {kind}")))
            }
        }
    }

    #[inline(never)]
    pub(super) fn text_test(
        &self,
        test: TextTest,
        text: &Expr,
        with: &Expr,
        at: u32,
    ) -> Result<bool, Stop<'a>> {
        let (text, with) = (self.short(text)?, self.short(with)?);
        if let (Value::Str(text), Value::Str(with)) = (text, with) {
            self.cx.budget.charge_text(text.len())?;
            return Ok(match test {
                TextTest::Contains => text.contains(with),
                TextTest::StartsWith => text.starts_with(with),
                TextTest::EndsWith => text.ends_with(with),
            });
        }
        self.cx.at.set(at);
        let function = match test {
            TextTest::Contains => Function::Contains,
            TextTest::StartsWith => Function::StartsWith,
            TextTest::EndsWith => Function::EndsWith,
        };
        Err(library::mismatch(&self.cx, function, &[text, with]))
    }

    #[inline(never)]
    pub(super) fn matches(&self, text: &Expr, pattern: u16, at: u32) -> Result<bool, Stop<'a>> {
        let text = self.short(text)?;
        self.cx.at.set(at);
        let regex = self
            .program
            .patterns
            .get(usize::from(pattern))
            .and_then(|pattern| pattern.regex());
        match (text, regex) {
            (Value::Str(text), Some(regex)) => library::regex::is_match(&self.cx, regex, text),
            _ => Err(library::mismatch(&self.cx, Function::Matches, &[text])),
        }
    }
}
