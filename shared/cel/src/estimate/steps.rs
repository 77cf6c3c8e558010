//! What each step of an expression costs at most.

use super::Estimate;
use super::shape::Shape;
use crate::code::{Expr, Literal};
use crate::program::Program;

/// Goes through one program.
pub(super) struct Estimator<'e> {
    pub(super) program: &'e Program,
    pub(super) all: &'e mut Estimate,
    /// The cheapest part above the limit, which is the innermost one, and its cost.
    pub(super) costly: Option<(u32, u64)>,
    /// The macros' variables, each with the number of loops around the place where it got its value.
    pub(super) locals: Vec<(Shape, usize)>,
}

impl<'e> Estimator<'e> {
    pub(super) fn new(program: &'e Program, all: &'e mut Estimate) -> Estimator<'e> {
        Estimator {
            program,
            all,
            costly: None,
            locals: vec![(Shape::default(), 0); usize::from(program.locals)],
        }
    }

    pub(super) fn add(&mut self, units: u64) {
        self.all.total = self.all.total.saturating_add(units);
    }

    /// Adds what an expression costs when it is evaluated `times`.
    pub(super) fn expr(&mut self, expr: &Expr, times: u64) -> Shape {
        let before = self.all.total;
        self.add(times);
        let shape = self.parts_of(expr, times);
        let own = self.all.total - before;
        let names_itself = matches!(
            expr,
            Expr::Loop(_) | Expr::Call { .. } | Expr::Matches { .. }
        );
        if names_itself && own > self.all.limit && self.costly.is_none_or(|(_, cost)| own < cost) {
            self.costly = Some((expr.place(), own));
        }
        shape
    }

    pub(super) fn parts<'x>(
        &mut self,
        parts: impl IntoIterator<Item = &'x Expr>,
        times: u64,
    ) -> Vec<Shape> {
        parts
            .into_iter()
            .map(|part| self.expr(part, times))
            .collect()
    }

    pub(super) fn charge(&mut self, times: u64, each: u64) {
        self.add(times.saturating_mul(each));
    }

    fn parts_of(&mut self, expr: &Expr, times: u64) -> Shape {
        match expr {
            Expr::Const(literal) => Shape::text(literal_text(literal)),
            Expr::Path(path) => self.path(path, times),
            Expr::Has(path) => {
                self.path(path, times);
                Shape::default()
            }
            Expr::OrElse { of, otherwise, .. } => {
                let of = self.expr(of, times);
                of.or(self.expr(otherwise, times))
            }
            Expr::Not(operand) | Expr::Negate(operand, _) => {
                self.expr(operand, times);
                Shape::default()
            }
            Expr::And(terms) | Expr::Or(terms) => {
                self.parts(terms, times);
                Shape::default()
            }
            Expr::Choose(arms, otherwise) => self.choose(arms, otherwise, times),
            Expr::Equal { left, right, .. } => {
                let (left, right) = (self.expr(left, times), self.expr(right, times));
                self.add(left.comparing(right, times));
                Shape::default()
            }
            Expr::Order { left, right, .. } => {
                let (left, right) = (self.expr(left, times), self.expr(right, times));
                self.charge(times, left.text.min(right.text) / 8);
                Shape::default()
            }
            Expr::Arithmetic(first, rest) => {
                let mut sum = self.expr(first, times);
                for (_, operand, _) in rest {
                    let operand = self.expr(operand, times);
                    let text = sum.text.saturating_add(operand.text);
                    sum = Shape {
                        text,
                        ..sum.and(operand)
                    };
                    self.add(sum.elements(times));
                    self.charge(times, text / 8 + 1);
                }
                sum
            }
            Expr::In { item, of, .. } => {
                let (item, of) = (self.expr(item, times), self.expr(of, times));
                let elements = of.elements(times).saturating_add(times);
                self.add(elements);
                self.add(item.repeated(of.items).comparing(of.element(), elements));
                Shape::default()
            }
            Expr::InSet { item, set } => {
                let item = self.expr(item, times);
                let elements = set.others() as u64 + 1;
                self.charge(
                    times,
                    elements.saturating_mul(item.nodes.saturating_add(item.text / 8 + 2)),
                );
                Shape::default()
            }
            Expr::TextTest { text, with, .. } => {
                let shape = self.expr(text, times);
                self.expr(with, times);
                self.charge(times, shape.text / 8);
                Shape::default()
            }
            Expr::Matches { text, pattern, .. } => {
                let text = self.expr(text, times);
                self.charge(times, self.matching(*pattern, text));
                Shape::default()
            }
            Expr::Find {
                text,
                pattern,
                limit,
                ..
            } => {
                let text = self.expr(text, times);
                self.parts(limit.as_deref(), times);
                let work = self.matching(*pattern, text);
                self.charge(times, work.saturating_add(text.text + 1));
                Shape {
                    items: text.text + 1,
                    nodes: text.text + 1,
                    ..Shape::text(text.text)
                }
            }
            Expr::Call { function, args, .. } => {
                let shapes = self.parts(args, times);
                self.call(*function, args, &shapes, times)
            }
            Expr::Loop(looped) => self.looped(looped, times),
            Expr::Bind { local, value, body } => {
                let value = self.expr(value, times);
                self.set_local(*local, value);
                self.expr(body, times)
            }
            Expr::MapOptional {
                of, local, body, ..
            } => {
                let of = self.expr(of, times);
                self.set_local(*local, of);
                self.expr(body, times)
            }
            Expr::List(items, _) => {
                let shapes = self.parts(items.iter().map(|(item, _)| item), times);
                let count = items.len() as u64;
                self.charge(times, count);
                let joined = shapes
                    .iter()
                    .copied()
                    .reduce(Shape::and)
                    .unwrap_or_default();
                Shape {
                    items: count,
                    nodes: joined.nodes.saturating_add(count),
                    ..joined
                }
            }
            Expr::Map(entries, _) => {
                let keys = self.parts(entries.iter().map(|(key, ..)| key), times);
                let values = self.parts(entries.iter().map(|(_, value, _)| value), times);
                let count = entries.len() as u64;
                let key = keys.into_iter().map(|key| key.text).max().unwrap_or(0);
                self.charge(
                    times,
                    (count * count)
                        .saturating_mul(key / 8 + 2)
                        .saturating_add(count),
                );
                let joined = values.into_iter().reduce(Shape::and).unwrap_or_default();
                Shape {
                    items: count,
                    nodes: joined.nodes.saturating_add(count),
                    text: joined.text.max(key),
                    made: true,
                    ..joined
                }
            }
        }
    }

    /// Of the arms only one is evaluated, but all conditions may be.
    fn choose(&mut self, arms: &[(Expr, Expr)], otherwise: &Expr, times: u64) -> Shape {
        self.parts(arms.iter().map(|(condition, _)| condition), times);
        let before = self.all.total;
        let mut most = before;
        let mut shape = None;
        for arm in arms.iter().map(|(_, arm)| arm).chain([otherwise]) {
            self.all.total = before;
            let arm = self.expr(arm, times);
            shape = Some(shape.map_or(arm, |shape: Shape| shape.or(arm)));
            most = most.max(self.all.total);
        }
        self.all.total = most;
        shape.unwrap_or_default()
    }
}

fn literal_text(literal: &Literal) -> u64 {
    match literal {
        Literal::Str(text) => text.len() as u64,
        Literal::Bytes(bytes) => bytes.len() as u64,
        _ => 0,
    }
}
