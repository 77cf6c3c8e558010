//! The whole service in one process: the functions' own handlers over the embedded store and queues.

use std::time::Duration;

use deliver_notification::Channels;
use jiff::SignedDuration;
use plimsoll_alerting::Links;
use plimsoll_model::Message;
use plimsoll_policy::Catalogue;
use plimsoll_runtime::{Clock, Disposition, Failure};
use plimsoll_store::{Queue, Received, Store, StoreError};
use route_findings::Desk;
use scan_cluster::Reach;

use super::progress::Said;

/// How many messages are taken from a queue at a time.
const BATCH: u8 = 10;
/// How long a worker waits for a message before it asks again.
const WAIT: Duration = Duration::from_secs(2);

/// What the handlers need.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) store: Store,
    pub(crate) catalogue: Catalogue,
    pub(crate) reach: Reach,
    pub(crate) channels: Channels,
    pub(crate) links: Links,
    pub(crate) clock: Clock,
    /// How often every connection is scanned.
    pub(crate) every: SignedDuration,
    /// The domain in the names of our mails.
    pub(crate) domain: String,
}

impl Service {
    /// The desk of those who tell people something, at this moment.
    pub(crate) fn desk(&self) -> Desk<'_> {
        Desk {
            store: &self.store,
            catalogue: &self.catalogue,
            links: &self.links,
            now: self.clock.now(),
        }
    }

    /// What the schedules do: plan and sweep, escalate, summarise.
    pub(crate) async fn tick(&self) -> anyhow::Result<()> {
        plan_scans::handle(&self.store, self.every, self.clock.now()).await?;
        escalate_incidents::handle(&self.desk()).await?;
        send_summaries::handle(&self.desk()).await?;
        Ok(())
    }

    /// Handles messages until every queue is empty. Returns how many were handled.
    pub(crate) async fn drain(&self) -> anyhow::Result<usize> {
        let mut handled = 0;
        loop {
            let mut any = false;
            for queue in Queue::ALL {
                for received in self
                    .store
                    .queues()
                    .receive(queue, BATCH, Duration::ZERO)
                    .await?
                {
                    any = true;
                    handled += 1;
                    self.deal_with(queue, received).await?;
                }
            }
            if !any {
                return Ok(handled);
            }
        }
    }

    /// Handles a queue's messages for ever, and shows `told` what came of each.
    pub(crate) async fn work(
        &self,
        queue: Queue,
        told: impl Fn(&str) -> std::io::Result<()>,
    ) -> anyhow::Result<()> {
        let mut said = Said::default();
        loop {
            for received in self.store.queues().receive(queue, BATCH, WAIT).await? {
                let Some(message) = self.deal_with(queue, received).await? else {
                    continue;
                };
                match said.line(&self.store, &message, self.clock.now()).await {
                    Ok(Some(line)) => told(&line)?,
                    Ok(None) | Err(StoreError::NotFound(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    /// Returns the message, if it was one of ours.
    async fn deal_with(&self, queue: Queue, received: Received) -> anyhow::Result<Option<Message>> {
        let message = match received.message {
            Ok(message) => message,
            Err(malformed) => {
                // It comes back until it lies in the dead-letter queue.
                tracing::error!(queue = queue.as_str(), %malformed, "message is not one of ours");
                return Ok(None);
            }
        };
        // What a handler holds while it waits is large, and would else lie on the stack of whoever waits for it.
        if Box::pin(self.handle(&message)).await != Some(Disposition::Retry) {
            self.store.queues().delete(queue, &received.receipt).await?;
        }
        Ok(Some(message))
    }

    /// Gives a message to its function; none when it went well.
    async fn handle(&self, message: &Message) -> Option<Disposition> {
        let (store, clock) = (&self.store, &self.clock);
        match message {
            Message::AccountJob(job) => ended(
                message,
                scan_account::handle(store, &self.reach, self.every, clock.now(), job).await,
            ),
            Message::ConnectionCheck(job) => ended(
                message,
                scan_account::check(store, &self.reach, self.every, clock.now(), job).await,
            ),
            Message::ClusterJob(job) => ended(
                message,
                scan_cluster::handle(store, &self.catalogue, &self.reach, clock, job).await,
            ),
            Message::FinishedScan(job) => {
                ended(message, route_findings::handle(&self.desk(), job).await)
            }
            Message::DeliveryJob(job) => ended(
                message,
                deliver_notification::handle(store, &self.channels, clock, &self.domain, job).await,
            ),
        }
    }
}

/// The one place that logs a handler's failure.
fn ended<E: Failure>(message: &Message, outcome: Result<(), E>) -> Option<Disposition> {
    let error = outcome.err()?;
    let disposition = error.disposition();
    tracing::error!(tenant = %message.tenant(), %error, disposition = disposition.as_str(), "message not handled");
    Some(disposition)
}
