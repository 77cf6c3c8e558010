//! DynamoDB by `dynoxide`, which is a library of requests and responses over SQLite; its own HTTP router is private, so
//! the operations we use are matched here.

use std::path::Path;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::meter::Meter;
use crate::StoreError;

/// A database in a file. A killed process loses nothing; after a power cut the newest writes may be missing, which
/// spares a disk synchronisation for every write.
pub(super) fn open(path: &Path) -> Result<Database, StoreError> {
    let path = path
        .to_str()
        .ok_or_else(|| StoreError::other("a data directory whose path is not UTF-8"))?;
    let database = Database::new(path).map_err(StoreError::other)?;
    // The library's name for it: restores its normal settings, `synchronous=NORMAL` among them.
    database.disable_bulk_loading().map_err(StoreError::other)?;
    Ok(database)
}

/// A database that ends with the process.
pub(super) fn in_memory() -> Result<Database, StoreError> {
    Database::memory().map_err(StoreError::other)
}

/// The SDK's HTTP client that is the server as well.
#[derive(Clone)]
pub(super) struct EmbeddedDynamo {
    database: Database,
    meter: Option<Meter>,
}

impl EmbeddedDynamo {
    pub(super) fn new(database: Database, meter: Option<&Meter>) -> Self {
        Self {
            database,
            meter: meter.cloned(),
        }
    }

    fn dispatch(&self, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
        let Some(meter) = &self.meter else {
            return dispatch(&self.database, operation, body);
        };
        let answer = dispatch(&self.database, operation, &Meter::asking(operation, body))?;
        meter.add(operation, &answer);
        Ok(answer)
    }
}

impl std::fmt::Debug for EmbeddedDynamo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EmbeddedDynamo")
    }
}

impl HttpClient for EmbeddedDynamo {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for EmbeddedDynamo {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(answer(self, &request))
    }
}

fn answer(to: &EmbeddedDynamo, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default();
    let body = request
        .body()
        .bytes()
        .ok_or_else(|| ConnectorError::user("a streamed body".into()))?;
    let (status, text) = match to.dispatch(operation, body) {
        Ok(text) => (200, text),
        Err(error) => (error.status_code(), error.to_json()),
    };
    let status =
        StatusCode::try_from(status).map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(text));
    response
        .headers_mut()
        .insert("content-type", "application/x-amz-json-1.0");
    Ok(response)
}

/// The operations of this crate; any other is a defect of ours.
fn dispatch(db: &Database, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
    match operation {
        "GetItem" => run(body, |request| db.get_item(request)),
        "PutItem" => run(body, |request| db.put_item(request)),
        "UpdateItem" => run(body, |request| db.update_item(request)),
        "DeleteItem" => run(body, |request| db.delete_item(request)),
        "Query" => run(body, |request| db.query(request)),
        "Scan" => run(body, |request| db.scan(request)),
        "BatchGetItem" => run(body, |request| db.batch_get_item(request)),
        "BatchWriteItem" => run(body, |request| db.batch_write_item(request)),
        "TransactGetItems" => run(body, |request| db.transact_get_items(request)),
        "TransactWriteItems" => run(body, |request| db.transact_write_items(request)),
        "CreateTable" => run(body, |request| db.create_table(request)),
        "DescribeTable" => run(body, |request| db.describe_table(request)),
        "UpdateTimeToLive" => run(body, |request| db.update_time_to_live(request)),
        other => Err(DynoxideError::SerializationException(format!(
            "unknown operation {other}"
        ))),
    }
}

fn run<Request: DeserializeOwned, Response: Serialize>(
    body: &[u8],
    call: impl FnOnce(Request) -> Result<Response, DynoxideError>,
) -> Result<String, DynoxideError> {
    let request = serde_json::from_slice(body).map_err(|error| {
        // The library marks what is a validation error rather than broken JSON.
        let text = error.to_string();
        match text.strip_prefix("VALIDATION:") {
            Some(text) => DynoxideError::ValidationException(text.to_owned()),
            None => DynoxideError::SerializationException(text),
        }
    })?;
    let response = call(request)?;
    serde_json::to_string(&response)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}
