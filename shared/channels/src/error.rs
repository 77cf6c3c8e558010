//! Why something was not sent, by what the caller can do about it.

use std::error::Error;
use std::time::Duration;

/// A message that was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The far end asks for patience: send again after this time. Nothing was delivered.
    #[error("the far end asks to wait {} s", retry_after.as_secs())]
    Throttled {
        /// How long to wait, at most an hour.
        retry_after: Duration,
    },
    /// It may work next time. It is not known whether anything was delivered.
    #[error("not sent, it may work next time")]
    Temporary(#[source] Box<dyn Error + Send + Sync>),
    /// It will not work however often it is tried: show the reason to the tenant.
    #[error("cannot be sent: {reason}")]
    Permanent {
        /// What the far end says, or what is wrong with the message; no secret and no body of a reply.
        reason: String,
    },
}

/// The longest we wait because somebody says so; whoever asks for more is asked again.
const MAX_WAIT: Duration = Duration::from_secs(3600);

impl SendError {
    pub(crate) fn throttled(retry_after: Option<Duration>, default: Duration) -> Self {
        SendError::Throttled {
            retry_after: retry_after.unwrap_or(default).min(MAX_WAIT),
        }
    }

    pub(crate) fn temporary(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        SendError::Temporary(source.into())
    }

    pub(crate) fn permanent(reason: impl Into<String>) -> Self {
        SendError::Permanent {
            reason: reason.into(),
        }
    }
}
