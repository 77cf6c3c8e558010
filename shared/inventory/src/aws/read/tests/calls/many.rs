//! An account with so many of everything, in the form that each service answers in.

use plimsoll_world::World;
use serde_json::{Value, json};

use super::{ACME, REGION};

/// Puts so many of everything into the account of the example world.
pub(super) fn put(world: &World, many: usize) {
    let each = |item: &dyn Fn(usize) -> String| (0..many).map(item).collect::<String>();
    let put = |path: &str, text: &str| world.put_reply(&format!("{ACME}/{path}"), text);
    for (operation, list, item) in EC2 {
        let items = each(&|n| format!("<item>{}</item>", numbered(item, n)));
        let text = format!(
            "<{operation}Response><requestId>1</requestId><{list}>{items}</{list}></{operation}Response>"
        );
        put(&format!("{REGION}/ec2/{operation}.xml"), &text);
    }
    for (service, operation, list, item) in QUERY {
        let items = each(&|n| format!("<member>{}</member>", numbered(item, n)));
        let text = format!(
            "<{operation}Response><{operation}Result><{list}>{items}</{list}></{operation}Result></{operation}Response>"
        );
        put(&format!("{REGION}/{service}/{operation}.xml"), &text);
    }
    let lists = IAM.map(|(list, item)| {
        let items = each(&|n| format!("<member>{}</member>", numbered(item, n)));
        format!("<{list}>{items}</{list}>")
    });
    let name = "GetAccountAuthorizationDetails";
    let text = format!(
        "<{name}Response><{name}Result>{}</{name}Result></{name}Response>",
        lists.concat()
    );
    put(&format!("global/iam/{name}.xml"), &text);
    for (service, operation, list, item) in JSON {
        let items: Vec<Value> = (0..many)
            .map(|n| serde_json::from_str(&numbered(item, n)).unwrap())
            .collect();
        let text = json!({ *list: items }).to_string();
        put(&format!("{REGION}/{service}/{operation}.json"), &text);
    }
    put(
        &format!("{REGION}/kms/DescribeKey.json"),
        r#"{"KeyMetadata": {"KeyId": "k", "Arn": "arn:aws:kms:eu-central-1:471100000815:key/k", "KeySpec": "SYMMETRIC_DEFAULT", "Origin": "AWS_KMS"}}"#,
    );
    put(&format!("{REGION}/guardduty/GetDetector.json"), "{}");
}

/// `#` stands for the number.
fn numbered(item: &str, number: usize) -> String {
    item.replace('#', &number.to_string())
}

const EC2: &[(&str, &str, &str)] = &[
    (
        "DescribeFlowLogs",
        "flowLogSet",
        "<flowLogId>fl-#</flowLogId>",
    ),
    ("DescribeImages", "imagesSet", "<imageId>ami-#</imageId>"),
    (
        "DescribeInstances",
        "reservationSet",
        "<instancesSet><item><instanceId>i-#</instanceId><imageId>ami-#</imageId></item></instancesSet>",
    ),
    (
        "DescribeLaunchTemplateVersions",
        "launchTemplateVersionSet",
        "<launchTemplateId>lt-#</launchTemplateId><versionNumber>1</versionNumber>",
    ),
    (
        "DescribeNetworkAcls",
        "networkAclSet",
        "<networkAclId>acl-#</networkAclId>",
    ),
    (
        "DescribeRouteTables",
        "routeTableSet",
        "<routeTableId>rtb-#</routeTableId>",
    ),
    (
        "DescribeSecurityGroups",
        "securityGroupInfo",
        "<groupId>sg-#</groupId>",
    ),
    (
        "DescribeSnapshots",
        "snapshotSet",
        "<snapshotId>snap-#</snapshotId>",
    ),
    (
        "DescribeSubnets",
        "subnetSet",
        "<subnetId>subnet-#</subnetId>",
    ),
    (
        "DescribeVolumes",
        "volumeSet",
        "<volumeId>vol-#</volumeId><kmsKeyId>key-#</kmsKeyId>",
    ),
    (
        "DescribeVpcEndpoints",
        "vpcEndpointSet",
        "<vpcEndpointId>vpce-#</vpcEndpointId>",
    ),
    (
        "DescribeVpcPeeringConnections",
        "vpcPeeringConnectionSet",
        "<vpcPeeringConnectionId>pcx-#</vpcPeeringConnectionId>",
    ),
    ("DescribeVpcs", "vpcSet", "<vpcId>vpc-#</vpcId>"),
];

const QUERY: &[(&str, &str, &str, &str)] = &[
    (
        "autoscaling",
        "DescribeAutoScalingGroups",
        "AutoScalingGroups",
        "<AutoScalingGroupName>g-#</AutoScalingGroupName><LaunchTemplate><LaunchTemplateId>lt-#</LaunchTemplateId><Version>7</Version></LaunchTemplate>",
    ),
    (
        "elb",
        "DescribeLoadBalancers",
        "LoadBalancerDescriptions",
        "<LoadBalancerName>classic-#</LoadBalancerName>",
    ),
    (
        "elbv2",
        "DescribeLoadBalancers",
        "LoadBalancers",
        "<LoadBalancerArn>arn:aws:elasticloadbalancing:eu-central-1:471100000815:loadbalancer/app/b/#</LoadBalancerArn>",
    ),
];

const IAM: [(&str, &str); 3] = [
    ("RoleDetailList", "<RoleName>role-#</RoleName>"),
    ("UserDetailList", "<UserName>user-#</UserName>"),
    ("Policies", "<PolicyName>policy-#</PolicyName>"),
];

const JSON: &[(&str, &str, &str, &str)] = &[
    (
        "accessanalyzer",
        "ListAnalyzers",
        "analyzers",
        r#"{"name": "a-#"}"#,
    ),
    (
        "acm",
        "ListCertificates",
        "CertificateSummaryList",
        r#"{"CertificateArn": "arn:aws:acm:::certificate/#"}"#,
    ),
    (
        "backup",
        "ListProtectedResources",
        "Results",
        r#"{"ResourceArn": "arn:#"}"#,
    ),
    (
        "cloudtrail",
        "DescribeTrails",
        "trailList",
        r#"{"Name": "t-#", "TrailARN": "arn:aws:cloudtrail:::trail/t-#", "S3BucketName": "bucket-#"}"#,
    ),
    (
        "config",
        "DescribeConfigurationRecorderStatus",
        "ConfigurationRecordersStatus",
        r#"{"name": "r-#"}"#,
    ),
    (
        "ecr",
        "DescribeImages",
        "imageDetails",
        r#"{"imageDigest": "sha256:#"}"#,
    ),
    (
        "ecr",
        "DescribePullThroughCacheRules",
        "pullThroughCacheRules",
        r#"{"ecrRepositoryPrefix": "p-#"}"#,
    ),
    (
        "ecr",
        "DescribeRepositories",
        "repositories",
        r#"{"repositoryName": "r-#"}"#,
    ),
    (
        "efs",
        "DescribeAccessPoints",
        "AccessPoints",
        r#"{"AccessPointId": "fsap-#"}"#,
    ),
    (
        "efs",
        "DescribeFileSystems",
        "FileSystems",
        r#"{"FileSystemId": "fs-#"}"#,
    ),
    (
        "eks",
        "ListAccessEntries",
        "accessEntries",
        r#""arn:aws:iam::471100000815:role/r-#""#,
    ),
    ("eks", "ListAddons", "addons", r#""addon-#""#),
    (
        "eks",
        "ListFargateProfiles",
        "fargateProfileNames",
        r#""profile-#""#,
    ),
    (
        "eks",
        "ListIdentityProviderConfigs",
        "identityProviderConfigs",
        r#"{"type": "oidc", "name": "p-#"}"#,
    ),
    ("eks", "ListNodegroups", "nodegroups", r#""group-#""#),
    (
        "eks",
        "ListPodIdentityAssociations",
        "associations",
        r#"{"associationId": "a-#"}"#,
    ),
    ("guardduty", "ListDetectors", "detectorIds", r#""d-#""#),
    (
        "logs",
        "DescribeLogGroups",
        "logGroups",
        r#"{"logGroupName": "/aws/eks/c-#/cluster"}"#,
    ),
    (
        "secretsmanager",
        "ListSecrets",
        "SecretList",
        r#"{"ARN": "arn:#", "Name": "s-#"}"#,
    ),
    (
        "ssm",
        "DescribeInstanceInformation",
        "InstanceInformationList",
        r#"{"InstanceId": "i-#"}"#,
    ),
    (
        "ssm",
        "ListResourceComplianceSummaries",
        "ResourceComplianceSummaryItems",
        r#"{"ResourceId": "i-#"}"#,
    ),
    (
        "ssm",
        "GetInventory",
        "Entities",
        r#"{"Id": "i-#", "Data": {"Custom:PlimsollKubelet": {"TypeName": "Custom:PlimsollKubelet"}}}"#,
    ),
    ("wafv2", "ListWebACLs", "WebACLs", r#"{"ARN": "arn:acl-#"}"#),
];
