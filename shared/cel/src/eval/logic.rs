//! Conditions: logic, comparisons, membership and tests of text.

use std::cmp::Ordering;

use super::Machine;
use super::path::Found;
use crate::code::{Expr, LoopKind, Order, TextTest};
use crate::error::Stop;
use crate::library::{self, Function};
use crate::value::{self, Value};

impl<'a> Machine<'_, '_, 'a> {
    /// Whether a condition holds.
    pub(super) fn test(&self, expr: &Expr) -> Result<bool, Stop<'a>> {
        self.cx.budget.charge(1)?;
        self.decide(expr)
    }

    /// As [`Machine::test`], already charged.
    pub(super) fn decide(&self, expr: &Expr) -> Result<bool, Stop<'a>> {
        match expr {
            Expr::And(terms, at) => self.logic(terms, false, *at),
            Expr::Or(terms, at) => self.logic(terms, true, *at),
            Expr::Not(operand, at) => self.condition(operand, *at).map(|holds| !holds),
            Expr::Has(path) => self.has(path),
            Expr::Equal {
                left,
                right,
                negated,
            } => {
                let (left, right) = (self.short(left)?, self.short(right)?);
                Ok(value::equal(&left, &right, self.cx.budget)? != *negated)
            }
            Expr::Order {
                left,
                right,
                order,
                at,
            } => self.order(left, right, *order, *at),
            Expr::In { item, of, at } => self.is_in(item, of, *at),
            Expr::InSet { item, set } => Ok(set.contains(&self.short(item)?, self.cx.budget)?),
            Expr::TextTest {
                test,
                text,
                with,
                at,
            } => self.text_test(*test, text, with, *at),
            Expr::Matches { text, pattern, at } => self.matches(text, *pattern, *at),
            Expr::Choose(arms, otherwise, at) => {
                self.condition(self.choose(arms, otherwise, *at)?, *at)
            }
            Expr::Loop(looped) if matches!(looped.kind, LoopKind::All | LoopKind::Exists) => {
                self.quantify(looped)
            }
            other => match self.eval(other)? {
                Value::Bool(holds) => Ok(holds),
                value => Err(self.not_bool(value)),
            },
        }
    }

    /// A condition whose place is known, for the error if it is none.
    pub(super) fn condition(&self, expr: &Expr, at: u32) -> Result<bool, Stop<'a>> {
        self.cx.at.set(at);
        self.test(expr)
    }

    #[cold]
    fn not_bool(&self, value: Value<'a>) -> Stop<'a> {
        self.cx.fail(format_args!(
            "a condition is {}, not bool",
            value.kind().name()
        ))
    }

    /// `&&` and `||`: a term that is `decisive` decides, whatever the others are.
    fn logic(&self, terms: &[Expr], decisive: bool, at: u32) -> Result<bool, Stop<'a>> {
        let mut stopped: Option<Stop<'a>> = None;
        for term in terms {
            match self.condition(term, at) {
                Ok(holds) if holds == decisive => return Ok(decisive),
                Ok(_) => {}
                Err(stop) if stop.is_cost() => return Err(stop),
                Err(stop) => stopped = Some(stopped.map_or(stop, |earlier| earlier.or_later(stop))),
            }
        }
        stopped.map_or(Ok(!decisive), Err)
    }

    /// The expression that a choice comes to.
    pub(super) fn choose<'x>(
        &self,
        arms: &'x [(Expr, Expr)],
        otherwise: &'x Expr,
        at: u32,
    ) -> Result<&'x Expr, Stop<'a>> {
        for (condition, chosen) in arms {
            if self.condition(condition, at)? {
                return Ok(chosen);
            }
        }
        Ok(otherwise)
    }

    fn order(&self, left: &Expr, right: &Expr, order: Order, at: u32) -> Result<bool, Stop<'a>> {
        let (left, right) = (self.short(left)?, self.short(right)?);
        if let (Value::Str(left), Value::Str(right)) = (left, right) {
            self.cx.budget.charge_text(left.len().min(right.len()))?;
        }
        let Some(found) = value::compare(&left, &right) else {
            // With a double that is not a number every order is false.
            if is_nan(&left) || is_nan(&right) {
                return Ok(false);
            }
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

    fn is_in(&self, item: &Expr, of: &Expr, at: u32) -> Result<bool, Stop<'a>> {
        let item = self.short(item)?;
        let of = self.eval(of)?;
        self.cx.at.set(at);
        match of {
            Value::Nodes(_) | Value::List(_) => library::has_element(&self.cx, &of, &item),
            Value::Entries(_) | Value::Map(_) => {
                Ok(value::find_key(&of, &item, self.cx.budget)?.is_some())
            }
            other => {
                let kind = other.kind().name();
                Err(self
                    .cx
                    .fail(format_args!("`in` needs a list or a map, not {kind}")))
            }
        }
    }

    fn text_test(
        &self,
        test: TextTest,
        text: &Expr,
        with: &Expr,
        at: u32,
    ) -> Result<bool, Stop<'a>> {
        let (text, with) = (self.short(text)?, self.short(with)?);
        if let (Value::Str(text), Value::Str(with)) = (text, with) {
            self.cx.budget.charge_text(text.len() + with.len())?;
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

    fn matches(&self, text: &Expr, pattern: u16, at: u32) -> Result<bool, Stop<'a>> {
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

    /// `or` and `orValue`: the other expression is evaluated only if there is no value.
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
}

fn is_nan(value: &Value<'_>) -> bool {
    matches!(value, Value::Double(number) if number.is_nan())
}
