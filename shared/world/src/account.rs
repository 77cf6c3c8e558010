//! What is around the clusters of an account: answers from files in each service's own form. What has no file is what a
//! new account has, if that is a list with nothing in it, and is refused otherwise.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::data;
use crate::refusal::{Protocol, Refusal};
use crate::services::Named;

/// Whose account, where, and everything that a request says.
pub(crate) struct Asked<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) path: &'a [String],
    pub(crate) params: &'a [(String, String)],
    pub(crate) body: &'a [u8],
}

/// Answers that a test put beside the files, by the path that a file would have below `accounts/`.
#[derive(Debug, Default)]
pub(crate) struct Replies(Mutex<BTreeMap<String, String>>);

impl Replies {
    pub(crate) fn put(&self, path: &str, text: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(path.to_owned(), text.to_owned());
    }

    fn get(&self, path: &str) -> Option<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(path).cloned()
    }
}

/// What a test put there for a call.
pub(crate) fn put(replies: &Replies, named: &Named, asked: &Asked<'_>) -> Option<String> {
    paths(named, asked).find_map(|path| replies.get(&path))
}

/// Where the answer to a call may lie below `accounts/`, first what is for the part of a list that it names.
fn paths(named: &Named, asked: &Asked<'_>) -> impl Iterator<Item = String> {
    // IAM is one for all regions, whichever its calls are signed for.
    let region = match named.service.as_str() {
        "iam" => "global",
        service if is_told_everybody(service, &named.operation) => "global",
        _ => asked.region,
    };
    let folder = format!("{}/{region}/{}", asked.account, named.service);
    let ending = match named.protocol {
        Protocol::RestJson => "json",
        Protocol::Sts | Protocol::Ec2 => "xml",
    };
    let operation = named.operation.clone();
    let keys = keys(asked).into_iter().map(|key| format!(".{key}"));
    keys.chain([String::new()])
        .map(move |key| format!("{folder}/{operation}{key}.{ending}"))
}

/// Answers a call with its body.
pub(crate) fn answer(
    replies: &Replies,
    named: &Named,
    asked: &Asked<'_>,
) -> Result<String, Refusal> {
    let of_files = |path: String| data::text(&format!("accounts/{path}")).ok();
    let found = put(replies, named, asked).or_else(|| paths(named, asked).find_map(of_files));
    if let Some(text) = found {
        return Ok(text);
    }
    let (service, operation) = (named.service.as_str(), named.operation.as_str());
    if let Some((_, _, code)) = NOT_SET
        .iter()
        .find(|(s, o, _)| (*s, *o) == (service, operation))
    {
        return Err(Refusal::NotSet(code));
    }
    let of = |(s, o, _): &&(&str, &str, &str)| (*s, *o) == (service, operation);
    match NOTHING.iter().find(of) {
        Some((_, _, list)) => Ok(nothing(named.protocol, operation, list)),
        None => Err(Refusal::Denied(format!(
            "User is not authorized to perform: {service}:{operation}"
        ))),
    }
}

/// What AWS tells everybody alike, in all regions; the files of it lie with the operator's account, who alone may ask here.
pub(crate) fn is_told_everybody(service: &str, operation: &str) -> bool {
    matches!(
        (service, operation),
        ("eks", "DescribeAddonVersions" | "DescribeClusterVersions") | ("ssm", "GetParameters")
    )
}

/// What a file for a part of a list may be called after: every value that the request names, of ARNs the last part.
fn keys(asked: &Asked<'_>) -> Vec<String> {
    let mut values: Vec<String> = asked
        .params
        .iter()
        .map(|(_, value)| value.clone())
        .collect();
    values.extend(asked.path.iter().cloned());
    if let Ok(body) = serde_json::from_slice(asked.body) {
        texts(&body, &mut values);
    }
    let tail = |value: &String| {
        value
            .rsplit(['/', ':'])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let plain = |key: &String| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !key.is_empty() && key.bytes().all(fits)
    };
    values.iter().map(tail).filter(plain).collect()
}

fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(members) => members.values().for_each(|member| texts(member, into)),
        _ => {}
    }
}

/// A list without items, as the service writes it.
fn nothing(protocol: Protocol, operation: &str, list: &str) -> String {
    match protocol {
        Protocol::RestJson => format!("{{\"{list}\":[]}}"),
        Protocol::Ec2 => format!(
            "<{operation}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
             <requestId>REQUEST-ID</requestId><{list}/></{operation}Response>"
        ),
        Protocol::Sts => format!(
            "<{operation}Response><{operation}Result><{list}/></{operation}Result>\
             <ResponseMetadata><RequestId>REQUEST-ID</RequestId></ResponseMetadata></{operation}Response>"
        ),
    }
}

/// Lists that are empty in an account that has nothing, and what each calls its items.
const NOTHING: &[(&str, &str, &str)] = &[
    ("accessanalyzer", "ListAnalyzers", "analyzers"),
    ("acm", "ListCertificates", "CertificateSummaryList"),
    (
        "autoscaling",
        "DescribeAutoScalingGroups",
        "AutoScalingGroups",
    ),
    ("backup", "ListProtectedResources", "Results"),
    ("cloudtrail", "DescribeTrails", "trailList"),
    (
        "config",
        "DescribeConfigurationRecorderStatus",
        "ConfigurationRecordersStatus",
    ),
    ("ec2", "DescribeFlowLogs", "flowLogSet"),
    ("ec2", "DescribeImages", "imagesSet"),
    ("ec2", "DescribeInstances", "reservationSet"),
    (
        "ec2",
        "DescribeLaunchTemplateVersions",
        "launchTemplateVersionSet",
    ),
    ("ec2", "DescribeNetworkAcls", "networkAclSet"),
    ("ec2", "DescribeRouteTables", "routeTableSet"),
    ("ec2", "DescribeSecurityGroups", "securityGroupInfo"),
    ("ec2", "DescribeSnapshots", "snapshotSet"),
    ("ec2", "DescribeSubnets", "subnetSet"),
    ("ec2", "DescribeVolumes", "volumeSet"),
    ("ec2", "DescribeVpcEndpoints", "vpcEndpointSet"),
    (
        "ec2",
        "DescribeVpcPeeringConnections",
        "vpcPeeringConnectionSet",
    ),
    ("ec2", "DescribeVpcs", "vpcSet"),
    ("ecr", "DescribeImages", "imageDetails"),
    (
        "ecr",
        "DescribePullThroughCacheRules",
        "pullThroughCacheRules",
    ),
    ("ecr", "DescribeRepositories", "repositories"),
    ("efs", "DescribeAccessPoints", "AccessPoints"),
    ("efs", "DescribeFileSystems", "FileSystems"),
    (
        "eks",
        "ListAssociatedAccessPolicies",
        "associatedAccessPolicies",
    ),
    ("eks", "ListFargateProfiles", "fargateProfileNames"),
    (
        "eks",
        "ListIdentityProviderConfigs",
        "identityProviderConfigs",
    ),
    ("eks", "ListPodIdentityAssociations", "associations"),
    ("elb", "DescribeLoadBalancers", "LoadBalancerDescriptions"),
    ("elb", "DescribeTags", "TagDescriptions"),
    ("elbv2", "DescribeListeners", "Listeners"),
    ("elbv2", "DescribeLoadBalancers", "LoadBalancers"),
    ("elbv2", "DescribeTags", "TagDescriptions"),
    ("guardduty", "ListDetectors", "detectorIds"),
    ("logs", "DescribeLogGroups", "logGroups"),
    ("secretsmanager", "ListSecrets", "SecretList"),
    (
        "ssm",
        "DescribeInstanceInformation",
        "InstanceInformationList",
    ),
    (
        "ssm",
        "ListResourceComplianceSummaries",
        "ResourceComplianceSummaryItems",
    ),
    ("wafv2", "ListResourcesForWebACL", "ResourceArns"),
    ("wafv2", "ListWebACLs", "WebACLs"),
];

/// Parts that were never set, and the code by which the service says so.
const NOT_SET: &[(&str, &str, &str)] = &[
    (
        "ecr",
        "GetLifecyclePolicy",
        "LifecyclePolicyNotFoundException",
    ),
    (
        "ecr",
        "GetRepositoryPolicy",
        "RepositoryPolicyNotFoundException",
    ),
    ("efs", "DescribeFileSystemPolicy", "PolicyNotFound"),
    ("iam", "GetAccountPasswordPolicy", "NoSuchEntity"),
    (
        "s3control",
        "GetPublicAccessBlock",
        "NoSuchPublicAccessBlockConfiguration",
    ),
    ("securityhub", "DescribeHub", "InvalidAccessException"),
];
