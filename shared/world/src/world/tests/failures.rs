//! Lists that go wrong: pages that are gone, ordered failures, what the world does not do.

use super::*;
use crate::{Failure, Fault};

const REGION: &str = "eu-central-1";

#[tokio::test]
async fn a_page_that_is_gone_offers_the_rest() {
    let stage = Stage::new().await;
    let far = stage.cluster(ACME, REGION, "prod-eu-1").await;
    let first = far.json("/api/v1/pods?limit=5").await;
    let rest = first["metadata"]["remainingItemCount"].as_u64().unwrap();
    let next = first["metadata"]["continue"].as_str().unwrap();
    stage
        .world
        .fault(Fault::list("prod-eu-1", "pods", Failure::Expired));
    let path = format!("/api/v1/pods?limit=5&continue={next}");
    let answer = far.get(&path).await;
    assert_eq!(answer.status(), 410);
    let gone: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(gone["reason"], "Expired");
    let token = gone["metadata"]["continue"].as_str().unwrap();
    let list = far.json(&format!("/api/v1/pods?continue={token}")).await;
    assert_eq!(list["items"].as_array().unwrap().len() as u64, rest);
    assert_eq!(far.get(&path).await.status(), 200, "struck once only");
    assert_eq!(far.get("/api/v1/pods?continue=x").await.status(), 400);
}

#[tokio::test]
async fn the_pages_of_one_list_agree_while_the_world_moves() {
    let stage = Stage::new().await;
    let far = stage.cluster(ACME, REGION, "prod-eu-1").await;
    let whole = far.json("/apis/apps/v1/daemonsets").await["items"]
        .as_array()
        .unwrap()
        .len();
    let pods = far.json("/api/v1/pods").await["items"]
        .as_array()
        .unwrap()
        .len();
    let first = far.json("/api/v1/pods?limit=5").await;
    stage.world.set_week(1);
    let next = first["metadata"]["continue"].as_str().unwrap();
    let rest = far.json(&format!("/api/v1/pods?continue={next}")).await;
    assert_eq!(rest["items"].as_array().unwrap().len() + 5, pods);
    assert_eq!(
        rest["metadata"]["resourceVersion"],
        first["metadata"]["resourceVersion"]
    );
    let now = far.json("/apis/apps/v1/daemonsets").await["items"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(now, whole + 1);
}

#[tokio::test]
async fn ordered_failures_strike_lists() {
    let stage = Stage::new().await;
    let far = stage.cluster(ACME, REGION, "dev-1").await;
    let order = |failure| stage.world.fault(Fault::list("dev-1", "pods", failure));
    order(Failure::TooManyRequests { retry_after: 3 });
    let answer = far.get("/api/v1/pods").await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (429, &"3".parse().unwrap())
    );
    for (failure, status) in [
        (Failure::InternalError, 500),
        (Failure::Forbidden, 403),
        (Failure::Unauthorized, 401),
    ] {
        order(failure);
        assert_eq!(far.get("/api/v1/pods").await.status(), status);
    }
    order(Failure::CutShort);
    assert!(
        far.get("/api/v1/pods").await.bytes().await.is_err(),
        "half a body"
    );
    // An idle connection that closes is tried anew by clients; so is a request that found none.
    stage
        .world
        .fault(Fault::list("dev-1", "pods", Failure::Closed).always());
    let request = far
        .http()
        .get(format!("{}/api/v1/pods", far.endpoint))
        .bearer_auth(&far.token);
    assert!(request.send().await.is_err());
    stage.world.clear_faults();
    assert_eq!(far.get("/api/v1/pods").await.status(), 200);
}

#[tokio::test]
async fn writing_filtering_and_watching_are_refused_openly() {
    let stage = Stage::new().await;
    let far = stage.cluster(ACME, REGION, "dev-1").await;
    assert_eq!(
        far.get("/api/v1/pods?labelSelector=a%3Db").await.status(),
        400
    );
    assert_eq!(far.get("/api/v1/pods?watch=true").await.status(), 400);
    let url = format!("{}/api/v1/namespaces/shop/pods/x", far.endpoint);
    let delete = far
        .http()
        .delete(url)
        .bearer_auth(&far.token)
        .send()
        .await
        .unwrap();
    assert_eq!(delete.status(), 403);
}

#[tokio::test]
async fn the_servers_end_with_the_world() {
    let stage = Stage::new().await;
    let far = stage.cluster(ACME, REGION, "dev-1").await;
    let client = far.http();
    let url = format!("{}/version", far.endpoint);
    assert_eq!(
        client
            .get(&url)
            .bearer_auth(&far.token)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    stage.world.shutdown().await;
    assert!(
        client
            .get(&url)
            .bearer_auth(&far.token)
            .send()
            .await
            .is_err()
    );
}
