//! Due work is found whenever one looks: on time, late, after a long absence, in parts.

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::*;
use plimsoll_store::{DueItem, DueKind, Store, TenantStore};

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

/// Looks until the present is reached, each batch dealt with by being deferred to `to`.
async fn catch_up(store: &Store, batch: usize, now: Timestamp, to: Timestamp) -> Vec<DueItem> {
    let mut seen: Vec<DueItem> = Vec::new();
    loop {
        let found = store
            .due()
            .at_most(batch)
            .list(DueKind::Scan, now)
            .await
            .unwrap();
        for item in &found.items {
            store.of(&item.tenant).defer(item, to).await.unwrap();
        }
        store
            .due()
            .advance(DueKind::Scan, found.reached)
            .await
            .unwrap();
        assert!(found.items.len() <= batch);
        seen.extend(found.items);
        if found.reached == now {
            return seen;
        }
    }
}

#[tokio::test]
async fn entries_come_in_their_minute_of_all_tenants_and_stay_until_they_move() {
    for store in stores().await {
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
}

#[tokio::test]
async fn kinds_have_cursors_of_their_own_that_never_go_back() {
    let Some(store) = stores().await.pop() else {
        return;
    };
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
    assert_eq!(due(&store, 61).await, 0);
}

#[tokio::test]
async fn missed_minutes_are_caught_up_after_an_hour_and_after_a_night() {
    for away in [59, 60 * 13] {
        for store in stores().await {
            let acme = store.of(&tenant("acme").id);
            store.due().advance(DueKind::Scan, start()).await.unwrap();
            for minute in [5, 20, 40] {
                plan(&acme, &minute.to_string(), minute).await;
            }
            let to = after(away + 100);
            let seen = catch_up(&store, 10, after(away), to).await;
            assert_eq!(seen.len(), 3);
            assert!(seen.is_sorted_by_key(|item| item.at));
            assert_eq!(
                catch_up(&store, 10, to, to + SignedDuration::from_hours(1))
                    .await
                    .len(),
                3
            );
        }
    }
}

#[tokio::test]
async fn more_than_a_batch_comes_in_several() {
    for store in stores().await {
        let acme = store.of(&tenant("acme").id);
        store.due().advance(DueKind::Scan, start()).await.unwrap();
        for i in 0..25 {
            plan(&acme, &i.to_string(), i / 5).await;
        }
        let seen = catch_up(&store, 10, after(10), after(100)).await;
        assert_eq!(seen.len(), 25);
        assert!(seen.is_sorted_by_key(|item| item.at));
        assert_eq!(catch_up(&store, 10, after(99), after(200)).await, vec![]);
    }
}
