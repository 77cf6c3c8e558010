//! What a request to DynamoDB asks permission for, from its documentation ("IAM policy conditions", "IAM and transactions"):
//! the parts of a transaction each as what they are, a batch for each table, the leading keys being the partition keys of
//! the table, or of the index that is queried.

use serde_json::Value;

use super::{ACCOUNT, REGION};

/// One permission that is asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) leading_keys: Vec<String>,
}

/// All that a request asks for.
pub(super) fn asked(operation: &str, body: &Value) -> Vec<Asked> {
    if let Some(parts) = body["TransactItems"].as_array() {
        let parts = parts.iter().filter_map(Value::as_object).flatten();
        return parts
            .map(|(kind, part)| {
                let action = match kind.as_str() {
                    "ConditionCheck" | "Put" | "Update" | "Delete" | "Get" => format!("{kind}Item"),
                    other => panic!("{other} in a transaction"),
                };
                one(&action, part, vec![item_key(part)])
            })
            .collect();
    }
    if let Some(tables) = body["RequestItems"].as_object() {
        return tables
            .iter()
            .map(|(table, request)| {
                let keys = match request.as_array() {
                    None => request["Keys"].as_array().unwrap().iter().map(pk).collect(),
                    Some(writes) => writes
                        .iter()
                        .map(|write| match &write["PutRequest"]["Item"] {
                            Value::Null => pk(&write["DeleteRequest"]["Key"]),
                            item => pk(item),
                        })
                        .collect(),
                };
                let named = serde_json::json!({ "TableName": table });
                one(operation, &named, keys)
            })
            .collect();
    }
    let keys = match operation {
        "Query" => vec![queried(body)],
        "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem" => vec![item_key(body)],
        // These have no keys.
        _ => Vec::new(),
    };
    vec![one(operation, body, keys)]
}

fn one(action: &str, body: &Value, leading_keys: Vec<String>) -> Asked {
    let table = body["TableName"].as_str().unwrap_or_default();
    let table = format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}");
    Asked {
        action: format!("dynamodb:{action}"),
        resource: match body["IndexName"].as_str() {
            Some(index) => format!("{table}/index/{index}"),
            None => table,
        },
        leading_keys,
    }
}

fn item_key(body: &Value) -> String {
    match &body["Item"] {
        Value::Null => pk(&body["Key"]),
        item => pk(item),
    }
}

fn pk(item: &Value) -> String {
    item["PK"]["S"].as_str().unwrap().to_owned()
}

/// The partition that a query names: `NAME = :value`, which stands first.
fn queried(body: &Value) -> String {
    let condition = body["KeyConditionExpression"].as_str().unwrap();
    let mut words = condition.split_whitespace();
    let (_name, equals, value) = (words.next(), words.next(), words.next().unwrap());
    assert_eq!(equals, Some("="), "{condition}");
    let value = &body["ExpressionAttributeValues"][value];
    value["S"].as_str().unwrap().to_owned()
}
