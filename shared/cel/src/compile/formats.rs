//! `'%s is %d'.format([name, count])` with a constant format: whether the verbs and the values go together.

use cel::common::ast::{Expr as Tree, IdedExpr, LiteralValue};

use super::Compiler;
use crate::error::CompileError;
use crate::library::format::{Piece, piece};
use crate::schema::Type;

impl Compiler<'_> {
    /// Checks a call of `format` whose format and values are spelled out; others are checked when they are evaluated.
    pub(super) fn check_format(
        &self,
        node: &IdedExpr,
        target: &IdedExpr,
        list: &IdedExpr,
    ) -> Result<(), CompileError> {
        let Tree::Literal(LiteralValue::String(format)) = &target.expr else {
            return Ok(());
        };
        let Tree::List(list) = &list.expr else {
            return Ok(());
        };
        let mut rest = format.inner();
        let mut values = list.elements.iter().zip(&self.format_values);
        let mut used = 0;
        loop {
            let (piece, after) = match piece(rest) {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(text) => return Err(self.error_at(target, text)),
            };
            rest = after;
            let Piece::Clause(verb, _) = piece else {
                continue;
            };
            let Some((value, ty)) = values.next() else {
                let text = "the format has more verbs than there are values";
                return Err(self.error_at(target, text));
            };
            used += 1;
            if !takes(verb, ty) {
                return Err(self.error_at(value, format!("`%{verb}` does not take {ty}")));
            }
        }
        if used < list.elements.len() {
            let text = "the format has fewer verbs than there are values";
            return Err(self.call_error(node, text));
        }
        Ok(())
    }
}

/// Whether a verb can show values of a type.
fn takes(verb: char, ty: &Type) -> bool {
    let whole = matches!(ty, Type::Int | Type::Uint);
    match (verb, ty) {
        (_, Type::Dyn | Type::Free) => true,
        ('s', Type::List(element)) => takes('s', element),
        ('s', Type::Map(key, value)) => takes('s', key) && takes('s', value),
        ('s', ty) => !matches!(
            ty,
            Type::Quantity
                | Type::Ip
                | Type::Cidr
                | Type::Semver
                | Type::Url
                | Type::Format
                | Type::Optional(_)
        ),
        ('f' | 'e', ty) => *ty == Type::Double,
        ('b', ty) => whole || *ty == Type::Bool,
        ('x' | 'X', ty) => whole || matches!(ty, Type::String | Type::Bytes),
        (_, _) => whole,
    }
}
