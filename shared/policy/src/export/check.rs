//! A look at what was written, as an API server will take it: the types of objects are not known when a policy is
//! evaluated, conditions must be booleans and messages texts, and both are decided when the policy is created.

use plimsoll_cel::{Env, Program, Type};

use super::NotExportable;
use super::sources::LIMITS;

/// What a server knows when it compiles a policy.
pub(super) struct Known(Env);

impl Known {
    /// The variables that a server gives every policy.
    pub(super) fn new() -> Self {
        let mut env = Env::new();
        for name in ["object", "oldObject", "request", "namespaceObject"] {
            env.declare(name, Type::Dyn);
        }
        Self(env)
    }

    /// Makes a variable known with the type of its expression.
    pub(super) fn declare(&mut self, name: &str, text: &str) -> Result<(), NotExportable> {
        let ty = self.compile(text)?.result_type().clone();
        self.0.declare(&format!("variables.{name}"), ty);
        Ok(())
    }

    /// The expression, made a condition if it might be something else.
    pub(super) fn condition(&self, text: String) -> Result<String, NotExportable> {
        match self.compile(&text)?.result_type() {
            Type::Bool => Ok(text),
            _ => Ok(format!("({text}) ? true : false")),
        }
    }

    /// The expression, made a text if it might be something else.
    pub(super) fn text(&self, text: String) -> Result<String, NotExportable> {
        match self.compile(&text)?.result_type() {
            Type::String => Ok(text),
            _ => Ok(format!("string({text})")),
        }
    }

    fn compile(&self, text: &str) -> Result<Program, NotExportable> {
        self.0.compile_with(text, LIMITS).map_err(|error| {
            NotExportable::Unsupported(format!("`{text}` cannot be evaluated: {}", error.message))
        })
    }
}
