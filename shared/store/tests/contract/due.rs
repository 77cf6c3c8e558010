//! Due work is found whenever one looks: on time, late, after a long absence, in parts.

use jiff::SignedDuration;
use plimsoll_model::*;
use plimsoll_store::{DueKind, Store, TenantStore};

use crate::support::*;

async fn plan(handle: &TenantStore, cluster: &str, minute: i64) -> ScanId {
    let cluster = ClusterId::of(&[cluster]);
    handle
        .plan_scan(&cluster, after(minute), after(minute))
        .await
        .unwrap()
        .id
}

async fn due(store: &Store, minute: i64) -> usize {
    store
        .due()
        .list(DueKind::Scan, after(minute))
        .await
        .unwrap()
        .items
        .len()
}

#[tokio::test]
async fn entries_come_in_their_minute_of_all_tenants_and_stay_until_they_move() {
    let store = store().await;
    let (acme, zeta) = (store.of(&tenant("acme").id), store.of(&tenant("zeta").id));
    plan(&acme, "a", 0).await;
    plan(&zeta, "a", 1).await;
    assert_eq!(
        (
            due(&store, 1).await,
            due(&store, 2).await,
            due(&store, 3).await
        ),
        (0, 1, 2)
    );
    let found = store.due().list(DueKind::Scan, after(3)).await.unwrap();
    assert_eq!(found.reached, after(3));
    assert_eq!(
        (&found.items[0].tenant, &found.items[1].tenant),
        (acme.tenant(), zeta.tenant())
    );
    store
        .due()
        .advance(DueKind::Scan, found.reached)
        .await
        .unwrap();
    // Not dealt with: still there, though the cursor has passed.
    assert_eq!(due(&store, 4).await, 2);
    for item in &found.items {
        store.of(&item.tenant).defer(item, after(6)).await.unwrap();
    }
    assert_eq!((due(&store, 5).await, due(&store, 6).await), (0, 2));
}

#[tokio::test]
async fn kinds_have_cursors_of_their_own_that_never_go_back() {
    let store = store().await;
    let acme = store.of(&tenant("acme").id);
    plan(&acme, "a", 0).await;
    store
        .due()
        .advance(DueKind::Outbox, after(1000))
        .await
        .unwrap();
    assert_eq!(due(&store, 2).await, 1);
    store.due().advance(DueKind::Scan, after(60)).await.unwrap();
    store.due().advance(DueKind::Scan, after(1)).await.unwrap();
    // Long behind the cursor, so that a look minute by minute passes it.
    let by_minute = store.due().list(DueKind::Scan, after(61)).await.unwrap();
    assert!(by_minute.items.is_empty());
}

#[tokio::test]
async fn missed_minutes_are_caught_up_after_an_hour_and_after_a_month() {
    for away in [59, 60 * 24 * 30] {
        let (store, acme) = tenant_store().await;
        if std::env::var_os("AWS_ENDPOINT_URL").is_some() && away > 60 {
            return; // Minute by minute there, which is slow and the same.
        }
        store.due().advance(DueKind::Scan, start()).await.unwrap();
        for minute in [5, 20, 40] {
            plan(&acme, &minute.to_string(), minute).await;
        }
        let batch = store.due().list(DueKind::Scan, after(away)).await.unwrap();
        assert_eq!((batch.items.len(), batch.reached), (3, after(away)));
        assert!(batch.items.is_sorted_by_key(|item| item.at));
    }
}

#[tokio::test]
async fn more_than_a_batch_comes_in_several() {
    // Shortly after, minute by minute; long after, by the whole index where that is done.
    for first_look in [10, 200] {
        let (store, acme) = tenant_store().await;
        store.due().advance(DueKind::Scan, start()).await.unwrap();
        for i in 0..25 {
            plan(&acme, &i.to_string(), i / 5).await;
        }
        let mut seen = Vec::new();
        let mut now = after(first_look);
        while seen.len() < 25 {
            let batch = store
                .due()
                .at_most(10)
                .list(DueKind::Scan, now)
                .await
                .unwrap();
            assert_eq!(batch.reached < now, seen.len() + batch.items.len() < 25);
            assert!(
                (5..=10).contains(&batch.items.len()),
                "{}",
                batch.items.len()
            );
            for item in &batch.items {
                acme.defer(item, now + SignedDuration::from_hours(48))
                    .await
                    .unwrap();
            }
            store
                .due()
                .advance(DueKind::Scan, batch.reached)
                .await
                .unwrap();
            seen.extend(batch.items.into_iter().map(|item| item.at));
            now += SignedDuration::from_mins(1);
        }
        assert!(seen.is_sorted());
        assert!(
            store
                .due()
                .list(DueKind::Scan, now)
                .await
                .unwrap()
                .items
                .is_empty()
        );
    }
}
