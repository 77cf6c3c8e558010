//! Mail: Amazon SES, an SMTP server, or a folder in their place. All three send the same message, built once.

mod build;
mod folder;
mod ses;
mod smtp;

use std::path::Path;

use jiff::Timestamp;
use plimsoll_model::DeliveryId;

pub use self::build::{MailBuildError, build_mail};
pub use self::folder::MailFolder;
pub use self::ses::SesMail;
pub use self::smtp::SmtpMail;
use crate::SendError;

/// A mail to one recipient.
#[derive(Debug, Clone, Copy)]
pub struct OutgoingMail<'a> {
    /// The delivery; names the message and, in a folder, its files.
    pub delivery: &'a DeliveryId,
    /// The sender: `Plimsoll <plimsoll@acme.example>` or the address alone.
    pub from: &'a str,
    /// The recipient's address.
    pub to: &'a str,
    /// Where an answer goes: the tenant's owner.
    pub reply_to: Option<&'a str>,
    /// The subject, without `Re:`.
    pub subject: &'a str,
    /// The text part.
    pub text: &'a str,
    /// The HTML part.
    pub html: &'a str,
    /// The conversation it belongs to, for mail about incidents.
    pub thread: Option<MailThread<'a>>,
    /// The list it belongs to, for weekly summaries only.
    pub list: Option<WeeklyList<'a>>,
    /// The domain in the message's own name, for example `plimsoll.example`.
    pub domain: &'a str,
    /// The time.
    pub now: Timestamp,
}

/// The conversation a mail belongs to.
#[derive(Debug, Clone, Copy)]
pub struct MailThread<'a> {
    /// What it is about, the same for all of its mails: the incident's id.
    pub root: &'a str,
    /// Whether it is not the first: the subject then begins with `Re:`.
    pub reply: bool,
    /// The message id that the far end gave an earlier mail of the conversation, without angle brackets; SES makes its
    /// own ids, so that the one we made is not the one the recipient knows.
    pub in_reply_to: Option<&'a str>,
}

/// The list a weekly summary belongs to, and how to leave it (RFC 2919, RFC 2369, RFC 8058).
#[derive(Debug, Clone, Copy)]
pub struct WeeklyList<'a> {
    /// The tenant's short name: the list is `weekly.<tenant>.<domain>`.
    pub tenant: &'a str,
    /// The address that takes a POST and stops the mails; none where the service has no page.
    pub unsubscribe: Option<&'a str>,
    /// An address that takes a mail and stops them; with or without a name.
    pub unsubscribe_mail: Option<&'a str>,
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum Mail {
    /// Amazon SES.
    Ses(SesMail),
    /// An SMTP server.
    Smtp(SmtpMail),
    /// Files in a folder.
    Folder(MailFolder),
}

impl Mail {
    /// Amazon SES through this client.
    #[must_use]
    pub fn ses(client: aws_sdk_sesv2::Client) -> Self {
        Mail::Ses(SesMail::new(client))
    }

    /// The SMTP server at `url`: `smtp://user:password@host:port?tls=required`, `smtps://…`, or `smtp://…` without TLS.
    ///
    /// # Errors
    /// [`SendError::Permanent`] when the URL is none of these; the text does not repeat it.
    pub fn smtp(url: &str) -> Result<Self, SendError> {
        SmtpMail::new(url).map(Mail::Smtp)
    }

    /// Files in `folder`, named by delivery.
    #[must_use]
    pub fn folder(folder: &Path) -> Self {
        Mail::Folder(MailFolder::new(folder))
    }

    /// Sends, and gives what the far end calls the mail: its message id without angle brackets, or the file's name.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn send(&self, mail: &OutgoingMail<'_>) -> Result<String, SendError> {
        match self {
            Mail::Ses(ses) => ses.send(mail).await,
            Mail::Smtp(smtp) => smtp.send(mail).await,
            Mail::Folder(folder) => folder.send(mail).await,
        }
    }
}

#[cfg(test)]
mod tests;
