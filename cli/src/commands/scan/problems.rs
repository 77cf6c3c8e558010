//! Files that could not be read, as people see them on stderr and as the JSON report lists them.

use plimsoll_inventory::files::{FileProblem, ProblemCode};
use plimsoll_report::{Diagnostic, Excerpt, FailedFile};

use super::files::Scanned;
use super::sources::FileTexts;

/// In the order of the files; `effect` is what comes of a file that cannot be read.
pub(crate) fn diagnostics(
    problems: &[FileProblem],
    texts: &FileTexts,
    effect: &str,
) -> Vec<Diagnostic> {
    problems
        .iter()
        .map(|problem| diagnostic(problem, texts, effect))
        .collect()
}

/// A path that does not exist, with the nearest that does.
pub(crate) fn no_such_path(path: &str, near: Option<String>, otherwise: &str) -> Diagnostic {
    let help = near.map_or_else(|| otherwise.to_owned(), |near| format!("{near} exists"));
    Diagnostic::error("no-such-path", format!("no file or directory {path}")).help(help)
}

fn diagnostic(problem: &FileProblem, texts: &FileTexts, effect: &str) -> Diagnostic {
    let place = problem.place.map(|place| (place.line, place.column));
    let file = problem.file.as_ref();
    let mut diagnostic = if problem.code == ProblemCode::ChartNotRendered {
        // Said once for all templates, with their places below.
        let message = "a Helm template that has not been rendered";
        Diagnostic::warning(problem.code.as_str(), message).at(file, place)
    } else {
        let excerpt = problem.place.and_then(|place| {
            let text = texts.read(file)?;
            let length = place.end_column.saturating_sub(place.column);
            Excerpt::of(&text, place.line, length, problem.label.clone())
        });
        let message = match place {
            // The place is shown: the file need not be said twice.
            Some(_) if excerpt.is_none() => {
                let bare = problem.message.strip_prefix(file);
                bare.map_or(problem.message.as_str(), |bare| {
                    bare.trim_start_matches([':', ' '])
                })
            }
            _ => problem.message.as_str(),
        };
        Diagnostic::error(problem.code.as_str(), message)
            .at(file, place)
            .showing(excerpt)
    };
    diagnostic = diagnostic.effect(effect);
    match &problem.help {
        Some(help) => diagnostic.help(help.clone()),
        None => diagnostic,
    }
}

/// For the JSON report.
pub(crate) fn failed(problems: &[FileProblem]) -> Vec<FailedFile> {
    problems
        .iter()
        .map(|problem| FailedFile {
            file: problem.file.to_string(),
            line: problem.place.map(|place| place.line),
            column: problem.place.map(|place| place.column),
            code: problem.code.as_str().to_owned(),
            message: if problem.label.is_empty() {
                problem.message.clone()
            } else {
                problem.label.clone()
            },
        })
        .collect()
}

/// For `-v`: what was passed over.
pub(crate) fn skipped(scanned: &Scanned) -> Option<Diagnostic> {
    let message = match (scanned.files_skipped, scanned.not_kubernetes) {
        (0, 0) => return None,
        (files, documents) => {
            format!("{files} files hold nothing of Kubernetes, {documents} documents in all")
        }
    };
    Some(Diagnostic::warning("skipped", message))
}
