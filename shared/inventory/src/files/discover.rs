//! Which files a scan reads: the folder walk, always in the same order.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use super::problem::{FileProblem, ProblemCode};

/// Endings that a folder walk reads; a file named on the command line is read whatever its ending.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// The path as people gave it joined with what lies below it, with `/`; `-` for standard input.
    pub display_path: Arc<str>,
    /// Where it lies.
    pub path: PathBuf,
    /// Whether it was named itself, rather than found in a folder.
    pub named: bool,
    /// The chart's folder, as people know it, if the file is one of a Helm chart's templates.
    pub chart: Option<Arc<str>>,
}

/// What a walk found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovered {
    /// The files, sorted by path within each path given, each file once.
    pub files: Vec<FileEntry>,
    /// Folders that could not be read.
    pub problems: Vec<FileProblem>,
}

/// Why there is nothing to read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// A path that was given does not exist.
    #[error("no file or directory {path}")]
    NoSuchPath {
        /// The path as given.
        path: String,
        /// The path with the nearest name that does exist.
        suggestion: Option<String>,
    },
}

/// Lists the files below `paths`, given as on a command line (`-` is standard input).
///
/// Hidden folders, `.git` and `node_modules` are left out, symbolic links below a path are not followed, and only
/// files ending in `.yaml`, `.yml` or `.json` are taken, unless named themselves.
///
/// # Errors
/// A path does not exist.
pub fn discover<P: AsRef<Path>>(paths: &[P]) -> Result<Discovered, FileError> {
    let mut found = Discovered::default();
    let mut seen = HashSet::new();
    for given in paths.iter().map(AsRef::as_ref) {
        if given == Path::new("-") {
            let path = given.to_path_buf();
            take(
                &mut found,
                &mut seen,
                FileEntry {
                    display_path: "-".into(),
                    path,
                    named: true,
                    chart: None,
                },
            );
            continue;
        }
        if !given.exists() {
            let path = show(given).to_string();
            return Err(FileError::NoSuchPath {
                path,
                suggestion: nearest(given),
            });
        }
        walk(given, &mut found, &mut seen);
    }
    Ok(found)
}

fn walk(given: &Path, found: &mut Discovered, seen: &mut HashSet<PathBuf>) {
    // A link named on the command line is followed, those below it are not.
    let root = if given.is_dir() {
        given.join("")
    } else {
        given.to_path_buf()
    };
    let tree = WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(wanted_folder);
    for entry in tree {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => {
                let named = entry.depth() == 0;
                let ending = entry
                    .path()
                    .extension()
                    .and_then(|e| e.to_str())
                    .map(str::to_ascii_lowercase);
                let wanted = entry.file_type().is_file()
                    && ending.is_some_and(|e| ENDINGS.contains(&e.as_str()));
                if named || wanted {
                    let chart = chart_of(entry.path());
                    let display_path = show(entry.path());
                    take(
                        found,
                        seen,
                        FileEntry {
                            display_path,
                            path: entry.into_path(),
                            named,
                            chart,
                        },
                    );
                }
            }
            Err(error) => {
                let path = error.path().map_or_else(|| show(given), show);
                let why = error
                    .io_error()
                    .map_or_else(|| error.to_string(), |e| plain_io(e.kind()).to_owned());
                let message = format!("{path} cannot be read: {why}");
                found.problems.push(FileProblem::of_file(
                    ProblemCode::Unreadable,
                    &path,
                    message,
                ));
            }
        }
    }
}

fn wanted_folder(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    entry.depth() == 0
        || !entry.file_type().is_dir()
        || !(name.starts_with('.') || name == "node_modules")
}

fn take(found: &mut Discovered, seen: &mut HashSet<PathBuf>, entry: FileEntry) {
    let real = entry
        .path
        .canonicalize()
        .unwrap_or_else(|_| entry.path.clone());
    if seen.insert(real) {
        found.files.push(entry);
    }
}

/// The chart that `path` is a template of: the folder that holds `Chart.yaml` and `templates/`.
fn chart_of(path: &Path) -> Option<Arc<str>> {
    let templates = path
        .ancestors()
        .skip(1)
        .find(|folder| folder.file_name().is_some_and(|n| n == "templates"))?;
    let chart = templates.parent()?;
    chart.join("Chart.yaml").is_file().then(|| show(chart))
}

/// A path as people write it: with `/`, without a leading `./`.
fn show(path: &Path) -> Arc<str> {
    let text = path
        .to_string_lossy()
        .replace(std::path::MAIN_SEPARATOR, "/");
    let short = text.strip_prefix("./").unwrap_or(&text);
    let short = if short.len() > 1 {
        short.trim_end_matches('/')
    } else {
        short
    };
    if short.is_empty() {
        ".".into()
    } else {
        short.into()
    }
}

/// The sibling of the first missing part of `path` whose name is nearest to it.
fn nearest(path: &Path) -> Option<String> {
    let missing = path
        .ancestors()
        .filter(|p| !p.as_os_str().is_empty())
        .take_while(|p| !p.exists())
        .last()?;
    let wanted = missing.file_name()?.to_str()?;
    let folder = missing
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut names: Vec<String> = folder
        .read_dir()
        .ok()?
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    let close = names
        .iter()
        .map(|name| (strsim::damerau_levenshtein(name, wanted), name))
        .min()?;
    (close.0 <= 1 + wanted.chars().count() / 4).then(|| show(&folder.join(close.1)).to_string())
}

/// An operating system's refusal in plain words.
pub(crate) fn plain_io(kind: std::io::ErrorKind) -> &'static str {
    match kind {
        std::io::ErrorKind::PermissionDenied => "permission denied",
        std::io::ErrorKind::NotFound => "it is gone",
        std::io::ErrorKind::IsADirectory => "it is a directory",
        _ => "input/output error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(root: &Path, files: &[&str]) {
        for file in files {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "a: 1\n").unwrap();
        }
    }

    fn shown(root: &Path, found: &Discovered) -> Vec<String> {
        let prefix = format!("{}/", root.display());
        found
            .files
            .iter()
            .map(|f| f.display_path.replace(&prefix, ""))
            .collect()
    }

    #[test]
    fn a_walk_is_sorted_and_leaves_out_what_nobody_applies() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        make(
            root,
            &[
                "b.yaml",
                "a/z.yml",
                "a/c.JSON",
                ".git/x.yaml",
                "node_modules/x.yaml",
                "a/notes.txt",
                "a.yaml",
            ],
        );
        let found = discover(&[root]).unwrap();
        assert_eq!(
            shown(root, &found),
            ["a/c.JSON", "a/z.yml", "a.yaml", "b.yaml"]
        );
        assert!(found.problems.is_empty());
    }

    #[test]
    fn a_named_file_is_read_whatever_its_ending_and_only_once() {
        let dir = tempfile::tempdir().unwrap();
        make(dir.path(), &["pod.txt", "b.yaml"]);
        let (text, yaml) = (dir.path().join("pod.txt"), dir.path().join("b.yaml"));
        let found = discover(&[yaml.as_path(), text.as_path(), dir.path()]).unwrap();
        assert_eq!(shown(dir.path(), &found), ["b.yaml", "pod.txt"]);
        assert!(found.files.iter().all(|f| f.named));
        assert_eq!(&*discover(&["-"]).unwrap().files[0].display_path, "-");
    }

    #[test]
    fn a_missing_path_names_its_nearest_neighbour() {
        let dir = tempfile::tempdir().unwrap();
        make(dir.path(), &["k8s/payments.yaml", "k8s/agent.yaml"]);
        let error = discover(&[dir.path().join("k8s/paymets.yaml")]).unwrap_err();
        let FileError::NoSuchPath { path, suggestion } = &error;
        assert!(path.ends_with("k8s/paymets.yaml"));
        assert!(suggestion.as_ref().unwrap().ends_with("k8s/payments.yaml"));
        assert!(error.to_string().starts_with("no file or directory "));
        let far = discover(&[dir.path().join("k8s/zzzzzz.yaml")]).unwrap_err();
        assert!(matches!(
            far,
            FileError::NoSuchPath {
                suggestion: None,
                ..
            }
        ));
        let folder = discover(&[dir.path().join("k8/payments.yaml")]).unwrap_err();
        assert!(
            matches!(folder, FileError::NoSuchPath { suggestion: Some(s), .. } if s.ends_with("k8s"))
        );
    }

    #[test]
    fn templates_of_a_chart_are_known_as_such() {
        let dir = tempfile::tempdir().unwrap();
        make(
            dir.path(),
            &[
                "shop/Chart.yaml",
                "shop/templates/sub/a.yaml",
                "other/templates/b.yaml",
            ],
        );
        let found = discover(&[dir.path()]).unwrap();
        let charts: Vec<_> = found.files.iter().map(|f| f.chart.is_some()).collect();
        assert_eq!(
            shown(dir.path(), &found),
            [
                "other/templates/b.yaml",
                "shop/Chart.yaml",
                "shop/templates/sub/a.yaml"
            ]
        );
        assert_eq!(charts, [false, false, true]);
        assert!(found.files[2].chart.as_ref().unwrap().ends_with("/shop"));
    }

    #[cfg(unix)]
    #[test]
    fn links_below_a_folder_are_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        make(dir.path(), &["real/a.yaml"]);
        std::os::unix::fs::symlink(dir.path(), dir.path().join("real/loop")).unwrap();
        std::os::unix::fs::symlink(dir.path().join("real"), dir.path().join("link")).unwrap();
        assert_eq!(discover(&[dir.path()]).unwrap().files.len(), 1);
        assert_eq!(discover(&[dir.path().join("link")]).unwrap().files.len(), 1);
    }
}
