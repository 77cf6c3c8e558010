//! `plimsoll policy eval ID FILE`: what one policy reads in a file, and what it says of it.

use std::io::Write;

use anyhow::Result;
use plimsoll_cel::Bump;
use plimsoll_inventory::files::{FileError, discover, load, read_typed};
use plimsoll_model::{Judgement, SourceRef, Verdict};
use plimsoll_policy::kinds::type_of;
use plimsoll_policy::{Lists, Plan, PlanOptions, Policy, Seen, Session};
use plimsoll_report::Diagnostic;

use super::{expression, refuse};
use crate::args::EvalArgs;
use crate::commands::catalogue;
use crate::console::Console;
use crate::exit::Exit;

/// Runs it.
pub(super) fn run(args: &EvalArgs, console: &Console) -> Result<Exit> {
    if let (Some(source), Some(input)) = (&args.expr, &args.input) {
        return expression::run(source, input, console);
    }
    let (Some(id), Some(file)) = (&args.id, &args.file) else {
        return Ok(refuse(
            console,
            &[Diagnostic::error("usage", "a policy and a file are needed")],
        ));
    };
    let catalogue = match catalogue::load(args.policies.as_deref()) {
        Ok(catalogue) => catalogue,
        Err(wrong) => return Ok(refuse(console, &wrong)),
    };
    let Some(policy) = catalogue.policy(id) else {
        return Ok(refuse(
            console,
            &[catalogue::unknown_policy(&catalogue, id)],
        ));
    };
    let found = match discover(&[file]) {
        Ok(found) => found,
        Err(FileError::NoSuchPath { path, .. }) => {
            let error = Diagnostic::error("no-such-path", format!("no file or directory {path}"));
            console.diagnose(&[error]);
            return Ok(Exit::Nothing);
        }
    };
    let options = PlanOptions {
        only: vec![id.clone()],
        ..PlanOptions::default()
    };
    let plan = Plan::new(&catalogue, options);
    let mut session = Session::new(&plan);
    let lists = Lists::of_files();
    let mut sink = Vec::<Judgement>::new();
    let mut problems = Vec::new();
    let mut again: Vec<(Seen, Vec<u8>, SourceRef)> = Vec::new();
    for entry in &found.files {
        let text = match load(entry) {
            Ok(text) => text,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        let mut arena = Bump::new();
        let mut scratch = Bump::new();
        let outcome = read_typed(entry, &text, type_of, &mut arena, &mut |object| {
            scratch.reset();
            let seen = session.first(
                &object.node,
                Some(&object.source),
                &scratch,
                &lists,
                &mut sink,
            );
            if matches!(seen, Seen::Again | Seen::Owned)
                && let Ok(json) = serde_json::to_vec(&object.node)
            {
                again.push((seen, json, object.source));
            }
        });
        problems.extend(outcome.problems);
    }
    session.joins.settle();
    let joins = std::mem::take(&mut session.joins);
    let mut owners = std::mem::take(&mut session.owners);
    owners.settle();
    for (seen, json, source) in &again {
        let (arena, source) = (Bump::new(), Some(source));
        let Ok(node) = plimsoll_cel::decode_our_own(&arena, json) else {
            continue;
        };
        match seen {
            Seen::Owned => session.owned(&node, source, &arena, &owners, &lists, &mut sink),
            _ => session.second(&node, source, &arena, &joins, &lists, &mut sink),
        }
    }
    for problem in &problems {
        let diagnostic = Diagnostic::error(problem.code.as_str(), problem.message.clone());
        console.diagnose(&[diagnostic]);
    }
    console.print(|out| write(out, policy, &sink))?;
    Ok(if sink.is_empty() && !problems.is_empty() {
        Exit::Nothing
    } else {
        Exit::Done
    })
}

fn write(out: &mut dyn Write, policy: &Policy, judgements: &[Judgement]) -> std::io::Result<()> {
    writeln!(out, "{}: {}", policy.id, policy.title)?;
    writeln!(out, "  holds if  {}", policy.expression())?;
    if judgements.is_empty() {
        let kinds = policy.kinds_written.join(", ");
        return writeln!(
            out,
            "  nothing in the file is of a kind it judges ({kinds})"
        );
    }
    for judgement in judgements {
        let element = judgement
            .element
            .as_deref()
            .map(|element| format!(" [{element}]"));
        writeln!(
            out,
            "{:<13} {}{}",
            judgement.verdict.as_str(),
            judgement.resource.long_name(),
            element.unwrap_or_default()
        )?;
        if judgement.verdict == Verdict::Fail || judgement.reason.is_some() {
            writeln!(out, "              {}", judgement.message)?;
        }
        for (number, path) in judgement.paths.iter().enumerate() {
            let value = match (&judgement.observed, number) {
                (Some(observed), 0) => format!(" = {observed}"),
                (None, 0) if judgement.redacted => " (withheld)".to_owned(),
                (None, 0) => " is not there".to_owned(),
                _ => String::new(),
            };
            writeln!(out, "              {path}{value}")?;
        }
    }
    Ok(())
}
