//! Deliveries: one sender at a time.

use plimsoll_model::*;
use plimsoll_store::{
    ClaimedDelivery, DeliveryClaim, DueKind, StoreError, TenantStore, WhenLapsed,
};

use crate::support::*;

async fn put(handle: &TenantStore) -> (Delivery, String) {
    let delivery = delivery(None, "baseline", "ana@acme.example");
    handle
        .put_deliveries(std::slice::from_ref(&delivery), None, start())
        .await
        .unwrap();
    let key = handle.delivery_sort_key(&delivery);
    (delivery, key)
}

async fn claim(handle: &TenantStore, key: &str, minute: i64, lapsed: WhenLapsed) -> DeliveryClaim {
    handle
        .claim_delivery(None, key, after(minute), after(minute + 1), |_| lapsed)
        .await
        .unwrap()
}

fn granted(claim: DeliveryClaim) -> ClaimedDelivery {
    match claim {
        DeliveryClaim::Granted(claimed) => claimed,
        other => panic!("not granted: {other:?}"),
    }
}

#[tokio::test]
async fn a_delivery_is_claimed_sent_and_settled() {
    let (store, handle) = tenant_store().await;
    let (delivery, key) = put(&handle).await;
    assert!(!key.contains("ana@acme.example"), "keys travel in queues");
    assert_eq!(handle.get_delivery(None, &key).await.unwrap(), delivery);
    assert_eq!(
        handle.find_delivery(None, &delivery.id).await.unwrap(),
        delivery
    );
    let due = store
        .due()
        .list(DueKind::Delivery, after(2))
        .await
        .unwrap()
        .items;
    let job = DeliveryJob {
        tenant: handle.tenant().clone(),
        incident: None,
        delivery: delivery.id.clone(),
        key: key.clone(),
    };
    assert_eq!(due[0].message(), Some(Message::DeliveryJob(job)));

    let claimed = granted(claim(&handle, &key, 0, WhenLapsed::SendAgain).await);
    assert_eq!(
        (claimed.delivery.attempts, &claimed.delivery.content),
        (1, &delivery.content)
    );
    assert_eq!(
        claim(&handle, &key, 0, WhenLapsed::SendAgain).await,
        DeliveryClaim::Busy(after(1))
    );
    let sent = handle
        .delivery_sent(claimed, after(1), "mail-1")
        .await
        .unwrap();
    assert_eq!(
        sent.state,
        DeliveryState::Sent {
            at: after(1),
            remote_id: "mail-1".to_owned()
        }
    );
    assert_eq!(
        claim(&handle, &key, 2, WhenLapsed::SendAgain).await,
        DeliveryClaim::Settled(sent)
    );
    assert!(
        store
            .due()
            .list(DueKind::Delivery, after(500))
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let unknown = handle
        .claim_delivery(None, "no#key", start(), after(1), |_| WhenLapsed::SendAgain)
        .await;
    assert!(matches!(unknown, Err(StoreError::NotFound(_))));
}

#[tokio::test]
async fn a_lapsed_claim_is_taken_over_and_its_first_holder_can_say_nothing_any_more() {
    let (_, handle) = tenant_store().await;
    let (_, key) = put(&handle).await;
    let dead = granted(claim(&handle, &key, 0, WhenLapsed::SendAgain).await);
    let second = granted(claim(&handle, &key, 1, WhenLapsed::SendAgain).await);
    assert_eq!(second.delivery.attempts, 2);
    for outcome in [
        handle.delivery_sent(dead.clone(), after(2), "x").await,
        handle.delivery_failed(dead.clone(), after(2), "x").await,
        handle.delivery_later(dead, after(2), "x").await,
    ] {
        assert!(matches!(outcome, Err(StoreError::LeaseLost(_))));
    }
    handle
        .delivery_sent(second, after(2), "mail-1")
        .await
        .unwrap();
}

#[tokio::test]
async fn at_most_once_a_lapsed_claim_is_given_up() {
    let (store, handle) = tenant_store().await;
    let (_, key) = put(&handle).await;
    granted(claim(&handle, &key, 0, WhenLapsed::GiveUp).await);
    let DeliveryClaim::Settled(settled) = claim(&handle, &key, 1, WhenLapsed::GiveUp).await else {
        panic!("claimed again")
    };
    assert!(matches!(settled.state, DeliveryState::Failed { .. }));
    assert!(
        store
            .due()
            .list(DueKind::Delivery, after(500))
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn a_delivery_given_back_waits_for_its_time_and_is_then_due() {
    let (store, handle) = tenant_store().await;
    let (_, key) = put(&handle).await;
    let claimed = granted(claim(&handle, &key, 0, WhenLapsed::GiveUp).await);
    let later = handle.delivery_later(claimed, after(10), "no answer").await;
    assert_eq!(later.unwrap().trouble.as_deref(), Some("no answer"));
    assert_eq!(
        claim(&handle, &key, 9, WhenLapsed::GiveUp).await,
        DeliveryClaim::NotYet(after(10))
    );
    assert!(
        store
            .due()
            .list(DueKind::Delivery, after(9))
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert_eq!(
        store
            .due()
            .list(DueKind::Delivery, after(10))
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    let claimed = granted(claim(&handle, &key, 10, WhenLapsed::GiveUp).await);
    let failed = handle
        .delivery_failed(claimed, after(10), "no such channel")
        .await
        .unwrap();
    assert_eq!(failed.attempts, 2);
    assert_eq!(
        claim(&handle, &key, 11, WhenLapsed::SendAgain).await,
        DeliveryClaim::Settled(failed)
    );
}

#[tokio::test]
async fn of_many_who_claim_at_once_one_sends() {
    let (_, handle) = tenant_store().await;
    let (_, key) = put(&handle).await;
    let mut claims = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (handle, key) = (handle.clone(), key.clone());
        claims.spawn(async move { claim(&handle, &key, 0, WhenLapsed::SendAgain).await });
    }
    let outcomes = claims.join_all().await;
    assert_eq!(
        outcomes
            .iter()
            .filter(|claim| matches!(claim, DeliveryClaim::Granted(_)))
            .count(),
        1
    );
}
