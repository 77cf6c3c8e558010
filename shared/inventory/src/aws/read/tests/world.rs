//! The example world's account, read whole and with refusals.

use std::sync::Arc;

use plimsoll_world::{Failure, Fault};
use serde_json::{Value, json};

use super::schema::faults;
use crate::aws::discover_clusters;
use crate::aws::read::{Place, Reading, global, region};
use crate::aws::wire::Account;
use crate::aws::wire::tests::server::hurried;
use crate::stage::{ACME, Stage};

async fn read(stage: &Stage) -> Reading {
    let config = stage.account(ACME).await.in_region("eu-central-1");
    let account = Account::new(hurried(&config), ACME, Arc::default());
    let place = Place {
        account: ACME,
        region: Some("eu-central-1"),
    };
    let clusters = discover_clusters(&account).await.unwrap();
    region(&account, place, &clusters, None).await
}

fn find<'a>(reading: &'a Reading, kind: &str, name: &str) -> &'a Value {
    let is = |object: &&Value| object["kind"] == kind && object["metadata"]["name"] == name;
    let found = reading.objects.iter().find(is);
    found.unwrap_or_else(|| panic!("there is no {kind} {name}"))
}

const KEY: &str = "3f1c9a52-7c0e-4b1d-9a34-5e1f0d2c8b77";

#[tokio::test]
async fn a_region_is_read_whole() {
    let stage = Stage::new().await;
    let reading = read(&stage).await;
    let lost: Vec<_> = reading
        .gaps
        .iter()
        .filter(|(_, gap)| gap.is_some())
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
    let wrong = faults(reading.objects.clone());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let properties = |kind: &str, name: &str| &find(&reading, kind, name)["Properties"];
    let cluster = properties("AWS::EKS::Cluster", "prod-eu-1");
    let types = &cluster["Logging"]["ClusterLogging"]["EnabledTypes"];
    assert_eq!(
        *types,
        json!([{"Type": "api"}, {"Type": "audit"}, {"Type": "authenticator"}])
    );
    assert_eq!(cluster["ClusterSecurityGroupId"], "sg-081f3a7c2c");
    assert_eq!(
        find(&reading, "AWS::EKS::Cluster", "prod-eu-1")["Live"]["VpcId"],
        "vpc-081f3a7c2"
    );

    let ssh = json!({"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "Description": "remove after the migration"});
    let group = properties("AWS::EC2::SecurityGroup", "sg-081f3a7c2f");
    assert_eq!(group["SecurityGroupIngress"], json!([ssh]));
    let instance = properties("AWS::EC2::Instance", "i-03c8e75d1b9f42a60");
    assert_eq!(instance["MetadataOptions"]["HttpTokens"], "required");
    assert_eq!(
        instance["UserData"],
        Value::Null,
        "its launch template has it"
    );
    let template = properties("AWS::EC2::LaunchTemplate", "lt-081f3a7c3:1");
    assert_eq!(
        template["LaunchTemplateData"]["MetadataOptions"]["HttpTokens"],
        "optional"
    );
    let group = properties("AWS::EKS::Nodegroup", "prod-eu-1/batch");
    assert_eq!(group["LaunchTemplate"]["Id"], "lt-081f3a7c3");
    let volume = properties("AWS::EC2::Volume", "vol-03c8e75d1b9f42af2");
    assert_eq!(volume["Encrypted"], false);
    let log_group = properties("AWS::Logs::LogGroup", "/aws/eks/prod-eu-1/cluster");
    assert_eq!(log_group.get("RetentionInDays"), None);
    let open = properties("AWS::ECR::Repository", "shop/web");
    assert_eq!(
        open["RepositoryPolicyText"]["Statement"][0]["Principal"],
        "*"
    );
    let closed = properties("AWS::ECR::Repository", "payments/ledger");
    assert_eq!(closed.get("RepositoryPolicyText"), None, "it was never set");
    let key = properties("AWS::KMS::Key", KEY);
    assert_eq!(key["EnableKeyRotation"], false);
    assert_eq!(key["KeyPolicy"]["Statement"][0]["Sid"], "account");
    let balancer = "app/k8s-shop-web-7c1e2f/4d1a9c7be23f5610";
    let kind = "AWS::ElasticLoadBalancingV2::LoadBalancer";
    assert_eq!(
        properties(kind, balancer)["Tags"][0]["Key"],
        "eks:eks-cluster-name"
    );
    assert_eq!(
        find(&reading, kind, balancer)["Live"]["VpcId"],
        "vpc-081f3a7c2"
    );
    assert_eq!(
        find(&reading, "AwsImage", "ami-0d8b2f1c9e7a45360")["Live"]["OwnedByAccount"],
        false
    );
    let live = &find(&reading, "AwsRegion", "eu-central-1")["Live"];
    assert_eq!(live["EbsEncryptionByDefault"], false);
    assert_eq!(live.get("HubArn"), None, "Security Hub is off");
    assert_eq!(
        live["Inspector"]["$unknown"],
        "permissionMissing inspector2:BatchGetAccountStatus"
    );
}

#[tokio::test]
async fn user_data_that_no_template_tells_any_more_is_the_instance_s_own() {
    let stage = Stage::new().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../world/data/accounts");
    let path = format!("{ACME}/eu-central-1/ec2/DescribeInstances.xml");
    let text = std::fs::read_to_string(format!("{folder}/{path}")).unwrap();
    let version = "<key>aws:ec2launchtemplate:version</key><value>";
    let gone = text.replacen(&format!("{version}4"), &format!("{version}3"), 1);
    stage.world.put_reply(&path, &gone);
    stage.world.put_reply(
        &format!("{ACME}/eu-central-1/ec2/DescribeInstanceAttribute.xml"),
        "<DescribeInstanceAttributeResponse><userData><value>eA==</value></userData></DescribeInstanceAttributeResponse>",
    );
    let reading = read(&stage).await;
    let user_data = |id: &str| &find(&reading, "AWS::EC2::Instance", id)["Properties"]["UserData"];
    assert_eq!(user_data("i-0a41f6b2c9d37e815"), "eA==");
    assert_eq!(user_data("i-03c8e75d1b9f42a60"), &Value::Null);
}

#[tokio::test]
async fn what_is_refused_is_lost_and_nothing_else() {
    let stage = Stage::new().await;
    let refuse = |service: &str, operation: &str| {
        stage
            .world
            .fault(Fault::aws(service, operation, Failure::Forbidden).always());
    };
    refuse("kms", "GetKeyPolicy");
    refuse("ec2", "DescribeSecurityGroups");
    refuse("ec2", "DescribeFlowLogs");
    refuse("eks", "ListAssociatedAccessPolicies");
    let reading = read(&stage).await;
    let lost: Vec<_> = reading
        .gaps
        .iter()
        .filter_map(|(kind, gap)| Some((*kind, gap.as_ref()?.line())))
        .collect();
    assert_eq!(
        lost,
        [(
            "AWS::EC2::SecurityGroup",
            "permissionMissing ec2:DescribeSecurityGroups".to_owned()
        )]
    );
    let key = find(&reading, "AWS::KMS::Key", KEY);
    assert_eq!(
        key["Properties"]["KeyPolicy"]["$unknown"],
        "permissionMissing kms:GetKeyPolicy"
    );
    assert_eq!(key["Properties"]["EnableKeyRotation"], false);
    let vpc = find(&reading, "AWS::EC2::VPC", "vpc-081f3a7c2");
    assert_eq!(
        vpc["Live"]["FlowLogs"]["$unknown"],
        "permissionMissing ec2:DescribeFlowLogs"
    );
    let entry = reading
        .objects
        .iter()
        .find(|object| object["kind"] == "AWS::EKS::AccessEntry")
        .unwrap();
    let said = "permissionMissing eks:ListAssociatedAccessPolicies";
    assert_eq!(entry["Properties"]["AccessPolicies"]["$unknown"], said);
}

#[tokio::test]
async fn what_is_global_is_read() {
    let stage = Stage::new().await;
    let config = stage.account(ACME).await.in_region("eu-central-1");
    let account = Account::new(hurried(&config), ACME, Arc::default());
    let place = Place {
        account: ACME,
        region: None,
    };
    let reading = global(&account, place).await;
    let lost: Vec<_> = reading
        .gaps
        .iter()
        .filter(|(_, gap)| gap.is_some())
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
    let wrong = faults(reading.objects.clone());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let role = find(&reading, "AWS::IAM::Role", "payments-s3");
    assert_eq!(role["metadata"].get("namespace"), None);
    let trust = &role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0];
    assert_eq!(trust["Action"], "sts:AssumeRoleWithWebIdentity");
    let policy = &role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][0];
    assert_eq!(policy["Resource"], "arn:aws:s3:::acme-ledger/*");
    let user = find(&reading, "AWS::IAM::User", "deploy");
    assert_eq!(user["Live"]["MfaActive"], false);
    assert_eq!(
        user["Live"]["CredentialReport"]["access_key_1_active"],
        "true"
    );
    let policies = reading
        .objects
        .iter()
        .filter(|object| object["kind"] == "AWS::IAM::ManagedPolicy");
    assert_eq!(policies.count(), 5, "nobody has PowerUserAccess");
    let account = &find(&reading, "AwsAccount", ACME)["Live"];
    assert_eq!(
        account["Summary"],
        json!({"AccountAccessKeysPresent": 0, "AccountMFAEnabled": 1})
    );
    assert_eq!(account.get("PasswordPolicy"), None, "it was never set");
    let trail = find(&reading, "AWS::CloudTrail::Trail", "audit");
    assert_eq!(trail["Live"]["IsLogging"], true);
    let status = &trail["Live"]["Bucket"]["PolicyStatus"]["$unknown"];
    assert_eq!(*status, "permissionMissing s3:GetBucketPolicyStatus");
}
