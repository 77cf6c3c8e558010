//! `plimsoll policy test`: runs the examples beside the policies.

use std::path::Path;

use anyhow::Result;
use plimsoll_policy::{Plan, PlanOptions, cases};
use plimsoll_report::Diagnostic;

use super::refuse;
use crate::args::Selection;
use crate::commands::catalogue;
use crate::console::Console;
use crate::exit::Exit;

/// Runs it.
pub(super) fn run(dir: Option<&Path>, only: &[String], console: &Console) -> Result<Exit> {
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
    for policy in plan.policies() {
        policies += 1;
        let cases = match policy.read_cases() {
            Ok(cases) => cases,
            Err(error) => {
                return Ok(refuse(
                    console,
                    &[Diagnostic::error("policy", error.to_string())],
                ));
            }
        };
        for case in cases {
            examples += 1;
            let result = cases::run(&catalogue, policy.id.as_str(), &case);
            if let Some(complaint) = case.complaint(&result) {
                failed.push(format!("{}: {}: {complaint}", policy.id, case.name));
            }
        }
    }
    console.print(|out| {
        for line in &failed {
            writeln!(out, "{line}")?;
        }
        let wrong = failed.len();
        writeln!(out, "{policies} policies, {examples} cases, {wrong} wrong")
    })?;
    Ok(if failed.is_empty() {
        Exit::Done
    } else {
        Exit::Findings
    })
}
