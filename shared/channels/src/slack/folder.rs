//! A folder in the place of Slack: one JSON file a delivery, named by it, hence each message exactly once.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Posted, SlackPost};
use crate::SendError;
use crate::file::write_once;

/// Files in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackFolder {
    path: PathBuf,
}

/// What a file holds: the call as Slack would have got it, and its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// When it was sent.
    pub(super) at: Timestamp,
    /// Where.
    pub(super) channel: String,
    /// Its own name within the channel; for an edit that of the edited message.
    pub(super) ts: String,
    /// The message it replies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) thread_ts: Option<String>,
    /// Whether it was put in place of an earlier message.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) edit: bool,
    /// The message.
    pub(super) message: Value,
}

impl SlackFolder {
    /// Files in `path`, which is made with the first of them.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    pub(super) async fn send(&self, post: &SlackPost<'_>) -> Result<Posted, SendError> {
        let posted = match (post.edits, post.thread) {
            (Some(edited), _) => edited.clone(),
            (None, thread) => Posted {
                channel: thread
                    .map_or(post.to, |root| root.channel.as_str())
                    .to_owned(),
                ts: post.delivery.as_str().to_owned(),
            },
        };
        let kept = Kept {
            at: post.now,
            channel: posted.channel.clone(),
            ts: posted.ts.clone(),
            thread_ts: post.thread.map(|root| root.ts.clone()),
            edit: post.edits.is_some(),
            message: post.message.clone(),
        };
        let mut text = serde_json::to_vec_pretty(&kept).map_err(SendError::temporary)?;
        text.push(b'\n');
        let name = format!("{}.json", post.delivery);
        write_once(&self.path, &name, &text)
            .await
            .map_err(SendError::temporary)?;
        Ok(posted)
    }
}

/// Every file of the folder, in the order of time; files that are none of ours are left out.
pub(super) async fn read_all(folder: &Path) -> std::io::Result<Vec<Kept>> {
    let mut found = Vec::new();
    let mut entries = tokio::fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            let bytes = tokio::fs::read(&path).await?;
            if let Ok(kept) = serde_json::from_slice::<Kept>(&bytes) {
                found.push((kept.at, path, kept));
            }
        }
    }
    // An edit and a reply of the same moment: the edit first, then by name, so that the page is always the same.
    found.sort_by(|(a_at, a_path, a), (b_at, b_path, b)| {
        (a_at, !a.edit, a_path).cmp(&(b_at, !b.edit, b_path))
    });
    Ok(found.into_iter().map(|(_, _, kept)| kept).collect())
}
