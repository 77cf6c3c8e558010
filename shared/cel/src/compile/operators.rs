//! Operators and their types.

use cel::common::ast::{CallExpr, Expr as Tree, IdedExpr, operators as op};

use super::arithmetic::arithmetic;
use super::{Compiled, Compiler};
use crate::code::{Expr, Literal, Order};
use crate::error::CompileError;
use crate::schema::Type;
use crate::set::LiteralSet;

impl Compiler<'_> {
    /// A call that is an operator; `None` if it is something else.
    pub(super) fn operator(
        &mut self,
        node: &IdedExpr,
        call: &CallExpr,
    ) -> Result<Option<Compiled>, CompileError> {
        let compiled = match (call.func_name.as_str(), call.args.as_slice()) {
            (op::LOGICAL_AND | op::LOGICAL_OR, [_, _]) => self.logic(call)?,
            (op::LOGICAL_NOT, [operand]) => {
                let operand = self.condition(operand, "what `!` turns round")?;
                bool_of(Expr::Not(Box::new(operand)))
            }
            (op::NEGATE, [operand]) => {
                let operand = self.expr(operand)?;
                if !matches!(
                    operand.ty,
                    Type::Dyn | Type::Free | Type::Int | Type::Double
                ) {
                    return Err(self.error_at(node, format!("`-` does not go with {}", operand.ty)));
                }
                let expr = Expr::Negate(Box::new(operand.expr), self.at(node));
                Compiled {
                    expr,
                    ty: operand.ty,
                    from: Vec::new(),
                }
            }
            (op::CONDITIONAL, [_, _, _]) => self.choice(node)?,
            (op::EQUALS | op::NOT_EQUALS, [left, right]) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                if !left.ty.fits(&right.ty) {
                    return Err(self.never_equal(node, &left.ty, &right.ty));
                }
                bool_of(Expr::Equal {
                    left: Box::new(left.expr),
                    right: Box::new(right.expr),
                    negated: call.func_name == op::NOT_EQUALS,
                })
            }
            (
                name @ (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS),
                [left, right],
            ) => self.order(node, name, left, right)?,
            (op::IN, [item, of]) => self.is_in(node, item, of)?,
            (name, [_, _]) if arithmetic(name).is_some() => self.arithmetic(node)?,
            (op::INDEX | op::OPT_INDEX | op::OPT_SELECT, _) => self.path(node)?,
            _ => return Ok(None),
        };
        Ok(Some(compiled))
    }

    /// `a && b && c` as one; the parser gives a balanced tree.
    fn logic(&mut self, call: &CallExpr) -> Result<Compiled, CompileError> {
        let and = call.func_name == op::LOGICAL_AND;
        let mut terms = Vec::new();
        self.logic_terms(call, &mut terms)?;
        Ok(bool_of(if and {
            Expr::And(terms)
        } else {
            Expr::Or(terms)
        }))
    }

    fn logic_terms(&mut self, call: &CallExpr, terms: &mut Vec<Expr>) -> Result<(), CompileError> {
        for arg in &call.args {
            match &arg.expr {
                Tree::Call(inner) if inner.func_name == call.func_name => {
                    self.logic_terms(inner, terms)?
                }
                _ => {
                    let sign = if call.func_name == op::LOGICAL_AND {
                        "&&"
                    } else {
                        "||"
                    };
                    terms.push(self.condition(arg, &format!("what `{sign}` joins"))?);
                }
            }
        }
        Ok(())
    }

    /// `a ? b : c ? d : e` as one.
    fn choice(&mut self, node: &IdedExpr) -> Result<Compiled, CompileError> {
        let mut arms = Vec::new();
        let mut ty: Option<Type> = None;
        let mut from = Vec::new();
        let mut rest = node;
        let otherwise = loop {
            let (part, condition) = match &rest.expr {
                Tree::Call(call) if call.func_name == op::CONDITIONAL && call.args.len() == 3 => {
                    let condition = self.condition(&call.args[0], "the condition before `?`")?;
                    let part = self.expr(&call.args[1])?;
                    rest = &call.args[2];
                    (part, Some(condition))
                }
                _ => (self.expr(rest)?, None),
            };
            ty = Some(match ty {
                None => part.ty,
                Some(before) => match before.clone().join(part.ty.clone()) {
                    Some(ty) => ty,
                    None => {
                        let text = format!("a choice between {before} and {}", part.ty);
                        let mut error = self.error_at(node, text);
                        error.help =
                            Some("both sides must have one type, or be in `dyn(..)`".to_owned());
                        return Err(error);
                    }
                },
            });
            from.extend(part.from);
            match condition {
                Some(condition) => arms.push((condition, part.expr)),
                None => break part.expr,
            }
        };
        let expr = Expr::Choose(arms, Box::new(otherwise));
        Ok(Compiled {
            expr,
            ty: ty.unwrap_or(Type::Dyn),
            from,
        })
    }

    fn never_equal(&self, node: &IdedExpr, left: &Type, right: &Type) -> CompileError {
        let mut error = self.error_at(node, format!("{left} and {right} are never equal"));
        if left.is_number() && right.is_number() {
            error.message = format!("{left} and {right} are not compared");
            error.help = Some("convert one of them, for example with `double(..)`".to_owned());
        } else if matches!((left, right), (Type::Null, _) | (_, Type::Null)) {
            error.help = Some("test with `has(..)` whether a field is there".to_owned());
        }
        error
    }

    fn order(
        &mut self,
        node: &IdedExpr,
        name: &str,
        left: &IdedExpr,
        right: &IdedExpr,
    ) -> Result<Compiled, CompileError> {
        let (left, right) = (self.expr(left)?, self.expr(right)?);
        let ordered = |ty: &Type| {
            matches!(
                ty,
                Type::Dyn
                    | Type::Free
                    | Type::Bool
                    | Type::String
                    | Type::Bytes
                    | Type::Timestamp
                    | Type::Duration
            ) || ty.is_number()
        };
        let numbers = left.ty.is_number() && right.ty.is_number();
        if !ordered(&left.ty) || !ordered(&right.ty) || !(numbers || left.ty.fits(&right.ty)) {
            let mut error =
                self.error_at(node, format!("{} and {} have no order", left.ty, right.ty));
            if left.ty == Type::Quantity || right.ty == Type::Quantity {
                error.help = Some("use isLessThan, isGreaterThan or compareTo".to_owned());
            }
            return Err(error);
        }
        let order = match name {
            op::LESS => Order::Less,
            op::LESS_EQUALS => Order::LessEqual,
            op::GREATER => Order::Greater,
            _ => Order::GreaterEqual,
        };
        let (left, right) = (Box::new(left.expr), Box::new(right.expr));
        Ok(bool_of(Expr::Order {
            left,
            right,
            order,
            at: self.at(node),
        }))
    }

    fn is_in(
        &mut self,
        node: &IdedExpr,
        item: &IdedExpr,
        of: &IdedExpr,
    ) -> Result<Compiled, CompileError> {
        let (item, of) = (self.expr(item)?, self.expr(of)?);
        let fits = match &of.ty {
            Type::Dyn | Type::Free => true,
            Type::Map(key, _) => item.ty.fits(key),
            Type::Object(_) => item.ty.fits(&Type::String),
            Type::List(element) => item.ty.fits(element),
            other => {
                return Err(self.error_at(node, format!("`in` needs a list or a map, not {other}")));
            }
        };
        if !fits {
            return Err(self.error_at(node, format!("{} is never in {}", item.ty, of.ty)));
        }
        let item = Box::new(item.expr);
        Ok(bool_of(match constants(of.expr) {
            Ok(elements) => Expr::InSet {
                item,
                set: LiteralSet::new(elements),
            },
            Err(of) => Expr::In {
                item,
                of: Box::new(of),
                at: self.at(node),
            },
        }))
    }
}

fn bool_of(expr: Expr) -> Compiled {
    Compiled {
        expr,
        ty: Type::Bool,
        from: Vec::new(),
    }
}

/// The elements of a list of constants, or the expression back.
fn constants(expr: Expr) -> Result<Vec<Literal>, Expr> {
    match expr {
        Expr::List(items, at) => {
            let plain = |item: &(Expr, bool)| matches!(item, (Expr::Const(_), false));
            if !items.iter().all(plain) {
                return Err(Expr::List(items, at));
            }
            let literal = |item: (Expr, bool)| match item {
                (Expr::Const(literal), _) => Some(literal),
                _ => None,
            };
            Ok(items.into_iter().filter_map(literal).collect())
        }
        other => Err(other),
    }
}
