//! `plimsoll policy test`: runs the examples beside the policies.

use std::path::Path;

use anyhow::Result;
use plimsoll_policy::{Plan, PlanOptions, cases, mutants};

use super::refuse;
use crate::args::Selection;
use crate::commands::catalogue;
use crate::console::Console;
use crate::exit::Exit;

/// Runs it.
pub(super) fn run(
    dir: Option<&Path>,
    only: &[String],
    with_mutants: bool,
    console: &Console,
) -> Result<Exit> {
    let loaded = dir.map_or_else(|| catalogue::load(None), catalogue::load_folder);
    let catalogue = match loaded {
        Ok(catalogue) => catalogue,
        Err(wrong) => return Ok(refuse(console, &wrong)),
    };
    let selection = Selection {
        only: only.to_vec(),
        ..Selection::default()
    };
    let wrong = catalogue::check(&catalogue, &selection);
    if !wrong.is_empty() {
        return Ok(refuse(console, &wrong));
    }
    let options = PlanOptions {
        only: only.to_vec(),
        ..PlanOptions::default()
    };
    let plan = Plan::new(&catalogue, options);
    let (mut policies, mut examples, mut failed) = (0_u32, 0_u32, Vec::new());
    let (mut changes, mut unnoticed) = (0, Vec::new());
    for policy in plan.policies() {
        policies += 1;
        let mutated = || match with_mutants {
            true => mutants::run(policy),
            false => Ok(mutants::Outcome::default()),
        };
        let (cases, mutated) = match policy
            .read_cases()
            .and_then(|cases| Ok((cases, mutated()?)))
        {
            Ok(read) => read,
            Err(error) => {
                let text = match error.file == policy.file {
                    true => &policy.text,
                    false => policy.cases.as_ref().unwrap_or(&policy.text),
                };
                let error = catalogue::placed("policy", &error, text);
                return Ok(refuse(console, &[error]));
            }
        };
        changes += mutated.tried;
        unnoticed.extend(mutated.survivors);
        for case in cases {
            examples += 1;
            let result = cases::run(&catalogue, policy.id.as_str(), &case);
            if let Some(complaint) = case.complaint(&result) {
                failed.push(policy.error_at_case(&case, &complaint).to_string());
            }
        }
    }
    console.print(|out| {
        for line in &failed {
            writeln!(out, "{line}")?;
        }
        for line in &unnoticed {
            writeln!(out, "no case notices: {line}")?;
        }
        let wrong = failed.len();
        let (policies, examples) = (
            count(policies, "policy", "policies"),
            count(examples, "case", "cases"),
        );
        write!(out, "{policies}, {examples}, {wrong} wrong")?;
        if with_mutants {
            let unnoticed = unnoticed.len();
            write!(out, "; {changes} mutants, {unnoticed} unnoticed")?;
        }
        writeln!(out)
    })?;
    Ok(if failed.is_empty() && unnoticed.is_empty() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

fn count(number: u32, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
