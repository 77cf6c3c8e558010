//! Conditions: logic, comparisons, membership and tests of text.

use std::cmp::Ordering;

use super::Machine;
use super::path::Quick;
use crate::code::{Expr, Literal, LoopKind, Order, Path};
use crate::error::Stop;
use crate::kind::Kind;
use crate::node::Node;
use crate::set::LiteralSet;
use crate::value::{self, Value};

/// Past the last step: nothing found is always an error.
const NEVER: usize = usize::MAX;

impl<'a> Machine<'_, '_, 'a> {
    /// Whether a condition holds.
    #[inline]
    pub(super) fn test(&self, expr: &Expr) -> Result<bool, Stop<'a>> {
        self.cx.budget.charge(1)?;
        self.decide(expr)
    }

    /// As [`Machine::test`], already charged. Only passes on to one function for each kind of condition, so that it
    /// needs no frame of its own.
    pub(super) fn decide(&self, expr: &Expr) -> Result<bool, Stop<'a>> {
        match expr {
            Expr::Const(Literal::Bool(holds)) => Ok(*holds),
            Expr::And(terms) => self.logic(terms, false),
            Expr::Or(terms) => self.logic(terms, true),
            Expr::Not(operand) => self.not(operand),
            Expr::Has(path) => self.has(path),
            Expr::Path(path) => self.decide_path(expr, path),
            Expr::Equal {
                left,
                right,
                negated,
            } => self.equal(left, right, *negated),
            Expr::Order {
                left,
                right,
                order,
                at,
            } => self.order(left, right, *order, *at),
            Expr::In { item, of, at } => self.is_in(item, of, *at),
            Expr::InSet { item, set } => self.is_in_set(item, set),
            Expr::TextTest {
                test,
                text,
                with,
                at,
            } => self.text_test(*test, text, with, *at),
            Expr::Matches { text, pattern, at } => self.matches(text, *pattern, *at),
            Expr::OrElse {
                of,
                otherwise,
                unwrap: true,
                ..
            } => self.decide_or(expr, of, otherwise),
            Expr::Choose(arms, otherwise) => self.decide_choice(arms, otherwise),
            Expr::Loop(looped) if matches!(looped.kind, LoopKind::All | LoopKind::Exists) => {
                self.quantify(looped)
            }
            other => self.decide_value(other),
        }
    }

    #[inline(never)]
    fn not(&self, operand: &Expr) -> Result<bool, Stop<'a>> {
        self.test(operand).map(|holds| !holds)
    }

    #[inline(never)]
    fn decide_path(&self, expr: &Expr, path: &Path) -> Result<bool, Stop<'a>> {
        match self.quick(path, NEVER) {
            Quick::Node(Node::Bool(holds)) if path.optional_from == u16::MAX => Ok(*holds),
            _ => self.decide_value(expr),
        }
    }

    /// `path.orValue(condition)`.
    #[inline(never)]
    fn decide_or(&self, expr: &Expr, of: &Expr, otherwise: &Expr) -> Result<bool, Stop<'a>> {
        if let Expr::Path(path) = of
            && path.is_optional()
        {
            match self.quick(path, usize::from(path.optional_from)) {
                Quick::Node(Node::Bool(holds)) => return Ok(*holds),
                Quick::Nothing => return self.test(otherwise),
                _ => {}
            }
        }
        self.decide_value(expr)
    }

    #[inline(never)]
    fn decide_choice(&self, arms: &[(Expr, Expr)], otherwise: &Expr) -> Result<bool, Stop<'a>> {
        self.test(self.choose(arms, otherwise)?)
    }

    #[inline(never)]
    fn is_in_set(&self, item: &Expr, set: &LiteralSet) -> Result<bool, Stop<'a>> {
        set.contains(&self.short(item)?, self.cx.budget)
    }

    #[inline(never)]
    fn decide_value(&self, expr: &Expr) -> Result<bool, Stop<'a>> {
        match self.short(expr)? {
            Value::Bool(holds) => Ok(holds),
            value => Err(self.not_bool(expr, value.kind())),
        }
    }

    #[cold]
    fn not_bool(&self, expr: &Expr, kind: Kind) -> Stop<'a> {
        self.cx.at.set(expr.place());
        self.cx
            .fail(format_args!("a condition is {}, not bool", kind.name()))
    }

    /// `&&` and `||`: a term that is `decisive` decides, whatever the others are.
    #[inline(never)]
    fn logic(&self, terms: &[Expr], decisive: bool) -> Result<bool, Stop<'a>> {
        let mut stopped: Option<Stop<'a>> = None;
        for term in terms {
            match self.test(term) {
                Ok(holds) if holds == decisive => return Ok(decisive),
                Ok(_) => {}
                Err(stop) => stopped = Some(defer(stopped, stop)?),
            }
        }
        stopped.map_or(Ok(!decisive), Err)
    }

    /// The expression that a choice comes to.
    pub(super) fn choose<'x>(
        &self,
        arms: &'x [(Expr, Expr)],
        otherwise: &'x Expr,
    ) -> Result<&'x Expr, Stop<'a>> {
        for (condition, chosen) in arms {
            if self.test(condition)? {
                return Ok(chosen);
            }
        }
        Ok(otherwise)
    }

    #[inline(never)]
    fn equal(&self, left: &Expr, right: &Expr, negated: bool) -> Result<bool, Stop<'a>> {
        let (left, right) = (self.short(left)?, self.short(right)?);
        let equal = match (left, right) {
            (Value::Bool(left), Value::Bool(right)) => left == right,
            (Value::Int(left), Value::Int(right)) => left == right,
            (left, right) => value::equal(&left, &right, self.cx.budget)?,
        };
        Ok(equal != negated)
    }

    /// The value of an expression for the moment: a constant is borrowed where it is, an optional not made.
    #[inline]
    pub(super) fn short<'x>(&'x self, expr: &'x Expr) -> Result<Value<'x>, Stop<'a>> {
        match expr {
            Expr::Const(literal) => Ok(literal.borrowed()),
            Expr::Path(path) => match self.quick(path, NEVER) {
                Quick::Node(node) if path.optional_from == u16::MAX => Ok(Value::from(*node)),
                _ => Ok(self.path(path)?),
            },
            Expr::OrElse {
                of,
                otherwise,
                unwrap: true,
                ..
            } => match of.as_ref() {
                Expr::Path(path) => match self.quick(path, usize::from(path.optional_from)) {
                    Quick::Node(node) if path.optional_from != u16::MAX => Ok(Value::from(*node)),
                    Quick::Nothing => self.short_again(otherwise),
                    _ => Ok(self.eval(expr)?),
                },
                _ => Ok(self.eval(expr)?),
            },
            other => Ok(self.eval(other)?),
        }
    }

    #[inline(never)]
    fn short_again<'x>(&'x self, expr: &'x Expr) -> Result<Value<'x>, Stop<'a>> {
        self.short(expr)
    }

    #[inline(never)]
    fn order(&self, left: &Expr, right: &Expr, order: Order, at: u32) -> Result<bool, Stop<'a>> {
        let (left, right) = (self.short(left)?, self.short(right)?);
        if let (Value::Str(left), Value::Str(right)) = (left, right) {
            self.cx.budget.charge_text(left.len().min(right.len()))?;
        }
        let Some(found) = value::compare(&left, &right) else {
            self.cx.at.set(at);
            let (left, right) = (left.kind().name(), right.kind().name());
            return Err(self
                .cx
                .fail(format_args!("{left} and {right} have no order")));
        };
        Ok(match order {
            Order::Less => found == Ordering::Less,
            Order::LessEqual => found != Ordering::Greater,
            Order::Greater => found == Ordering::Greater,
            Order::GreaterEqual => found != Ordering::Less,
        })
    }
}

/// What to report at the end, unless something decides before: with one more error at hand. The limit is not put off.
#[cold]
pub(super) fn defer<'a>(earlier: Option<Stop<'a>>, stop: Stop<'a>) -> Result<Stop<'a>, Stop<'a>> {
    if stop.is_cost() {
        return Err(stop);
    }
    Ok(earlier.map_or(stop, |earlier| earlier.or_later(stop)))
}
