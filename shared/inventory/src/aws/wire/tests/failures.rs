//! What goes wrong, and what the caller is told.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use serde_json::{Value, json};

use super::server::{Reply, Server, ok};
use crate::aws::AwsError;
use crate::aws::wire::Account;

const ACCOUNT: &str = "111122223333";

fn account(server: &Server) -> Account {
    Account::new(server.config(), ACCOUNT, Arc::default())
}

async fn refused(
    service: &str,
    operation: &str,
    input: Value,
    status: u16,
    body: &'static str,
) -> AwsError {
    let server = Server::start(move |_, _| Reply::Whole(status, "", body.into())).await;
    let answer = account(&server).call(service, operation, &input).await;
    answer.unwrap_err()
}

#[tokio::test]
async fn denied_is_one_thing_in_three_spellings() {
    for (service, operation, input, status, body, action) in [
        (
            "ec2",
            "DescribeVpcs",
            json!({}),
            403,
            "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>",
            "ec2:DescribeVpcs",
        ),
        (
            "ecr",
            "DescribeRepositories",
            json!({}),
            400,
            r#"{"__type":"AccessDeniedException","Message":"no"}"#,
            "ecr:DescribeRepositories",
        ),
        (
            "iam",
            "GetAccountSummary",
            json!({}),
            403,
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
            "iam:GetAccountSummary",
        ),
        (
            "s3control",
            "GetPublicAccessBlock",
            json!({"AccountId": ACCOUNT}),
            403,
            "",
            "s3:GetAccountPublicAccessBlock",
        ),
    ] {
        let error = refused(service, operation, input, status, body).await;
        let AwsError::Denied { call, message } = &error else {
            panic!("{error}");
        };
        assert_eq!(call, action);
        assert!(message == "no" || message == "status 403", "{message}");
    }
}

#[tokio::test]
async fn an_unset_part_and_an_unused_service_are_answers() {
    let none = "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>none</Message></Error></ErrorResponse>";
    let error = refused("iam", "GetAccountPasswordPolicy", json!({}), 404, none).await;
    assert!(matches!(error, AwsError::Absent { .. }), "{error}");
    let error = refused("iam", "GetAccountSummary", json!({}), 404, none).await;
    assert!(matches!(error, AwsError::NotFound { .. }), "{error}");
    let body = r#"{"__type":"LifecyclePolicyNotFoundException","message":"none"}"#;
    let input = json!({"repositoryName": "web"});
    let error = refused("ecr", "GetLifecyclePolicy", input.clone(), 400, body).await;
    assert!(matches!(error, AwsError::Absent { .. }), "{error}");
    let body = r#"{"__type":"RepositoryNotFoundException","message":"gone"}"#;
    let error = refused("ecr", "GetLifecyclePolicy", input, 400, body).await;
    assert!(matches!(error, AwsError::NotFound { .. }), "{error}");
    let body =
        r#"{"Code":"InvalidAccessException","Message":"not subscribed to AWS Security Hub"}"#;
    let error = refused("securityhub", "DescribeHub", json!({}), 401, body).await;
    assert!(matches!(error, AwsError::NotSubscribed { .. }), "{error}");
}

const THROTTLED: &str = r#"{"__type":"ThrottlingException","message":"slow down"}"#;

#[tokio::test]
async fn a_throttle_is_waited_out() {
    let server = Server::start(|number, _| match number {
        0 | 1 => Reply::Whole(400, "", THROTTLED.into()),
        _ => ok(r#"{"Policy":"{}"}"#),
    })
    .await;
    let account = account(&server);
    let input = json!({"KeyId": "k"});
    let answer = account.call("kms", "GetKeyPolicy", &input).await;
    assert_eq!(answer, Ok(json!({"Policy": "{}"})));
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn three_throttles_are_told() {
    let server = Server::start(|_, _| Reply::Whole(400, "", THROTTLED.into())).await;
    let account = account(&server);
    let input = json!({"KeyId": "k"});
    let error = account.call("kms", "GetKeyPolicy", &input).await;
    let error = error.unwrap_err();
    assert!(matches!(error, AwsError::Throttled { .. }), "{error}");
    assert!(error.may_pass());
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_service_that_breaks_is_asked_again() {
    let server = Server::start(|number, _| match number {
        0 => Reply::Whole(502, "", "<html>bad gateway".into()),
        _ => ok(r#"{"detectorIds":["d"]}"#),
    })
    .await;
    let answer = account(&server)
        .call("guardduty", "ListDetectors", &json!({}))
        .await;
    assert_eq!(answer, Ok(json!({"DetectorIds": ["d"]})));
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn half_an_answer_is_no_answer() {
    let whole = "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>";
    let half = whole.split("</item>").next().unwrap();
    let server = Server::start(move |_, _| Reply::Cut(half.into())).await;
    let answer = account(&server)
        .call("ec2", "DescribeVpcs", &json!({}))
        .await;
    let error = answer.unwrap_err();
    assert!(matches!(error, AwsError::Unreachable { .. }), "{error}");
    assert_eq!(server.asked().len(), 3, "the network may mend itself");
    let server = Server::start(move |_, _| ok(half)).await;
    let answer = account(&server)
        .call("ec2", "DescribeVpcs", &json!({}))
        .await;
    let error = answer.unwrap_err();
    assert!(matches!(error, AwsError::Unreadable { .. }), "{error}");
    assert!(error.to_string().contains("ends within"), "{error}");
    let server = Server::start(|_, _| ok(r#"{"repositories":[{"repos"#)).await;
    let answer = account(&server)
        .call("ecr", "DescribeRepositories", &json!({}))
        .await;
    let error = answer.unwrap_err();
    assert!(matches!(error, AwsError::Unreadable { .. }), "{error}");
}

#[tokio::test]
async fn another_operations_answer_is_no_answer() {
    let body = "<ListBucketResult><Name>trail</Name></ListBucketResult>";
    let input = json!({"Bucket": "trail"});
    let error = refused("s3", "GetBucketPolicyStatus", input, 200, body).await;
    assert!(matches!(error, AwsError::Unreadable { .. }), "{error}");
    let body = "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancers/>\
        </DescribeLoadBalancersResult></DescribeLoadBalancersResponse>";
    let server = Server::start(move |_, _| ok(body)).await;
    let list = account(&server)
        .pages("elb", "DescribeLoadBalancers", &json!({}))
        .await;
    let error = list.unwrap_err();
    assert!(
        error.to_string().contains("no `LoadBalancerDescriptions`"),
        "{error}"
    );
}

fn page(next: &str) -> Reply {
    ok(format!(r#"{{"clusters":["a"],"nextToken":"{next}"}}"#))
}

#[tokio::test]
async fn a_list_that_goes_round_in_a_circle_is_lost() {
    for tokens in [&["t", "t"][..], &["t", "u", "t"]] {
        let server = Server::start(move |number, _| page(tokens[number % tokens.len()])).await;
        let answer = account(&server)
            .pages("eks", "ListClusters", &json!({}))
            .await;
        let error = answer.unwrap_err();
        let AwsError::PageLost { call, pages, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!((call.as_str(), *pages), ("eks:ListClusters", tokens.len()));
    }
}

#[tokio::test]
async fn a_lost_page_loses_the_list() {
    let lost = async |status, body: &'static str| {
        let server = Server::start(move |number, _| match number {
            0 => page("t"),
            _ => Reply::Whole(status, "", body.into()),
        })
        .await;
        let answer = account(&server)
            .pages("eks", "ListClusters", &json!({}))
            .await;
        answer.unwrap_err()
    };
    let error = lost(429, "{}").await;
    assert!(
        matches!(error, AwsError::PageLost { pages: 1, .. }),
        "{error}"
    );
    assert!(error.may_pass());
    let error = lost(
        400,
        r#"{"__type":"InvalidParameterException","message":"token"}"#,
    )
    .await;
    assert!(
        matches!(error, AwsError::PageLost { pages: 1, .. }),
        "{error}"
    );
    let error = lost(403, r#"{"__type":"AccessDeniedException","message":"no"}"#).await;
    assert!(matches!(error, AwsError::Denied { .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_hangs_is_left() {
    let server = Server::start(|_, _| Reply::Hang).await;
    let limits = TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_millis(50))
        .build();
    let config = server
        .config()
        .to_builder()
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .timeout_config(limits)
        .retry_config(RetryConfig::standard().with_max_attempts(1))
        .build();
    let account = Account::new(config, ACCOUNT, Arc::default());
    let error = account.call("guardduty", "ListDetectors", &json!({})).await;
    let error = error.unwrap_err();
    assert!(matches!(error, AwsError::Unreachable { .. }), "{error}");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn without_keys_or_region_nothing_is_sent() {
    let server = Server::start(|_, _| ok("{}")).await;
    let config = server.config().to_builder().region(None).build();
    let answer = Account::new(config, ACCOUNT, Arc::default());
    let error = answer
        .call("eks", "ListClusters", &json!({}))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("names no region"), "{error}");
    let mut bare = aws_config::SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .region(aws_config::Region::new("eu-central-1"));
    bare.set_endpoint_url(Some("http://127.0.0.1:9".to_owned()));
    let account = Account::new(bare.build(), ACCOUNT, Arc::default());
    let error = account
        .call("eks", "ListClusters", &json!({}))
        .await
        .unwrap_err();
    assert!(matches!(error, AwsError::NoCredentials { .. }), "{error}");
    assert!(server.asked().is_empty());
}
