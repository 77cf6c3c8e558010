//! The last line between tenants: an SDK interceptor that reads every request of a tenant's handle after it is
//! serialized and refuses it unless each key in it belongs to that tenant. What is not known to be harmless is refused.

use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use plimsoll_model::TenantId;
use serde_json::Value;

use crate::keys::{OPEN_INDEX, OPEN_PK, PK};

/// A refused request: the key, index or operation at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("outside the tenant: {0}")]
pub(crate) struct ForeignKey(pub(crate) String);

/// Lets through what touches one tenant's items in one table.
#[derive(Debug)]
pub(crate) struct Guard {
    table: String,
    partition: String,
}

impl Guard {
    pub(crate) fn new(table: &str, tenant: &TenantId) -> Self {
        Self {
            table: table.to_owned(),
            partition: format!("T#{tenant}"),
        }
    }

    /// Checks an operation's JSON body.
    fn check(&self, operation: &str, body: &Value) -> Result<(), ForeignKey> {
        match operation {
            "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem" => self.action(body),
            "Query" => self.query(body),
            "BatchGetItem" | "BatchWriteItem" => self.batch(body),
            "TransactWriteItems" | "TransactGetItems" => {
                for item in list(&body["TransactItems"])? {
                    for action in members(item)? {
                        self.action(action.1)?;
                    }
                }
                Ok(())
            }
            other => Err(ForeignKey(format!("operation {other}"))),
        }
    }

    /// One get, put, update, delete or condition check.
    fn action(&self, action: &Value) -> Result<(), ForeignKey> {
        self.table(action["TableName"].as_str())?;
        if !action["Item"].is_null() {
            self.item(&action["Item"])?;
        }
        if !action["Key"].is_null() || action["Item"].is_null() {
            self.own(&action["Key"][PK])?;
        }
        // An update may set an index's partition key through any of its values.
        if let Some(values) = action["ExpressionAttributeValues"].as_object() {
            for value in values.values() {
                if value["S"]
                    .as_str()
                    .is_some_and(|text| text.starts_with("T#"))
                {
                    self.own(value)?;
                }
            }
        }
        Ok(())
    }

    fn item(&self, item: &Value) -> Result<(), ForeignKey> {
        self.own(&item[PK])?;
        if item[OPEN_PK].is_null() {
            Ok(())
        } else {
            self.own(&item[OPEN_PK])
        }
    }

    fn batch(&self, body: &Value) -> Result<(), ForeignKey> {
        for (table, request) in members(&body["RequestItems"])? {
            self.table(Some(table))?;
            if let Some(writes) = request.as_array() {
                for write in writes {
                    match (&write["PutRequest"]["Item"], &write["DeleteRequest"]["Key"]) {
                        (item, Value::Null) => self.item(item)?,
                        (_, key) => self.own(&key[PK])?,
                    }
                }
            } else {
                for key in list(&request["Keys"])? {
                    self.own(&key[PK])?;
                }
            }
        }
        Ok(())
    }

    /// A query names its partition first: `name = :value`, then anything that only narrows it.
    fn query(&self, body: &Value) -> Result<(), ForeignKey> {
        self.table(body["TableName"].as_str())?;
        let partition_name = match body["IndexName"].as_str() {
            None => PK,
            Some(OPEN_INDEX) => OPEN_PK,
            Some(index) => return Err(ForeignKey(format!("index {index}"))),
        };
        let condition = body["KeyConditionExpression"].as_str().unwrap_or_default();
        let refused = || ForeignKey(format!("key condition `{condition}`"));
        let mut words = condition.split_whitespace();
        let (name, equals, value) = (words.next(), words.next(), words.next());
        let name = name.ok_or_else(refused)?;
        let resolved = if name.starts_with('#') {
            body["ExpressionAttributeNames"][name]
                .as_str()
                .ok_or_else(refused)?
        } else {
            name
        };
        let follows = words.next();
        if resolved != partition_name
            || equals != Some("=")
            || follows.is_some_and(|word| !word.eq_ignore_ascii_case("and"))
        {
            return Err(refused());
        }
        self.own(&body["ExpressionAttributeValues"][value.ok_or_else(refused)?])
    }

    fn table(&self, name: Option<&str>) -> Result<(), ForeignKey> {
        if name == Some(self.table.as_str()) {
            Ok(())
        } else {
            Err(ForeignKey(format!(
                "table {}",
                name.unwrap_or("without a name")
            )))
        }
    }

    /// Whether an attribute value is `T#<tenant>` or begins with `T#<tenant>#`.
    fn own(&self, value: &Value) -> Result<(), ForeignKey> {
        let key = value["S"].as_str().unwrap_or("no key");
        match key.strip_prefix(self.partition.as_str()) {
            Some(rest) if rest.is_empty() || rest.starts_with('#') => Ok(()),
            _ => Err(ForeignKey(key.to_owned())),
        }
    }
}

fn list(value: &Value) -> Result<&Vec<Value>, ForeignKey> {
    value
        .as_array()
        .ok_or_else(|| ForeignKey("a request of unknown form".to_owned()))
}

fn members(value: &Value) -> Result<impl Iterator<Item = (&str, &Value)>, ForeignKey> {
    let object = value
        .as_object()
        .ok_or_else(|| ForeignKey("a request of unknown form".to_owned()))?;
    Ok(object.iter().map(|(name, value)| (name.as_str(), value)))
}

impl Intercept for Guard {
    fn name(&self) -> &'static str {
        "TenantGuard"
    }

    fn read_after_serialization(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let body = request
            .body()
            .bytes()
            .ok_or_else(|| ForeignKey("a streamed body".to_owned()))?;
        let body: Value = serde_json::from_slice(body)?;
        self.check(operation, &body).map_err(BoxError::from)
    }
}

#[cfg(test)]
mod tests;
