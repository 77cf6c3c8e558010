//! The Lambda function `plan-scans`.

#![recursion_limit = "256"] // the AWS SDK's futures nest deeply

use jiff::SignedDuration;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let start = plimsoll_runtime::start().await;
    let store = plimsoll_store::Store::aws(
        &start.sdk,
        plimsoll_store::StoreConfig::read(|name| start.environment.get(name))?,
    );
    let every = SignedDuration::from_hours(start.environment.number("SCAN_EVERY_HOURS", 24)?);
    plimsoll_runtime::tick(async || {
        plan_scans::handle(&store, every, start.clock.now())
            .await
            .map(drop)
    })
    .await
    .map_err(anyhow::Error::from_boxed)
}
