//! Events in the form in which Lambda hands them over.

use serde_json::{Value, json};

/// The event of a schedule, as EventBridge Scheduler makes it where the schedule names no input.
pub(super) fn schedule_event() -> Value {
    json!({
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": "111111111111",
        "time": "2026-11-21T00:00:00Z",
        "region": "eu-central-1",
        "resources": ["arn:aws:scheduler:eu-central-1:111111111111:schedule/default/tick"],
        "detail": "{}",
    })
}

/// A batch of messages with their ids, as the event source mapping hands it over.
pub(super) fn queue_event(queue: &str, messages: &[(&str, &str)]) -> Value {
    let records = messages.iter().map(|(id, body)| {
        json!({
            "messageId": id,
            "receiptHandle": format!("receipt of {id}"),
            "body": body,
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1795219200000",
                "SenderId": "AROA:plan-scans",
                "ApproximateFirstReceiveTimestamp": "1795219200001",
            },
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:eu-central-1:111111111111:{queue}"),
            "awsRegion": "eu-central-1",
        })
    });
    json!({ "Records": records.collect::<Vec<_>>() })
}
