//! The values that the variables of one [`Env`] have while expressions are evaluated.

use std::cell::Cell;

use bumpalo::Bump;

use crate::env::{Env, Slot};
use crate::error::Stop;
use crate::node::{Entry, Node};
use crate::program::Program;
use crate::value::Value;

/// Values by slot, and the arena that everything made during evaluation goes to.
///
/// `'a` is the arena's and the input's lifetime, `'p` that of programs given to [`Scope::set_lazy`].
/// Setting a variable does not touch what was memoised for others: [`Scope::set_lazy`] again, or
/// [`Scope::clear`], those that depend on it.
pub struct Scope<'p: 'a, 'a> {
    pub(crate) arena: &'a Bump,
    slots: &'a [Cell<State<'p, 'a>>],
    /// The entries of those that are a map of the input: what most paths begin with.
    maps: &'a [Cell<Option<&'a [Entry<'a>]>>],
    pub(crate) depth: Cell<u32>,
}

/// Gives a variable's value when it is first read, or says why nobody knows it.
pub type Ask<'a> = dyn Fn() -> Result<Node<'a>, &'a str> + 'a;

/// What a slot holds.
#[derive(Clone, Copy)]
pub(crate) enum State<'p, 'a> {
    /// Nothing was set.
    Empty,
    /// A value.
    Ready(Value<'a>),
    /// A program to evaluate when the variable is first read.
    Lazy(&'p Program),
    /// Somebody to ask when the variable is first read.
    Asked(&'a Ask<'a>),
    /// That program, under evaluation; reading it now is a cycle.
    Running,
    /// Not known, or the error that evaluating it gave.
    Stopped(Stop<'a>),
}

impl<'p, 'a> Scope<'p, 'a> {
    /// A scope in which no variable has a value yet.
    #[must_use]
    pub fn new(env: &Env, arena: &'a Bump) -> Scope<'p, 'a>
    where
        'p: 'a,
    {
        Scope {
            arena,
            slots: arena.alloc_slice_fill_with(env.len(), |_| Cell::new(State::Empty)),
            maps: arena.alloc_slice_fill_with(env.len(), |_| Cell::new(None)),
            depth: Cell::new(0),
        }
    }

    /// The arena.
    #[must_use]
    pub fn arena(&self) -> &'a Bump {
        self.arena
    }

    /// Gives a variable its value.
    pub fn set(&self, slot: Slot, value: Value<'a>) {
        self.put(
            slot,
            match value {
                Value::Unknown(reason) => State::Stopped(Stop::unknown(self.arena, reason)),
                value => State::Ready(value),
            },
        );
    }

    /// Gives a variable a part of the input.
    pub fn set_node(&self, slot: Slot, node: Node<'a>) {
        self.set(slot, Value::from(node));
    }

    /// Lets `program` give the variable its value when it is first read. The result, an error too, is kept until the
    /// variable is set again; only a spent budget is not, so that one expression's limit does not become another's.
    pub fn set_lazy(&self, slot: Slot, program: &'p Program) {
        self.put(slot, State::Lazy(program));
    }

    /// Lets `ask` give the variable its value, a part of the input, when it is first read; that is kept until the variable
    /// is set again.
    pub fn set_asked(&self, slot: Slot, ask: &'a Ask<'a>) {
        self.put(slot, State::Asked(ask));
    }

    /// Makes a variable unknown: whatever turns out to depend on it ends in [`crate::EvalError::Unknown`].
    pub fn set_unknown(&self, slot: Slot, reason: &'a str) {
        self.put(slot, State::Stopped(Stop::unknown(self.arena, reason)));
    }

    /// Takes a variable's value away.
    pub fn clear(&self, slot: Slot) {
        self.put(slot, State::Empty);
    }

    pub(crate) fn put(&self, slot: Slot, state: State<'p, 'a>) {
        let map = match state {
            State::Ready(Value::Entries(entries)) => Some(entries),
            _ => None,
        };
        if let (Some(cell), Some(entries)) =
            (self.slots.get(slot.index()), self.maps.get(slot.index()))
        {
            cell.set(state);
            entries.set(map);
        }
    }

    /// The entries of a variable that is a map of the input.
    #[inline]
    pub(crate) fn entries(&self, slot: Slot) -> Option<&'a [Entry<'a>]> {
        self.maps.get(slot.index()).and_then(Cell::get)
    }

    #[inline]
    pub(crate) fn state(&self, slot: Slot) -> State<'p, 'a> {
        self.slots.get(slot.index()).map_or(State::Empty, Cell::get)
    }
}
