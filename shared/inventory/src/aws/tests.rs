//! The account's role and clusters against the example world.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use plimsoll_world::{Failure, Fault};

use super::*;
use crate::stage::{ACME, GLOBEX, ROLE, SESSION, Stage, external_id, role};

#[tokio::test]
async fn a_role_is_assumed_with_its_external_id_alone() {
    let stage = Stage::new().await;
    let base = stage.base();
    assert_eq!(stage.account(ACME).await.account, ACME);
    for wrong in [external_id(GLOBEX), "plm-made-up".to_owned()] {
        let error = AssumedAccount::assume(&base, &role(ACME), &wrong, SESSION)
            .await
            .unwrap_err();
        assert!(matches!(error, AwsError::Denied { .. }), "{error}");
        assert!(
            error.to_string().starts_with("sts:AssumeRole denied: "),
            "{error}"
        );
    }
    let error = AssumedAccount::assume(&base, "arn:aws:iam::1:role/x", "x", SESSION)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("no ARN of a role"), "{error}");
}

#[tokio::test]
async fn an_open_trust_policy_is_found() {
    let stage = Stage::new().await;
    let (base, right) = (stage.base(), external_id(ACME));
    let knock = async |external_id: Option<&str>| {
        let arn = role(ACME);
        match knock(&base, &arn, external_id, SESSION).await {
            Answer::Admitted(account) => account.account.clone(),
            Answer::Refused => "refused".to_owned(),
            Answer::Lost(error) => format!("lost: {error}"),
        }
    };
    let all = async || {
        let right = knock(Some(&right)).await;
        [right, knock(None).await, knock(Some("plm-wrong")).await]
    };
    assert_eq!(all().await, [ACME, "refused", "refused"]);
    stage
        .world
        .trust(ACME, ROLE, plimsoll_world::VENDOR_PRINCIPAL, None);
    assert_eq!(all().await, [ACME, ACME, ACME]);
    stage.world.delete_role(ACME, ROLE);
    assert_eq!(
        all().await,
        ["refused", "refused", "refused"],
        "a role that is gone is no proof"
    );
    stage.world.trust_vendor(ACME, ROLE, &external_id(ACME));
    for failure in [Failure::InternalError, Failure::Forbidden] {
        let fault = Fault::aws("sts", "AssumeRole", failure);
        stage.world.fault(fault.after(1).always());
        let [right, without, wrong] = all().await;
        assert_eq!(right, ACME);
        assert!(without.starts_with("lost: "), "{failure:?}: {without}");
        assert!(wrong.starts_with("lost: "), "{failure:?}: {wrong}");
        stage.world.clear_faults();
    }
    let account = stage.account(ACME).await;
    let caller = caller_account(&account.in_region("eu-central-1")).await;
    assert_eq!(caller, Ok(ACME.to_owned()));
}

#[tokio::test]
async fn clusters_are_found_region_by_region() {
    let stage = Stage::new().await;
    let names = async |region| {
        let account = stage.region(GLOBEX, region).await;
        let found = discover_clusters(&account).await.unwrap();
        found
            .into_iter()
            .map(|cluster| cluster.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names("eu-central-1").await, ["edge"]);
    assert_eq!(names("eu-west-1").await, ["lab"]);
    assert!(names("us-east-1").await.is_empty());
    let elsewhere = stage.region(GLOBEX, "us-east-1").await;
    let error = describe_cluster(&elsewhere, "lab").await.unwrap_err();
    assert!(matches!(error, AwsError::NotFound { .. }), "{error}");
}

#[tokio::test]
async fn a_cluster_is_described_in_the_shape_of_its_template() {
    let stage = Stage::new().await;
    let account = stage.region(ACME, "eu-central-1").await;
    let cluster = describe_cluster(&account, "prod-eu-1").await.unwrap();
    assert_eq!(
        (
            cluster.name.as_str(),
            cluster.region.as_str(),
            cluster.status(),
            cluster.version()
        ),
        ("prod-eu-1", "eu-central-1", "ACTIVE", Some("1.34"))
    );
    assert_eq!(
        cluster.arn(),
        format!("arn:aws:eks:eu-central-1:{ACME}:cluster/prod-eu-1")
    );
    assert_eq!(
        cluster.tags().get("env").map(String::as_str),
        Some("production")
    );
    assert!(
        cluster
            .target()
            .unwrap()
            .endpoint
            .starts_with("https://127.0.0.1:")
    );
    let place = read::Place {
        account: ACME,
        region: Some("eu-central-1"),
    };
    let reading = Box::pin(read::region(&account, place, &[cluster], None)).await;
    let mut resources = reading.objects.into_iter();
    let resource = resources.find(|object| object["kind"] == "AWS::EKS::Cluster");
    let resource = resource.unwrap();
    assert_eq!(resource["kind"], "AWS::EKS::Cluster");
    assert_eq!(resource["metadata"]["namespace"], "eu-central-1");
    let properties = resource["Properties"].as_object().unwrap();
    assert_eq!(properties["Name"], "prod-eu-1");
    assert_eq!(
        properties["ResourcesVpcConfig"]["EndpointPublicAccess"],
        true
    );
    assert!(properties["Logging"]["ClusterLogging"]["EnabledTypes"].is_array());
    assert!(
        properties["Tags"]
            .as_array()
            .unwrap()
            .iter()
            .any(|tag| tag["Key"] == "env" && tag["Value"] == "production")
    );
    assert!(
        properties
            .keys()
            .all(|key| key.starts_with(|c: char| c.is_ascii_uppercase())),
        "{properties:?}"
    );
}

#[tokio::test]
async fn what_went_wrong_is_said_by_what_can_be_done() {
    let stage = Stage::new().await;
    let account = stage.region(ACME, "eu-central-1").await;
    stage
        .world
        .fault(Fault::aws("eks", "ListClusters", Failure::Forbidden));
    let denied = discover_clusters(&account).await.unwrap_err();
    assert!(
        matches!(&denied, AwsError::Denied { call, .. } if call == "eks:ListClusters"),
        "{denied}"
    );
    assert!(!denied.may_pass());
    stage.wait(3_601);
    let expired = discover_clusters(&account).await.unwrap_err();
    assert!(matches!(expired, AwsError::Credentials { .. }), "{expired}");

    let unknown = Credentials::new("AKIAUNKNOWN", "x", None, None, "test");
    let base = stage
        .base()
        .to_builder()
        .credentials_provider(SharedCredentialsProvider::new(unknown))
        .build();
    let error = AssumedAccount::assume(&base, &role(ACME), "x", SESSION)
        .await
        .unwrap_err();
    assert!(matches!(error, AwsError::Credentials { .. }), "{error}");
    let mut none = stage.base().to_builder();
    none.set_credentials_provider(None);
    let none = none.build();
    let error = AssumedAccount::assume(&none, &role(ACME), "x", SESSION)
        .await
        .unwrap_err();
    assert!(matches!(error, AwsError::NoCredentials { .. }), "{error:?}");
    let gone = stage
        .base()
        .to_builder()
        .endpoint_url("http://127.0.0.1:1")
        .build();
    let error = AssumedAccount::assume(&gone, &role(ACME), "x", SESSION)
        .await
        .unwrap_err();
    assert!(
        matches!(error, AwsError::Unreachable { .. }) && error.may_pass(),
        "{error:?}"
    );
}
