//! `deliver-notification` as Lambda runs it: a tenant's messages leave by Slack with the token that is among the secrets,
//! and by SES.

use jiff::Timestamp;
use plimsoll_alerting::sample;
use plimsoll_model::{
    Delivery, DeliveryContent, DeliveryId, DeliveryJob, DeliveryState, Destination, IncidentId,
    MailSettings, Message,
};
use plimsoll_runtime::Clock;
use plimsoll_store::TenantStore;
use serde_json::json;

use super::answers::assert_allowed;
use super::aws::Aws;
use super::events::queue_event;
use super::function::Function;
use super::outside::{Arrived, SLACK, TOKEN};
use super::seed::seed;

/// Puts a message that is due into the store; the body of its job.
async fn put(store: &TenantStore, to: Destination, now: Timestamp) -> (Delivery, String) {
    let incident = IncidentId::of(&["i"]);
    let delivery = Delivery {
        id: DeliveryId::of(&[&format!("{to:?}")]),
        incident: Some(incident.clone()),
        step: "opened".to_owned(),
        destination: to,
        content: DeliveryContent {
            message: "incident-opened".to_owned(),
            context: sample("incident-opened").unwrap(),
            edits: None,
            thread: None,
        },
        state: DeliveryState::Pending { not_before: now },
        created: now,
        attempts: 0,
        trouble: None,
    };
    let all = std::slice::from_ref(&delivery);
    store.put_deliveries(all, None, now).await.unwrap();
    let job = Message::DeliveryJob(DeliveryJob {
        tenant: store.tenant().clone(),
        incident: Some(incident),
        delivery: delivery.id.clone(),
        key: store.delivery_sort_key(&delivery),
    });
    (delivery, serde_json::to_string(&job).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_leave_by_slack_and_by_mail_and_the_token_by_neither_log() {
    let aws = Aws::start().await;
    let now = Clock::machine().now();
    let seeded = seed(&aws.store, now).await;
    let store = aws.store.of(&seeded.tenant);
    let mut acme = store.get_tenant().await.unwrap();
    acme.mail = Some(MailSettings::Ses {
        from: "plimsoll@acme.example".to_owned(),
    });
    store.put_tenant(&acme).await.unwrap();
    let (slack, by_slack) = put(&store, Destination::Slack("#security".into()), now).await;
    let (mail, by_mail) = put(&store, Destination::Email("ana@acme.example".into()), now).await;
    aws.calls();

    let mut variables = aws.variables("deliver-notification");
    variables.push(("SLACK_API".to_owned(), aws.url(SLACK)));
    let mut sender = Function::start("deliver-notification", &variables).await;
    sender.ready().await;
    let event = queue_event("deliveries", &[("slack", &by_slack), ("mail", &by_mail)]);
    let answer = sender.invoke(event).await;
    assert_eq!(answer, Ok(json!({ "batchItemFailures": [] })));
    assert_allowed(&aws, "deliver-notification");

    let arrived = aws.arrived();
    let [Arrived::Slack(token, message), Arrived::Mail(sent)] = arrived.as_slice() else {
        panic!("{arrived:?}");
    };
    assert_eq!(*token, format!("Bearer {TOKEN}"));
    assert_eq!(message["channel"], "#security");
    assert_eq!(
        sent["Destination"]["ToAddresses"],
        json!(["ana@acme.example"])
    );
    for delivery in [&slack, &mail] {
        let found = store
            .find_delivery(delivery.incident.as_ref(), &delivery.id)
            .await;
        let state = found.unwrap().state;
        assert!(matches!(state, DeliveryState::Sent { .. }), "{state:?}");
    }
    assert!(!sender.log().contains("xoxb"), "{}", sender.log());
    println!(
        "exercised: deliver-notification over the Lambda Runtime API, with Secrets Manager, SES and Slack"
    );
}
