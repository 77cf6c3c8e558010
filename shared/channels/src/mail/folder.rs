//! A folder in the place of a mail server: three files a delivery, named by it, hence each mail exactly once.

use std::path::{Path, PathBuf};

use super::{OutgoingMail, build_mail};
use crate::SendError;
use crate::file::write_once;

/// Files in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFolder {
    path: PathBuf,
}

impl MailFolder {
    /// Files in `path`, which is made with the first of them.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Writes the two parts, then the whole mail: where the `.eml` is, the others are too.
    pub(super) async fn send(&self, mail: &OutgoingMail<'_>) -> Result<String, SendError> {
        let whole = build_mail(mail)?.formatted();
        let name = format!("{}.eml", mail.delivery);
        let parts = [
            ("txt", mail.text.as_bytes()),
            ("html", mail.html.as_bytes()),
        ];
        for (ending, bytes) in parts {
            let part = format!("{}.{ending}", mail.delivery);
            write_once(&self.path, &part, bytes)
                .await
                .map_err(SendError::temporary)?;
        }
        write_once(&self.path, &name, &whole)
            .await
            .map_err(SendError::temporary)?;
        Ok(name)
    }
}
