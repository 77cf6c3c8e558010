//! The queues: hints that there is something to do. Their messages hold ids only.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::types::{
    MessageSystemAttributeName, QueueAttributeName, SendMessageBatchRequestEntry,
};
use plimsoll_model::Message;

use crate::StoreError;
use crate::store::Shared;

mod health;
mod names;

pub use health::QueueHealth;
pub use names::{Queue, QueueUrls};

/// A message taken from a queue; it comes back unless it is deleted in time.
#[derive(Debug, Clone)]
pub struct Received {
    /// The message, or the text that is none.
    pub message: Result<Message, Malformed>,
    /// What names this receipt to the queue.
    pub receipt: String,
    /// How often it has been received, this time included.
    pub receive_count: u32,
}

/// A text that is no message of a version we know. Leave it in the queue: it ends in the dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a message: {reason}")]
pub struct Malformed {
    /// The text.
    pub body: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Sends and receives messages.
#[derive(Debug, Clone)]
pub struct Queues {
    shared: Arc<Shared>,
}

impl Queues {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Sends a message to the queue it belongs in, grouped by tenant so that a noisy tenant does not delay others.
    ///
    /// # Errors
    /// When SQS refuses or cannot be reached.
    pub async fn send(&self, message: &Message) -> Result<(), StoreError> {
        let body = serde_json::to_string(message).map_err(StoreError::other)?;
        self.send_text(Queue::of(message), message.tenant().as_str(), body)
            .await
    }

    /// Sends any text, message or not: for tests of those who receive it.
    ///
    /// # Errors
    /// When SQS refuses or cannot be reached.
    #[cfg(feature = "embedded")]
    pub async fn send_raw(&self, queue: Queue, text: &str) -> Result<(), StoreError> {
        self.send_text(queue, "test", text.to_owned()).await
    }

    async fn send_text(&self, queue: Queue, group: &str, body: String) -> Result<(), StoreError> {
        self.shared
            .sqs
            .send_message()
            .queue_url(self.shared.queues.live(queue))
            .message_group_id(group)
            .message_body(body)
            .send()
            .await?;
        Ok(())
    }

    /// Sends many messages, ten a request. All are tried.
    ///
    /// # Errors
    /// The first failure, also when SQS took only some of a batch; sending all again is harmless.
    pub async fn send_all(&self, messages: &[Message]) -> Result<(), StoreError> {
        let mut outcome = Ok(());
        for queue in Queue::ALL {
            let fitting: Vec<&Message> = messages
                .iter()
                .filter(|message| Queue::of(message) == queue)
                .collect();
            for batch in fitting.chunks(10) {
                outcome = outcome.and(self.send_batch(queue, batch).await);
            }
        }
        outcome
    }

    async fn send_batch(&self, queue: Queue, messages: &[&Message]) -> Result<(), StoreError> {
        let mut entries = Vec::with_capacity(messages.len());
        for (index, message) in messages.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_group_id(message.tenant().as_str())
                .message_body(serde_json::to_string(message).map_err(StoreError::other)?)
                .build()
                .map_err(StoreError::other)?;
            entries.push(entry);
        }
        let url = self.shared.queues.live(queue);
        let sent = self
            .shared
            .sqs
            .send_message_batch()
            .queue_url(url)
            .set_entries(Some(entries))
            .send()
            .await?;
        match sent.failed().first() {
            None => Ok(()),
            Some(failed) => {
                let text = format!(
                    "{}: {}",
                    failed.code(),
                    failed.message().unwrap_or_default()
                );
                Err(StoreError::of_code(failed.code(), &text)
                    .unwrap_or_else(|| StoreError::other(text)))
            }
        }
    }

    /// Takes up to `most` (at most 10) messages, waiting up to `wait` (at most 20 s) for the first.
    ///
    /// # Errors
    /// When SQS refuses or cannot be reached.
    pub async fn receive(
        &self,
        queue: Queue,
        most: u8,
        wait: Duration,
    ) -> Result<Vec<Received>, StoreError> {
        let answer = self
            .shared
            .sqs
            .receive_message()
            .queue_url(self.shared.queues.live(queue))
            .max_number_of_messages(i32::from(most.clamp(1, 10)))
            .wait_time_seconds(i32::try_from(wait.as_secs().min(20)).unwrap_or(20))
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .send()
            .await?;
        Ok(answer
            .messages
            .unwrap_or_default()
            .into_iter()
            .map(received)
            .collect())
    }

    /// Removes a message that has been dealt with.
    ///
    /// # Errors
    /// When SQS refuses or cannot be reached.
    pub async fn delete(&self, queue: Queue, receipt: &str) -> Result<(), StoreError> {
        let url = self.shared.queues.live(queue);
        self.shared
            .sqs
            .delete_message()
            .queue_url(url)
            .receipt_handle(receipt)
            .send()
            .await?;
        Ok(())
    }

    /// Hides a received message for `hidden` from now on (whole seconds, at most 12 hours); 0 gives it back at once.
    ///
    /// # Errors
    /// When SQS refuses or cannot be reached.
    pub async fn change_visibility(
        &self,
        queue: Queue,
        receipt: &str,
        hidden: Duration,
    ) -> Result<(), StoreError> {
        self.shared
            .sqs
            .change_message_visibility()
            .queue_url(self.shared.queues.live(queue))
            .receipt_handle(receipt)
            .visibility_timeout(i32::try_from(hidden.as_secs().min(43_200)).unwrap_or(43_200))
            .send()
            .await?;
        Ok(())
    }

    /// About how many messages are in a queue: visible, hidden and delayed together.
    ///
    /// # Errors
    /// When SQS refuses or cannot be reached.
    pub async fn depth(&self, queue: Queue) -> Result<u64, StoreError> {
        self.depth_of(self.shared.queues.live(queue)).await
    }

    /// About how many messages are in a queue's dead-letter queue.
    ///
    /// # Errors
    /// When SQS refuses or cannot be reached, or its URL is not known.
    pub async fn dead_depth(&self, queue: Queue) -> Result<u64, StoreError> {
        self.depth_of(self.shared.queues.dead(queue)).await
    }

    async fn depth_of(&self, url: &str) -> Result<u64, StoreError> {
        let counted = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
            QueueAttributeName::ApproximateNumberOfMessagesDelayed,
        ];
        let answer = self
            .shared
            .sqs
            .get_queue_attributes()
            .queue_url(url)
            .set_attribute_names(Some(counted.to_vec()))
            .send()
            .await?;
        let attributes = answer.attributes.unwrap_or_default();
        Ok(counted
            .iter()
            .filter_map(|name| attributes.get(name)?.parse::<u64>().ok())
            .sum())
    }
}

fn received(message: aws_sdk_sqs::types::Message) -> Received {
    let count = message
        .attributes
        .as_ref()
        .and_then(|map| map.get(&MessageSystemAttributeName::ApproximateReceiveCount))
        .and_then(|count| count.parse().ok());
    let body = message.body.unwrap_or_default();
    Received {
        message: serde_json::from_str(&body).map_err(|error| Malformed {
            reason: error.to_string(),
            body,
        }),
        receipt: message.receipt_handle.unwrap_or_default(),
        receive_count: count.unwrap_or(1),
    }
}
