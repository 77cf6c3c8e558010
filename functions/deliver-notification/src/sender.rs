//! One attempt at one message: rendered, put in its thread, handed to the channel.

use jiff::{SignedDuration, Timestamp};
use plimsoll_alerting::{Channel, Rendered, RenderedEmail, render};
use plimsoll_channels::{MailThread, OutgoingMail, Posted, SendError, SlackPost, WeeklyList};
use plimsoll_model::{Delivery, DeliveryId, DeliveryState, Destination, Tenant};
use plimsoll_store::{StoreError, TenantStore, WhenLapsed};
use serde_json::Value;

use crate::{Attempt, CLAIM, Channels, DeliveryError, SUMMARY, when_lapsed};

/// How long a message waits for another: the one it edits or answers, or another edit of the same.
const WAIT_FOR_FIRST: SignedDuration = SignedDuration::from_mins(1);
/// After so many attempts a delivery is given up and shown to the tenant.
const MOST_ATTEMPTS: u32 = 10;
/// Of an error so many letters are kept.
const MOST_LETTERS: usize = 400;

/// Everything that sending takes.
pub(crate) struct Sender<'a> {
    pub(crate) store: &'a TenantStore,
    pub(crate) tenant: &'a Tenant,
    pub(crate) channels: &'a Channels,
    pub(crate) domain: &'a str,
    pub(crate) now: Timestamp,
}

impl Sender<'_> {
    /// Sends it, unless a newer edit of the same message has made it needless.
    pub(crate) async fn send(&self, delivery: &Delivery) -> Result<Attempt, DeliveryError> {
        match self.among_edits(delivery).await? {
            Turn::Now => {}
            Turn::Later => return Ok(self.later("another edit of the same message is under way")),
            Turn::Over(remote_id) => return Ok(Attempt::Sent(remote_id)),
        }
        let channel = match delivery.destination {
            Destination::Slack(_) => Channel::Slack,
            Destination::Email(_) => Channel::Email,
        };
        let rendered = match render(
            &delivery.content.message,
            channel,
            &delivery.content.context,
        ) {
            Ok(rendered) => rendered,
            Err(error) => return Ok(Attempt::Failed(error.to_string())),
        };
        let sent = match (&delivery.destination, rendered) {
            (Destination::Slack(to), Rendered::Slack(message)) => {
                self.slack(delivery, to, &message).await?
            }
            (Destination::Email(to), Rendered::Email(mail)) => {
                self.mail(delivery, to, &mail).await?
            }
            _ => {
                return Ok(Attempt::Failed(
                    "the message was rendered for another channel".to_owned(),
                ));
            }
        };
        Ok(match sent {
            Err(Waits::ForFirst) => {
                self.later("the message that it edits or answers is not sent yet")
            }
            Err(Waits::NoChannel(what)) => Attempt::Failed(what.to_owned()),
            Ok(Ok(remote_id)) => Attempt::Sent(remote_id),
            Ok(Err(error)) => self.after(delivery, &error),
        })
    }

    /// Whether an edit's turn has come: what a message shows must never become older, whatever the order of attempts.
    async fn among_edits(&self, delivery: &Delivery) -> Result<Turn, DeliveryError> {
        if delivery.content.edits.is_none() {
            return Ok(Turn::Now);
        }
        let others = self
            .store
            .list_deliveries(delivery.incident.as_ref())
            .await?;
        let mut turn = Turn::Now;
        for other in others
            .iter()
            .filter(|other| other.content.edits == delivery.content.edits)
        {
            match &other.state {
                DeliveryState::Sent { remote_id, .. } if revision(other) > revision(delivery) => {
                    return Ok(Turn::Over(remote_id.clone()));
                }
                DeliveryState::Claimed { until }
                    if other.id != delivery.id && *until > self.now =>
                {
                    turn = Turn::Later;
                }
                _ => {}
            }
        }
        Ok(turn)
    }

    fn after(&self, delivery: &Delivery, error: &SendError) -> Attempt {
        let again = match error {
            SendError::Throttled { retry_after } => {
                SignedDuration::try_from(*retry_after).unwrap_or(CLAIM)
            }
            SendError::Temporary(_) => SignedDuration::from_secs(30 << delivery.attempts.min(7)),
            SendError::Permanent { reason } => return Attempt::Failed(reason.clone()),
        };
        // Whether a summary arrived is not known then, and it is never sent twice.
        let unknown =
            matches!(error, SendError::Temporary(_)) && when_lapsed(delivery) == WhenLapsed::GiveUp;
        if unknown || delivery.attempts >= MOST_ATTEMPTS {
            return Attempt::Failed(trouble(error));
        }
        Attempt::Later(self.now + again, trouble(error))
    }

    /// It waits for another message.
    fn later(&self, why: &str) -> Attempt {
        Attempt::Later(self.now + WAIT_FOR_FIRST, why.to_owned())
    }

    async fn slack(
        &self,
        delivery: &Delivery,
        to: &str,
        message: &Value,
    ) -> Result<Result<Result<String, SendError>, Waits>, DeliveryError> {
        let (slack, token) = match self.channels.slack(self.tenant).await {
            Ok(Some(found)) => found,
            Ok(None) => {
                return Ok(Err(Waits::NoChannel(
                    "the tenant has no Slack workspace connected",
                )));
            }
            Err(error) => return Ok(Ok(Err(error))),
        };
        let (edits, thread) = match (
            self.earlier(delivery, delivery.content.edits.as_ref())
                .await?,
            self.earlier(delivery, delivery.content.thread.as_ref())
                .await?,
        ) {
            (Ok(edits), Ok(thread)) => (edits, thread),
            _ => return Ok(Err(Waits::ForFirst)),
        };
        let (edits, thread) = (
            edits.and_then(|id| Posted::parse(&id)),
            thread.and_then(|id| Posted::parse(&id)),
        );
        let post = SlackPost {
            delivery: &delivery.id,
            to,
            message,
            thread: thread.as_ref(),
            edits: edits.as_ref(),
            now: self.now,
        };
        Ok(Ok(slack
            .send(token.as_str(), &post)
            .await
            .map(|posted| posted.remote_id())))
    }

    async fn mail(
        &self,
        delivery: &Delivery,
        to: &str,
        mail: &RenderedEmail,
    ) -> Result<Result<Result<String, SendError>, Waits>, DeliveryError> {
        let Some((channel, from)) = self.channels.mail(self.tenant) else {
            return Ok(Err(Waits::NoChannel("the tenant has no way to send mail")));
        };
        let Ok(first) = self
            .earlier(delivery, delivery.content.thread.as_ref())
            .await?
        else {
            return Ok(Err(Waits::ForFirst));
        };
        let thread = delivery.incident.as_ref().map(|incident| MailThread {
            root: incident.as_str(),
            reply: delivery.content.thread.is_some(),
            in_reply_to: first.as_deref(),
        });
        let weekly = delivery.content.message == SUMMARY;
        let list = weekly.then(|| WeeklyList {
            tenant: &self.tenant.slug,
            unsubscribe: None,
            unsubscribe_mail: Some(from),
        });
        let outgoing = OutgoingMail {
            delivery: &delivery.id,
            from,
            to,
            reply_to: None,
            subject: &mail.subject,
            text: &mail.text,
            html: &mail.html,
            thread,
            list,
            domain: self.domain,
            now: self.now,
        };
        Ok(Ok(channel.send(&outgoing).await))
    }

    /// What the far end calls an earlier delivery: none when there is none or it was never sent; an error while it may
    /// still be.
    async fn earlier(
        &self,
        of: &Delivery,
        id: Option<&DeliveryId>,
    ) -> Result<Result<Option<String>, ()>, DeliveryError> {
        let Some(id) = id else { return Ok(Ok(None)) };
        match self.store.find_delivery(of.incident.as_ref(), id).await {
            Ok(Delivery {
                state: DeliveryState::Sent { remote_id, .. },
                ..
            }) => Ok(Ok(Some(remote_id))),
            Ok(Delivery {
                state: DeliveryState::Failed { .. },
                ..
            })
            | Err(StoreError::NotFound(_)) => Ok(Ok(None)),
            Ok(_) => Ok(Err(())),
            Err(error) => Err(error.into()),
        }
    }
}

/// The words of an error and of what is behind it, as many as fit on a few lines.
fn trouble(error: &SendError) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    let causes = causes.map(|cause| format!(": {cause}"));
    let words: String = std::iter::once(error.to_string()).chain(causes).collect();
    words.chars().take(MOST_LETTERS).collect()
}

/// Why nothing was sent without anything having failed.
enum Waits {
    /// The message it edits or answers is not sent yet.
    ForFirst,
    /// There is no channel.
    NoChannel(&'static str),
}

/// Whether an edit is to be sent.
enum Turn {
    Now,
    /// Another edit of the same message is under way.
    Later,
    /// The message shows something newer already; what the far end calls it.
    Over(String),
}

/// The state of the incident that a message shows; it only grows.
fn revision(delivery: &Delivery) -> Option<u64> {
    delivery.content.context["revision"].as_u64()
}
