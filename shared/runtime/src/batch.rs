//! SQS batches: decoded record by record, answered record by record.

use std::fmt::Display;
use std::time::Duration;

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
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

/// A message that failed is hidden for the first of these the first time, four times as long each time after that, at
/// most for the second: with five receives, what lasts less than twenty minutes ends in no dead-letter queue. The queue's
/// own visibility time-out is far longer, because it has to cover a whole run.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(900);
/// A message that is none of ours: waiting does not mend it.
const NO_PAUSE: Duration = Duration::from_secs(1);

/// Serves SQS events: every record is decoded by itself, a malformed one fails alone, and the answer names what to
/// deliver again, which `hide` hides from now on for as long as it is told (receipt, pause). The only place that logs a
/// handler's failure.
///
/// # Errors
/// When the Runtime API fails.
pub async fn sqs<H, F, E, P, G, W>(handle: H, hide: P) -> Result<(), lambda_runtime::Error>
where
    H: Fn(Message) -> F,
    F: Future<Output = Result<(), E>>,
    E: Failure,
    P: Fn(String, Duration) -> G,
    G: Future<Output = Result<(), W>>,
    W: Display,
{
    let (handle, hide) = (&handle, &hide);
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<SqsEvent>| {
        Ok::<_, lambda_runtime::Error>(answer(event.payload, handle, hide).await)
    }))
    .await
}

async fn answer<H, F, E, P, G, W>(event: SqsEvent, handle: &H, hide: &P) -> SqsBatchResponse
where
    H: Fn(Message) -> F,
    F: Future<Output = Result<(), E>>,
    E: Failure,
    P: Fn(String, Duration) -> G,
    G: Future<Output = Result<(), W>>,
    W: Display,
{
    let mut response = SqsBatchResponse::default();
    for record in event.records {
        let id = record.message_id.clone().unwrap_or_default();
        let Some(pause) = pause(&id, &record, handle).await else {
            continue;
        };
        if let Err(error) = hide(record.receipt_handle.unwrap_or_default(), pause).await {
            tracing::warn!(message_id = %id, %error, "message comes back only after the queue's visibility time-out");
        }
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = id;
        response.batch_item_failures.push(failure);
    }
    response
}

/// Handles one message; gives the pause after which it should come again, if it should.
async fn pause<H, F, E>(id: &str, record: &SqsMessage, handle: &H) -> Option<Duration>
where
    H: Fn(Message) -> F,
    F: Future<Output = Result<(), E>>,
    E: Failure,
{
    let body = record.body.as_deref().unwrap_or_default();
    let message = match serde_json::from_str::<Message>(body) {
        Ok(message) => message,
        Err(error) => {
            tracing::error!(message_id = %id, %error, "message is not one of ours");
            return Some(NO_PAUSE);
        }
    };
    let tenant = message.tenant().clone();
    let error = handle(message).await.err()?;
    let disposition = error.disposition();
    tracing::error!(message_id = %id, %tenant, %error, disposition = disposition.as_str(), "message not handled");
    let received = record.attributes.get("ApproximateReceiveCount");
    let received = received.and_then(|count| count.parse().ok());
    (disposition == Disposition::Retry).then(|| pause_after(received.unwrap_or(1)))
}

/// How long to hide a message that failed after so many receives.
fn pause_after(received: u32) -> Duration {
    let times = 4_u32.saturating_pow(received.saturating_sub(1));
    FIRST_PAUSE.saturating_mul(times).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

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
            .map(|(i, body)| {
                let attributes = serde_json::json!({"ApproximateReceiveCount": "2"});
                serde_json::json!({"messageId": i.to_string(), "receiptHandle": format!("r{i}"), "body": body,
                    "attributes": attributes, "messageAttributes": {}})
            })
            .collect();
        serde_json::from_value(serde_json::json!({ "Records": records })).unwrap()
    }

    #[tokio::test]
    async fn a_malformed_record_fails_alone_and_only_what_may_be_retried_is_named_and_hidden() {
        let scan = r#"{"type":"account-job.v1","tenant":"ten_00000000000000000000","connection":"con_00000000000000000000","slot":"2026-11-21T00:00:00Z"}"#;
        let hidden = RefCell::new(Vec::new());
        let hide = async |receipt, pause: Duration| {
            hidden.borrow_mut().push((receipt, pause.as_secs()));
            Err("the queue is gone")
        };
        let ok = answer(event(&[scan, "{"]), &async |_| Ok::<(), Fails>(()), &hide).await;
        assert_eq!(
            ok.batch_item_failures
                .iter()
                .map(|f| f.item_identifier.as_str())
                .collect::<Vec<_>>(),
            ["1"]
        );
        let retry = async |_| Err(Fails(Disposition::Retry));
        let retried = answer(event(&[scan]), &retry, &hide).await;
        assert_eq!(retried.batch_item_failures.len(), 1);
        let drop = async |_| Err(Fails(Disposition::Drop));
        let dropped = answer(event(&[scan]), &drop, &hide).await;
        assert!(dropped.batch_item_failures.is_empty());
        let hidden = hidden.into_inner();
        assert_eq!(hidden, [("r1".to_owned(), 1), ("r0".to_owned(), 120)]);
    }

    #[test]
    fn pauses_grow_to_a_quarter_of_an_hour() {
        let pauses = [1, 2, 3, 4, 5, u32::MAX].map(|received| pause_after(received).as_secs());
        assert_eq!(pauses, [30, 120, 480, 900, 900, 900]);
    }
}
