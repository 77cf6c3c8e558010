//! What an expression may cost at most, told when it is loaded from how large the input may be.
//!
//! A loop in a loop over the same list multiplies; a loop over parts of the outer loop's element does not, because
//! those parts are no more than the whole input has. Both are common, and their difference is what the estimate is for.

use crate::code::{Expr, Literal, Loop, LoopKind, Path, Root, Step};
use crate::error::CompileError;
use crate::library::Function;
use crate::program::Program;
use crate::source::Source;

mod calls;

/// How large the input may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The elements of lists and entries of maps, nested ones included, that a variable holds.
    pub items: u64,
    /// The longest text, in bytes.
    pub text: u64,
    /// Variables that hold more or fewer elements than [`Sizes::items`].
    pub variables: Vec<(String, u64)>,
}

impl Sizes {
    /// What a JSON object of so many bytes may hold: an element takes two bytes at least, and a text may be all of it.
    #[must_use]
    pub fn of_json(bytes: u64) -> Sizes {
        Sizes {
            items: bytes / 2 + 1,
            text: bytes,
            variables: Vec::new(),
        }
    }

    fn items_of(&self, name: &str) -> u64 {
        let own = self.variables.iter().find(|(variable, _)| variable == name);
        own.map_or(self.items, |(_, items)| *items)
    }
}

impl Default for Sizes {
    /// What the objects of a cluster stay below: 10,000 elements, and texts of 4 KiB. An API server would go by the
    /// three megabytes that a request may have, which no loop within a loop survives.
    fn default() -> Sizes {
        Sizes {
            items: 10_000,
            text: 4096,
            variables: Vec::new(),
        }
    }
}

impl Program {
    /// The most that an evaluation charges a [`crate::Budget`] for input of these sizes. What variables that are
    /// programs themselves cost comes on top of it, once for each.
    #[must_use]
    pub fn estimated_cost(&self, sizes: &Sizes) -> u64 {
        Estimator::run(self, sizes, u64::MAX).total
    }

    /// As [`Program::estimated_cost`].
    ///
    /// # Errors
    /// The estimate is above `limit`: with the place of the innermost part that alone is.
    pub fn check_cost(&self, sizes: &Sizes, limit: u64) -> Result<u64, CompileError> {
        let estimator = Estimator::run(self, sizes, limit);
        if estimator.total <= limit {
            return Ok(estimator.total);
        }
        let (at, cost) = estimator.costly.unwrap_or((0, estimator.total));
        let source = Source(self.source());
        let (from, length) = source.name_at(at as usize);
        let message = if cost == u64::MAX {
            "this may run far too long".to_owned()
        } else {
            format!("this may take {cost} steps, and {limit} are allowed")
        };
        let mut error = source.error(from, length, message);
        error.help = Some("a loop within a loop over the same list takes their product".to_owned());
        Err(error)
    }
}

/// The most that a value may hold.
#[derive(Clone, Copy, Debug, Default)]
struct Shape {
    /// Elements or entries.
    items: u64,
    /// The same, those of elements included.
    nodes: u64,
    /// Bytes of its longest text.
    text: u64,
    /// Whether it is, or holds, a map that the expression made: those are searched from end to end.
    made: bool,
    /// If its elements are parts of the input: how often each part may come altogether, in all evaluations of what
    /// gives this value, and how many parts there are.
    parts: Option<Parts>,
}

#[derive(Clone, Copy, Debug)]
struct Parts {
    visits: u64,
    of: u64,
}

impl Shape {
    fn text(text: u64) -> Shape {
        Shape {
            text,
            ..Shape::default()
        }
    }

    /// One of its elements.
    fn element(self) -> Shape {
        Shape {
            items: self.nodes,
            ..self
        }
    }

    /// The same value so many times.
    fn repeated(self, times: u64) -> Shape {
        let parts = self.parts.map(|parts| Parts {
            visits: parts.visits.saturating_mul(times),
            ..parts
        });
        Shape { parts, ..self }
    }

    /// What is one or the other.
    fn or(self, other: Shape) -> Shape {
        Shape {
            items: self.items.max(other.items),
            nodes: self.nodes.max(other.nodes),
            text: self.text.max(other.text),
            made: self.made || other.made,
            parts: both(self.parts, other.parts),
        }
    }

    /// What holds the elements of both.
    fn and(self, other: Shape) -> Shape {
        Shape {
            items: self.items.saturating_add(other.items),
            nodes: self.nodes.saturating_add(other.nodes),
            ..self.or(other)
        }
    }

    /// Elements altogether, when what gives it is evaluated `times`.
    fn elements(self, times: u64) -> u64 {
        let each = times.saturating_mul(self.items);
        let shared = self
            .parts
            .map(|parts| parts.visits.saturating_mul(parts.of));
        shared.map_or(each, |shared| each.min(shared))
    }

    /// As [`Shape::elements`], with all that is nested in them.
    fn all_nodes(self, times: u64) -> u64 {
        self.element().elements(times)
    }

    /// Charges for comparing one with the other so often.
    fn comparing(self, other: Shape, times: u64) -> u64 {
        let searched = if self.made || other.made {
            let pairs = self.nodes.saturating_mul(other.nodes);
            times.saturating_mul(pairs)
        } else {
            self.all_nodes(times).min(other.all_nodes(times))
        };
        let text = self.text.min(other.text) / 8 + 2;
        searched.saturating_add(times).saturating_mul(text)
    }
}

fn both(a: Option<Parts>, b: Option<Parts>) -> Option<Parts> {
    let (a, b) = (a?, b?);
    Some(Parts {
        visits: a.visits.saturating_add(b.visits),
        of: a.of.max(b.of),
    })
}

struct Estimator<'p> {
    program: &'p Program,
    sizes: &'p Sizes,
    limit: u64,
    total: u64,
    /// The cheapest part above the limit, which is the innermost one, and its cost.
    costly: Option<(u32, u64)>,
    /// The macros' variables, each with the number of loops around the place where it got its value.
    locals: Vec<(Shape, usize)>,
    /// How often the loops around what is looked at go round at most, the outermost first.
    loops: Vec<u64>,
}

impl<'p> Estimator<'p> {
    fn run(program: &'p Program, sizes: &'p Sizes, limit: u64) -> Estimator<'p> {
        let mut estimator = Estimator {
            program,
            sizes,
            limit,
            total: 0,
            costly: None,
            locals: vec![(Shape::default(), 0); usize::from(program.locals)],
            loops: Vec::new(),
        };
        let shape = estimator.expr(&program.root, 1);
        // The result is gone through once more.
        estimator.add(shape.nodes / 4 + 1);
        estimator
    }

    fn add(&mut self, units: u64) {
        self.total = self.total.saturating_add(units);
    }

    /// Adds what an expression costs when it is evaluated `times`.
    fn expr(&mut self, expr: &Expr, times: u64) -> Shape {
        let before = self.total;
        self.add(times);
        let shape = self.parts_of(expr, times);
        let own = self.total - before;
        let names_itself = matches!(
            expr,
            Expr::Loop(_) | Expr::Call { .. } | Expr::Matches { .. }
        );
        if names_itself && own > self.limit && self.costly.is_none_or(|(_, cost)| own < cost) {
            self.costly = Some((expr.place(), own));
        }
        shape
    }

    fn all<'e>(&mut self, parts: impl IntoIterator<Item = &'e Expr>, times: u64) -> Vec<Shape> {
        parts
            .into_iter()
            .map(|part| self.expr(part, times))
            .collect()
    }

    fn charge(&mut self, times: u64, each: u64) {
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
                self.all(terms, times);
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
                self.all(limit.as_deref(), times);
                let work = self.matching(*pattern, text);
                self.charge(times, work.saturating_add(text.text + 1));
                Shape {
                    items: text.text + 1,
                    nodes: text.text + 1,
                    ..Shape::text(text.text)
                }
            }
            Expr::Call { function, args, .. } => {
                let shapes = self.all(args, times);
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
                let shapes = self.all(items.iter().map(|(item, _)| item), times);
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
                let keys = self.all(entries.iter().map(|(key, ..)| key), times);
                let values = self.all(entries.iter().map(|(_, value, _)| value), times);
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
        self.all(arms.iter().map(|(condition, _)| condition), times);
        let before = self.total;
        let mut most = before;
        let mut shape = None;
        for arm in arms.iter().map(|(_, arm)| arm).chain([otherwise]) {
            self.total = before;
            let arm = self.expr(arm, times);
            shape = Some(shape.map_or(arm, |shape: Shape| shape.or(arm)));
            most = most.max(self.total);
        }
        self.total = most;
        shape.unwrap_or_default()
    }

    fn path(&mut self, path: &Path, times: u64) -> Shape {
        let root = match &path.root {
            Root::Slot(slot) => {
                let items = self.sizes.items_of(&self.program.name_of(*slot));
                Shape {
                    items,
                    nodes: items,
                    text: self.sizes.text,
                    made: false,
                    parts: Some(Parts {
                        visits: times,
                        of: items,
                    }),
                }
            }
            Root::Local(local) => {
                let local = self.locals.get(usize::from(*local)).copied();
                let (shape, around) = local.unwrap_or_default();
                // It is the same one in each round of the loops that began since.
                let since = self.loops.get(around..).unwrap_or_default();
                let rounds = since
                    .iter()
                    .fold(1, |all: u64, rounds| all.saturating_mul(*rounds));
                shape.repeated(rounds)
            }
            Root::Of(expr) => self.expr(expr, times),
        };
        for step in &path.steps {
            let key = match step {
                Step::Field(field) => field.key.len() as u64,
                Step::Index { .. } => 0,
                Step::Computed { index, .. } => self.expr(index, times).text,
            };
            let searched = if root.made { root.nodes } else { 0 };
            let each = searched.saturating_add(1).saturating_mul(key / 8 + 2);
            self.charge(times, each.saturating_add(1));
        }
        if path.steps.is_empty() {
            root
        } else {
            root.element()
        }
    }

    fn looped(&mut self, looped: &Loop, times: u64) -> Shape {
        let range = self.expr(&looped.range, times);
        let turns = range.elements(times);
        // What is looked at and what is put into the result.
        self.charge(turns, 2);
        let element = range.element();
        self.loops.push(range.items);
        self.set_local(looped.local, element);
        if let Some(second) = looped.second {
            self.set_local(second, element);
        }
        if let Some(condition) = &looped.condition {
            self.expr(condition, turns);
        }
        let output = looped
            .output
            .as_ref()
            .map(|output| self.expr(output, turns));
        self.loops.pop();
        let output = output.unwrap_or_default();
        let made = Shape {
            items: range.items,
            nodes: range.items.saturating_mul(output.nodes.saturating_add(1)),
            text: output.text.max(range.text),
            made: output.made,
            parts: output.parts,
        };
        match looped.kind {
            LoopKind::All | LoopKind::Exists | LoopKind::ExistsOne => Shape::default(),
            LoopKind::Filter => range,
            LoopKind::SortBy => {
                // Each is compared some 64 times at most.
                self.charge(turns, 64_u64.saturating_mul(output.text / 8 + 1));
                range
            }
            LoopKind::Map => made,
            LoopKind::TransformMap => Shape { made: true, ..made },
            LoopKind::TransformMapEntry => {
                let entries = range.items.saturating_mul(output.items);
                let pairs = entries.saturating_mul(entries);
                let each = pairs.saturating_mul(output.text / 8 + 2);
                self.charge(times, each.saturating_add(entries));
                Shape {
                    items: entries,
                    made: true,
                    ..made
                }
            }
        }
    }

    fn set_local(&mut self, local: u16, shape: Shape) {
        if let Some(place) = self.locals.get_mut(usize::from(local)) {
            *place = (shape, self.loops.len());
        }
    }

    /// What matching a constant pattern charges.
    fn matching(&self, pattern: u16, text: Shape) -> u64 {
        let pattern = self.program.patterns.get(usize::from(pattern));
        let length = pattern.map_or(0, |pattern| pattern.source().len() as u64);
        matching(length, text)
    }
}

/// What matching charges; a pattern is longer in the notation that it is translated to.
fn matching(pattern: u64, text: Shape) -> u64 {
    (text.text / 10 + 1).saturating_mul(pattern.saturating_mul(4) + 1)
}

fn literal_text(literal: &Literal) -> u64 {
    match literal {
        Literal::Str(text) => text.len() as u64,
        Literal::Bytes(bytes) => bytes.len() as u64,
        _ => 0,
    }
}
