//! Evaluates compiled expressions.
//!
//! Two entries recurse into each other: [`Machine::eval`] for any value and [`Machine::test`] for a boolean, so that
//! conditions, which most steps are, travel in registers. Operators keep to cel-go's rules: `&&`, `||`, `all` and
//! `exists` forgive an error where the other side decides, everything else is strict.

use std::cell::Cell;

use crate::budget::Budget;
use crate::code::Expr;
use crate::env::Slot;
use crate::error::Stop;
use crate::library::{self, Context, Function};
use crate::program::Program;
use crate::scope::{Ask, Scope, State};
use crate::value::Value;

mod arithmetic;
mod build;
mod logic;
mod loops;
mod optional;
mod path;
mod text;

pub(crate) use arithmetic::arithmetic;

/// How deep programs that read each other's variables may nest altogether, in the measure of [`Program::depth`].
/// What this takes of the stack, even in a debug build, is well below the 2 MiB that threads have at least.
const MOST_DEPTH: u32 = 200;

/// How deep lists, maps and optionals that expressions made may nest in a result: variables built on each other could
/// otherwise nest without a bound, and what goes through values recurses.
const MOST_NESTING: u32 = 100;

/// Evaluates a program.
pub(crate) fn run<'a>(
    program: &Program,
    scope: &Scope<'_, 'a>,
    budget: &Budget,
) -> Result<Value<'a>, Stop<'a>> {
    enter(program, scope, budget, |machine| {
        match machine.eval(&program.root)? {
            value @ (Value::List(_) | Value::Map(_) | Value::Optional(_)) => {
                machine.check_nesting(&value, 0).map(|()| value)
            }
            value => Ok(value),
        }
    })
}

/// Evaluates a program that is a condition.
#[inline]
pub(crate) fn test<'a>(
    program: &Program,
    scope: &Scope<'_, 'a>,
    budget: &Budget,
) -> Result<bool, Stop<'a>> {
    enter(program, scope, budget, |machine| {
        machine.test(&program.root)
    })
}

/// Sets up what evaluating a program needs.
#[inline]
fn enter<'m, 'p, 'a, T>(
    program: &'m Program,
    scope: &'m Scope<'p, 'a>,
    budget: &'m Budget,
    evaluate: impl FnOnce(&Machine<'m, 'p, 'a>) -> Result<T, Stop<'a>>,
) -> Result<T, Stop<'a>> {
    let before = scope.depth.get();
    let depth = before + program.depth;
    if depth > MOST_DEPTH {
        let text = format_args!("the variables nest too deeply");
        return Err(Stop::message(scope.arena, text, 0));
    }
    scope.depth.set(depth);
    let frame: &[Cell<Value<'a>>] = match program.locals {
        0 => &[],
        n => scope
            .arena
            .alloc_slice_fill_with(usize::from(n), |_| Cell::new(Value::Null)),
    };
    let cx = Context {
        arena: scope.arena,
        budget,
        at: Cell::new(0),
    };
    let machine = Machine {
        program,
        scope,
        cx,
        frame,
    };
    let result = evaluate(&machine);
    scope.depth.set(before);
    result
}

/// One program under evaluation.
struct Machine<'m, 'p, 'a> {
    program: &'m Program,
    scope: &'m Scope<'p, 'a>,
    cx: Context<'m, 'a>,
    /// The macros' variables.
    frame: &'m [Cell<Value<'a>>],
}

impl<'a> Machine<'_, '_, 'a> {
    /// The value of an expression.
    fn eval(&self, expr: &Expr) -> Result<Value<'a>, Stop<'a>> {
        self.cx.budget.charge(1)?;
        match expr {
            Expr::Const(literal) => Ok(literal.copied(self.cx.arena)),
            Expr::Path(path) => self.path(path),
            Expr::Call { function, args, at } => self.call(*function, args, *at),
            Expr::Choose(arms, otherwise) => self.eval(self.choose(arms, otherwise)?),
            Expr::Arithmetic(first, rest) => self.fold(first, rest),
            Expr::Negate(operand, at) => self.negate(operand, *at),
            Expr::OrElse {
                of,
                otherwise,
                unwrap,
                ..
            } => self.or_else(of, otherwise, *unwrap),
            Expr::Find {
                function,
                text,
                pattern,
                limit,
                at,
            } => self.find(*function, text, *pattern, limit.as_deref(), *at),
            Expr::Loop(looped) => self.run_loop(looped),
            Expr::Bind { local, value, body } => {
                self.set_local(*local, self.eval(value)?);
                self.eval(body)
            }
            Expr::MapOptional {
                of,
                local,
                body,
                flat,
                at,
            } => self.map_optional(of, *local, body, *flat, *at),
            Expr::List(items, at) => self.build_list(items, *at),
            Expr::Map(entries, at) => self.build_map(entries, *at),
            Expr::Has(_)
            | Expr::Not(..)
            | Expr::And(..)
            | Expr::Or(..)
            | Expr::Equal { .. }
            | Expr::Order { .. }
            | Expr::In { .. }
            | Expr::InSet { .. }
            | Expr::TextTest { .. }
            | Expr::Matches { .. } => self.decide(expr).map(Value::Bool),
        }
    }

    #[inline(never)]
    fn call(&self, function: Function, args: &[Expr], at: u32) -> Result<Value<'a>, Stop<'a>> {
        let mut values = [Value::Null; 4];
        for (value, arg) in values.iter_mut().zip(args) {
            *value = self.eval(arg)?;
        }
        self.cx.at.set(at);
        let made = library::call(&self.cx, function, &values[..args.len().min(4)])?;
        self.cx.known(made)
    }

    #[inline(never)]
    fn find(
        &self,
        function: Function,
        text: &Expr,
        pattern: u16,
        limit: Option<&Expr>,
        at: u32,
    ) -> Result<Value<'a>, Stop<'a>> {
        let text = self.eval(text)?;
        let limit = limit.map(|limit| self.eval(limit)).transpose()?;
        self.cx.at.set(at);
        let regex = self
            .program
            .patterns
            .get(usize::from(pattern))
            .and_then(|pattern| pattern.regex());
        if let (Value::Str(text), Some(regex)) = (text, regex)
            && let Some(found) = library::regex::apply(&self.cx, function, regex, text, limit)?
        {
            return Ok(found);
        }
        Err(library::mismatch(&self.cx, function, &[text]))
    }

    /// Reads a variable, evaluating it if it is a program.
    #[inline]
    fn read(&self, slot: Slot) -> Result<Value<'a>, Stop<'a>> {
        match self.scope.state(slot) {
            State::Ready(value) => Ok(value),
            State::Stopped(stop) => Err(stop),
            State::Lazy(program) => self.force(slot, program),
            State::Asked(ask) => self.ask(slot, ask),
            State::Empty => Err(self.unset(slot, "has no value")),
            State::Running => Err(self.unset(slot, "depends on itself")),
        }
    }

    #[inline(never)]
    fn ask(&self, slot: Slot, ask: &'a Ask<'a>) -> Result<Value<'a>, Stop<'a>> {
        match ask() {
            Ok(node) => self.scope.set_node(slot, node),
            Err(reason) => self.scope.set_unknown(slot, reason),
        }
        self.read(slot)
    }

    #[inline(never)]
    fn force(&self, slot: Slot, program: &Program) -> Result<Value<'a>, Stop<'a>> {
        let scope = self.scope;
        let before = scope.state(slot);
        scope.put(slot, State::Running);
        let result = run(program, scope, self.cx.budget);
        scope.put(
            slot,
            match result {
                Ok(value) => State::Ready(value),
                Err(stop) if stop.is_cost() => before,
                Err(stop) => State::Stopped(stop),
            },
        );
        result
    }

    /// Goes through what the expression made, charging it: parts may be shared, so that it is much larger than what
    /// making it was charged.
    fn check_nesting(&self, value: &Value<'a>, depth: u32) -> Result<(), Stop<'a>> {
        if depth > MOST_NESTING {
            return Err(self.cx.fail(format_args!("the value nests too deeply")));
        }
        match *value {
            Value::List(items) => {
                self.cx.budget.charge(items.len() as u64 / 4)?;
                items
                    .iter()
                    .try_for_each(|item| self.check_nesting(item, depth + 1))
            }
            Value::Map(pairs) => {
                self.cx.budget.charge(pairs.len() as u64 / 4)?;
                pairs
                    .iter()
                    .try_for_each(|(_, item)| self.check_nesting(item, depth + 1))
            }
            Value::Optional(Some(inner)) => self.check_nesting(inner, depth + 1),
            _ => Ok(()),
        }
    }

    #[cold]
    fn unset(&self, slot: Slot, what: &str) -> Stop<'a> {
        let name = self.program.name_of(slot);
        self.cx.fail(format_args!("the variable `{name}` {what}"))
    }

    #[inline]
    fn local(&self, local: u16) -> Value<'a> {
        self.frame
            .get(usize::from(local))
            .map_or(Value::Null, Cell::get)
    }

    #[inline]
    fn set_local(&self, local: u16, value: Value<'a>) {
        if let Some(cell) = self.frame.get(usize::from(local)) {
            cell.set(value);
        }
    }
}
