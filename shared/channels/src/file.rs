//! Files that appear whole or not at all, and once.

use std::io;
use std::path::Path;

/// Writes `name` in `folder` unless it is there already: to a file beside it first, then renamed, so that a reader, or a
/// restart after a kill, never sees half of it. Whether it was written now.
pub(crate) async fn write_once(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<bool> {
    let path = folder.join(name);
    if tokio::fs::try_exists(&path).await? {
        return Ok(false);
    }
    tokio::fs::create_dir_all(folder).await?;
    let beside = folder.join(format!(".{name}.part"));
    tokio::fs::write(&beside, bytes).await?;
    tokio::fs::rename(&beside, &path).await?;
    Ok(true)
}

/// Writes `name` in `folder`, in place of what was there.
pub(crate) async fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let beside = folder.join(format!(".{name}.part"));
    tokio::fs::write(&beside, bytes).await?;
    tokio::fs::rename(&beside, folder.join(name)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_written_once_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_once(folder.path(), "a", b"one").await.unwrap());
        assert!(!write_once(folder.path(), "a", b"two").await.unwrap());
        assert_eq!(std::fs::read(folder.path().join("a")).unwrap(), b"one");
        replace(folder.path(), "a", b"three").await.unwrap();
        assert_eq!(std::fs::read(folder.path().join("a")).unwrap(), b"three");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
