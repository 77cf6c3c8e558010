//! How a queue is, for the operator.

use aws_sdk_sqs::types::QueueAttributeName;

use super::{Queue, Queues};
use crate::StoreError;

/// How many messages a queue and its dead-letter queue hold: about, as SQS counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueHealth {
    /// Waiting to be taken.
    pub waiting: u64,
    /// Taken, and not dealt with yet.
    pub under_way: u64,
    /// Given up on.
    pub dead: u64,
    /// The dead-letter queue's ARN, from which messages can be sent again.
    pub dead_arn: String,
}

impl Queues {
    /// How a queue is. Its dead-letter queue is found by itself.
    ///
    /// # Errors
    /// When SQS refuses or cannot be reached, or the queue has no dead-letter queue.
    pub async fn health(&self, queue: Queue) -> Result<QueueHealth, StoreError> {
        let live = self.shared.queues.live(queue);
        let answer = self
            .shared
            .sqs
            .get_queue_attributes()
            .queue_url(live)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)
            .attribute_names(QueueAttributeName::RedrivePolicy)
            .send()
            .await?;
        let attributes = answer.attributes.unwrap_or_default();
        let count = |name: &QueueAttributeName| {
            let count = attributes.get(name).and_then(|count| count.parse().ok());
            count.unwrap_or(0)
        };
        let redrive = attributes.get(&QueueAttributeName::RedrivePolicy);
        let redrive = redrive.and_then(|text| serde_json::from_str(text).ok());
        let redrive: serde_json::Value = redrive.unwrap_or_default();
        let none = || StoreError::other(format!("{} has no dead-letter queue", queue.as_str()));
        let dead_arn = redrive["deadLetterTargetArn"].as_str().ok_or_else(none)?;
        let name = dead_arn.rsplit(':').next().unwrap_or_default();
        let url = self.shared.sqs.get_queue_url().queue_name(name);
        let url = url.send().await?.queue_url.unwrap_or_default();
        Ok(QueueHealth {
            waiting: count(&QueueAttributeName::ApproximateNumberOfMessages),
            under_way: count(&QueueAttributeName::ApproximateNumberOfMessagesNotVisible),
            dead: self.depth_of(&url).await?,
            dead_arn: dead_arn.to_owned(),
        })
    }
}
