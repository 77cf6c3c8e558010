//! From a message's name and context to what is sent: Slack blocks, or subject, text and HTML of a mail.

mod escape;
mod registry;
mod slack;
#[cfg(test)]
mod tests;

use serde_json::Value;

use self::registry::Templates;
use crate::context::{BaselineContext, IncidentContext, SummaryContext, TestMessageContext};

/// Where a message is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Slack: `slack.json.hbs`.
    Slack,
    /// Mail: `email.subject.hbs`, `email.txt.hbs`, `email.html.hbs`.
    Email,
}

impl Channel {
    /// The channel of a destination.
    #[must_use]
    pub fn of(destination: &plimsoll_model::Destination) -> Self {
        match destination {
            plimsoll_model::Destination::Slack(_) => Channel::Slack,
            plimsoll_model::Destination::Email(_) => Channel::Email,
        }
    }
}

/// A message as its channel takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rendered {
    /// The body of `chat.postMessage` and `chat.update` without channel and time: `text`, `blocks`, and
    /// `reply_broadcast` where a reply is to be seen in the channel as well. Always within Slack's limits.
    Slack(Value),
    /// A mail.
    Email(RenderedEmail),
}

/// A mail without its headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedEmail {
    /// The subject, on one line; the same for an incident's whole life.
    pub subject: String,
    /// The text part, which stands alone.
    pub text: String,
    /// The HTML part, at most 60 KB.
    pub html: String,
}

/// Why a message cannot be rendered. None of these goes away by trying again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// There is no such folder in `templates/`, or it has no templates for the channel.
    #[error("there is no message `{message}` for {channel:?}")]
    Unknown {
        /// The message.
        message: String,
        /// The channel.
        channel: Channel,
    },
    /// The template and the context do not fit: a field is missing, or the words are no Slack message.
    #[error("the template of `{message}` cannot be rendered: {reason}")]
    Broken {
        /// The message.
        message: String,
        /// What handlebars or the builder says, with line and column.
        reason: String,
    },
}

/// Renders `message` (a folder of `templates/`) for `channel` with `context`, which was made by this crate.
///
/// # Errors
/// See [`RenderError`].
pub fn render(message: &str, channel: Channel, context: &Value) -> Result<Rendered, RenderError> {
    let templates = Templates::get();
    match channel {
        Channel::Slack => {
            let words = templates.render(message, "slack.json", context)?;
            let broken = |reason: String| RenderError::Broken {
                message: message.to_owned(),
                reason,
            };
            let words: slack::Words =
                serde_json::from_str(&words).map_err(|error| broken(error.to_string()))?;
            Ok(Rendered::Slack(slack::assemble(&words)))
        }
        Channel::Email => {
            let subject = templates.render(message, "email.subject", context)?;
            Ok(Rendered::Email(RenderedEmail {
                subject: crate::context::one_line(subject.trim(), 200),
                text: tidy(&templates.render(message, "email.txt", context)?),
                html: templates.render(message, "email.html", context)?,
            }))
        }
    }
}

/// No blanks at the ends of lines, never two empty lines, one line feed at the end: conditions in templates leave gaps.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = true;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() && empty {
            continue;
        }
        empty = line.is_empty();
        tidy.push_str(line);
        tidy.push('\n');
    }
    tidy.truncate(tidy.trim_end().len());
    tidy.push('\n');
    tidy
}

/// The names of all messages, sorted.
#[must_use]
pub fn messages() -> Vec<&'static str> {
    Templates::get().messages()
}

/// The channels for which `message` has templates.
#[must_use]
pub fn channels_of(message: &str) -> Vec<Channel> {
    [
        (Channel::Slack, "slack.json"),
        (Channel::Email, "email.html"),
    ]
    .into_iter()
    .filter(|(_, part)| Templates::get().has(message, part))
    .map(|(channel, _)| channel)
    .collect()
}

/// The sample context of `message`, checked against its type.
///
/// # Errors
/// When there is no such message, or its sample does not fit.
pub fn sample(message: &str) -> Result<Value, RenderError> {
    let text = Templates::sample(message).ok_or_else(|| RenderError::Unknown {
        message: message.to_owned(),
        channel: Channel::Slack,
    })?;
    checked(message, text).map_err(|error| RenderError::Broken {
        message: message.to_owned(),
        reason: format!("sample.json: {error}"),
    })
}

/// Reads a context as the type its message has, and gives it back whole.
fn checked(message: &str, text: &str) -> Result<Value, serde_json::Error> {
    match message {
        "baseline" => serde_json::to_value(serde_json::from_str::<BaselineContext>(text)?),
        "weekly-summary" => serde_json::to_value(serde_json::from_str::<SummaryContext>(text)?),
        "test-message" => serde_json::to_value(serde_json::from_str::<TestMessageContext>(text)?),
        _ => serde_json::to_value(serde_json::from_str::<IncidentContext>(text)?),
    }
}
