//! What a request asks permission for, in the words of IAM and the template's names.

use std::collections::BTreeSet;

use plimsoll_store::Queue;
use serde_json::Value;

/// Actions and the resources that they touched.
pub(super) type Calls = BTreeSet<(String, String)>;

/// The template's name of a queue.
pub(super) fn resource_of(queue: Queue) -> &'static str {
    match queue {
        Queue::AccountJobs => "AccountJobs",
        Queue::ClusterJobs => "ClusterJobs",
        Queue::FinishedScans => "FinishedScans",
        Queue::Deliveries => "Deliveries",
    }
}

/// What a request to SQS asks for.
pub(super) fn sqs_calls(operation: &str, request: &Value) -> Calls {
    let url = request["QueueUrl"].as_str().unwrap_or_default();
    let name = url.rsplit('/').next().unwrap_or_default();
    let queue = Queue::ALL.into_iter().find(|queue| queue.as_str() == name);
    let resource = queue.map_or_else(|| name.to_owned(), |queue| resource_of(queue).to_owned());
    // IAM knows no action of its own for batches.
    let action = operation.trim_end_matches("Batch");
    Calls::from([(format!("sqs:{action}"), resource)])
}

/// Transactions ask for the permissions of what is in them, batches name their tables.
pub(super) fn dynamo_calls(operation: &str, request: &Value) -> Calls {
    if let Some(items) = request["TransactItems"].as_array() {
        let actions = items.iter().filter_map(Value::as_object).flatten();
        return actions
            .map(|(kind, action)| {
                let action_name = match kind.as_str() {
                    "Put" | "Update" | "Delete" | "Get" => format!("dynamodb:{kind}Item"),
                    "ConditionCheck" => "dynamodb:ConditionCheckItem".to_owned(),
                    other => format!("dynamodb:{other}"),
                };
                (action_name, table(action))
            })
            .collect();
    }
    let action = format!("dynamodb:{operation}");
    match request["RequestItems"].as_object() {
        Some(tables) => tables
            .keys()
            .map(|table| (action.clone(), table.clone()))
            .collect(),
        None => Calls::from([(action, table(request))]),
    }
}

fn table(request: &Value) -> String {
    let table = request["TableName"].as_str().unwrap_or_default();
    match request["IndexName"].as_str() {
        Some(index) => format!("{table}/index/{index}"),
        None => table.to_owned(),
    }
}
