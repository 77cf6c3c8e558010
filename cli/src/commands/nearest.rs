//! The nearest file of a name: in the current folder, or above it.

use std::path::PathBuf;

/// Finds it; named as people would open it.
pub(super) fn nearest(name: &str) -> Option<PathBuf> {
    let start = std::env::current_dir().ok()?;
    if start.join(name).is_file() {
        return Some(name.into());
    }
    let mut above = start.ancestors().skip(1).map(|folder| folder.join(name));
    above.find(|file| file.is_file())
}
