//! Requests of each protocol, as botocore would send them.

use super::super::table::table;
use super::*;
use serde_json::json;

fn sent(service: &str, name: &str, input: &Value) -> Result<Request<SdkBody>, String> {
    let (service, operation) = table().unwrap().find(service, name).unwrap();
    request(service, operation, input, false)
}

fn body(request: &Request<SdkBody>) -> &str {
    std::str::from_utf8(request.body().bytes().unwrap()).unwrap()
}

#[test]
fn ec2_takes_flat_lists() {
    let input = json!({"Filters": [{"Name": "tag:a b", "Values": ["1", "2"]}], "InstanceIds": ["i-1"],
        "MaxResults": 5, "NextToken": null});
    let request = sent("ec2", "DescribeInstances", &input).unwrap();
    assert_eq!((request.method(), request.uri()), ("POST", "/"));
    assert_eq!(
        body(&request),
        "Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1&Filter.1.Name=tag%3Aa+b\
            &Filter.1.Value.1=1&Filter.1.Value.2=2&MaxResults=5"
    );
}

#[test]
fn query_counts_members() {
    let input = json!({"Filter": ["Role", "User"], "MaxItems": 1000});
    let request = sent("iam", "GetAccountAuthorizationDetails", &input).unwrap();
    assert_eq!(
        body(&request),
        "Action=GetAccountAuthorizationDetails&Version=2010-05-08&Filter.member.1=Role&Filter.member.2=User&MaxItems=1000"
    );
}

#[test]
fn json_names_the_operation_in_a_header() {
    let request = sent("ecr", "DescribeRepositories", &json!({"maxResults": 1000})).unwrap();
    assert_eq!(
        request.headers().get("x-amz-target"),
        Some("AmazonEC2ContainerRegistry_V20150921.DescribeRepositories")
    );
    assert_eq!(
        request.headers().get("content-type"),
        Some("application/x-amz-json-1.1")
    );
    assert_eq!(body(&request), r#"{"maxResults":1000}"#);
}

#[test]
fn rest_puts_members_in_their_places() {
    let input = json!({"clusterName": "a b", "principalArn": "arn:aws:iam::1:role/x", "maxResults": 100,
        "nextToken": "t/+="});
    let request = sent("eks", "ListAssociatedAccessPolicies", &input).unwrap();
    assert_eq!(request.method(), "GET");
    assert_eq!(
        request.uri(),
        "/clusters/a%20b/access-entries/arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx/access-policies?maxResults=100&nextToken=t%2F%2B%3D"
    );
    assert_eq!(body(&request), "");
    let input = json!({"DetectorId": "d", "FindingStatisticTypes": ["COUNT_BY_SEVERITY"],
        "FindingCriteria": {"Criterion": {"severity": {"GreaterThanOrEqual": 7}}}});
    let request = sent("guardduty", "GetFindingsStatistics", &input).unwrap();
    assert_eq!(request.uri(), "/detector/d/findings/statistics");
    let sent: Value = serde_json::from_str(body(&request)).unwrap();
    assert_eq!(
        sent,
        json!({"findingStatisticTypes": ["COUNT_BY_SEVERITY"],
            "findingCriteria": {"criterion": {"severity": {"greaterThanOrEqual": 7}}}})
    );
}

#[test]
fn buckets_stand_in_the_path_or_the_host() {
    let (service, operation) = table().unwrap().find("s3", "GetBucketAcl").unwrap();
    let input = json!({"Bucket": "logs", "ExpectedBucketOwner": "111122223333"});
    let path = request(service, operation, &input, false).unwrap();
    assert_eq!(path.uri(), "/logs?acl");
    assert_eq!(
        path.headers().get("x-amz-expected-bucket-owner"),
        Some("111122223333")
    );
    let host = request(service, operation, &input, true).unwrap();
    assert_eq!(host.uri(), "/?acl");
}

#[test]
fn the_account_stands_in_the_host_and_nothing_else_does() {
    let (_, operation) = table()
        .unwrap()
        .find("s3control", "GetPublicAccessBlock")
        .unwrap();
    let prefix = |account: &str| host_prefix(operation, &json!({ "AccountId": account }));
    assert_eq!(prefix("111122223333").as_deref(), Some("111122223333."));
    for wrong in ["", "evil.example/", "a@b"] {
        assert_eq!(prefix(wrong), None, "{wrong}");
    }
}

#[test]
fn inputs_that_do_not_fit_are_refused() {
    for (service, name, input, says) in [
        (
            "ec2",
            "DescribeVpcs",
            json!({"Vpcs": []}),
            "no input `Vpcs`",
        ),
        (
            "ec2",
            "DescribeVpcs",
            json!({"VpcIds": "vpc-1"}),
            "another kind",
        ),
        (
            "ec2",
            "DescribeVpcs",
            json!({"Filters": [{"Key": "x"}]}),
            "no input `Key`",
        ),
        (
            "ecr",
            "DescribeImages",
            json!({"imageIds": [{"id": "x"}]}),
            "no input `id`",
        ),
        (
            "ecr",
            "DescribeImages",
            json!({"repositoryName": 5}),
            "another kind",
        ),
        ("eks", "DescribeCluster", json!({}), "`name` is missing"),
        (
            "eks",
            "DescribeCluster",
            json!({"name": ".."}),
            "`name` is no name",
        ),
        ("eks", "DescribeCluster", json!({"name": {}}), "is no text"),
        ("eks", "DescribeCluster", json!([]), "takes an object"),
    ] {
        let error = sent(service, name, &input).unwrap_err();
        assert!(error.contains(says), "{error}");
    }
}
