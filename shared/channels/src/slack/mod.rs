//! Slack: its web API, or a folder in its place.

mod api;
mod folder;
mod index;
mod marks;
mod page;

use std::path::Path;

use jiff::Timestamp;
use plimsoll_model::DeliveryId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

pub use self::api::SlackApi;
pub use self::folder::SlackFolder;
pub use self::index::write_slack_index;
use crate::SendError;

/// How Slack is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SlackConfig {
    /// Where the web API answers, instead of `https://slack.com/api`: for tests and enterprise relays.
    pub api: Option<Url>,
}

/// A message that was posted: what is needed to edit it or to reply to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The channel's id, which Slack gives back for a name.
    pub channel: String,
    /// The message's time, its name within the channel.
    pub ts: String,
}

impl Posted {
    /// `channel/ts`, as it is kept with a delivery.
    #[must_use]
    pub fn remote_id(&self) -> String {
        format!("{}/{}", self.channel, self.ts)
    }

    /// Reads [`Posted::remote_id`] back.
    #[must_use]
    pub fn parse(remote_id: &str) -> Option<Self> {
        let (channel, ts) = remote_id.rsplit_once('/')?;
        (!channel.is_empty() && !ts.is_empty()).then(|| Self {
            channel: channel.to_owned(),
            ts: ts.to_owned(),
        })
    }
}

/// A message to post, to reply with, or to put in place of an earlier one.
#[derive(Debug, Clone, Copy)]
pub struct SlackPost<'a> {
    /// The delivery; names the file in a folder, and stands in the message's metadata.
    pub delivery: &'a DeliveryId,
    /// Channel (`#name` or id) or user id. An edit goes where the edited message is.
    pub to: &'a str,
    /// `text` and `blocks`, as rendered.
    pub message: &'a Value,
    /// The message to reply to.
    pub thread: Option<&'a Posted>,
    /// The message to put this in place of.
    pub edits: Option<&'a Posted>,
    /// The time.
    pub now: Timestamp,
}

/// Where Slack messages go.
#[derive(Debug, Clone)]
pub enum Slack {
    /// Slack itself.
    Api(SlackApi),
    /// Files in a folder.
    Folder(SlackFolder),
}

impl Slack {
    /// Slack itself.
    ///
    /// # Errors
    /// [`SendError::Permanent`] when the machine has no certificates to trust.
    pub fn api(config: &SlackConfig) -> Result<Self, SendError> {
        SlackApi::new(config).map(Slack::Api)
    }

    /// Files in `folder`, named by delivery.
    #[must_use]
    pub fn folder(folder: &Path) -> Self {
        Slack::Folder(SlackFolder::new(folder))
    }

    /// Posts, replies or edits. The token is the tenant's; a folder needs none.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn send(&self, token: &str, post: &SlackPost<'_>) -> Result<Posted, SendError> {
        match self {
            Slack::Api(api) => api.send(token, post).await,
            Slack::Folder(folder) => folder.send(post).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_posted_is_read_back() {
        let posted = Posted {
            channel: "C0SEC".to_owned(),
            ts: "1795227000.000100".to_owned(),
        };
        assert_eq!(Posted::parse(&posted.remote_id()), Some(posted));
        for text in ["", "C0SEC", "/1", "C0SEC/"] {
            assert_eq!(Posted::parse(text), None);
        }
    }
}
