//! A compiled expression: plain data, so that it can be stored and loaded without the source's parser.

use std::sync::OnceLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::code::Expr;
use crate::env::Slot;
use crate::error::EvalError;
use crate::eval;
use crate::schema::Type;
use crate::scope::Scope;
use crate::value::Value;

/// A checked and compiled expression. Made by [`crate::Env::compile`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Program {
    pub(crate) source: String,
    /// Not stored: a program is stored when it has been checked.
    #[serde(skip, default = "not_stored")]
    pub(crate) result: Type,
    pub(crate) root: Expr,
    /// How many local variables of macros it needs at once.
    pub(crate) locals: u16,
    /// A bound on how deep its evaluation recurses.
    pub(crate) depth: u32,
    /// The constant patterns of `matches` and its like.
    pub(crate) patterns: Vec<Pattern>,
    /// The variables it reads, with their names for messages.
    pub(crate) reads: Vec<(Slot, String)>,
    /// The field chains it reads, with their variable.
    pub(crate) chains: Vec<Chain>,
    /// See [`Program::beyond_kubernetes`].
    pub(crate) beyond: Vec<String>,
}

fn not_stored() -> Type {
    Type::Dyn
}

/// A field chain of a variable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Chain {
    pub(crate) slot: Slot,
    /// Keys from the outside in; `*` stands for any element of a list or map.
    pub(crate) keys: Vec<String>,
    /// Whether it is read through a macro's variable that stands for something else's elements.
    pub(crate) through_local: bool,
}

impl Chain {
    /// The keys before the first `*`.
    fn keys_to_elements(&self) -> &[String] {
        let end = self
            .keys
            .iter()
            .position(|key| key == "*")
            .unwrap_or(self.keys.len());
        &self.keys[..end]
    }
}

/// A constant regular expression. Checked when it was compiled, built when it is first used.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pattern {
    source: String,
    #[serde(skip)]
    built: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) fn new(source: &str) -> Pattern {
        Pattern {
            source: source.to_owned(),
            built: OnceLock::new(),
        }
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    pub(crate) fn regex(&self) -> Option<&Regex> {
        self.built
            .get_or_init(|| crate::library::regex::build(&self.source).ok())
            .as_ref()
    }
}

impl Program {
    /// The type of the result, as far as it is known; a condition must have [`Type::Bool`] or [`Type::Dyn`].
    #[must_use]
    pub fn result_type(&self) -> &Type {
        &self.result
    }

    /// The source it was compiled from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What it uses that an API server of the oldest supported version refuses, each with the first version that
    /// has it where there is one: `cel.bind`, `includes (1.37)`. Such an expression cannot be exported.
    #[must_use]
    pub fn beyond_kubernetes(&self) -> &[String] {
        &self.beyond
    }

    /// The variables it reads, each once, in order of their slots.
    #[must_use]
    pub fn slots_read(&self) -> Vec<Slot> {
        self.reads.iter().map(|(slot, _)| *slot).collect()
    }

    /// The variable and field chain, if the expression reads exactly one: tests of the same chain or of what it goes
    /// through (`has(a.b) && a.b.c`, `a.?b.?c`) are not another one, nor is reading the elements at its end.
    /// For example `("container", ["securityContext", "privileged"])`.
    #[must_use]
    pub fn single_chain(&self) -> Option<(String, Vec<String>)> {
        let own = self.chains.iter().filter(|chain| !chain.through_local);
        let mut own = own.map(|chain| (chain.slot, chain.keys_to_elements()));
        let (slot, mut longest) = own.next()?;
        for (other, keys) in own {
            let (short, long) = if keys.len() < longest.len() {
                (keys, longest)
            } else {
                (longest, keys)
            };
            if other != slot || short.is_empty() || !long.starts_with(short) {
                return None;
            }
            longest = long;
        }
        (!longest.is_empty()).then(|| (self.name_of(slot), longest.to_vec()))
    }

    /// Every variable and field chain that is read, each once; `*` in a chain stands for any element of a list or
    /// map. A chain that ends early (`object.spec`) may lead to everything below it.
    #[must_use]
    pub fn chains(&self) -> Vec<(String, Vec<String>)> {
        let mut all: Vec<_> = self
            .chains
            .iter()
            .map(|chain| (self.name_of(chain.slot), chain.keys.clone()))
            .collect();
        all.sort();
        all.dedup();
        all
    }

    pub(crate) fn name_of(&self, slot: Slot) -> String {
        let found = self.reads.iter().find(|(read, _)| *read == slot);
        found.map(|(_, name)| name.clone()).unwrap_or_default()
    }

    /// Evaluates the expression, charging `budget`.
    ///
    /// # Errors
    /// The expression errs, depends on what is not known, or costs too much; see [`EvalError`].
    pub fn eval<'a>(&self, scope: &Scope<'_, 'a>, budget: &Budget) -> Result<Value<'a>, EvalError> {
        eval::run(self, scope, budget).map_err(EvalError::from)
    }

    /// Evaluates a condition, charging `budget`.
    ///
    /// # Errors
    /// As [`Program::eval`]; also when the result is no bool.
    #[inline]
    pub fn test(&self, scope: &Scope<'_, '_>, budget: &Budget) -> Result<bool, EvalError> {
        eval::test(self, scope, budget).map_err(EvalError::from)
    }
}
