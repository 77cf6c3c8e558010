//! Optionals: what is evaluated only if there is a value, or only if there is none.

use super::Machine;
use super::path::Found;
use crate::code::Expr;
use crate::error::Stop;
use crate::library::{self, Function};
use crate::value::Value;

impl<'a> Machine<'_, '_, 'a> {
    /// `or` and `orValue`: the other expression is evaluated only if there is no value.
    #[inline(never)]
    pub(super) fn or_else(
        &self,
        of: &Expr,
        otherwise: &Expr,
        unwrap: bool,
        at: u32,
    ) -> Result<Value<'a>, Stop<'a>> {
        let found = match of {
            Expr::Path(path) => self.walk(path)?,
            other => Found::Plain(self.eval(other)?),
        };
        let function = if unwrap {
            Function::OrValue
        } else {
            Function::Or
        };
        let inner = match found {
            Found::Optional(inner) => inner,
            Found::Plain(Value::Optional(inner)) => inner.copied(),
            Found::Plain(other) => {
                self.cx.at.set(at);
                return Err(library::mismatch(&self.cx, function, &[other]));
            }
        };
        match inner {
            Some(value) if unwrap => Ok(value),
            Some(value) => Ok(Value::some(self.cx.arena, value)),
            None => match self.eval(otherwise)? {
                value if unwrap || matches!(value, Value::Optional(_)) => Ok(value),
                other => {
                    self.cx.at.set(at);
                    Err(library::mismatch(&self.cx, function, &[other]))
                }
            },
        }
    }

    /// `optMap` and `optFlatMap`.
    #[inline(never)]
    pub(super) fn map_optional(
        &self,
        of: &Expr,
        local: u16,
        body: &Expr,
        flat: bool,
        at: u32,
    ) -> Result<Value<'a>, Stop<'a>> {
        let inner = match self.eval(of)? {
            Value::Optional(None) => return Ok(Value::Optional(None)),
            Value::Optional(Some(inner)) => *inner,
            other => {
                self.cx.at.set(at);
                let kind = other.kind().name();
                return Err(self
                    .cx
                    .fail(format_args!("this is {kind}, not an optional")));
            }
        };
        self.set_local(local, inner);
        match self.eval(body)? {
            value if !flat => Ok(Value::some(self.cx.arena, value)),
            value @ Value::Optional(_) => Ok(value),
            other => {
                self.cx.at.set(at);
                let kind = other.kind().name();
                Err(self.cx.fail(format_args!(
                    "`optFlatMap` must give an optional, not {kind}"
                )))
            }
        }
    }
}
