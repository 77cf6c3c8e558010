//! `plimsoll policy eval --expr`: any expression over a file's top-level keys, answered in JSON.

use std::io::Read;
use std::path::Path;

use anyhow::Result;
use plimsoll_cel::{Budget, Bump, Env, EvalError, Scope, Type, decode_json};
use plimsoll_report::Diagnostic;
use serde_json::{Value, json};

use super::refuse;
use crate::console::Console;
use crate::exit::Exit;

/// Cost units that an expression may spend; what Kubernetes allows one of an admission policy.
const COST_LIMIT: u64 = 10_000_000;

/// Runs it.
pub(super) fn run(source: &str, input: &Path, console: &Console) -> Result<Exit> {
    let unusable = |why: String| {
        let message = format!("{}: {why}", input.display());
        Ok(refuse(console, &[Diagnostic::error("input", message)]))
    };
    let bytes = if input.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(input)
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => return unusable(error.to_string()),
    };
    let arena = Bump::new();
    let node = match decode_json(&arena, &bytes) {
        Ok(node) => node,
        Err(error) => return unusable(error.to_string()),
    };
    let plimsoll_cel::Node::Map(entries) = node else {
        return unusable("the top level is no object, so there are no variables".to_owned());
    };
    let mut env = Env::new();
    if entries.len() > usize::from(u16::MAX) {
        return unusable("more than 65,535 top-level keys".to_owned());
    }
    let slots: Vec<_> = entries
        .iter()
        .map(|entry| env.declare(entry.key, Type::Dyn))
        .collect();
    let answer = env.compile(source).map_err(|error| {
        json!({ "error": { "message": error.message, "line": error.line, "column": error.column } })
    });
    let answer = answer.and_then(|program| {
        let scope = Scope::new(&env, &arena);
        for (slot, entry) in slots.iter().zip(entries) {
            scope.set_node(*slot, entry.value);
        }
        let value = program.eval(&scope, &Budget::new(COST_LIMIT));
        value
            .map(|value| value.to_json())
            .map_err(|error| failed(source, &error))
    });
    let (exit, answer): (Exit, Value) = match answer {
        Ok(value) => (Exit::Done, json!({ "value": value })),
        Err(error) => (Exit::Findings, error),
    };
    console.print(|out| writeln!(out, "{answer}"))?;
    Ok(exit)
}

/// An error of evaluation, with its place in the source where there is one.
fn failed(source: &str, error: &EvalError) -> Value {
    let (line, column) = match error {
        EvalError::Failed { offset, .. } => place(source, *offset as usize),
        EvalError::Unknown { .. } | EvalError::CostLimit => (1, 1),
    };
    json!({ "error": { "message": error.to_string(), "line": line, "column": column } })
}

fn place(source: &str, offset: usize) -> (usize, usize) {
    let before = source.get(..offset).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn offsets_become_lines_and_columns() {
        assert_eq!(place("a.b", 2), (1, 3));
        assert_eq!(place("é +\nb.c", 7), (2, 3));
        assert_eq!(place("é", 99), (1, 2));
    }
}
