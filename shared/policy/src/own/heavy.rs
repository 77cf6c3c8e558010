//! Whether a policy costs too much on a large object: told from its expressions where they are surely cheap, else from its
//! examples, made larger.

use plimsoll_cel::{CompileError, Estimate, Program, Sizes};
use plimsoll_model::ReasonCode;
use serde_json::Value;
use serde_saphyr::Spanned;

use crate::cases::{self, Case};
use crate::catalogue::{Catalogue, Policy};
use crate::compile::Message;
use crate::error::LoadError;
use crate::file::PolicyFile;
use crate::plan::COST_LIMIT;

/// Elements and entries of the object for which costs are estimated, and bytes of its texts: a pod with some
/// containers, a role with some tens of rules.
const ESTIMATED: Sizes = Sizes {
    items: 200,
    text: 64,
    variables: Vec::new(),
};
/// Items of a parameter.
const OF_A_PARAMETER: u64 = 100;
/// Items that each list of an example is given: more containers than any pod has, as many rules as large roles have.
const ITEMS: usize = 40;
/// Values in the larger object at most; about what the largest objects that an API server takes hold.
const VALUES: usize = 40_000;

/// Refuses a policy that may cost more on a large object than one policy may spend on one object.
///
/// An estimate supposes the worst of every part, so a policy whose examples, made larger, are cheap is taken all the
/// same. `cases` is asked for these only then.
///
/// # Errors
/// It costs too much: at the part that does.
pub(super) fn check_cost(
    catalogue: &Catalogue,
    policy: &Policy,
    cases: impl FnOnce() -> Vec<Case>,
) -> Result<(), LoadError> {
    let file: PolicyFile = serde_saphyr::from_str(&policy.text)
        .map_err(|error| LoadError::of_yaml(&policy.file, &error))?;
    let Err((source, mut error)) = estimate(policy, &file) else {
        return Ok(());
    };
    let (id, cases) = (policy.id.as_str(), cases());
    if !cases.is_empty() && !cases.iter().any(|case| is_over(catalogue, id, case)) {
        return Ok(());
    }
    error.message = format!(
        "{}, on an object of {} values",
        error.message, ESTIMATED.items
    );
    error.help = Some("look at each element once: `each` makes a verdict of every one".to_owned());
    Err(LoadError::of_expression(
        &policy.file,
        &policy.text,
        source,
        &error,
    ))
}

/// What evaluating everything in a policy costs at most; the expression that is too much, with its place.
pub(super) fn estimate<'f>(
    policy: &Policy,
    file: &'f PolicyFile,
) -> Result<u64, (&'f Spanned<String>, CompileError)> {
    let compiled = &policy.compiled;
    let name = |slot| compiled.env.variable(slot).map_or("", |(name, _)| name);
    let parameters = compiled.params.iter();
    let sizes = Sizes {
        variables: parameters
            .map(|(slot, _)| (name(*slot).to_owned(), OF_A_PARAMETER))
            .collect(),
        ..ESTIMATED
    };
    let mut estimate = Estimate::new(sizes, COST_LIMIT);
    // Conditions are looked at once for each object, all else for each element.
    for (program, source) in compiled.when.iter().zip(&file.when) {
        estimate.add(program).map_err(|error| (source, error))?;
    }
    for ((slot, list), (_, source)) in compiled.each.iter().zip(&file.each.0) {
        let added = estimate.each(name(*slot), list);
        added.map_err(|error| (source, error))?;
    }
    for ((slot, program), variable) in compiled.variables.iter().zip(&file.variables) {
        let added = estimate.variable(name(*slot), program);
        added.map_err(|error| (&variable.expression, error))?;
    }
    let unknown = compiled.unknown.iter().zip(&file.unknown);
    let unknown = unknown.map(|((program, _), unknown)| (program, &unknown.when));
    let message = match (&compiled.message, &file.message_expression) {
        (Message::Program(program), Some(source)) => Some((program, source)),
        _ => None,
    };
    let rest: Vec<(&Program, &Spanned<String>)> = unknown
        .chain([(&compiled.expression, &file.expression)])
        .chain(message)
        .collect();
    for (program, source) in rest {
        estimate.add(program).map_err(|error| (source, error))?;
    }
    Ok(estimate.total())
}

/// Whether judging the case's object, or a large one like it, costs more than one policy may spend on one object.
fn is_over(catalogue: &Catalogue, id: &str, case: &Case) -> bool {
    let mut left = VALUES;
    let large = Case {
        given: grown(&case.given, &mut left),
        ..case.clone()
    };
    let over = |case: &Case| {
        let reason = cases::run(catalogue, id, case).reason;
        reason.is_some_and(|reason| reason.code == ReasonCode::CostLimit)
    };
    over(case) || over(&large)
}

/// The value with the items of every list repeated, as long as something is left.
fn grown(value: &Value, left: &mut usize) -> Value {
    *left = left.saturating_sub(1);
    match value {
        Value::Array(items) if !items.is_empty() => {
            let wanted = ITEMS.max(items.len());
            let repeated = items.iter().cycle().enumerate().take(wanted);
            let mut all = Vec::new();
            for (number, item) in repeated {
                if number >= items.len() && *left == 0 {
                    break;
                }
                all.push(grown(item, left));
            }
            Value::Array(all)
        }
        Value::Object(map) => {
            let grown = map
                .iter()
                .map(|(key, value)| (key.clone(), grown(value, left)));
            Value::Object(grown.collect())
        }
        other => other.clone(),
    }
}
