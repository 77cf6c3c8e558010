//! `plimsoll policy export-vap`: policies as Kubernetes' own, for API servers to judge by.

use anyhow::Result;
use plimsoll_policy::{Action, ExportOptions, Pair, Policy};
use plimsoll_report::Diagnostic;

use super::refuse;
use crate::args::{ExportArgs, VapAction};
use crate::commands::catalogue;
use crate::console::Console;
use crate::exit::Exit;

/// Runs it.
pub(super) fn run(args: &ExportArgs, console: &Console) -> Result<Exit> {
    let options = match options(args) {
        Ok(options) => options,
        Err(wrong) => return Ok(refuse(console, &[*wrong])),
    };
    let catalogue = match catalogue::load(args.policies.as_deref()) {
        Ok(catalogue) => catalogue,
        Err(wrong) => return Ok(refuse(console, &wrong)),
    };
    let mut wrong = Vec::new();
    let mut chosen: Vec<&Policy> = catalogue.policies.iter().filter(|_| args.all).collect();
    for id in &args.ids {
        match catalogue.policy(id) {
            Some(policy) => chosen.push(policy),
            None => wrong.push(catalogue::unknown_policy(&catalogue, id)),
        }
    }
    let mut pairs = Vec::new();
    let mut left_out = Vec::new();
    for policy in chosen {
        match policy.export(&options) {
            Ok(exported) => pairs.extend(exported),
            Err(why) => {
                left_out.push(format!(
                    "{} cannot be an admission policy: {why}",
                    policy.id
                ));
            }
        }
    }
    if !args.all {
        let errors = left_out.iter();
        wrong.extend(errors.map(|message| Diagnostic::error("not-exportable", message.clone())));
    }
    if !wrong.is_empty() {
        return Ok(refuse(console, &wrong));
    }
    let warnings = left_out.iter();
    let warnings: Vec<_> = warnings
        .map(|message| Diagnostic::warning("not-exportable", message.clone()))
        .collect();
    console.diagnose(&warnings);
    let text = documents(&pairs)?;
    console.print(|out| out.write_all(text.as_bytes()))?;
    Ok(Exit::Done)
}

fn options(args: &ExportArgs) -> Result<ExportOptions, Box<Diagnostic>> {
    let mut actions = Vec::new();
    for action in &args.action {
        let action = match action {
            VapAction::Audit => Action::Audit,
            VapAction::Warn => Action::Warn,
            VapAction::Deny => Action::Deny,
        };
        if !actions.contains(&action) {
            actions.push(action);
        }
    }
    if actions.contains(&Action::Warn) && actions.contains(&Action::Deny) {
        let message =
            "--action warn and deny exclude each other: API servers take only one of them";
        return Err(Box::new(Diagnostic::error("usage", message)));
    }
    let mut options = ExportOptions {
        actions,
        ..ExportOptions::default()
    };
    if let Some(version) = &args.kubernetes {
        let parts: Vec<&str> = version.split('.').collect();
        let number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if parts.len() != 2 || !parts.iter().all(number) {
            let message = format!("--kubernetes {version} is no version like 1.34");
            return Err(Box::new(Diagnostic::error("usage", message)));
        }
        options.kubernetes.clone_from(version);
    }
    Ok(options)
}

/// One stream of documents.
fn documents(pairs: &[Pair]) -> Result<String> {
    let mut text = String::new();
    for pair in pairs {
        for document in [
            serde_saphyr::to_string(&pair.policy)?,
            serde_saphyr::to_string(&pair.binding)?,
        ] {
            if !text.is_empty() {
                text.push_str("---\n");
            }
            text.push_str(&document);
        }
    }
    Ok(text)
}
