//! STS and EKS through the AWS SDK.

use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::error::ProvideErrorMetadata;

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
    let error = stage
        .eks(keys, "eu-central-1")
        .list_clusters()
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("ExpiredTokenException"));
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
        let pages = eks
            .list_clusters()
            .into_paginator()
            .page_size(1)
            .items()
            .send();
        pages.collect::<Result<_, _>>().await.unwrap()
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
    let cluster = eks
        .describe_cluster()
        .name("prod-eu-1")
        .send()
        .await
        .unwrap()
        .cluster
        .unwrap();
    assert_eq!(cluster.version(), Some("1.34"));
    let endpoint = stage.world.cluster_endpoint("prod-eu-1").unwrap();
    assert_eq!(cluster.endpoint(), Some(endpoint.as_str()));
    assert_eq!(cluster.tags().unwrap()["env"], "production");
    let entries = eks
        .list_access_entries()
        .cluster_name("prod-eu-1")
        .send()
        .await
        .unwrap();
    let principal = format!("arn:aws:iam::{ACME}:role/{ROLE}");
    assert_eq!(entries.access_entries(), std::slice::from_ref(&principal));
    let entry = eks
        .describe_access_entry()
        .cluster_name("prod-eu-1")
        .principal_arn(&principal);
    let entry = entry.send().await.unwrap().access_entry.unwrap();
    assert_eq!(entry.kubernetes_groups(), ["plimsoll:readers"]);
    let addons = eks
        .list_addons()
        .cluster_name("dev-1")
        .send()
        .await
        .unwrap();
    assert_eq!(addons.addons().len(), 3);
    let error = eks
        .describe_cluster()
        .name("edge")
        .send()
        .await
        .unwrap_err();
    assert!(error.into_service_error().is_resource_not_found_exception());
}

#[tokio::test]
async fn regions_come_in_ec2s_own_form() {
    let stage = Stage::new().await;
    let body = "Action=DescribeRegions&Version=2016-11-15";
    let url = format!("{}/", stage.world.aws_endpoint());
    let identity = stage.vendor().into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-central-1")
        .name("ec2")
        .time(stage.clock.now().into())
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let host = stage.world.aws_endpoint().replace("http://", "");
    let headers = [("host", host.as_str())];
    let signable = SignableBody::Bytes(body.as_bytes());
    let request = SignableRequest::new("POST", &url, headers.into_iter(), signable).unwrap();
    let (instructions, _) = sign(request, &params).unwrap().into_parts();
    let mut request = http::Request::builder()
        .method("POST")
        .uri(&url)
        .body(body.to_owned())
        .unwrap();
    instructions.apply_to_request_http1x(&mut request);
    let request = reqwest::Request::try_from(request).unwrap();
    let answer = reqwest::Client::new().execute(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    assert_eq!(text.matches("<regionName>").count(), 2);
    assert!(!text.contains("REQUEST-ID"));
}

#[tokio::test]
async fn ordered_failures_strike_aws_calls() {
    let stage = Stage::new().await;
    let keys = stage.assume(ACME).await;
    let eks = stage.eks(keys, "eu-central-1");
    stage
        .world
        .fault(Fault::aws("eks", "DescribeCluster", Failure::Forbidden));
    let error = eks
        .describe_cluster()
        .name("dev-1")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("AccessDeniedException"));
    let throttled = Failure::TooManyRequests { retry_after: 1 };
    stage.world.fault(Fault::aws("eks", "*", throttled));
    eks.list_clusters()
        .send()
        .await
        .expect("the SDK tries again");
    let statuses: Vec<u16> = stage.world.requests().iter().map(|r| r.status).collect();
    assert_eq!(statuses, [200, 403, 429, 200]);
}
