//! A store that ends at a chosen request.

use plimsoll_store::{Death, Life, Store};

use crate::support::*;

/// Whether the tenant is there after a life that ended while it was put, at the n-th request of all.
async fn survives(death: Option<Death>) -> (bool, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let life = Life::until(death);
    let put = async {
        let store = Store::embedded_mortal(directory.path(), &life)
            .await
            .unwrap();
        let handle = store.of(&tenant("acme").id);
        handle.put_tenant(&tenant("acme")).await.unwrap();
        handle.put_object("one", b"bytes".to_vec()).await.unwrap();
    };
    let died = tokio::select! {
        () = put => false,
        () = life.over() => true,
    };
    assert_eq!(died, death.is_some());
    let store = Store::embedded(Some(directory.path())).await.unwrap();
    let there = store.of(&tenant("acme").id).get_tenant().await.is_ok();
    (there, life.requests())
}

#[tokio::test]
async fn a_life_ends_before_or_after_the_request_it_is_told() {
    let (there, requests) = survives(None).await;
    assert!(there);
    let wanted = |name: &str| requests.iter().any(|request| request == name);
    assert!(
        wanted("CreateTable") && wanted("CreateQueue") && wanted("put object"),
        "{requests:?}"
    );
    let at = requests.len() - 1;
    for carried_out in [false, true] {
        let (there, asked) = survives(Some(Death { at, carried_out })).await;
        assert_eq!(there, carried_out, "at {at} of {requests:?}");
        assert_eq!(asked.len(), at, "nothing is asked after the end");
    }
}
