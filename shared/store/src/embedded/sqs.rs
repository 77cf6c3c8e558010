//! SQS by `rustack`, one actor a queue. It keeps nothing over a restart. Where it differs from AWS, the difference is
//! taken out here.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;
use rustack_sqs_core::config::SqsConfig;
use rustack_sqs_core::handler::RustackSqsHandler;
use rustack_sqs_core::provider::RustackSqs;
use rustack_sqs_http::dispatch::SqsHandler;
use rustack_sqs_http::response::error_to_response;
use rustack_sqs_http::router::resolve_operation;
use serde_json::Value;

/// The SDK's HTTP client that is the server as well.
#[derive(Debug, Clone)]
pub(super) struct EmbeddedSqs {
    handler: Arc<RustackSqsHandler>,
}

impl EmbeddedSqs {
    pub(super) fn new() -> Self {
        // Host and port stand in queue URLs only; nobody listens there.
        let config = SqsConfig {
            host: "127.0.0.1".to_owned(),
            port: 1,
            ..SqsConfig::default()
        };
        Self {
            handler: Arc::new(RustackSqsHandler::new(Arc::new(RustackSqs::new(config)))),
        }
    }
}

impl HttpClient for EmbeddedSqs {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for EmbeddedSqs {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let handler = Arc::clone(&self.handler);
        HttpConnectorFuture::new(async move { answer(&handler, &request).await })
    }
}

async fn answer(
    handler: &RustackSqsHandler,
    request: &HttpRequest,
) -> Result<HttpResponse, ConnectorError> {
    let other =
        |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::other(error, None);
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    let mut headers = http::HeaderMap::new();
    let value = http::HeaderValue::from_str(target).map_err(|error| other(error.into()))?;
    headers.insert("x-amz-target", value);
    let body = request.body().bytes().unwrap_or_default();
    let body = without_groups(target, body).map_err(|error| other(error.into()))?;
    let answered = match resolve_operation(&headers) {
        Ok(operation) => handler.handle_operation(operation, body.into()).await,
        Err(error) => Err(error),
    };
    let answered = answered.unwrap_or_else(|error| error_to_response(&error, "embedded"));
    let (parts, body) = answered.into_parts();
    let bytes = body
        .collect()
        .await
        .map_err(|error| other(error.into()))?
        .to_bytes();
    let status =
        StatusCode::try_from(parts.status.as_u16()).map_err(|error| other(error.into()))?;
    let mut response = HttpResponse::new(status, SdkBody::from(bytes.to_vec()));
    for name in ["content-type", "x-amzn-query-error"] {
        if let Some(value) = parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
        {
            response.headers_mut().insert(name, value.to_owned());
        }
    }
    Ok(response)
}

/// Takes `MessageGroupId` out of what is sent to a standard queue: AWS reads it there as a fairness group, this server
/// refuses it. With one consumer there is nobody to be unfair to.
fn without_groups(target: &str, body: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    if !target.contains("SendMessage") {
        return Ok(body.to_vec());
    }
    let mut request: Value = serde_json::from_slice(body)?;
    if request["QueueUrl"]
        .as_str()
        .is_some_and(|url| url.ends_with(".fifo"))
    {
        return Ok(body.to_vec());
    }
    if let Some(message) = request.as_object_mut() {
        message.remove("MessageGroupId");
    }
    for entry in request["Entries"].as_array_mut().into_iter().flatten() {
        if let Some(entry) = entry.as_object_mut() {
            entry.remove("MessageGroupId");
        }
    }
    serde_json::to_vec(&request)
}
