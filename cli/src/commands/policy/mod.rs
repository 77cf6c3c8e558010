//! `plimsoll policy`: the catalogue, its files, its examples, and single policies at work.

mod eval;
mod export;
mod expression;
mod list;
mod new;
mod test;

use std::path::Path;

use anyhow::Result;
use plimsoll_report::Diagnostic;

use super::catalogue;
use crate::args::{PolicyArgs, PolicyCommand};
use crate::console::Console;
use crate::exit::Exit;

/// Runs it.
///
/// # Errors
/// stdout cannot be written.
pub(crate) fn run(args: &PolicyArgs, console: &Console) -> Result<Exit> {
    match &args.command {
        PolicyCommand::List(args) => list::run(args, console),
        PolicyCommand::Show { id, policies } => show(id, policies.as_deref(), console),
        PolicyCommand::Test { dir, only, mutants } => {
            test::run(dir.as_deref(), only, *mutants, console)
        }
        PolicyCommand::New { id, dir } => new::run(id, dir, console),
        PolicyCommand::Eval(args) => eval::run(args, console),
        PolicyCommand::ExportVap(args) => export::run(args, console),
    }
}

fn show(id: &str, own: Option<&Path>, console: &Console) -> Result<Exit> {
    let catalogue = match catalogue::load(own) {
        Ok(catalogue) => catalogue,
        Err(wrong) => return Ok(refuse(console, &wrong)),
    };
    let Some(policy) = catalogue.policy(id) else {
        return Ok(refuse(
            console,
            &[catalogue::unknown_policy(&catalogue, id)],
        ));
    };
    console.print(|out| out.write_all(policy.text.as_bytes()))?;
    Ok(Exit::Done)
}

/// Shows what is wrong with what was asked; nothing ran.
fn refuse(console: &Console, wrong: &[Diagnostic]) -> Exit {
    console.diagnose(wrong);
    Exit::Usage
}
