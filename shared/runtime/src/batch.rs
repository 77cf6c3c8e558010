//! SQS batches: decoded record by record, answered record by record.

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use lambda_runtime::{LambdaEvent, service_fn};
use plimsoll_model::Message;

/// What to do with a message that could not be handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Let the queue deliver it again.
    Retry,
    /// It can never succeed: drop it, the log says why.
    Drop,
}

impl Disposition {
    /// The word in logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Disposition::Retry => "retry",
            Disposition::Drop => "drop",
        }
    }
}

/// An error that knows what should become of its message.
pub trait Failure: std::error::Error {
    /// Retry or drop.
    fn disposition(&self) -> Disposition;
}

/// Serves SQS events: every record is decoded by itself, a malformed one fails alone, and the answer names what to
/// deliver again. The only place that logs a handler's failure.
///
/// # Errors
/// When the Runtime API fails.
pub async fn sqs<H, F, E>(handle: H) -> Result<(), lambda_runtime::Error>
where
    H: Fn(Message) -> F,
    F: Future<Output = Result<(), E>>,
    E: Failure,
{
    let handle = &handle;
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<SqsEvent>| {
        Ok::<_, lambda_runtime::Error>(answer(event.payload, handle).await)
    }))
    .await
}

async fn answer<H, F, E>(event: SqsEvent, handle: &H) -> SqsBatchResponse
where
    H: Fn(Message) -> F,
    F: Future<Output = Result<(), E>>,
    E: Failure,
{
    let mut response = SqsBatchResponse::default();
    for record in event.records {
        let id = record.message_id.unwrap_or_default();
        let decoded = serde_json::from_str::<Message>(record.body.as_deref().unwrap_or_default());
        let retry = match decoded {
            Err(error) => {
                tracing::error!(message_id = %id, %error, "message is not one of ours");
                true
            }
            Ok(message) => {
                let tenant = message.tenant().clone();
                match handle(message).await {
                    Ok(()) => false,
                    Err(error) => {
                        let disposition = error.disposition();
                        tracing::error!(message_id = %id, %tenant, %error, disposition = disposition.as_str(), "message not handled");
                        disposition == Disposition::Retry
                    }
                }
            }
        };
        if retry {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            response.batch_item_failures.push(failure);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("failed")]
    struct Fails(Disposition);

    impl Failure for Fails {
        fn disposition(&self) -> Disposition {
            self.0
        }
    }

    fn event(bodies: &[&str]) -> SqsEvent {
        let records: Vec<_> = bodies
            .iter()
            .enumerate()
            .map(|(i, body)| serde_json::json!({"messageId": i.to_string(), "body": body, "attributes": {}, "messageAttributes": {}}))
            .collect();
        serde_json::from_value(serde_json::json!({ "Records": records })).unwrap()
    }

    #[tokio::test]
    async fn a_malformed_record_fails_alone_and_only_what_may_be_retried_is_named() {
        let scan = r#"{"type":"account-job.v1","tenant":"ten_00000000000000000000","connection":"con_00000000000000000000","slot":"2026-11-21T00:00:00Z"}"#;
        let ok = answer(event(&[scan, "{"]), &async |_| Ok::<(), Fails>(())).await;
        assert_eq!(
            ok.batch_item_failures
                .iter()
                .map(|f| f.item_identifier.as_str())
                .collect::<Vec<_>>(),
            ["1"]
        );
        let retried = answer(event(&[scan]), &async |_| Err(Fails(Disposition::Retry))).await;
        assert_eq!(retried.batch_item_failures.len(), 1);
        let dropped = answer(event(&[scan]), &async |_| Err(Fails(Disposition::Drop))).await;
        assert!(dropped.batch_item_failures.is_empty());
    }
}
