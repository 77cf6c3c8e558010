//! What READMEs name is there.

use std::path::{Path, PathBuf};

use super::tree;

/// The spans between single backticks outside of code blocks, and the targets of links.
fn mentions(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut spans, mut links) = (Vec::new(), Vec::new());
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        if in_block {
            continue;
        }
        spans.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        let targets = line
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        links.extend(targets.map(str::to_owned));
        let attributes = ["src=\"", "srcset=\"", "href=\""];
        for attribute in attributes {
            links.extend(
                line.split(attribute)
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next())
                    .map(str::to_owned),
            );
        }
    }
    (spans, links)
}

/// Whether a span is meant as a path of this repository: it begins with a folder or file that is there, at
/// the top or beside the README, and holds nothing that paths do not hold.
fn looks_like_a_path(span: &str, beside: &Path) -> bool {
    let plain = span
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "._-/".contains(letter));
    let Some((first, _)) = span.split_once('/') else {
        return plain && has_file_ending(span) && !span.starts_with('.');
    };
    // `policies/AREA/ID` is a form, not a path.
    let shouts =
        |part: &str| part.len() > 1 && part.chars().all(|letter| letter.is_ascii_uppercase());
    let form = span.split('/').any(shouts) && !span.ends_with("LICENSE");
    plain
        && !form
        && !first.is_empty()
        && (tree::root().join(first).exists() || tree::root().join(beside).join(first).exists())
}

fn has_file_ending(span: &str) -> bool {
    [".rs", ".toml", ".md", ".py", ".sh"]
        .iter()
        .any(|ending| span.ends_with(ending) && span != *ending)
}

fn exists(path: &str, beside: &Path) -> bool {
    let path = path.split('#').next().unwrap_or_default();
    tree::root().join(path).exists() || tree::root().join(beside).join(path).exists()
}

#[test]
fn every_path_in_a_readme_exists() {
    let mut complaints = Vec::new();
    let mut checked = 0;
    let readmes: Vec<PathBuf> = tree::files_ending("README.md");
    for readme in &readmes {
        let beside = readme.parent().unwrap_or(Path::new(""));
        let (spans, links) = mentions(&tree::text(readme));
        let spans = spans
            .into_iter()
            .filter(|span| looks_like_a_path(span, beside));
        let links = links
            .into_iter()
            .filter(|link| !link.contains("://") && !link.starts_with(['#', 'm']));
        for path in spans.chain(links) {
            checked += 1;
            if !exists(&path, beside) {
                complaints.push(format!("{}: {path}", readme.display()));
            }
        }
    }
    println!(
        "exercised: {checked} paths named in {} READMEs",
        readmes.len()
    );
    tree::assert_none(&complaints);
}

#[test]
fn every_crate_has_a_readme() {
    let mut folders: Vec<PathBuf> = vec![
        "cli".into(),
        "functions".into(),
        "infra".into(),
        "policies".into(),
    ];
    folders.extend(["templates".into(), "tests".into()]);
    folders.extend(
        tree::folders("shared")
            .into_iter()
            .map(|name| Path::new("shared").join(name)),
    );
    let complaints: Vec<String> = folders
        .iter()
        .map(|folder| folder.join("README.md"))
        .chain(["README.md".into(), "LICENSE".into()])
        .filter(|path| !tree::root().join(path).exists())
        .map(|path| format!("{} is missing", path.display()))
        .collect();
    tree::assert_none(&complaints);
}

#[test]
fn mentions_are_found() {
    let (spans, links) =
        mentions("see `a/b` and [x](c/d)\n```\n`not/this`\n```\n<img src=\"e.svg\">");
    assert_eq!(
        (spans, links),
        (
            vec!["a/b".to_owned()],
            vec!["c/d".to_owned(), "e.svg".to_owned()]
        )
    );
    assert!(looks_like_a_path("shared/nothing", Path::new("")));
    assert!(looks_like_a_path("it/nothing.rs", Path::new("tests")));
    assert!(!looks_like_a_path("pods/exec", Path::new("")));
    assert!(!looks_like_a_path("policies/AREA/ID/", Path::new("")));
    assert!(!exists("shared/nothing", Path::new("")));
}
