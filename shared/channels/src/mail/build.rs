//! The message itself, with every header it needs.

use std::time::SystemTime;

use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

use super::OutgoingMail;
use crate::SendError;

/// Why a mail cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailBuildError {
    /// A text that is no address.
    #[error("`{address}` is not an e-mail address")]
    Address {
        /// The text.
        address: String,
    },
    /// A part of a header that may not stand there.
    #[error("the header {name} cannot be written")]
    Header {
        /// The header's name.
        name: &'static str,
    },
    /// Something else about the message.
    #[error("the mail cannot be built: {reason}")]
    Other {
        /// What.
        reason: String,
    },
}

impl From<MailBuildError> for SendError {
    fn from(error: MailBuildError) -> Self {
        SendError::permanent(error.to_string())
    }
}

/// Builds `mail`: text and HTML as alternatives, and the headers that let clients thread it and people leave. The same mail gives the same
/// bytes.
///
/// # Errors
/// See [`MailBuildError`].
pub fn build_mail(mail: &OutgoingMail<'_>) -> Result<Message, MailBuildError> {
    let reply = mail.thread.is_some_and(|thread| thread.reply);
    let subject = if reply {
        format!("Re: {}", mail.subject)
    } else {
        mail.subject.to_owned()
    };
    let mut builder = Message::builder()
        .message_id(Some(format!(
            "<{}@{}>",
            mail.delivery,
            token("Message-ID", mail.domain)?
        )))
        .date(SystemTime::from(mail.now))
        .from(address(mail.from)?)
        .to(address(mail.to)?)
        .subject(subject);
    if let Some(reply_to) = mail.reply_to {
        builder = builder.reply_to(address(reply_to)?);
    }
    let part =
        |kind: ContentType, body: &str| SinglePart::builder().header(kind).body(body.to_owned());
    // The boundary is made from the delivery, so that the same mail is the same bytes.
    let body = MultiPart::builder()
        .kind(lettre::message::MultiPartKind::Alternative)
        .boundary(format!("part-of-{}", mail.delivery))
        .singlepart(part(ContentType::TEXT_PLAIN, mail.text))
        .singlepart(part(ContentType::TEXT_HTML, mail.html));
    let mut message = builder
        .multipart(body)
        .map_err(|error| MailBuildError::Other {
            reason: error.to_string(),
        })?;
    for (name, value) in headers(mail)? {
        message.headers_mut().insert_raw(HeaderValue::new(
            HeaderName::new_from_ascii_str(name),
            value,
        ));
    }
    Ok(message)
}

fn address(text: &str) -> Result<Mailbox, MailBuildError> {
    text.parse().map_err(|_| MailBuildError::Address {
        address: text.to_owned(),
    })
}

fn headers(mail: &OutgoingMail<'_>) -> Result<Vec<(&'static str, String)>, MailBuildError> {
    // Nobody's holiday note shall answer us (RFC 3834; Microsoft's own header beside it).
    let mut headers = vec![
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
    ];
    if let Some(thread) = mail.thread {
        // A constant root first in every mail, the first included, keeps a conversation together although SES gives
        // each mail a new id.
        let root = format!("<{}@{}>", token("References", thread.root)?, mail.domain);
        let references = match thread.in_reply_to {
            Some(earlier) => {
                let earlier = format!("<{}>", token("In-Reply-To", earlier)?);
                headers.push(("In-Reply-To", earlier.clone()));
                format!("{root} {earlier}")
            }
            None => {
                if thread.reply {
                    headers.push(("In-Reply-To", root.clone()));
                }
                root
            }
        };
        headers.push(("References", references));
    }
    if let Some(list) = mail.list {
        let tenant = token("List-Id", list.tenant)?;
        headers.push(("List-Id", format!("<weekly.{tenant}.{}>", mail.domain)));
        let mut ways = Vec::new();
        if let Some(url) = list.unsubscribe {
            ways.push(format!("<{}>", token("List-Unsubscribe", url)?));
        }
        if let Some(address) = list.unsubscribe_mail {
            // The address alone, where a sender with a name is given.
            let address = self::address(address)?.email.to_string();
            let address = token("List-Unsubscribe", &address)?;
            ways.push(format!("<mailto:{address}?subject=unsubscribe>"));
        }
        if !ways.is_empty() {
            headers.push(("List-Unsubscribe", ways.join(", ")));
        }
        if list.unsubscribe.is_some() {
            headers.push((
                "List-Unsubscribe-Post",
                "List-Unsubscribe=One-Click".to_owned(),
            ));
        }
    }
    Ok(headers)
}

/// A text that may stand between angle brackets: nothing that ends them, the header or the line.
fn token<'a>(name: &'static str, text: &'a str) -> Result<&'a str, MailBuildError> {
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'<' && byte != b'>';
    if !text.is_empty() && text.bytes().all(allowed) {
        Ok(text)
    } else {
        Err(MailBuildError::Header { name })
    }
}
