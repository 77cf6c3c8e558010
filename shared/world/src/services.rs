//! What a call is: its service and operation by botocore's names, and how the service speaks.

use http::HeaderMap;

use crate::eks;
use crate::refusal::Protocol;

/// A call by name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) service: String,
    pub(crate) operation: String,
    pub(crate) protocol: Protocol,
}

/// Names the call. `signed_for` is the service that the signature names, `params` are those of query and form.
pub(crate) fn named(
    signed_for: &str,
    method: &str,
    path: &[String],
    params: &[(String, String)],
    headers: &HeaderMap,
) -> Named {
    let param = |name: &str| {
        let found = params.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    };
    let target = headers
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok());
    let (protocol, operation) = match (target, param("Action")) {
        // `AmazonSSM.GetParameters`: the operation is what comes last.
        (Some(target), _) => {
            let operation = target.rsplit('.').next().unwrap_or(target);
            (Protocol::RestJson, operation.to_owned())
        }
        (None, Some(action)) if signed_for == "ec2" => (Protocol::Ec2, action.to_owned()),
        (None, Some(action)) => (Protocol::Sts, action.to_owned()),
        (None, None) if signed_for == "eks" => (Protocol::RestJson, eks::operation(method, path)),
        (None, None) => match rest(signed_for, path, params) {
            Some((protocol, operation)) => (protocol, operation.to_owned()),
            None if matches!(signed_for, "sts" | "ec2" | "aws") => {
                (Protocol::Sts, "no action".to_owned())
            }
            None => (Protocol::RestJson, format!("{method} /{}", path.join("/"))),
        },
    };
    let service = match (signed_for, param("Version")) {
        ("elasticloadbalancing", Some("2012-06-01")) => "elb",
        ("elasticloadbalancing", _) => "elbv2",
        ("elasticfilesystem", _) => "efs",
        ("access-analyzer", _) => "accessanalyzer",
        ("s3", _) if path.first().is_some_and(|first| first == "v20180820") => "s3control",
        (other, _) => other,
    };
    Named {
        service: service.to_owned(),
        operation,
        protocol,
    }
}

/// The operation of a service that names it by method and path.
fn rest(
    signed_for: &str,
    path: &[String],
    params: &[(String, String)],
) -> Option<(Protocol, &'static str)> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let asks = |name: &str| params.iter().any(|(key, _)| key == name);
    let xml = |name| Some((Protocol::Sts, name));
    let operation = match (signed_for, path.as_slice()) {
        ("elasticfilesystem", ["2015-02-01", "file-systems"]) => "DescribeFileSystems",
        ("elasticfilesystem", ["2015-02-01", "file-systems", _, "policy"]) => {
            "DescribeFileSystemPolicy"
        }
        ("elasticfilesystem", ["2015-02-01", "access-points"]) => "DescribeAccessPoints",
        ("guardduty", ["detector"]) => "ListDetectors",
        ("guardduty", ["detector", _]) => "GetDetector",
        ("guardduty", ["detector", _, "findings", "statistics"]) => "GetFindingsStatistics",
        ("inspector2", ["status", "batch", "get"]) => "BatchGetAccountStatus",
        ("securityhub", ["accounts"]) => "DescribeHub",
        ("access-analyzer", ["analyzer"]) => "ListAnalyzers",
        ("backup", ["resources"]) => "ListProtectedResources",
        ("s3", ["v20180820", "configuration", "publicAccessBlock"]) => {
            return xml("GetPublicAccessBlock");
        }
        ("s3", [_]) if asks("policyStatus") => return xml("GetBucketPolicyStatus"),
        ("s3", [_]) if asks("acl") => return xml("GetBucketAcl"),
        ("s3", [_]) if asks("logging") => return xml("GetBucketLogging"),
        _ => return None,
    };
    Some((Protocol::RestJson, operation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn names(
        signed_for: &str,
        path: &str,
        params: &[(&str, &str)],
        target: Option<&'static str>,
    ) -> String {
        let path: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        let params: Vec<_> = params
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let mut headers = HeaderMap::new();
        if let Some(target) = target {
            headers.insert("x-amz-target", HeaderValue::from_static(target));
        }
        let named = named(signed_for, "GET", &path, &params, &headers);
        format!("{} {} {:?}", named.service, named.operation, named.protocol)
    }

    #[test]
    fn calls_are_known_by_what_their_protocol_says() {
        let action = |name| [("Action", name), ("Version", "2012-06-01")];
        assert_eq!(
            names("ec2", "/", &action("DescribeVpcs"), None),
            "ec2 DescribeVpcs Ec2"
        );
        assert_eq!(
            names("elasticloadbalancing", "/", &action("DescribeTags"), None),
            "elb DescribeTags Sts"
        );
        let second = [("Action", "DescribeTags"), ("Version", "2015-12-01")];
        assert_eq!(
            names("elasticloadbalancing", "/", &second, None),
            "elbv2 DescribeTags Sts"
        );
        assert_eq!(
            names("kms", "/", &[], Some("TrentService.DescribeKey")),
            "kms DescribeKey RestJson"
        );
        assert_eq!(
            names(
                "elasticfilesystem",
                "/2015-02-01/file-systems/fs-1/policy",
                &[],
                None
            ),
            "efs DescribeFileSystemPolicy RestJson"
        );
        assert_eq!(
            names("eks", "/clusters/a", &[], None),
            "eks DescribeCluster RestJson"
        );
        assert_eq!(
            names("s3", "/b", &[("acl", "")], None),
            "s3 GetBucketAcl Sts"
        );
        assert_eq!(names("sts", "/", &[], None), "sts no action Sts");
        assert_eq!(
            names("guardduty", "/x", &[], None),
            "guardduty GET /x RestJson"
        );
    }
}
