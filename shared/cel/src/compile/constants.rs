//! Calls of constants: what they come to is known now, and so is that they can only fail.

use cel::common::ast::IdedExpr;

use super::Compiler;
use crate::budget::Budget;
use crate::code::{Expr, Literal};
use crate::error::{CompileError, EvalError};
use crate::library::{self, Context, Function};
use crate::value::Value;

impl Compiler<'_> {
    /// The constant that a conversion of a constant comes to, if it is one that a program can hold.
    ///
    /// An API server refuses conversions that must fail. Others (`quantity('1x')`) it lets fail whenever they are
    /// evaluated; here they are refused as well, because nobody means them.
    pub(super) fn fold(
        &self,
        function: Function,
        args: &[Expr],
        nodes: &[&IdedExpr],
    ) -> Result<Option<Expr>, CompileError> {
        let ([Expr::Const(literal)], [node]) = (args, nodes) else {
            return Ok(None);
        };
        let conversion = matches!(
            function,
            Function::Bool
                | Function::Bytes
                | Function::Double
                | Function::Duration
                | Function::Dyn
                | Function::Int
                | Function::String
                | Function::Timestamp
                | Function::TypeOf
                | Function::Uint
        );
        let reading = matches!(
            function,
            Function::QuantityOf
                | Function::IpOf
                | Function::CidrOf
                | Function::SemverOf
                | Function::UrlOf
        );
        if !conversion && !reading {
            return Ok(None);
        }
        let arena = bumpalo::Bump::new();
        let budget = Budget::new(u64::MAX);
        let cx = Context {
            arena: &arena,
            budget: &budget,
            at: std::cell::Cell::new(0),
        };
        match library::call(&cx, function, &[literal.copied(&arena)]).map_err(EvalError::from) {
            Err(EvalError::Failed { message, .. }) => Err(self.error_at(node, message)),
            Err(_) => Ok(None),
            Ok(value) => Ok(constant(&value).map(Expr::Const)),
        }
    }
}

/// A value as a constant of a program, which is stored as JSON: without what that has no notation for.
fn constant(value: &Value<'_>) -> Option<Literal> {
    Some(match *value {
        Value::Null => Literal::Null,
        Value::Bool(value) => Literal::Bool(value),
        Value::Int(value) => Literal::Int(value),
        Value::Uint(value) => Literal::Uint(value),
        Value::Double(value) if value.is_finite() => Literal::Double(value),
        Value::Str(text) => Literal::Str(text.to_owned()),
        Value::Bytes(bytes) => Literal::Bytes(bytes.to_vec()),
        Value::Type(kind) => Literal::Type(kind),
        Value::Timestamp(time) => Literal::Timestamp(time),
        Value::Duration(span) => Literal::Duration(i64::try_from(span.as_nanos()).ok()?),
        _ => return None,
    })
}
