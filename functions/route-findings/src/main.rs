//! The Lambda function `route-findings`.

#![recursion_limit = "256"] // the AWS SDK's futures nest deeply

use plimsoll_alerting::Links;
use plimsoll_model::Message;
use plimsoll_store::Queue;
use route_findings::{Desk, RouteError};

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
    let handle = async |message: Message| match message {
        Message::FinishedScan(job) => {
            let desk = Desk {
                store: &store,
                catalogue: &catalogue,
                links: &links,
                now: start.clock.now(),
            };
            route_findings::handle(&desk, &job).await
        }
        _ => Ok::<(), RouteError>(()),
    };
    let hide = async |receipt: String, pause| {
        let queues = store.queues();
        queues
            .change_visibility(Queue::FinishedScans, &receipt, pause)
            .await
    };
    plimsoll_runtime::sqs(handle, hide)
        .await
        .map_err(anyhow::Error::from_boxed)
}
