//! Sizes, names and first lines of files.

use std::path::Path;

use super::tree;

/// Lines. A Rust file is typically 100 lines and rarely over 250; a table may be longer, and so may a file
/// of tests.
const LARGE: usize = 250;
const TOO_LARGE: usize = 400;
const TOO_LARGE_FOR_TESTS: usize = 500;

fn is_of_tests(path: &Path) -> bool {
    path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests")
}

#[test]
fn rust_files_are_small() {
    let mut sizes: Vec<(usize, String)> = tree::files_ending(".rs")
        .iter()
        .map(|path| (tree::text(path).lines().count(), path.display().to_string()))
        .collect();
    sizes.sort_by(|a, b| b.cmp(a));
    let lines: usize = sizes.iter().map(|(lines, _)| lines).sum();
    let large = sizes.iter().filter(|(lines, _)| *lines > LARGE).count();
    println!(
        "{} Rust files, {lines} lines, {large} of them over {LARGE} lines; the largest:",
        sizes.len()
    );
    for (lines, path) in sizes.iter().take(15) {
        println!("{lines:>6} {path}");
    }
    println!(
        "exercised: the size of {} Rust files ({lines} lines)",
        sizes.len()
    );
    let complaints: Vec<String> = sizes
        .iter()
        .map(|(lines, path)| {
            let limit = if is_of_tests(Path::new(path)) {
                TOO_LARGE_FOR_TESTS
            } else {
                TOO_LARGE
            };
            (lines, path, limit)
        })
        .filter(|(lines, _, limit)| *lines > limit)
        .map(|(lines, path, limit)| format!("{path} has {lines} lines; {limit} are the limit"))
        .collect();
    tree::assert_none(&complaints);
}

#[test]
fn rust_files_say_why_they_exist() {
    let complaints: Vec<String> = tree::files_ending(".rs")
        .iter()
        .filter(|path| !is_of_tests(path) && !tree::text(path).starts_with("//! "))
        .map(|path| format!("{} does not begin with //!", path.display()))
        .collect();
    tree::assert_none(&complaints);
}

#[test]
fn no_file_is_a_drawer_for_anything() {
    let complaints: Vec<String> = tree::files()
        .iter()
        .filter(|path| {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
            [
                "utils", "util", "helpers", "helper", "common", "misc", "types",
            ]
            .iter()
            .any(|name| stem == *name || folder == *name)
        })
        .map(|path| format!("{}: name the file after what it holds", path.display()))
        .collect();
    tree::assert_none(&complaints);
}

#[test]
fn nothing_depends_on_the_machine_it_was_written_on() {
    // Put together here, lest this file be found.
    let words = [
        ["/wo", "rk/"].concat(),
        ["../", "shared/reference"].concat(),
    ];
    let mut complaints = Vec::new();
    for path in tree::files() {
        let Ok(text) = std::fs::read_to_string(tree::root().join(&path)) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            if let Some(word) = words.iter().find(|word| line.contains(word.as_str())) {
                complaints.push(format!("{}:{}: {word}", path.display(), number + 1));
            }
        }
    }
    tree::assert_none(&complaints);
}
