//! Walking the checkout.

use std::fs;
use std::path::{Path, PathBuf};

/// The top of the repository.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// All files that belong to the repository, sorted, as paths from its top; what builds and runs leave
/// behind (`.gitignore`) does not count.
pub(super) fn files() -> Vec<PathBuf> {
    let ignored = fs::read_to_string(root().join(".gitignore")).unwrap();
    let ignored: Vec<&str> = ignored.lines().map(|line| line.trim_matches('/')).collect();
    let mut files = Vec::new();
    walk(Path::new(""), &ignored, &mut files);
    files.sort();
    files
}

fn walk(folder: &Path, ignored: &[&str], files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let matches = |pattern: &&str| match pattern.split_once('*') {
            Some((start, end)) => name.starts_with(start) && name.ends_with(end),
            None => name == **pattern,
        };
        if name == ".git" || name == "__pycache__" || ignored.iter().any(matches) {
            continue;
        }
        let path = folder.join(&name);
        if entry.file_type().unwrap().is_dir() {
            walk(&path, ignored, files);
        } else {
            files.push(path);
        }
    }
}

/// The files whose name ends so.
pub(super) fn files_ending(end: &str) -> Vec<PathBuf> {
    files()
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(end))
        .collect()
}

/// A file's text.
pub(super) fn text(path: &Path) -> String {
    fs::read_to_string(root().join(path))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folders directly inside a folder, sorted by name.
pub(super) fn folders(inside: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root().join(inside))
        .unwrap_or_else(|error| panic!("{inside}: {error}"))
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Fails with every complaint, not only the first.
pub(super) fn assert_none(complaints: &[String]) {
    assert!(
        complaints.is_empty(),
        "{} complaints:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}
