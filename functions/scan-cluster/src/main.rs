//! The Lambda function `scan-cluster`.

#![recursion_limit = "256"] // the AWS SDK's futures nest deeply

use std::sync::Arc;

use plimsoll_inventory::aws::wire::Pace;
use plimsoll_inventory::kube::Patience;
use plimsoll_inventory::network::AllowedNetworks;
use plimsoll_model::Message;
use plimsoll_store::Queue;
use scan_cluster::{Kept, Keys, Reach, ScanError};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let start = plimsoll_runtime::start().await;
    let store = plimsoll_store::Store::aws(
        &start.sdk,
        plimsoll_store::StoreConfig::read(|name| start.environment.get(name))?,
    );
    let catalogue = plimsoll_catalogue::built_in()?;
    let reach = Reach {
        sdk: start.sdk.clone(),
        pace: Arc::new(Pace::default()),
        allowed: AllowedNetworks::parse(&start.environment.list("ALLOW_NETWORKS"))?,
        patience: Patience::default(),
        kubeconfig: None,
        keys: Keys {
            kept: Kept::Secrets(start.environment.need("SECRETS_PREFIX")?.to_owned()),
            ..Keys::default()
        },
        clock: start.clock.clone(),
    };
    let handle = async |message: Message| match message {
        Message::ClusterJob(job) => {
            scan_cluster::handle(&store, &catalogue, &reach, &start.clock, &job).await
        }
        _ => Ok::<(), ScanError>(()),
    };
    let hide = async |receipt: String, pause| {
        let queues = store.queues();
        queues
            .change_visibility(Queue::ClusterJobs, &receipt, pause)
            .await
    };
    plimsoll_runtime::sqs(handle, hide)
        .await
        .map_err(anyhow::Error::from_boxed)
}
