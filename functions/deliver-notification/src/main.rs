//! The Lambda function `deliver-notification`.

#![recursion_limit = "256"] // the AWS SDK's futures nest deeply

use deliver_notification::{Channels, DeliveryError, Secrets};
use plimsoll_channels::{Mail, Slack, SlackConfig};
use plimsoll_model::Message;
use plimsoll_store::Queue;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let start = plimsoll_runtime::start().await;
    let store = plimsoll_store::Store::aws(
        &start.sdk,
        plimsoll_store::StoreConfig::read(|name| start.environment.get(name))?,
    );
    let domain = start
        .environment
        .get("MAIL_DOMAIN")
        .unwrap_or("plimsoll.invalid")
        .to_owned();
    let api = start.environment.get("SLACK_API").map(str::parse);
    let channels = Channels::Aws {
        slack: Slack::api(&SlackConfig {
            api: api.transpose()?,
        })?,
        ses: Mail::ses(aws_sdk_sesv2::Client::new(&start.sdk)),
        secrets: Secrets::new(
            aws_sdk_secretsmanager::Client::new(&start.sdk),
            start.environment.need("SECRETS_PREFIX")?,
        ),
    };
    let handle = async |message: Message| match message {
        Message::DeliveryJob(job) => {
            deliver_notification::handle(&store, &channels, &start.clock, &domain, &job).await
        }
        _ => Ok::<(), DeliveryError>(()),
    };
    let hide = async |receipt: String, pause| {
        let queues = store.queues();
        queues
            .change_visibility(Queue::Deliveries, &receipt, pause)
            .await
    };
    plimsoll_runtime::sqs(handle, hide)
        .await
        .map_err(anyhow::Error::from_boxed)
}
