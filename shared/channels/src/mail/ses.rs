//! Amazon SES, version 2. The mail is sent as it was built, so that all headers are ours; SES replaces the message id
//! alone and gives the new one back.

use std::time::Duration;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::SdkError;
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, RawMessage};

use super::{OutgoingMail, build_mail};
use crate::SendError;

/// How long to wait when SES says "too many": its rate is counted by the second, the day's quota is not soon over.
const RATE_WAIT: Duration = Duration::from_secs(5);
/// See [`RATE_WAIT`].
const QUOTA_WAIT: Duration = Duration::from_secs(1800);
/// A client of SES.
#[derive(Debug, Clone)]
pub struct SesMail {
    client: Client,
}

impl SesMail {
    /// Sends through `client`, whose region is where the sender is verified.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    pub(super) async fn send(&self, mail: &OutgoingMail<'_>) -> Result<String, SendError> {
        let bytes = build_mail(mail)?.formatted();
        let raw = RawMessage::builder()
            .data(Blob::new(bytes))
            .build()
            .map_err(|error| SendError::permanent(error.to_string()))?;
        let reply = self
            .client
            .send_email()
            .from_email_address(mail.from)
            .destination(Destination::builder().to_addresses(mail.to).build())
            .content(EmailContent::builder().raw(raw).build())
            .send()
            .await
            .map_err(classify)?;
        let id = reply.message_id().unwrap_or(mail.delivery.as_str());
        Ok(format!("{id}@{}", self.id_domain()))
    }

    /// The domain of the message ids that SES makes: of the region, but for its first one.
    fn id_domain(&self) -> String {
        match self.client.config().region().map(|region| region.as_ref()) {
            None | Some("us-east-1") => "email.amazonses.com".to_owned(),
            Some(region) => format!("{region}.amazonses.com"),
        }
    }
}

fn classify(error: SdkError<SendEmailError>) -> SendError {
    let SdkError::ServiceError(service) = &error else {
        return SendError::temporary(error);
    };
    match service.err() {
        SendEmailError::TooManyRequestsException(_) => SendError::throttled(None, RATE_WAIT),
        SendEmailError::LimitExceededException(_) => SendError::throttled(None, QUOTA_WAIT),
        SendEmailError::SendingPausedException(_) => SendError::throttled(None, QUOTA_WAIT),
        SendEmailError::AccountSuspendedException(_) => {
            SendError::permanent("SES has suspended the account's sending")
        }
        SendEmailError::MailFromDomainNotVerifiedException(_) => {
            SendError::permanent("the sender's domain is not verified in SES")
        }
        SendEmailError::MessageRejected(_) => SendError::permanent(
            "SES rejects it: an address is not verified, or the content is refused",
        ),
        SendEmailError::NotFoundException(_) | SendEmailError::BadRequestException(_) => {
            SendError::permanent("SES cannot use the request: check sender and recipient")
        }
        _ => SendError::temporary(error),
    }
}
