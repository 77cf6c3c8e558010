//! Counts what DynamoDB would charge for: a wrapper of the embedded database that asks it for the units of each call.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

use super::dynamo::EmbeddedDynamo;

/// What calls have consumed, in DynamoDB's own units, indexes included: a write unit is one write of up to 1 KiB, a read
/// unit one consistent read of up to 4 KiB; a transaction costs twice as much
/// (Amazon DynamoDB Developer Guide, "Read and write operations"). The embedded database counts; AWS has not confirmed it.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<Units>>);

/// Consumed units.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Units {
    /// Read capacity units.
    pub read: f64,
    /// Write capacity units.
    pub write: f64,
}

impl Meter {
    /// What was consumed since the last call of this.
    #[must_use]
    pub fn take(&self) -> Units {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, operation: &str, answer: &Value) {
        let consumed = &answer["ConsumedCapacity"];
        let units: f64 = match consumed.as_array() {
            Some(tables) => tables.iter().filter_map(units_of).sum(),
            None => units_of(consumed).unwrap_or_default(),
        };
        let mut sum = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match operation {
            "GetItem" | "Query" | "Scan" | "BatchGetItem" | "TransactGetItems" => sum.read += units,
            _ => sum.write += units,
        }
    }
}

fn units_of(consumed: &Value) -> Option<f64> {
    consumed["CapacityUnits"].as_f64()
}

/// The database behind a meter.
pub(super) fn client(database: EmbeddedDynamo, meter: &Meter) -> SharedHttpClient {
    SharedHttpClient::new(Metered {
        database,
        meter: meter.clone(),
    })
}

#[derive(Debug, Clone)]
struct Metered {
    database: EmbeddedDynamo,
    meter: Meter,
}

impl HttpClient for Metered {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Metered {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let operation = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = operation.rsplit('.').next().unwrap_or_default().to_owned();
        // The making of tables knows no such member.
        let counted = !matches!(
            operation.as_str(),
            "CreateTable" | "DescribeTable" | "UpdateTimeToLive"
        );
        let asked = request.body().bytes().map(serde_json::from_slice::<Value>);
        if let (true, Some(Ok(mut asked))) = (counted, asked) {
            asked["ReturnConsumedCapacity"] = "TOTAL".into();
            *request.body_mut() = SdkBody::from(asked.to_string());
        }
        let answer = self.database.answer(&request);
        if let Ok(answer) = &answer
            && let Some(body) = answer.body().bytes()
            && let Ok(body) = serde_json::from_slice(body)
        {
            self.meter.add(&operation, &body);
        }
        HttpConnectorFuture::ready(answer)
    }
}
