//! Optionals: what is evaluated only if there is a value, or only if there is none.

use super::Machine;
use super::path::{Found, Quick};
use crate::code::Expr;
use crate::error::Stop;
use crate::value::Value;

impl<'a> Machine<'_, '_, 'a> {
    /// `or` and `orValue`: the other expression is evaluated only if there is no value. What is no optional counts as
    /// one that has a value, as in an API server.
    #[inline(never)]
    pub(super) fn or_else(
        &self,
        of: &Expr,
        otherwise: &Expr,
        unwrap: bool,
    ) -> Result<Value<'a>, Stop<'a>> {
        if let Expr::Path(path) = of
            && path.is_optional()
            && unwrap
        {
            match self.quick(path, usize::from(path.optional_from)) {
                Quick::Node(node) => return Ok(Value::from(*node)),
                Quick::Nothing => return self.eval(otherwise),
                Quick::Elsewhere => {}
            }
        }
        let found = match of {
            Expr::Path(path) => self.walk(path)?,
            other => Found::Plain(self.eval(other)?),
        };
        match found {
            Found::Optional(Some(value)) | Found::Plain(Value::Optional(Some(&value)))
                if unwrap =>
            {
                self.cx.known(value)
            }
            Found::Optional(Some(value)) => Ok(Value::some(self.cx.arena, value)),
            Found::Optional(None) | Found::Plain(Value::Optional(None)) => self.eval(otherwise),
            Found::Plain(value) => Ok(value),
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
        // Whether `optFlatMap` gives an optional is only checked where its type is known.
        let made = self.eval(body)?;
        Ok(if flat {
            made
        } else {
            Value::some(self.cx.arena, made)
        })
    }
}
