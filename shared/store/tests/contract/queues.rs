//! Queues: sent, received, given back, dead.

use std::time::Duration;

use plimsoll_model::*;
use plimsoll_store::{Queue, Queues, Received, Store};

use crate::support::*;

fn job(i: usize) -> Message {
    Message::FinishedScan(FinishedScan {
        tenant: TenantId::of(&["acme"]),
        outbox: OutboxId::of_scan(&ScanId::of_slot(&ClusterId::of(&[&i.to_string()]), start())),
    })
}

async fn receive(queues: &Queues) -> Vec<Received> {
    queues
        .receive(Queue::FinishedScans, 10, Duration::ZERO)
        .await
        .unwrap()
}

async fn queues() -> Queues {
    store().await.queues()
}

#[tokio::test]
async fn a_message_goes_to_its_queue_and_is_there_until_deleted() {
    let queues = queues().await;
    queues.send(&job(0)).await.unwrap();
    assert_eq!(queues.depth(Queue::ClusterJobs).await.unwrap(), 0);
    let first = receive(&queues).await;
    assert_eq!(
        (
            first.len(),
            first[0].message.as_ref(),
            first[0].receive_count
        ),
        (1, Ok(&job(0)), 1)
    );
    // Hidden, but there.
    assert!(receive(&queues).await.is_empty());
    assert_eq!(queues.depth(Queue::FinishedScans).await.unwrap(), 1);
    queues
        .change_visibility(Queue::FinishedScans, &first[0].receipt, Duration::ZERO)
        .await
        .unwrap();
    let second = receive(&queues).await;
    assert_eq!(second[0].receive_count, 2);
    queues
        .delete(Queue::FinishedScans, &second[0].receipt)
        .await
        .unwrap();
    assert_eq!(queues.depth(Queue::FinishedScans).await.unwrap(), 0);
}

#[tokio::test]
async fn many_messages_are_sent_in_batches_and_each_to_its_queue() {
    let queues = queues().await;
    let mut messages: Vec<Message> = (0..23).map(job).collect();
    let account = AccountJob {
        tenant: TenantId::of(&["acme"]),
        connection: connection("c").id,
        slot: start(),
    };
    messages.push(Message::AccountJob(account));
    queues.send_all(&messages).await.unwrap();
    assert_eq!(queues.depth(Queue::FinishedScans).await.unwrap(), 23);
    assert_eq!(queues.depth(Queue::AccountJobs).await.unwrap(), 1);
    let mut received = Vec::new();
    while received.len() < 23 {
        let batch = receive(&queues).await;
        assert!(!batch.is_empty());
        received.extend(batch.into_iter().map(|received| received.message.unwrap()));
    }
    received.sort_by_key(|message| serde_json::to_string(message).unwrap());
    let mut expected = messages[..23].to_vec();
    expected.sort_by_key(|message| serde_json::to_string(message).unwrap());
    assert_eq!(received, expected);
}

#[tokio::test]
async fn a_message_that_nobody_can_deal_with_ends_in_the_dead_letter_queue() {
    let queues = queues().await;
    queues.send(&job(0)).await.unwrap();
    for count in 1..=5 {
        let received = receive(&queues).await;
        assert_eq!(received[0].receive_count, count);
        queues
            .change_visibility(Queue::FinishedScans, &received[0].receipt, Duration::ZERO)
            .await
            .unwrap();
    }
    assert!(receive(&queues).await.is_empty());
    // The hand-over is the server's own business: ask until it is done.
    while queues.dead_depth(Queue::FinishedScans).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(queues.depth(Queue::FinishedScans).await.unwrap(), 0);
}

#[tokio::test]
async fn a_receiver_who_waits_gets_a_message_sent_meanwhile() {
    let queues = queues().await;
    let (received, sent) = tokio::join!(
        queues.receive(Queue::FinishedScans, 1, Duration::from_secs(20)),
        async {
            tokio::task::yield_now().await;
            queues.send(&job(0)).await
        }
    );
    sent.unwrap();
    assert_eq!(received.unwrap().len(), 1);
}

#[tokio::test]
async fn a_text_that_is_no_message_is_told_apart() {
    let store: Store = store().await;
    let raw = r#"{"type":"finished-scan.v9","tenant":"x"}"#;
    store
        .queues()
        .send_raw(Queue::FinishedScans, raw)
        .await
        .unwrap();
    let received = receive(&store.queues()).await;
    let malformed = received[0].message.as_ref().unwrap_err();
    assert_eq!(malformed.body, raw);
    assert!(malformed.reason.contains("finished-scan.v9"), "{malformed}");
}
