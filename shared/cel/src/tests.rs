//! Expressions, their input and what they come to, as tables by feature.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::{Budget, Bump, CompileError, Env, EvalError, Program, Scope, Type, decode_json};

mod agreement;
mod checks;
mod costs;
mod generate;
mod hostile;
mod kube_cel;
mod language;
mod library;
mod scopes;
pub(crate) mod typed;
mod unknown;

/// An environment with the dynamic variables `object`, `params` and `x`.
fn env() -> Env {
    let mut env = Env::new();
    for name in ["object", "params", "x"] {
        env.declare(name, Type::Dyn);
    }
    env
}

fn compile(source: &str) -> Result<Program, CompileError> {
    env().compile(source)
}

/// Evaluates with `x` (and `object`) set to the JSON given.
fn eval_with(source: &str, input: &str) -> Result<Json, EvalError> {
    let env = env();
    let program = env
        .compile(source)
        .unwrap_or_else(|error| panic!("{source}: {error}"));
    let arena = Bump::new();
    let node = decode_json(&arena, input.as_bytes()).unwrap();
    let scope = Scope::new(&env, &arena);
    for name in ["object", "x"] {
        scope.set_node(env.slot(name).unwrap(), node);
    }
    let value = program.eval(&scope, &Budget::new(1_000_000))?;
    Ok(value.to_json())
}

/// Checks a table of expression, input and expected JSON, or `! ` and the expected error.
fn table(rows: &[(&str, &str, &str)]) {
    let mut wrong = String::new();
    for (source, input, expected) in rows {
        let found = match compile(source) {
            Err(error) => format!("refused: {error}"),
            Ok(_) => match eval_with(source, input) {
                Ok(json) => json.to_string(),
                Err(error) => format!("! {error}"),
            },
        };
        if found != *expected {
            writeln!(
                wrong,
                "{source}  on {input}\n  expected {expected}\n  found    {found}"
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// A table of expressions that need no input.
fn plain(rows: &[(&str, &str)]) {
    let rows: Vec<_> = rows
        .iter()
        .map(|(source, expected)| (*source, "null", *expected))
        .collect();
    table(&rows);
}
