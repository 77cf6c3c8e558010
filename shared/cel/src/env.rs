//! Declared variables, and the entry to compilation.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::compile;
use crate::error::CompileError;
use crate::program::Program;
use crate::schema::Type;

/// A declared variable's place in a [`crate::Scope`]; programs refer to variables by it.
///
/// A stored [`Program`] can be evaluated where the same names were declared in the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot(pub(crate) u16);

impl Slot {
    /// The place as a number, counted from 0 in the order of declaration.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// Bounds on a source, checked before it is parsed: the parser and the evaluator recurse, and the depth is what
/// keeps them within any thread's stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest source, in bytes.
    pub source_bytes: usize,
    /// The deepest nesting: brackets, choices and operators in a row, added up from the outside in.
    /// `&&`, `||` and the elements of a list do not nest.
    pub depth: u32,
}

impl Limits {
    /// The deepest nesting that may be asked for.
    pub const MAX_DEPTH: u32 = 100;
}

impl Default for Limits {
    /// 10 KiB, which no published admission policy's expression exceeds, and the deepest nesting.
    fn default() -> Limits {
        Limits {
            source_bytes: 10 * 1024,
            depth: Limits::MAX_DEPTH,
        }
    }
}

/// The variables an expression may use, with their types.
///
/// Names may be dotted: after `declare("variables.podSpec", ..)`, `variables.podSpec.hostNetwork` reads the field
/// of that variable, and `variables.other` is an error.
///
/// Stored, it is the names alone: what was checked against the types need not be checked again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Env {
    variables: Vec<(String, Type)>,
    by_name: HashMap<String, Slot>,
}

impl From<Env> for Vec<String> {
    fn from(env: Env) -> Self {
        env.variables.into_iter().map(|(name, _)| name).collect()
    }
}

impl From<Vec<String>> for Env {
    fn from(names: Vec<String>) -> Self {
        let mut env = Env::new();
        for name in names {
            env.declare(&name, Type::Dyn);
        }
        env
    }
}

impl Env {
    /// No variables.
    #[must_use]
    pub fn new() -> Env {
        Env::default()
    }

    /// Declares a variable. Declared again, it keeps its slot and takes the new type.
    ///
    /// # Panics
    /// After 65,536 declarations.
    pub fn declare(&mut self, name: &str, ty: Type) -> Slot {
        if let Some(slot) = self.slot(name) {
            self.variables[slot.index()].1 = ty;
            return slot;
        }
        #[expect(
            clippy::expect_used,
            reason = "documented; nobody declares 65,536 variables by accident"
        )]
        let slot = Slot(u16::try_from(self.variables.len()).expect("fewer than 65,536 variables"));
        self.variables.push((name.to_owned(), ty));
        self.by_name.insert(name.to_owned(), slot);
        slot
    }

    /// The slot of a declared variable.
    #[must_use]
    pub fn slot(&self, name: &str) -> Option<Slot> {
        self.by_name.get(name).copied()
    }

    /// The name and type at a slot.
    #[must_use]
    pub fn variable(&self, slot: Slot) -> Option<(&str, &Type)> {
        self.variables
            .get(slot.index())
            .map(|(name, ty)| (name.as_str(), ty))
    }

    /// The declared names, in order of declaration.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|(name, _)| name.as_str())
    }

    /// How many variables there are.
    pub(crate) fn len(&self) -> usize {
        self.variables.len()
    }

    /// Checks and compiles a source within the default [`Limits`].
    ///
    /// # Errors
    /// A source past the limits, broken syntax, undeclared names, unknown functions, types that do not go together,
    /// a broken constant pattern; each with its place.
    pub fn compile(&self, source: &str) -> Result<Program, CompileError> {
        self.compile_with(source, Limits::default())
    }

    /// Checks and compiles a source within the given limits.
    ///
    /// # Errors
    /// As [`Env::compile`].
    pub fn compile_with(&self, source: &str, limits: Limits) -> Result<Program, CompileError> {
        compile::compile(self, source, limits)
    }
}
