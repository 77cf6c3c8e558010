//! An SMTP server.

use std::time::Duration;

use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::{OutgoingMail, build_mail};
use crate::SendError;

/// How long one exchange with the server may take.
const TIME_OUT: Duration = Duration::from_secs(30);
/// How long to wait when a server is busy or asks to come back (replies 421, 450, 451, 452).
const WAIT: Duration = Duration::from_secs(120);

/// A connection to an SMTP server.
#[derive(Debug, Clone)]
pub struct SmtpMail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl SmtpMail {
    /// See [`super::Mail::smtp`].
    ///
    /// # Errors
    /// [`SendError::Permanent`] when the URL cannot be used; the text does not repeat it, since it may hold a password.
    pub fn new(url: &str) -> Result<Self, SendError> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| {
            SendError::permanent(
                "the SMTP address is none: smtps://user:password@host, or smtp://host:port?tls=required",
            )
        })?;
        Ok(Self {
            transport: builder.timeout(Some(TIME_OUT)).build(),
        })
    }

    pub(super) async fn send(&self, mail: &OutgoingMail<'_>) -> Result<String, SendError> {
        let message = build_mail(mail)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(format!("{}@{}", mail.delivery, mail.domain)),
            Err(error) if error.is_permanent() => {
                let code = error
                    .status()
                    .map(|code| code.to_string())
                    .unwrap_or_default();
                Err(SendError::permanent(format!(
                    "the mail server refuses it: {code}"
                )))
            }
            Err(error) if error.is_transient() => Err(SendError::throttled(None, WAIT)),
            Err(error) => Err(SendError::temporary(error)),
        }
    }
}
