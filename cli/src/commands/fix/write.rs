//! Writes a file whole or not at all, over one that is still as it was read.

use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::overlay::Changed;

/// Why a file was not written; it is as it was.
#[derive(Debug)]
pub(super) enum Unwritten {
    /// Somebody changed it since it was read.
    ChangedMeanwhile,
    /// The operating system did not let us.
    Refused(io::Error),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Unwritten::Refused(error)
    }
}

/// Writes the new text. A link stays a link; rights and owner stay, as far as this user may set them.
pub(super) fn write(changed: &Changed) -> Result<(), Unwritten> {
    let path = changed.path.canonicalize()?;
    let metadata = path.metadata()?;
    if metadata.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only").into());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".plimsoll-")
        .tempfile_in(folder)?;
    file.write_all(&changed.new_bytes())?;
    keep_owner(&file, &metadata);
    file.as_file().set_permissions(metadata.permissions())?;
    file.as_file().sync_all()?;
    if std::fs::read(&path)? != changed.bytes {
        return Err(Unwritten::ChangedMeanwhile);
    }
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// That another user's file becomes ours is no reason not to mend it.
#[cfg(unix)]
fn keep_owner(file: &NamedTempFile, metadata: &std::fs::Metadata) {
    use std::os::unix::fs::MetadataExt;
    let _ = std::os::unix::fs::fchown(file.as_file(), Some(metadata.uid()), Some(metadata.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &NamedTempFile, _: &std::fs::Metadata) {}
