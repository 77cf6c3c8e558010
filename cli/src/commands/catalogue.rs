//! The policies in use: built-in ones and a folder of own ones, and what people select of them.

use std::path::Path;

use plimsoll_policy::{Catalogue, CatalogueFile, LoadError, Plan, PlanOptions, Policy};
use plimsoll_report::{Diagnostic, Excerpt, PatchOp, PolicyFacts, PolicyTable};
use serde::Deserialize;

use crate::args::Selection;

/// Loads the built-in policies and those of `own`.
///
/// # Errors
/// What is wrong with them, ready to be shown; one that is too costly is as wrong as one that is broken.
pub(crate) fn load(own: Option<&Path>) -> Result<Catalogue, Vec<Diagnostic>> {
    let files = own.map(read_folder).transpose()?.unwrap_or_default();
    let built_in = built_in()?;
    if files.is_empty() {
        return Ok(built_in);
    }
    let whole = built_in.with(&files);
    affordable(whole, &files, |policy| policy.own)
}

fn built_in() -> Result<Catalogue, Vec<Diagnostic>> {
    plimsoll_catalogue::built_in()
        .map_err(|error| vec![Diagnostic::error("built-in-policies", error.to_string())])
}

/// The policies of one folder alone. The built-in ones among them may cost what they do: tests of their own hold them to
/// large objects.
///
/// # Errors
/// What is wrong with them, ready to be shown.
pub(crate) fn load_folder(folder: &Path) -> Result<Catalogue, Vec<Diagnostic>> {
    let files = read_folder(folder)?;
    let built_in = built_in()?;
    let is_new = |policy: &Policy| built_in.policy(policy.id.as_str()).is_none();
    affordable(Catalogue::load(&files), &files, is_new)
}

/// The policies, if none that is asked for may cost more on one object than a policy may spend.
fn affordable(
    loaded: Result<Catalogue, Vec<LoadError>>,
    files: &[CatalogueFile],
    is_asked_for: impl Fn(&Policy) -> bool,
) -> Result<Catalogue, Vec<Diagnostic>> {
    let checked = loaded.and_then(|catalogue| {
        let asked_for = catalogue.policies.iter().filter(|one| is_asked_for(one));
        let costly = asked_for.filter_map(|policy| catalogue.too_costly(policy));
        let costly: Vec<LoadError> = costly.collect();
        match costly.is_empty() {
            true => Ok(catalogue),
            false => Err(costly),
        }
    });
    checked.map_err(|errors| diagnostics(&errors, files))
}

/// The YAML files below a folder, by path as people would open them.
pub(crate) fn read_folder(folder: &Path) -> Result<Vec<CatalogueFile>, Vec<Diagnostic>> {
    let unreadable = |path: &Path, why: &dyn std::fmt::Display| {
        let message = format!("{} cannot be read: {why}", path.display());
        vec![Diagnostic::error("policies-unreadable", message)]
    };
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| unreadable(error.path().unwrap_or(folder), &error))?;
        let yaml = entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "yaml");
        if !entry.file_type().is_file() || !yaml {
            continue;
        }
        let text = std::fs::read_to_string(entry.path())
            .map_err(|error| unreadable(entry.path(), &error))?;
        let path = entry.path().to_string_lossy();
        let path = path.strip_prefix("./").unwrap_or(&path);
        files.push(CatalogueFile {
            path: path.replace(std::path::MAIN_SEPARATOR, "/"),
            text,
        });
    }
    if files.iter().any(|file| file.path.ends_with("policy.yaml")) {
        return Ok(files);
    }
    let message = format!("no policy.yaml below {}", folder.display());
    Err(vec![Diagnostic::error("no-policies", message).help(
        "a policy is DIR/<its id>/policy.yaml with cases.yaml beside it",
    )])
}

fn diagnostics(errors: &[LoadError], files: &[CatalogueFile]) -> Vec<Diagnostic> {
    errors
        .iter()
        .map(|error| diagnostic(error, files))
        .collect()
}

fn diagnostic(error: &LoadError, files: &[CatalogueFile]) -> Diagnostic {
    let file = files.iter().find(|file| file.path == error.file);
    placed("policy", error, file.map_or("", |file| &file.text))
}

/// An error in a file with this text.
pub(crate) fn placed(code: &str, error: &LoadError, text: &str) -> Diagnostic {
    let label = error.help.clone().unwrap_or_else(|| "here".to_owned());
    let excerpt = Excerpt::of(text, error.line, error.length, label);
    let place = (error.line > 0).then_some((error.line, error.column.max(1)));
    let drawn = excerpt.is_some() && place.is_some();
    let message = match place {
        Some(_) => error.message.clone(),
        None => format!("{}: {}", error.file, error.message),
    };
    let diagnostic = Diagnostic::error(code, message).at(error.file.clone(), place);
    match &error.help {
        Some(help) if !drawn => diagnostic.help(help.clone()),
        _ => diagnostic.showing(excerpt),
    }
}

/// What is wrong with a selection: frameworks that do not exist, globs that match nothing.
pub(crate) fn check(catalogue: &Catalogue, selection: &Selection) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    for id in &selection.frameworks {
        if catalogue.framework(id).is_none() {
            wrong.push(unknown_framework(catalogue, id));
        }
    }
    for glob in selection.only.iter().chain(&selection.skip) {
        let only = vec![glob.clone()];
        let options = PlanOptions {
            only,
            ..PlanOptions::default()
        };
        if Plan::new(catalogue, options).policies().next().is_none() {
            wrong.push(unknown_policy(catalogue, glob));
        }
    }
    wrong
}

/// A framework that does not exist, with the nearest that does.
pub(crate) fn unknown_framework(catalogue: &Catalogue, id: &str) -> Diagnostic {
    let all = "plimsoll policy list --frameworks";
    let help = match catalogue.framework_like(id) {
        Some(near) => format!("did you mean {near}? All: {all}"),
        None => all.to_owned(),
    };
    Diagnostic::error("unknown-framework", format!("no framework {id}")).help(help)
}

/// A policy that does not exist, with the nearest that does.
pub(crate) fn unknown_policy(catalogue: &Catalogue, id: &str) -> Diagnostic {
    let help = match catalogue.policy_like(id) {
        Some(near) => format!("did you mean {near}? All: plimsoll policy list"),
        None => "plimsoll policy list".to_owned(),
    };
    Diagnostic::error("unknown-policy", format!("no policy {id}")).help(help)
}

/// What reports must know of the policies.
pub(crate) fn facts(catalogue: &Catalogue) -> PolicyTable {
    catalogue.policies.iter().map(facts_of).collect()
}

fn facts_of(policy: &Policy) -> PolicyFacts {
    let patch = policy.patch.iter().map(|op| PatchOp {
        op: op.op.clone(),
        path: op.path.clone(),
        value: op.value.clone(),
    });
    PolicyFacts {
        id: policy.id.clone(),
        title: policy.title.as_str().into(),
        why: policy.why.as_str().into(),
        fix_text: policy.fix.as_str().into(),
        fix_patch: patch.collect(),
        paths: paths_of(policy),
        label: None,
        plural: Some(policy.plural.clone()),
        controls: policy.controls.iter().cloned().collect(),
    }
}

/// The paths that the policy's file names; none when they are inferred from the expression. Only those lines are parsed
/// again, since this is done for every policy at every start.
fn paths_of(policy: &Policy) -> Vec<String> {
    let own = |line: &&str| line.starts_with([' ', '-']);
    let mut lines = policy
        .text
        .lines()
        .skip_while(|line| !line.starts_with("path:"));
    let fragment: Vec<&str> = lines
        .next()
        .into_iter()
        .chain(lines.take_while(own))
        .collect();
    serde_saphyr::from_str::<Written>(&fragment.join("\n")).map_or_else(
        |_| Vec::new(),
        |written| match written.path {
            OneOrMany::One(one) => vec![one],
            OneOrMany::Many(many) => many,
        },
    )
}

#[derive(Deserialize)]
struct Written {
    path: OneOrMany,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_patch_of_the_built_in_policies_has_the_paths_that_place_it() {
        let catalogue = plimsoll_catalogue::built_in().unwrap();
        let policy = |id| facts_of(catalogue.policy(id).unwrap());
        assert_eq!(
            policy("privileged-container").paths,
            ["securityContext.privileged"]
        );
        assert_eq!(policy("caps-beyond-restricted").paths.len(), 2);
        assert!(policy("probe-host-set").paths.len() > 3);
        for known in &catalogue.policies {
            let written = known.text.lines().any(|line| line.starts_with("path:"));
            assert_eq!(!paths_of(known).is_empty(), written, "{}", known.id);
        }
    }
}
