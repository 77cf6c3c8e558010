//! Sends one message to one destination: claimed before, marked after.
//!
//! Messages are sent at least once, and once wherever the far end can tell; but a summary is never sent twice.

mod channels;
mod secrets;
mod sender;

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{Delivery, DeliveryJob};
use plimsoll_runtime::{Clock, Disposition, Failure};
use plimsoll_store::{ClaimedDelivery, DeliveryClaim, Store, StoreError, TenantStore, WhenLapsed};

use sender::Sender;

pub use channels::Channels;
pub use secrets::Secrets;

/// How long a claim counts: longer than any far end may take to answer.
const CLAIM: SignedDuration = SignedDuration::from_mins(3);

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

/// A summary is sent at most once, everything else at least once, a first scan's message as well.
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
    /// To be tried again then, and why it was not sent.
    Later(Timestamp, String),
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
        Attempt::Later(at, trouble) => tenant.delivery_later(claimed, at, &trouble).await?,
        Attempt::Failed(reason) => tenant.delivery_failed(claimed, now, &reason).await?,
    };
    Ok(())
}

#[cfg(test)]
mod tests;
