//! STS through the AWS SDK, and EKS and EC2 by signed requests.

use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::error::ProvideErrorMetadata;
use serde_json::json;

use super::*;
use crate::{Failure, Fault};

async fn assume(stage: &Stage, account: &str, external_id: Option<&str>) -> Result<(), String> {
    let call = stage
        .sts(stage.vendor())
        .assume_role()
        .role_arn(format!("arn:aws:iam::{account}:role/{ROLE}"))
        .role_session_name("t-test.s-1")
        .set_external_id(external_id.map(str::to_owned));
    call.send()
        .await
        .map(|_| ())
        .map_err(|error| error.code().unwrap_or("no code").to_owned())
}

#[tokio::test]
async fn a_role_is_assumed_with_its_external_id_and_with_no_other() {
    let stage = Stage::new().await;
    assert_eq!(assume(&stage, ACME, Some(&external_id(ACME))).await, Ok(()));
    let denied = Err("AccessDenied".to_owned());
    assert_eq!(assume(&stage, ACME, None).await, denied);
    assert_eq!(assume(&stage, ACME, Some("plm-wrong")).await, denied);
    assert_eq!(
        assume(&stage, ACME, Some(&external_id(GLOBEX))).await,
        denied
    );
    assert_eq!(
        assume(&stage, "471100000999", Some("plm-1")).await,
        denied,
        "no such role"
    );
    stage.world.trust(
        ACME,
        ROLE,
        "arn:aws:iam::471100000042:root",
        Some(&external_id(ACME)),
    );
    assert_eq!(
        assume(&stage, ACME, Some(&external_id(ACME))).await,
        denied,
        "others only"
    );
    stage.world.trust(ACME, ROLE, crate::VENDOR_PRINCIPAL, None);
    assert_eq!(
        assume(&stage, ACME, None).await,
        Ok(()),
        "a role that does not ask for it"
    );
    stage.world.delete_role(ACME, ROLE);
    assert_eq!(assume(&stage, ACME, None).await, denied, "a deleted role");
    let log = stage.world.requests();
    assert_eq!(
        log.iter()
            .filter(|r| r.operation == "AssumeRole" && r.status == 403)
            .count(),
        6
    );
}

#[tokio::test]
async fn a_session_says_whose_it_is_and_ends() {
    let stage = Stage::new().await;
    let keys = stage.assume(ACME).await;
    let who = stage
        .sts(keys.clone())
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(who.account(), Some(ACME));
    let arn = format!("arn:aws:sts::{ACME}:assumed-role/{ROLE}/t-test.s-1");
    assert_eq!(who.arn(), Some(arn.as_str()));
    stage.wait(901);
    let error = stage
        .sts(keys.clone())
        .get_caller_identity()
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("ExpiredToken"));
    let expired = stage.eks(keys, "eu-central-1").get("/clusters").await;
    assert_eq!(expired.code.as_deref(), Some("ExpiredTokenException"));
}

#[tokio::test]
async fn forged_signatures_are_refused() {
    let stage = Stage::new().await;
    let vendor = stage.world.vendor_credentials();
    for (keys, code) in [
        (
            Keys::new("AKIAUNKNOWN", "x", None, None, "test"),
            "InvalidClientTokenId",
        ),
        (
            Keys::new(&vendor.access_key, "wrong", None, None, "test"),
            "SignatureDoesNotMatch",
        ),
        (
            Keys::new(
                &vendor.access_key,
                &vendor.secret,
                Some("made up".into()),
                None,
                "test",
            ),
            "InvalidClientTokenId",
        ),
    ] {
        let error = stage
            .sts(keys)
            .get_caller_identity()
            .send()
            .await
            .unwrap_err();
        assert_eq!(error.code(), Some(code));
    }
    let unsigned = reqwest::get(stage.world.aws_endpoint()).await.unwrap();
    assert_eq!(unsigned.status(), 403);
    assert!(
        unsigned
            .text()
            .await
            .unwrap()
            .contains("MissingAuthenticationToken")
    );
}

#[tokio::test]
async fn a_request_signed_at_another_time_is_refused() {
    let stage = Stage::new().await;
    let late = TestClock(Arc::new(AtomicI64::new(NIGHT)));
    let conf = stage.sts(stage.vendor()).config().to_builder();
    let conf = conf.time_source(late).retry_config(RetryConfig::disabled());
    let client = aws_sdk_sts::Client::from_conf(conf.build());
    assert!(client.get_caller_identity().send().await.is_ok());
    stage.wait(600);
    let error = client.get_caller_identity().send().await.unwrap_err();
    assert_eq!(error.code(), Some("SignatureDoesNotMatch"));
    stage.wait(-1_200);
    let error = client.get_caller_identity().send().await.unwrap_err();
    assert_eq!(error.code(), Some("SignatureDoesNotMatch"));
}

#[tokio::test]
async fn clusters_are_listed_per_account_and_region_in_pages() {
    let stage = Stage::new().await;
    let list = async |keys: Keys, region: &'static str| -> Vec<String> {
        let eks = stage.eks(keys, region);
        let mut names = Vec::new();
        let mut path = "/clusters?maxResults=1".to_owned();
        loop {
            let page = eks.get(&path).await;
            let clusters = page.read("clusters");
            let page_names = clusters.as_array().unwrap().iter();
            names.extend(page_names.map(|name| name.as_str().unwrap().to_owned()));
            match page.read("nextToken").as_str() {
                Some(token) => path = format!("/clusters?maxResults=1&nextToken={token}"),
                None => return names,
            }
        }
    };
    let (acme, globex) = (stage.assume(ACME).await, stage.assume(GLOBEX).await);
    assert_eq!(
        list(acme.clone(), "eu-central-1").await,
        ["dev-1", "prod-eu-1"]
    );
    assert!(list(acme, "eu-west-1").await.is_empty());
    assert_eq!(list(globex.clone(), "eu-central-1").await, ["edge"]);
    assert_eq!(list(globex, "eu-west-1").await, ["lab"]);
    assert!(
        list(stage.vendor(), "eu-central-1").await.is_empty(),
        "the operator has none"
    );
}

#[tokio::test]
async fn a_cluster_is_described_to_its_own_account_only() {
    let stage = Stage::new().await;
    let keys = stage.assume(ACME).await;
    let eks = stage.eks(keys, "eu-central-1");
    let cluster = eks.get("/clusters/prod-eu-1").await.read("cluster");
    assert_eq!(cluster["version"], "1.34");
    let endpoint = stage.world.cluster_endpoint("prod-eu-1").unwrap();
    assert_eq!(cluster["endpoint"], endpoint);
    assert_eq!(cluster["tags"]["env"], "production");
    let entries = eks.get("/clusters/prod-eu-1/access-entries").await;
    let principal = format!("arn:aws:iam::{ACME}:role/{ROLE}");
    assert_eq!(entries.read("accessEntries"), json!([principal]));
    let principal = principal.replace(':', "%3A").replace('/', "%2F");
    let path = format!("/clusters/prod-eu-1/access-entries/{principal}");
    let entry = eks.get(&path).await.read("accessEntry");
    assert_eq!(entry["kubernetesGroups"], json!(["plimsoll:readers"]));
    let addons = eks.get("/clusters/dev-1/addons").await.read("addons");
    assert_eq!(addons.as_array().unwrap().len(), 3);
    let others = eks.get("/clusters/edge").await;
    assert_eq!(others.status, 404);
    assert_eq!(others.code.as_deref(), Some("ResourceNotFoundException"));
}

#[tokio::test]
async fn ordered_failures_strike_aws_calls() {
    let stage = Stage::new().await;
    let keys = stage.assume(ACME).await;
    let eks = stage.eks(keys, "eu-central-1");
    stage
        .world
        .fault(Fault::aws("eks", "DescribeCluster", Failure::Forbidden));
    let refused = eks.get("/clusters/dev-1").await;
    assert_eq!(refused.code.as_deref(), Some("AccessDeniedException"));
    let throttled = Failure::TooManyRequests { retry_after: 1 };
    stage.world.fault(Fault::aws("eks", "*", throttled));
    let throttled = eks.get("/clusters").await;
    assert_eq!(throttled.code.as_deref(), Some("TooManyRequestsException"));
    eks.get("/clusters").await.read("clusters");
    let statuses: Vec<u16> = stage.world.requests().iter().map(|r| r.status).collect();
    assert_eq!(statuses, [200, 403, 429, 200]);
}
