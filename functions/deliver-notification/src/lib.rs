//! Sends one message to one destination: claimed before, marked after.
//!
//! Messages are sent at least once, and once wherever the far end can tell; but a summary is never sent twice.

mod channels;

use jiff::{SignedDuration, Timestamp};
use plimsoll_alerting::{Channel, Rendered, RenderedEmail, render};
use plimsoll_channels::{MailThread, OutgoingMail, Posted, SendError, SlackPost, WeeklyList};
use plimsoll_model::{Delivery, DeliveryId, DeliveryJob, DeliveryState, Destination, Tenant};
use plimsoll_runtime::{Clock, Disposition, Failure};
use plimsoll_store::{ClaimedDelivery, DeliveryClaim, Store, StoreError, TenantStore, WhenLapsed};
use serde_json::Value;

pub use channels::Channels;

/// How long a claim counts: longer than any far end may take to answer.
const CLAIM: SignedDuration = SignedDuration::from_mins(3);
/// After so many attempts a delivery is given up and shown to the tenant.
const MOST_ATTEMPTS: u32 = 10;
/// How long a message waits for the one it edits or answers.
const WAIT_FOR_FIRST: SignedDuration = SignedDuration::from_mins(1);

/// The message that a summary is.
const SUMMARY: &str = "weekly-summary";

/// Why a delivery was not dealt with.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure for DeliveryError {
    fn disposition(&self) -> Disposition {
        match self {
            // Somebody else took the delivery over, or it has expired.
            DeliveryError::Store(StoreError::LeaseLost(_) | StoreError::NotFound(_)) => {
                Disposition::Drop
            }
            DeliveryError::Store(_) => Disposition::Retry,
        }
    }
}

/// Delivers one message. A repeat finds it settled.
///
/// # Errors
/// When the store fails; what the far end refuses is a state of the delivery.
pub async fn handle(
    store: &Store,
    channels: &Channels,
    clock: &Clock,
    domain: &str,
    job: &DeliveryJob,
) -> Result<(), DeliveryError> {
    let tenant = store.of(&job.tenant);
    let now = clock.now();
    let claim = tenant
        .claim_delivery(
            job.incident.as_ref(),
            &job.key,
            now,
            now + CLAIM,
            when_lapsed,
        )
        .await?;
    let DeliveryClaim::Granted(claimed) = claim else {
        return Ok(());
    };
    let settings = tenant.get_tenant().await?;
    let sender = Sender {
        store: &tenant,
        tenant: &settings,
        channels,
        domain,
        now,
    };
    let outcome = sender.send(&claimed.delivery).await?;
    record(&tenant, claimed, outcome, clock.now()).await
}

/// A summary is sent at most once (design section 10), everything else at least once, a first scan's message as well.
fn when_lapsed(delivery: &Delivery) -> WhenLapsed {
    if delivery.content.message == SUMMARY {
        WhenLapsed::GiveUp
    } else {
        WhenLapsed::SendAgain
    }
}

/// What became of an attempt.
enum Attempt {
    Sent(String),
    Later(Timestamp),
    Failed(String),
}

async fn record(
    tenant: &TenantStore,
    claimed: ClaimedDelivery,
    outcome: Attempt,
    now: Timestamp,
) -> Result<(), DeliveryError> {
    match outcome {
        Attempt::Sent(remote_id) => tenant.delivery_sent(claimed, now, &remote_id).await?,
        Attempt::Later(at) => tenant.delivery_later(claimed, at).await?,
        Attempt::Failed(reason) => tenant.delivery_failed(claimed, now, &reason).await?,
    };
    Ok(())
}

struct Sender<'a> {
    store: &'a TenantStore,
    tenant: &'a Tenant,
    channels: &'a Channels,
    domain: &'a str,
    now: Timestamp,
}

impl Sender<'_> {
    async fn send(&self, delivery: &Delivery) -> Result<Attempt, DeliveryError> {
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
            Err(Waits::ForFirst) => Attempt::Later(self.now + WAIT_FOR_FIRST),
            Err(Waits::NoChannel(what)) => Attempt::Failed(what.to_owned()),
            Ok(Ok(remote_id)) => Attempt::Sent(remote_id),
            Ok(Err(error)) => self.after(delivery, &error),
        })
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
            return Attempt::Failed(error.to_string());
        }
        Attempt::Later(self.now + again)
    }

    async fn slack(
        &self,
        delivery: &Delivery,
        to: &str,
        message: &Value,
    ) -> Result<Result<Result<String, SendError>, Waits>, DeliveryError> {
        let Some((slack, token)) = self.channels.slack(self.tenant) else {
            return Ok(Err(Waits::NoChannel(
                "the tenant has no Slack workspace connected",
            )));
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
            .send(token, &post)
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

/// Why nothing was sent without anything having failed.
enum Waits {
    /// The message it edits or answers is not sent yet.
    ForFirst,
    /// There is no channel.
    NoChannel(&'static str),
}
