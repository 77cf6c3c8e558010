//! The Lambda function `send-summaries`.

#![recursion_limit = "256"] // the AWS SDK's futures nest deeply

use plimsoll_alerting::Links;
use route_findings::Desk;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let start = plimsoll_runtime::start().await;
    let store = plimsoll_store::Store::aws(
        &start.sdk,
        plimsoll_store::StoreConfig::read(|name| start.environment.get(name))?,
    );
    let catalogue = plimsoll_catalogue::built_in()?;
    let links = Links {
        base: start.environment.get("BASE_URL").map(str::to_owned),
        buttons: false,
    };
    plimsoll_runtime::tick(async || {
        let desk = Desk {
            store: &store,
            catalogue: &catalogue,
            links: &links,
            now: start.clock.now(),
        };
        send_summaries::handle(&desk).await.map(drop)
    })
    .await
    .map_err(anyhow::Error::from_boxed)
}
