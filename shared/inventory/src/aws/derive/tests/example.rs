//! What is derived of the example.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::World;

const SCHEMA: &str = include_str!("../../../../../policy/src/schema/derived.txt");

fn uses(world: &World, kind: &str, name: &str) -> (Value, Value) {
    let object = world.get(kind, name);
    (
        object["metadata"]["clusters"].clone(),
        object["Use"].clone(),
    )
}

#[test]
fn use_spreads_to_what_the_cluster_is_made_of() {
    let world = World::example().derived();
    let nodes = json!(["nodes"]);
    let both = json!(["controlPlane", "nodes"]);
    for (kind, name, words) in [
        ("AWS::EKS::Cluster", "prod", &json!([])),
        ("AWS::EKS::Nodegroup", "prod/workers", &nodes),
        ("AWS::EKS::Addon", "prod/vpc-cni", &json!([])),
        ("AWS::AutoScaling::AutoScalingGroup", "eks-workers", &nodes),
        ("AWS::EC2::Instance", "i-1", &nodes),
        ("AWS::EC2::Instance", "i-2", &nodes),
        ("AWS::EC2::LaunchTemplate", "lt-workers:2", &nodes),
        ("AWS::EC2::LaunchTemplate", "lt-eks:1", &nodes),
        ("AwsImage", "ami-1", &nodes),
        ("AWS::EC2::Volume", "vol-root", &nodes),
        ("AWS::EC2::Volume", "vol-data", &json!(["volumes"])),
        ("AWS::EC2::Subnet", "subnet-a", &both),
        ("AWS::EC2::Subnet", "subnet-b", &both),
        ("AWS::EC2::VPC", "vpc-1", &both),
        ("AWS::EC2::VPCEndpoint", "vpce-1", &both),
        ("AWS::EC2::RouteTable", "rtb-public", &both),
        ("AWS::EC2::RouteTable", "rtb-main", &both),
        ("AWS::EC2::NetworkAcl", "acl-1", &both),
        (
            "AWS::EC2::SecurityGroup",
            "sg-cluster",
            &json!(["clusterGroup", "nodes"]),
        ),
        (
            "AWS::EC2::SecurityGroup",
            "sg-extra",
            &json!(["clusterGroup"]),
        ),
        ("AWS::EC2::SecurityGroup", "sg-open", &nodes),
        ("AWS::EC2::SecurityGroup", "sg-template", &nodes),
        ("AWS::EC2::SecurityGroup", "sg-lb", &json!(["loadBalancer"])),
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "app/shop/1",
            &json!(["loadBalancer"]),
        ),
        (
            "AWS::ElasticLoadBalancingV2::Listener",
            "app/shop/1/443",
            &json!(["loadBalancer"]),
        ),
        (
            "AWS::ElasticLoadBalancing::LoadBalancer",
            "classic",
            &json!(["loadBalancer"]),
        ),
        (
            "AWS::CertificateManager::Certificate",
            "c-1",
            &json!(["loadBalancer"]),
        ),
        (
            "AWS::CertificateManager::Certificate",
            "c-2",
            &json!(["loadBalancer"]),
        ),
        ("AWS::KMS::Key", "key-1", &json!(["secrets", "volumes"])),
        ("AWS::KMS::Key", "key-ebs", &json!(["volumes"])),
        (
            "AWS::Logs::LogGroup",
            "/aws/eks/prod/cluster",
            &json!(["controlPlane"]),
        ),
        ("AWS::EFS::AccessPoint", "fsap-1", &json!(["volumes"])),
        (
            "AWS::IAM::Role",
            "prod-control-plane",
            &json!(["controlPlane"]),
        ),
        ("AWS::IAM::Role", "prod-nodes", &nodes),
        ("AWS::IAM::Role", "prod-fargate", &json!([])),
        ("AWS::IAM::Role", "prod-cni", &json!(["addons"])),
        ("AWS::IAM::Role", "prod-mailer", &json!(["serviceAccounts"])),
        ("AWS::IAM::Role", "prod-shop", &json!(["serviceAccounts"])),
    ] {
        let expected = (json!(["prod"]), words.clone());
        assert_eq!(uses(&world, kind, name), expected, "{kind} {name}");
    }
}

#[test]
fn what_no_cluster_uses_says_so() {
    let world = World::example().derived();
    for (kind, name) in [
        ("AWS::EC2::Instance", "i-other"),
        ("AWS::EC2::LaunchTemplate", "lt-workers:3"),
        ("AWS::EC2::Subnet", "subnet-c"),
        ("AWS::EC2::SecurityGroup", "sg-other"),
        ("AWS::EC2::VPC", "vpc-2"),
        ("AWS::EC2::Volume", "vol-other"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "net/other/1"),
        ("AWS::Logs::LogGroup", "/aws/eks/prod/application"),
    ] {
        assert_eq!(
            uses(&world, kind, name),
            (json!([]), json!([])),
            "{kind} {name}"
        );
    }
    let roles = world
        .regional
        .objects
        .iter()
        .filter(|o| o["kind"] == "AWS::IAM::Role");
    assert_eq!(roles.count(), 6, "the unrelated role is not the region's");
    assert_eq!(world.regional.gaps["AWS::IAM::Role"], None);
    assert!(
        world.get("AwsRegion", "eu-central-1")["metadata"]
            .get("clusters")
            .is_none()
    );
}

#[test]
fn fields_are_derived() {
    let world = World::example().derived();
    let unread = |need: &str| json!({ "$unknown": format!("inputUnread {need}") });
    let instance = json!({
        "AgeDays": 10, "ImageDeprecated": true, "OpenIngress": true, "PatchStatus": "COMPLIANT",
        "SsmPing": "Online", "UserDataSecrets": ["TOKEN"],
    });
    let vpc = json!({
        "ClusterZones": ["eu-central-1a", "eu-central-1b"],
        "EndpointServices": ["com.amazonaws.eu-central-1.s3"],
        "FlowLogs": [{ "DeliverLogsStatus": "SUCCESS", "Status": "ACTIVE", "TrafficType": "ALL" }],
        "PrivateClusters": 1,
    });
    let region = json!({
        "Analyzers": [{ "Status": "ACTIVE", "Type": "ACCOUNT" }],
        "Detectors": [{ "Enabled": true }],
        "Recorders": [{ "LastStatus": "SUCCESS", "Recording": true }],
        "SecurityHub": false,
    });
    for (kind, name, expected) in [
        ("AWS::EC2::Instance", "i-1", instance),
        ("AWS::EC2::VPC", "vpc-1", vpc),
        ("AwsRegion", "eu-central-1", region),
        (
            "AwsAccount",
            "471100000815",
            json!({ "Trails": [{ "Logging": true, "MultiRegion": true }] }),
        ),
        (
            "AWS::CloudTrail::Trail",
            "all",
            json!({ "BucketLoggingTarget": "access-logs", "BucketPublic": false }),
        ),
        (
            "AWS::CertificateManager::Certificate",
            "c-1",
            json!({ "DaysLeft": 11 }),
        ),
        (
            "AWS::CertificateManager::Certificate",
            "c-2",
            json!({ "DaysLeft": -1 }),
        ),
        (
            "AWS::EC2::LaunchTemplate",
            "lt-eks:1",
            json!({ "UserDataSecrets": ["TOKEN"] }),
        ),
        (
            "AWS::EC2::Subnet",
            "subnet-a",
            json!({ "RoutesToInternet": true }),
        ),
        (
            "AWS::EC2::Subnet",
            "subnet-b",
            json!({ "RoutesToInternet": false }),
        ),
        (
            "AWS::EC2::Volume",
            "vol-root",
            json!({ "KeyManager": "AWS" }),
        ),
        (
            "AWS::EC2::SecurityGroup",
            "sg-other",
            json!({ "ByDefault": true }),
        ),
        (
            "AWS::EKS::AccessEntry",
            "prod/maker",
            json!({ "MadeWithCluster": true }),
        ),
        (
            "AWS::EKS::AccessEntry",
            "prod/nodes",
            json!({ "MadeWithCluster": false }),
        ),
        (
            "AWS::EKS::Cluster",
            "prod",
            json!({
                "FargateProfiles": 1,
                "DefaultPlatformVersion": unread("eks:DescribeClusterVersions"),
                "EndOfExtendedSupport": unread("eks:DescribeClusterVersions"),
                "EndOfStandardSupport": unread("eks:DescribeClusterVersions"),
                "VersionStatus": unread("eks:DescribeClusterVersions"),
            }),
        ),
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "net/other/1",
            json!({ "OpenIngress": true }),
        ),
        (
            "AWS::IAM::User",
            "ci",
            json!({ "Keys": [{ "Active": true, "DaysSinceRotated": 10, "Number": 1 }] }),
        ),
    ] {
        assert_eq!(world.get(kind, name)["Derived"], expected, "{kind} {name}");
    }
    let of = |kind: &str, name: &str, path: &str| world.get(kind, name).pointer(path).cloned();
    let zones = of("AWS::EKS::Nodegroup", "prod/workers", "/Derived/Zones");
    assert_eq!(zones, Some(json!(["eu-central-1a", "eu-central-1b"])));
    let found = of(
        "AWS::ECR::Repository",
        "shop/web",
        "/Derived/LatestFindings",
    );
    assert_eq!(found, Some(json!({ "HIGH": 2 })));
    let scan = of("AWS::ECR::Repository", "shop/web", "/Derived/RegistryScan");
    assert_eq!(scan, Some(json!("SCAN_ON_PUSH")));
    let open = of(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "app/shop/1",
        "/Derived/OpenIngress",
    );
    assert_eq!(open, Some(json!(false)));
    assert_eq!(
        of("AWS::EC2::Instance", "i-2", "/Derived/UserDataSecrets"),
        Some(json!(["DB_PASSWORD"]))
    );
    let text = serde_json::to_string(&world.regional.objects).unwrap();
    assert!(!text.contains("UserData\""), "user data is kept");
}

#[test]
fn routes_entries_and_statements_are_what_policies_read() {
    let world = World::example().derived();
    let routes = &world.get("AWS::EC2::RouteTable", "rtb-main")["Derived"]["Routes"];
    let peered = routes
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r.get("PeerCidrBlocks").is_some());
    let expected = json!({
        "DestinationCidrBlock": "10.9.0.0/16",
        "VpcPeeringConnectionId": "pcx-1",
        "PeerCidrBlocks": ["10.10.0.0/16", "10.9.0.0/16"],
    });
    assert_eq!(peered, Some(&expected));
    let entries = &world.get("AWS::EC2::NetworkAcl", "acl-1")["Derived"]["Entries"];
    let first = json!({
        "CidrBlock": "0.0.0.0/0", "Egress": false, "FromPort": 22, "ToPort": 22, "Protocol": 6,
        "RuleAction": "allow", "RuleNumber": 100,
    });
    assert_eq!(entries[0], first);
    assert_eq!(entries[1]["RuleNumber"], 32767);
    assert_eq!(entries[1]["Protocol"], -1);
    let statement = &world.get("AWS::ECR::Repository", "shop/web")["Derived"]["Policy"][0];
    let expected = json!({
        "Effect": "Allow",
        "Actions": ["ecr:batchgetimage"],
        "NotActions": [],
        "Resources": [],
        "NotResources": [],
        "Principals": [{ "Type": "AWS", "Value": "*" }],
        "NotPrincipals": [],
        "Conditions": [{ "Operator": "StringEquals", "Key": "aws:PrincipalOrgID", "Values": ["o-1"] }],
    });
    assert_eq!(*statement, expected);
    let secret = &world.get("AWS::SecretsManager::Secret", "db")["Derived"]["Policy"][0];
    assert_eq!(secret["Principals"], json!([{ "Type": "*", "Value": "*" }]));
}

#[test]
fn roles_say_what_they_grant() {
    let world = World::example().derived();
    let grants = |name: &str| world.get("AWS::IAM::Role", name)["Derived"]["Grants"].clone();
    let nothing = json!({ "Admin": false, "EcrWrite": false, "Escalations": [], "IamFull": false });
    assert_eq!(grants("prod-control-plane"), nothing);
    assert_eq!(grants("prod-nodes")["EcrWrite"], true);
    assert_eq!(grants("prod-nodes")["Admin"], false);
    assert_eq!(
        grants("prod-cni")["Admin"],
        false,
        "the boundary keeps it back"
    );
    assert_eq!(grants("prod-mailer")["IamFull"], true);
    assert_eq!(grants("prod-mailer")["Admin"], false);
    let unknown = grants("prod-shop")["$unknown"].as_str().unwrap().to_owned();
    assert!(
        unknown.starts_with("inputUnread ") && unknown.contains("SomethingNobodyRead"),
        "{unknown}"
    );
    let role = world.get("AWS::IAM::Role", "prod-shop");
    assert_eq!(role["Derived"]["OwnAccount"], "471100000815");
    assert_eq!(
        role["Derived"]["Trust"][0]["Principals"][0]["Type"],
        "Federated"
    );
}

/// The schema and what is derived have the same fields; the example has every one of them somewhere.
#[test]
fn fields_are_those_that_policies_may_read() {
    let world = World::example().derived();
    let mut declared = BTreeSet::new();
    for line in SCHEMA.lines() {
        let mut words = line.split(' ');
        if let Some(kind) = words.next().and_then(|name| name.strip_suffix(".Derived")) {
            let fields = words.filter_map(|field| field.split(':').next());
            declared.extend(fields.map(|field| format!("{kind} {field}")));
        }
    }
    let all = world.regional.objects.iter().chain(&world.global.objects);
    let derived: BTreeSet<String> = all
        .filter_map(|object| Some((object["kind"].as_str()?, object["Derived"].as_object()?)))
        .flat_map(|(kind, fields)| fields.keys().map(move |field| format!("{kind} {field}")))
        .collect();
    assert_eq!(derived, declared);
}
