//! `plimsoll policy new`: a policy to start from, with examples that hold.

use std::io;
use std::path::Path;

use anyhow::{Context, Result};
use plimsoll_report::Diagnostic;

use super::refuse;
use crate::commands::catalogue;
use crate::console::Console;
use crate::exit::Exit;

/// What is written; `ID` stands for the id.
const POLICY: &str = include_str!("new/policy.yaml");
const CASES: &str = include_str!("new/cases.yaml");

/// The longest id: it is a folder's name and a part of keys.
const LONGEST: usize = 63;

/// Runs it.
pub(super) fn run(id: &str, folder: &Path, console: &Console) -> Result<Exit> {
    let catalogue = match catalogue::load(None) {
        Ok(catalogue) => catalogue,
        Err(wrong) => return Ok(refuse(console, &wrong)),
    };
    if let Some(why) = ill_formed(id) {
        let error = Diagnostic::error("policy", format!("`{id}` is no id: {why}"));
        let help = "an id names what is wrong in a-z, 0-9 and -, for example team-label-missing";
        return Ok(refuse(console, &[error.help(help)]));
    }
    if let Some(taken) = catalogue.policy(id) {
        let message = format!("the id {id} is taken by a built-in policy: {}", taken.title);
        let help = format!("choose another; plimsoll policy show {id} prints that one");
        return Ok(refuse(
            console,
            &[Diagnostic::error("policy", message).help(help)],
        ));
    }
    let own = folder.join(id);
    std::fs::create_dir_all(folder).with_context(|| cannot("made", folder))?;
    match std::fs::create_dir(&own) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let message = format!("{} is already there and was not touched", own.display());
            let help = "choose another id, or another folder with --dir";
            return Ok(refuse(
                console,
                &[Diagnostic::error("policy", message).help(help)],
            ));
        }
        made => made.with_context(|| cannot("made", &own))?,
    }
    for (name, text) in [("policy.yaml", POLICY), ("cases.yaml", CASES)] {
        let path = own.join(name);
        std::fs::write(&path, text.replace("ID", id)).with_context(|| cannot("written", &path))?;
    }
    let (folder, own) = (folder.display(), own.display());
    console.print(|out| {
        writeln!(
            out,
            "{own}/policy.yaml  the rule: say what is wrong, why, and how to mend it"
        )?;
        writeln!(out, "{own}/cases.yaml   its examples, which are its tests")?;
        writeln!(
            out,
            "plimsoll policy test {folder} --only {id}         runs them; they hold as they are"
        )?;
        writeln!(
            out,
            "plimsoll scan . --policies {folder} --only {id}   judges by it"
        )
    })?;
    Ok(Exit::Done)
}

fn cannot(be: &str, path: &Path) -> String {
    format!("{} cannot be {be}", path.display())
}

/// What is wrong with an id; the same rule as for a policy that is loaded, and no more than a folder's name may hold.
fn ill_formed(id: &str) -> Option<&'static str> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if id.is_empty() {
        Some("it is empty")
    } else if !id.bytes().all(fits) {
        Some("it has other letters than a-z, 0-9 and -")
    } else if !id.starts_with(|first: char| first.is_ascii_lowercase()) || id.ends_with('-') {
        Some("it must begin with a letter and not end with -")
    } else if id.len() > LONGEST {
        Some("it is longer than 63 letters")
    } else {
        None
    }
}
