//! One operation of each protocol, and lists of several pages.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_smithy_async::time::StaticTimeSource;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::server::{Asked, Reply, Server, ok};
use crate::aws::AwsError;
use crate::aws::wire::{Account, Pace};
use crate::stage::{GLOBEX, Stage};

fn account(server: &Server) -> Account {
    Account::new(server.config(), "111122223333", Arc::default())
}

async fn one(service: &str, operation: &str, input: Value, body: &'static str) -> (Value, Asked) {
    let server = Server::start(move |_, _| ok(body)).await;
    let answer = account(&server).call(service, operation, &input).await;
    (answer.unwrap(), server.asked().remove(0))
}

fn signed_for(asked: &Asked, region: &str, service: &str) {
    let scope = format!("/{region}/{service}/aws4_request, SignedHeaders=");
    let signature = &asked.headers["authorization"];
    assert!(signature.contains(&scope), "{signature}");
    assert_eq!(asked.headers["x-amz-security-token"], "token");
    let agent = &asked.headers["user-agent"];
    assert!(agent.contains("api/plimsoll/"), "{agent}");
}

#[tokio::test]
async fn ec2() {
    let body = "<GetEbsEncryptionByDefaultResponse xmlns='http://ec2.amazonaws.com/doc/2016-11-15/'>\
        <requestId>1</requestId><ebsEncryptionByDefault>true</ebsEncryptionByDefault></GetEbsEncryptionByDefaultResponse>";
    let (answer, asked) = one("ec2", "GetEbsEncryptionByDefault", json!({}), body).await;
    assert_eq!(answer, json!({"EbsEncryptionByDefault": true}));
    assert_eq!(asked.line, "POST /");
    assert_eq!(
        asked.body,
        "Action=GetEbsEncryptionByDefault&Version=2016-11-15"
    );
    signed_for(&asked, "eu-central-1", "ec2");
}

#[tokio::test]
async fn query() {
    let body = "<DescribeTagsResponse><DescribeTagsResult><TagDescriptions><member><ResourceArn>a</ResourceArn><Tags/>\
        </member></TagDescriptions></DescribeTagsResult></DescribeTagsResponse>";
    let (answer, asked) = one(
        "elbv2",
        "DescribeTags",
        json!({"ResourceArns": ["a"]}),
        body,
    )
    .await;
    assert_eq!(
        answer,
        json!({"TagDescriptions": [{"ResourceArn": "a", "Tags": []}]})
    );
    assert!(asked.body.ends_with("&ResourceArns.member.1=a"));
    signed_for(&asked, "eu-central-1", "elasticloadbalancing");
}

#[tokio::test]
async fn json_with_a_target() {
    let body = r#"{"KeyId":"k","KeyRotationEnabled":false,"OnDemandRotationStartDate":1.0}"#;
    let (answer, asked) = one("kms", "GetKeyRotationStatus", json!({"KeyId": "k"}), body).await;
    assert_eq!(answer, json!({"KeyId": "k", "KeyRotationEnabled": false}));
    assert_eq!(
        asked.headers["x-amz-target"],
        "TrentService.GetKeyRotationStatus"
    );
    assert_eq!(asked.body, r#"{"KeyId":"k"}"#);
    signed_for(&asked, "eu-central-1", "kms");
}

#[tokio::test]
async fn rest_json() {
    let body =
        r#"{"accessEntry":{"clusterName":"prod","createdAt":1767323045.5,"tags":{"a":"b"}}}"#;
    let input = json!({"clusterName": "prod", "principalArn": "arn:aws:iam::1:role/a/b"});
    let (answer, asked) = one("eks", "DescribeAccessEntry", input, body).await;
    assert_eq!(
        answer,
        json!({"accessEntry": {"clusterName": "prod", "createdAt": "2026-01-02T03:04:05.5Z", "tags": {"a": "b"}}})
    );
    assert_eq!(
        asked.line,
        "GET /clusters/prod/access-entries/arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%2Fb"
    );
    signed_for(&asked, "eu-central-1", "eks");
}

#[tokio::test]
async fn rest_xml() {
    let body = "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>";
    let input = json!({"AccountId": "111122223333"});
    let (answer, asked) = one("s3control", "GetPublicAccessBlock", input, body).await;
    assert_eq!(
        answer,
        json!({"PublicAccessBlockConfiguration": {"BlockPublicAcls": true}})
    );
    assert_eq!(asked.headers["x-amz-account-id"], "111122223333");
    assert!(asked.headers.contains_key("x-amz-content-sha256"));
    signed_for(&asked, "eu-central-1", "s3");
}

#[tokio::test]
async fn a_bucket_elsewhere_is_asked_where_it_is() {
    let server = Server::start(|number, _| match number {
        0 => Reply::Whole(
            301,
            "x-amz-bucket-region: us-west-2\r\n",
            "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>".into(),
        ),
        _ => ok("<BucketLoggingStatus/>"),
    })
    .await;
    let input = json!({"Bucket": "trail-logs"});
    let answer = account(&server)
        .call("s3", "GetBucketLogging", &input)
        .await;
    assert_eq!(answer, Ok(json!({})));
    let asked = server.asked();
    assert_eq!(asked[0].line, "GET /trail-logs?logging");
    signed_for(&asked[0], "eu-central-1", "s3");
    signed_for(&asked[1], "us-west-2", "s3");
}

fn vpcs(ids: &[&str], next: &str) -> Reply {
    let mut body = "<DescribeVpcsResponse><vpcSet>".to_owned();
    for id in ids {
        body += &format!("<item><vpcId>{id}</vpcId></item>");
    }
    ok(body + "</vpcSet><nextToken>" + next + "</nextToken></DescribeVpcsResponse>")
}

#[tokio::test]
async fn a_list_is_read_to_its_end_in_pages_as_large_as_they_may_be() {
    let server = Server::start(|number, _| match number {
        0 => vpcs(&["vpc-1", "vpc-2"], "t+1"),
        1 => vpcs(&[], "t2"),
        _ => vpcs(&["vpc-3"], ""),
    })
    .await;
    let input = json!({"Filters": [{"Name": "state", "Values": ["available"]}]});
    let all = account(&server).pages("ec2", "DescribeVpcs", &input).await;
    let ids: Vec<_> = all
        .unwrap()
        .iter()
        .map(|vpc| vpc["VpcId"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, ["vpc-1", "vpc-2", "vpc-3"]);
    let bodies: Vec<_> = server.asked().into_iter().map(|asked| asked.body).collect();
    assert!(bodies.iter().all(|body| body.contains("MaxResults=1000")));
    assert!(
        bodies
            .iter()
            .all(|body| body.contains("Filter.1.Name=state"))
    );
    assert!(!bodies[0].contains("NextToken"));
    assert!(bodies[1].contains("NextToken=t%2B1"), "{}", bodies[1]);
    assert!(bodies[2].contains("NextToken=t2"));
}

#[tokio::test]
async fn a_size_of_null_is_not_sent() {
    let server = Server::start(|_, _| vpcs(&[], "")).await;
    let input = json!({"VpcIds": ["vpc-1"], "MaxResults": null});
    let all = account(&server).pages("ec2", "DescribeVpcs", &input).await;
    assert_eq!(all, Ok(Vec::new()));
    assert!(!server.asked()[0].body.contains("MaxResults"));
}

#[tokio::test]
async fn answers_with_several_lists_are_given_page_by_page() {
    let page = |inner: &str| {
        ok(format!(
            "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>{inner}\
                </GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>"
        ))
    };
    let server = Server::start(move |number, _| match number {
        0 => page("<RoleDetailList><member><RoleName>r</RoleName></member></RoleDetailList><Marker>m</Marker>"),
        _ => page("<Policies><member><PolicyName>p</PolicyName></member></Policies>"),
    })
    .await;
    let account = account(&server);
    let (name, input) = ("GetAccountAuthorizationDetails", json!({}));
    let mut pages = Vec::new();
    let done = account.each_page("iam", name, &input, |page| pages.push(page));
    assert_eq!(done.await, Ok(()));
    assert_eq!(
        pages,
        [
            json!({"RoleDetailList": [{"RoleName": "r"}]}),
            json!({"Policies": [{"PolicyName": "p"}]})
        ]
    );
    let error = account.pages("iam", name, &json!({})).await.unwrap_err();
    assert!(error.to_string().contains("no single list"), "{error}");
}

#[tokio::test]
async fn calls_share_a_connection() {
    let server = Server::start(|_, _| ok("{}")).await;
    let account = account(&server);
    for operation in ["ListClusters", "DescribeAddonVersions", "ListClusters"] {
        let answer = account.call("eks", operation, &json!({})).await;
        assert_eq!(answer, Ok(json!({})));
    }
    assert_eq!((server.asked().len(), server.connections()), (3, 1));
}

#[tokio::test]
async fn the_example_world_is_read() {
    let stage = Stage::new().await;
    let config = stage.account(GLOBEX).await.in_region("eu-central-1");
    let account = Account::new(config.clone(), GLOBEX, Arc::default());
    let names = account.pages("eks", "ListClusters", &json!({})).await;
    assert_eq!(names, Ok(vec![json!("edge")]));
    let input = json!({"name": "edge"});
    let ours = account
        .call("eks", "DescribeCluster", &input)
        .await
        .unwrap();
    let cluster = &ours["cluster"];
    let arn = format!("arn:aws:eks:eu-central-1:{GLOBEX}:cluster/edge");
    assert_eq!(cluster["arn"], arn.as_str());
    assert_eq!(
        (&cluster["status"], &cluster["tags"]["env"]),
        (&json!("ACTIVE"), &json!("production"))
    );
    let endpoint = stage.world.cluster_endpoint("edge").unwrap();
    assert_eq!(cluster["endpoint"], endpoint.as_str());
    let authority = cluster["certificateAuthority"]["data"].as_str();
    assert!(authority.is_some_and(|pem| pem.len() > 100), "{cluster}");
    let missing = json!({"name": "nothing"});
    let error = account.call("eks", "DescribeCluster", &missing).await;
    assert!(matches!(error, Err(AwsError::NotFound { .. })), "{error:?}");
}

#[tokio::test]
async fn what_the_table_lacks_is_never_sent() {
    let server = Server::start(|_, _| ok("")).await;
    let account = account(&server);
    for (service, operation, input) in [
        ("ec2", "TerminateInstances", json!({})),
        ("nothing", "DescribeVpcs", json!({})),
        ("ec2", "DescribeVpcs", json!({"Everything": true})),
    ] {
        let error = account.call(service, operation, &input).await.unwrap_err();
        assert!(matches!(error, AwsError::Other { .. }), "{error}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn more_calls_than_the_burst_wait_for_their_turn() {
    let server = Server::start(|_, _| ok("{}")).await;
    let now = Duration::from_secs(1_793_584_800);
    let clock = StaticTimeSource::new(SystemTime::UNIX_EPOCH + now);
    let config = server.config().to_builder().time_source(clock).build();
    let pace: Arc<Pace> = Arc::default();
    let account = Account::new(config, "111122223333", pace.clone());
    for _ in 0..12 {
        let answer = account.call("eks", "ListClusters", &json!({})).await;
        assert_eq!(answer, Ok(json!({})));
    }
    let wait = pace.turn("111122223333", "eu-central-1", "eks", now);
    assert_eq!(wait, Duration::from_secs(1), "twelve turns were taken");
}

#[tokio::test]
async fn no_more_than_four_calls_are_under_way() {
    let (come, mut came) = tokio::sync::mpsc::unbounded_channel();
    let permits = Arc::new(Semaphore::new(0));
    let held = permits.clone();
    let server = Server::start(move |_, _| {
        come.send(()).unwrap();
        Reply::Held(held.clone(), "{}")
    })
    .await;
    let account = Arc::new(account(&server));
    let mut calls = JoinSet::new();
    for _ in 0..6 {
        let account = account.clone();
        calls.spawn(async move { account.call("eks", "ListClusters", &json!({})).await });
    }
    for _ in 0..4 {
        came.recv().await.unwrap();
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(came.try_recv().is_err(), "a fifth came");
    permits.add_permits(6);
    for answer in calls.join_all().await {
        assert_eq!(answer, Ok(json!({})));
    }
    assert_eq!(server.asked().len(), 6);
}
