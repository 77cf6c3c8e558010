//! Counts what DynamoDB would charge for: the embedded database is asked for the units of each call.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

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

    /// The request, asking for its units as well; that for the making of a table knows no such member.
    pub(super) fn asking(operation: &str, body: &[u8]) -> Vec<u8> {
        let makes = matches!(
            operation,
            "CreateTable" | "DescribeTable" | "UpdateTimeToLive"
        );
        match serde_json::from_slice::<Value>(body) {
            Ok(mut request) if !makes => {
                request["ReturnConsumedCapacity"] = "TOTAL".into();
                request.to_string().into_bytes()
            }
            _ => body.to_owned(),
        }
    }

    /// Adds what an answer says was consumed.
    pub(super) fn add(&self, operation: &str, answer: &str) {
        let answer: Value = serde_json::from_str(answer).unwrap_or_default();
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
