//! `+` and its like, and the types they give.

use cel::common::ast::{Expr as Tree, IdedExpr, operators as op};

use super::{Compiled, Compiler};
use crate::code::{Arithmetic, Expr};
use crate::error::CompileError;
use crate::schema::Type;

impl Compiler<'_> {
    /// `a + b - c` as one, from left to right.
    pub(super) fn arithmetic(&mut self, node: &IdedExpr) -> Result<Compiled, CompileError> {
        let mut operators = Vec::new();
        let mut first = node;
        while let Tree::Call(call) = &first.expr {
            let (Some(operator), [left, right]) =
                (arithmetic(&call.func_name), call.args.as_slice())
            else {
                break;
            };
            operators.push((first, operator, right));
            first = left;
        }
        let mut total = self.expr(first)?;
        let mut rest = Vec::with_capacity(operators.len());
        for (at, operator, operand) in operators.into_iter().rev() {
            let operand = self.expr(operand)?;
            total.ty = result(operator, &total.ty, &operand.ty).ok_or_else(|| {
                let text = format!(
                    "`{}` does not go with {} and {}",
                    operator.sign(),
                    total.ty,
                    operand.ty
                );
                self.error_at(at, text)
            })?;
            total.from.extend(operand.from);
            rest.push((operator, operand.expr, self.at(at)));
        }
        Ok(Compiled {
            expr: Expr::Arithmetic(Box::new(total.expr), rest),
            ..total
        })
    }
}

pub(super) fn arithmetic(name: &str) -> Option<Arithmetic> {
    match name {
        op::ADD => Some(Arithmetic::Add),
        op::SUBSTRACT => Some(Arithmetic::Subtract),
        op::MULTIPLY => Some(Arithmetic::Multiply),
        op::DIVIDE => Some(Arithmetic::Divide),
        op::MODULO => Some(Arithmetic::Remainder),
        _ => None,
    }
}

/// The type an operation gives, if it is one.
fn result(operator: Arithmetic, left: &Type, right: &Type) -> Option<Type> {
    use Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
    let open = Type::Dyn;
    let known = |ty| if matches!(ty, &Type::Free) { &open } else { ty };
    match (operator, known(left), known(right)) {
        (_, Type::Dyn, Type::Dyn) => Some(Type::Dyn),
        (Add | Subtract, Type::Dyn, Type::Duration) | (Add, Type::Duration, Type::Dyn) => {
            Some(Type::Dyn)
        }
        (Add | Subtract, Type::Dyn, Type::Timestamp)
        | (Add | Subtract, Type::Timestamp, Type::Dyn) => Some(Type::Dyn),
        (Subtract, Type::Duration, Type::Dyn) => Some(Type::Duration),
        (Add, Type::Timestamp, Type::Duration) | (Add, Type::Duration, Type::Timestamp) => {
            Some(Type::Timestamp)
        }
        (Subtract, Type::Timestamp, Type::Duration) => Some(Type::Timestamp),
        (Subtract, Type::Timestamp, Type::Timestamp) => Some(Type::Duration),
        (Add | Subtract, Type::Duration, Type::Duration) => Some(Type::Duration),
        (Add, list @ Type::List(_), Type::Dyn) | (Add, Type::Dyn, list @ Type::List(_)) => {
            Some(list.clone())
        }
        (Add, Type::List(a), Type::List(b)) => {
            let element = a.as_ref().clone().join(b.as_ref().clone())?;
            Some(Type::list(element))
        }
        (_, known, Type::Dyn) | (_, Type::Dyn, known) => result(operator, known, known),
        (Add, Type::String, Type::String) => Some(Type::String),
        (Add, Type::Bytes, Type::Bytes) => Some(Type::Bytes),
        (_, Type::Int, Type::Int) => Some(Type::Int),
        (_, Type::Uint, Type::Uint) => Some(Type::Uint),
        (Add | Subtract | Multiply | Divide, Type::Double, Type::Double) => Some(Type::Double),
        (Remainder | Add | Subtract | Multiply | Divide, _, _) => None,
    }
}
