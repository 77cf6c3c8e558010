//! The compiled form of an expression: names resolved to slots, field chains fused, keys hashed.

use serde::{Deserialize, Serialize};

use crate::env::Slot;
use crate::library::Function;
use crate::set::LiteralSet;

mod field;
mod literal;

pub(crate) use field::Field;
pub(crate) use literal::Literal;

/// One step of evaluation. Positions (`at`) are byte offsets in the source.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Expr {
    Const(Literal),
    Path(Path),
    /// Whether the path's last step finds something.
    Has(Path),
    /// An optional (`or`) or its value (`orValue`), or else another one.
    OrElse {
        of: Box<Expr>,
        otherwise: Box<Expr>,
        unwrap: bool,
        at: u32,
    },
    Not(Box<Expr>),
    Negate(Box<Expr>, u32),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    /// The value of the first arm whose condition holds, or the last one.
    Choose(Vec<(Expr, Expr)>, Box<Expr>),
    Equal {
        left: Box<Expr>,
        right: Box<Expr>,
        negated: bool,
    },
    Order {
        left: Box<Expr>,
        right: Box<Expr>,
        order: Order,
        at: u32,
    },
    /// Operators of one rank in a row, from left to right.
    Arithmetic(Box<Expr>, Vec<(Arithmetic, Expr, u32)>),
    In {
        item: Box<Expr>,
        of: Box<Expr>,
        at: u32,
    },
    InSet {
        item: Box<Expr>,
        set: LiteralSet,
    },
    TextTest {
        test: TextTest,
        text: Box<Expr>,
        with: Box<Expr>,
        at: u32,
    },
    /// A constant pattern, by its place among the program's.
    Matches {
        text: Box<Expr>,
        pattern: u16,
        at: u32,
    },
    /// `find` and `findAll` with a constant pattern.
    Find {
        function: Function,
        text: Box<Expr>,
        pattern: u16,
        limit: Option<Box<Expr>>,
        at: u32,
    },
    Call {
        function: Function,
        args: Vec<Expr>,
        at: u32,
    },
    Loop(Box<Loop>),
    /// Evaluates `body` with a local variable.
    Bind {
        local: u16,
        value: Box<Expr>,
        body: Box<Expr>,
    },
    /// `optMap` and `optFlatMap`.
    MapOptional {
        of: Box<Expr>,
        local: u16,
        body: Box<Expr>,
        flat: bool,
        at: u32,
    },
    /// Elements; those with `true` are optionals, left out when empty.
    List(Vec<(Expr, bool)>, u32),
    /// Keys and values; entries with `true` have an optional value, left out when empty.
    Map(Vec<(Expr, Expr, bool)>, u32),
}

/// A chain of selections.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Path {
    pub(crate) root: Root,
    pub(crate) steps: Vec<Step>,
    /// From this step on, nothing found means an empty optional; past the end if there is no `?`.
    pub(crate) optional_from: u16,
}

impl Path {
    /// Whether some step has a `?`, so that nothing found is no error.
    pub(crate) fn is_optional(&self) -> bool {
        usize::from(self.optional_from) < self.steps.len()
    }
}

/// Where a path starts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Root {
    Slot(Slot),
    Local(u16),
    Of(Box<Expr>),
}

/// One selection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Step {
    Field(Field),
    Index { index: i64, at: u32 },
    Computed { index: Box<Expr>, at: u32 },
}

/// `<` and its like.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// Operators on numbers; `Add` also joins text, bytes, lists and spans of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Arithmetic {
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide => "/",
            Arithmetic::Remainder => "%",
        }
    }
}

/// Tests of one text with another, kept apart from other calls because they need not copy a constant.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum TextTest {
    Contains,
    StartsWith,
    EndsWith,
}

/// A macro that goes through a list's elements or a map's keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Loop {
    pub(crate) kind: LoopKind,
    pub(crate) range: Expr,
    /// The element, or the key of a map; of two variables the index or key.
    pub(crate) local: u16,
    /// The second of two variables: the element or the map's value.
    pub(crate) second: Option<u16>,
    /// The condition; for a plain `map` there is none.
    pub(crate) condition: Option<Expr>,
    /// What `map`, `transformList`, `transformMap` and `sortBy` make of an element.
    pub(crate) output: Option<Expr>,
    pub(crate) at: u32,
}

/// What a [`Loop`] computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum LoopKind {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
    TransformMap,
    TransformMapEntry,
    SortBy,
}

impl Expr {
    /// Where in the source an expression is, as far as it keeps that.
    #[cold]
    pub(crate) fn place(&self) -> u32 {
        match self {
            Expr::Path(path) | Expr::Has(path) => match (path.steps.last(), &path.root) {
                (Some(step), _) => step.place(),
                (None, Root::Of(expr)) => expr.place(),
                (None, _) => 0,
            },
            Expr::OrElse { at, .. }
            | Expr::Negate(_, at)
            | Expr::Order { at, .. }
            | Expr::In { at, .. }
            | Expr::TextTest { at, .. }
            | Expr::Matches { at, .. }
            | Expr::Find { at, .. }
            | Expr::Call { at, .. }
            | Expr::MapOptional { at, .. }
            | Expr::List(_, at)
            | Expr::Map(_, at) => *at,
            Expr::Loop(looped) => looped.at,
            Expr::Not(operand) => operand.place(),
            Expr::Choose(arms, _) => arms.first().map_or(0, |(condition, _)| condition.place()),
            Expr::And(terms) | Expr::Or(terms) => terms.first().map_or(0, Expr::place),
            Expr::Equal { left, .. } => left.place(),
            Expr::InSet { item, .. } => item.place(),
            Expr::Arithmetic(first, _) => first.place(),
            Expr::Bind { body, .. } => body.place(),
            Expr::Const(_) => 0,
        }
    }
}

impl Step {
    pub(crate) fn place(&self) -> u32 {
        match self {
            Step::Field(Field { at, .. }) | Step::Index { at, .. } | Step::Computed { at, .. } => {
                *at
            }
        }
    }
}
