//! Commands that people can type next, with the selection that they have made.

use std::path::{Path, PathBuf};

use crate::args::{FixArgs, ScanArgs, Selection, SeverityFilter};

/// The command that mends what a scan of files found.
pub(crate) fn fix(args: &ScanArgs) -> String {
    let paths: Vec<&Path> = args
        .paths
        .iter()
        .chain(&args.filenames)
        .map(PathBuf::as_path)
        .collect();
    let paths = if paths.is_empty() {
        &[Path::new(".")][..]
    } else {
        &paths
    };
    written(
        "plimsoll fix",
        paths,
        &args.selection,
        args.output.severity.as_ref(),
    )
}

/// The scan that shows what `fix` looked at.
pub(super) fn scan(args: &FixArgs) -> String {
    let paths: Vec<&Path> = args.paths.iter().map(PathBuf::as_path).collect();
    written(
        "plimsoll scan",
        &paths,
        &args.selection,
        args.severity.as_ref(),
    )
}

fn written(
    command: &str,
    paths: &[&Path],
    selection: &Selection,
    severity: Option<&SeverityFilter>,
) -> String {
    let mut words = vec![command.to_owned()];
    words.extend(paths.iter().map(|path| quoted(&path.to_string_lossy())));
    let mut flag = |name: &str, value: String| {
        if !value.is_empty() {
            words.push(format!("--{name} {}", quoted(&value)));
        }
    };
    flag("framework", selection.frameworks.join(","));
    let own = selection.policies.as_deref().unwrap_or(Path::new(""));
    flag("policies", own.to_string_lossy().into_owned());
    flag("only", selection.only.join(","));
    flag("skip", selection.skip.join(","));
    flag(
        "severity",
        severity.map(ToString::to_string).unwrap_or_default(),
    );
    words.join(" ")
}

/// A word as a shell takes it for one.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "_-./,:@%+=".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_shell_would_read_otherwise_are_quoted() {
        let selection = Selection {
            only: vec!["host-*".to_owned(), "image-latest-tag".to_owned()],
            ..Selection::default()
        };
        let severity = "high+".parse().unwrap();
        assert_eq!(
            written(
                "plimsoll fix",
                &[Path::new("my files/")],
                &selection,
                Some(&severity)
            ),
            "plimsoll fix 'my files/' --only 'host-*,image-latest-tag' --severity critical,high"
        );
    }
}
