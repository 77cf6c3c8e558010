//! Functions that a schedule wakes.

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;

/// Serves scheduled events: whatever the event says, `handle` looks at what is due now. A failure is logged here and
/// reported, so that the schedule tries again.
///
/// # Errors
/// When the Runtime API fails.
pub async fn tick<H, F, E>(handle: H) -> Result<(), lambda_runtime::Error>
where
    H: Fn() -> F,
    F: Future<Output = Result<(), E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    let handle = &handle;
    lambda_runtime::run(service_fn(async move |_: LambdaEvent<Value>| {
        handle().await.map_err(|error| {
            tracing::error!(%error, "tick failed");
            lambda_runtime::Error::from(error)
        })
    }))
    .await
}
