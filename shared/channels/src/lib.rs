//! What leaves us: Slack messages and mail. Channels know destinations and wire formats and nothing of incidents; each
//! keeps its configuration beside it.

mod error;
#[cfg(test)]
mod fake;
mod file;
mod mail;
mod slack;

pub use error::SendError;
pub use mail::{
    Mail, MailBuildError, MailFolder, MailThread, OutgoingMail, SesMail, SmtpMail, WeeklyList,
    build_mail,
};
pub use slack::{Posted, Slack, SlackApi, SlackConfig, SlackFolder, SlackPost, write_slack_index};
