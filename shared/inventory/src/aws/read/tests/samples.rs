//! Objects made of answers that hold every member that is read: those that botocore read of made-up bodies.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::aws::read::ec2::{groups, images, instances, network, storage, templates};
use crate::aws::read::eks::objects as parts;
use crate::aws::read::shape::tags;
use crate::aws::read::{
    Place, account, acm, autoscaling, cloudtrail, ecr, efs, elb, guardduty, iam, kms, logs, region,
    secrets,
};

pub(super) const PLACE: Place<'_> = Place {
    account: "471100000815",
    region: Some("eu-central-1"),
};

/// By `service.Operation`.
pub(super) fn answers() -> BTreeMap<String, Value> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/aws_replies/answers.jsonl"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let pair = |mut line: Value| {
        (
            line["operation"].as_str().unwrap().to_owned(),
            line["expected"].take(),
        )
    };
    lines.map(pair).collect()
}

/// An answer that botocore read of a sample that was written by hand.
pub(super) fn sample(operation: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/aws_replies/");
    let text = std::fs::read_to_string(format!("{folder}{operation}.expected.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// One object at least of every kind, and one for each form that its parts may have.
pub(super) fn objects() -> Vec<Value> {
    let answers = answers();
    let of = |operation: &str, path: &str| -> Value {
        let value = answers[operation].pointer(path);
        value
            .unwrap_or_else(|| panic!("{operation} has no {path}"))
            .clone()
    };
    let first = |operation: &str, list: &str| of(operation, &format!("/{list}/0"));
    let policy = || Some(Value::from(r#"{"Statement": []}"#));
    let unknown = json!({"$unknown": "permissionMissing x:Y"});
    let mut all = vec![
        parts::cluster(PLACE, &of("eks.DescribeCluster", "/cluster")),
        parts::nodegroup(PLACE, &of("eks.DescribeNodegroup", "/nodegroup")),
        parts::nodegroup(PLACE, &sample("eks.DescribeNodegroup")["nodegroup"]),
        parts::addon(PLACE, &of("eks.DescribeAddon", "/addon")),
        parts::association(
            PLACE,
            &of("eks.DescribePodIdentityAssociation", "/association"),
        ),
        parts::fargate_profile(PLACE, &of("eks.DescribeFargateProfile", "/fargateProfile")),
        parts::identity_provider(
            PLACE,
            &of(
                "eks.DescribeIdentityProviderConfig",
                "/identityProviderConfig",
            ),
        ),
        parts::access_entry(
            PLACE,
            &of("eks.DescribeAccessEntry", "/accessEntry"),
            Some(&of(
                "eks.ListAssociatedAccessPolicies",
                "/associatedAccessPolicies",
            )),
        ),
        network::vpc(
            PLACE,
            &first("ec2.DescribeVpcs", "Vpcs"),
            Some(&of("ec2.DescribeFlowLogs", "/FlowLogs")),
            Some(&of(
                "ec2.DescribeVpcPeeringConnections",
                "/VpcPeeringConnections",
            )),
        ),
        network::subnet(PLACE, &first("ec2.DescribeSubnets", "Subnets")),
        network::route_table(PLACE, &first("ec2.DescribeRouteTables", "RouteTables")),
        network::network_acl(PLACE, &first("ec2.DescribeNetworkAcls", "NetworkAcls")),
        network::vpc_endpoint(PLACE, &first("ec2.DescribeVpcEndpoints", "VpcEndpoints")),
        groups::security_group(
            PLACE,
            &first("ec2.DescribeSecurityGroups", "SecurityGroups"),
        ),
        groups::security_group(
            PLACE,
            &sample("ec2.DescribeSecurityGroups")["SecurityGroups"][0],
        ),
        instances::instance(
            PLACE,
            &of("ec2.DescribeInstances", "/Reservations/0/Instances/0"),
            &Value::Null,
        ),
        instances::instance(
            PLACE,
            &sample("ec2.DescribeInstances")["Reservations"][0]["Instances"][0],
            &Value::Null,
        ),
        templates::template(
            PLACE,
            &first(
                "ec2.DescribeLaunchTemplateVersions",
                "LaunchTemplateVersions",
            ),
        ),
        storage::volume(PLACE, &first("ec2.DescribeVolumes", "Volumes")),
        storage::snapshot(
            PLACE,
            &first("ec2.DescribeSnapshots", "Snapshots"),
            true.into(),
        ),
        storage::block_public_access(PLACE, &of("ec2.GetSnapshotBlockPublicAccessState", "")),
        images::image(PLACE, &first("ec2.DescribeImages", "Images")),
        elb::balancer(
            PLACE,
            &first("elbv2.DescribeLoadBalancers", "LoadBalancers"),
            &tags(&of("elbv2.DescribeTags", "/TagDescriptions/0/Tags")),
            Some(&of("elbv2.DescribeLoadBalancerAttributes", "/Attributes")),
            "arn".into(),
        ),
        elb::listener(PLACE, &first("elbv2.DescribeListeners", "Listeners")),
        elb::listener(PLACE, &sample("elbv2.DescribeListeners")["Listeners"][0]),
        elb::classic_balancer(
            PLACE,
            &first("elb.DescribeLoadBalancers", "LoadBalancerDescriptions"),
            &unknown,
        ),
    ];
    all.extend([
        ecr::repository(
            PLACE,
            &first("ecr.DescribeRepositories", "repositories"),
            policy(),
            Some("{}".into()),
            Some(json!([])),
        ),
        ecr::registry_scanning(PLACE, &of("ecr.GetRegistryScanningConfiguration", "")),
        ecr::cache_rule(
            PLACE,
            &first("ecr.DescribePullThroughCacheRules", "pullThroughCacheRules"),
        ),
        kms::key(
            PLACE,
            &of("kms.DescribeKey", "/KeyMetadata"),
            Some(&of("kms.GetKeyRotationStatus", "")),
            policy(),
        ),
        logs::log_group(PLACE, &first("logs.DescribeLogGroups", "logGroups")),
        autoscaling::group(
            PLACE,
            &first("autoscaling.DescribeAutoScalingGroups", "AutoScalingGroups"),
        ),
        acm::certificate(
            PLACE,
            &first("acm.ListCertificates", "CertificateSummaryList"),
        ),
        efs::file_system(
            PLACE,
            &first("efs.DescribeFileSystems", "FileSystems"),
            policy(),
        ),
        efs::access_point(PLACE, &first("efs.DescribeAccessPoints", "AccessPoints")),
        secrets::secret(
            PLACE,
            &first("secretsmanager.ListSecrets", "SecretList"),
            policy(),
        ),
        guardduty::detector(
            PLACE,
            "d",
            &of("guardduty.GetDetector", ""),
            Some(guardduty::counted(
                &sample("guardduty.GetFindingsStatistics")["FindingStatistics"],
            )),
        ),
        cloudtrail::trail(
            PLACE,
            &first("cloudtrail.DescribeTrails", "trailList"),
            Some(true.into()),
            json!({"Name": "b"}),
        ),
        iam::role(
            PLACE,
            &first("iam.GetAccountAuthorizationDetails", "RoleDetailList"),
        ),
        iam::user(
            PLACE,
            &first("iam.GetAccountAuthorizationDetails", "UserDetailList"),
            &unknown,
        ),
        iam::managed_policy(
            PLACE,
            &first("iam.GetAccountAuthorizationDetails", "Policies"),
        ),
    ]);
    let details = sample("iam.GetAccountAuthorizationDetails");
    let items = |member: &str| details[member].as_array().cloned().unwrap_or_default();
    all.extend(
        items("RoleDetailList")
            .iter()
            .map(|from| iam::role(PLACE, from)),
    );
    all.extend(
        items("Policies")
            .iter()
            .map(|from| iam::managed_policy(PLACE, from)),
    );
    let settings = json!({
        "PasswordPolicy": account::password_policy(&of("iam.GetAccountPasswordPolicy", "/PasswordPolicy")),
        "PublicAccessBlock": account::public_access_block(
            &of("s3control.GetPublicAccessBlock", "/PublicAccessBlockConfiguration"),
        ),
        "Summary": account::counts(&sample("iam.GetAccountSummary")["SummaryMap"]),
    });
    all.push(PLACE.object("AwsAccount", "a", None, Value::Null, settings));
    let settings = json!({
        "ImdsDefaults": region::imds_defaults(&of("ec2.GetInstanceMetadataDefaults", "/AccountLevel")),
        "Inspector": region::scanning(Ok(of("inspector2.BatchGetAccountStatus", ""))),
    });
    all.push(PLACE.object("AwsRegion", "r", None, Value::Null, settings));
    all
}
