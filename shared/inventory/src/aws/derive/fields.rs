//! The fields of `Derived`, kind by kind; `shared/policy/src/schema/derived.txt` lists them.

use jiff::Timestamp;
use serde_json::Value;

use super::lists::Lists;
use super::look::{self, Known, unread};
use super::network::{self, routes, vpc};
use super::{account, grants, moments, nodes, registry, statement};

/// Fields and what is known of each: nothing is set, or unknown for a reason.
pub(super) type Fields = Vec<(&'static str, Known<Option<Value>>)>;

fn some(value: Known<impl Into<Value>>) -> Known<Option<Value>> {
    value.map(|value| Some(value.into()))
}

/// Everything that is derived of an object.
pub(super) fn of(object: &Value, lists: &Lists<'_>, read_at: Timestamp) -> Fields {
    let policy = |place: &str| vec![("Policy", statement::at(object, &[place]))];
    let texts = |path: &str| look::texts(object, path);
    let name = look::name(object);
    match look::kind(object) {
        "AwsAccount" => vec![("Trails", some(account::trails(lists)))],
        "AwsRegion" => region(object, lists),
        "AWS::CertificateManager::Certificate" => {
            vec![("DaysLeft", moments::left(object, "Live.NotAfter", read_at))]
        }
        "AWS::CloudTrail::Trail" => vec![
            ("BucketLoggingTarget", account::bucket_logging(object)),
            ("BucketPublic", some(account::bucket_public(object))),
        ],
        "AWS::EC2::Instance" => instance(object, lists, read_at),
        "AWS::EC2::LaunchTemplate" => vec![("UserDataSecrets", nodes::template_secrets(object))],
        "AWS::EC2::NetworkAcl" => vec![("Entries", some(network::entries(object)))],
        "AWS::EC2::RouteTable" => vec![("Routes", some(routes::routes(object, lists)))],
        "AWS::EC2::SecurityGroup" => {
            let name = look::text(object, "Properties.GroupName");
            vec![("ByDefault", some(name.map(|name| name == Some("default"))))]
        }
        "AWS::EC2::Subnet" => {
            vec![(
                "RoutesToInternet",
                some(routes::lead_to_internet(object, lists)),
            )]
        }
        "AWS::EC2::VPC" => vec![
            ("ClusterZones", some(vpc::cluster_zones(name, lists))),
            (
                "EndpointServices",
                some(vpc::endpoint_services(name, lists)),
            ),
            ("FlowLogs", some(vpc::flow_logs(object))),
            ("PrivateClusters", some(vpc::private_clusters(name, lists))),
        ],
        "AWS::EC2::VPCEndpoint" => policy("Properties.PolicyDocument"),
        "AWS::EC2::Volume" => vec![("KeyManager", key_manager(object, lists))],
        "AWS::ECR::Repository" => vec![
            ("LatestFindings", registry::latest_findings(object)),
            (
                "Policy",
                statement::at(object, &["Properties.RepositoryPolicyText"]),
            ),
            ("RegistryScan", some(registry::scan(object, lists))),
        ],
        "AWS::EFS::FileSystem" => policy("Properties.FileSystemPolicy"),
        "AWS::EKS::AccessEntry" => vec![("MadeWithCluster", made_with_cluster(object, lists))],
        "AWS::EKS::Cluster" => vec![("FargateProfiles", fargate_profiles(name, lists))],
        "AWS::EKS::Nodegroup" => {
            let zones = texts("Properties.Subnets").and_then(|ids| vpc::zones(&ids, lists));
            vec![("Zones", some(zones))]
        }
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => vec![
            (
                "OpenIngress",
                some(network::load_balancer_is_open(object, lists)),
            ),
            (
                "WebAcl",
                look::at(object, "Live.WebACLArn").map(Option::<&Value>::cloned),
            ),
        ],
        "AWS::IAM::ManagedPolicy" => policy("Properties.PolicyDocument"),
        "AWS::IAM::Role" => vec![
            ("Grants", some(grants::of(object, lists))),
            ("OwnAccount", own_account(object)),
            (
                "Trust",
                statement::at(object, &["Properties.AssumeRolePolicyDocument"]),
            ),
        ],
        "AWS::IAM::User" => vec![("Keys", some(account::keys(object, read_at)))],
        "AWS::KMS::Key" => policy("Properties.KeyPolicy"),
        "AWS::SecretsManager::Secret" => policy("Live.ResourcePolicy"),
        _ => Vec::new(),
    }
}

/// Fields that are made of what AWS tells everybody, and not of the account; unknown until somebody fills them in.
pub(super) fn of_releases(kind: &str) -> &'static [(&'static str, &'static str)] {
    const VERSIONS: &str = "eks:DescribeClusterVersions";
    const ADDONS: &str = "eks:DescribeAddonVersions";
    const IMAGES: &str = "ssm:GetParameters";
    match kind {
        "AWS::EKS::Cluster" => &[
            ("DefaultPlatformVersion", VERSIONS),
            ("EndOfExtendedSupport", VERSIONS),
            ("EndOfStandardSupport", VERSIONS),
            ("VersionStatus", VERSIONS),
        ],
        "AWS::EKS::Addon" => &[("Behind", ADDONS), ("DefaultVersion", ADDONS)],
        "AWS::EKS::Nodegroup" => &[("Outdated", IMAGES), ("RecommendedRelease", IMAGES)],
        _ => &[],
    }
}

fn region(region: &Value, lists: &Lists<'_>) -> Fields {
    let analyzers = [("Status", "Status"), ("Type", "Type")];
    let recorders = [("LastStatus", "LastStatus"), ("Recording", "Recording")];
    let of = |list: &str, members: &[(&str, &str)]| some(account::of_region(region, list, members));
    let hub = look::at(region, "Live.HubArn").map(|hub| hub.is_some());
    vec![
        ("Analyzers", of("Live.Analyzers", &analyzers)),
        ("Detectors", some(account::detectors(lists))),
        (
            "Recorders",
            of("Live.ConfigurationRecordersStatus", &recorders),
        ),
        ("SecurityHub", some(hub)),
    ]
}

fn instance(instance: &Value, lists: &Lists<'_>, read_at: Timestamp) -> Fields {
    let groups = network::groups_of_instance(instance);
    let live = |path: &str| look::at(instance, path).map(Option::<&Value>::cloned);
    vec![
        (
            "AgeDays",
            moments::age(instance, "Live.LaunchTime", read_at),
        ),
        (
            "ImageDeprecated",
            nodes::image_deprecated(instance, lists, read_at),
        ),
        (
            "OpenIngress",
            some(groups.and_then(|groups| network::open_ingress(&groups, lists))),
        ),
        ("PatchStatus", live("Live.PatchStatus")),
        ("SsmPing", live("Live.PingStatus")),
        ("UserDataSecrets", nodes::instance_secrets(instance, lists)),
    ]
}

/// Whose key a volume is encrypted with; none where it is not encrypted.
fn key_manager(volume: &Value, lists: &Lists<'_>) -> Known<Option<Value>> {
    let Some(key) = look::text(volume, "Properties.KmsKeyId")? else {
        return Ok(None);
    };
    let key = lists.the("AWS::KMS::Key", key)?;
    let manager = look::at(key, "Live.KeyManager")?;
    manager
        .cloned()
        .map(Some)
        .ok_or_else(|| unread("manager of the key"))
}

fn made_with_cluster(entry: &Value, lists: &Lists<'_>) -> Known<Option<Value>> {
    let Some(cluster) = look::text(entry, "Properties.ClusterName")? else {
        return Ok(None);
    };
    moments::made_together(entry, lists.the("AWS::EKS::Cluster", cluster)?)
}

fn fargate_profiles(cluster: &str, lists: &Lists<'_>) -> Known<Option<Value>> {
    let place = "Properties.ClusterName";
    let profiles = lists.that_say("AWS::EKS::FargateProfile", place, cluster)?;
    Ok(Some(profiles.len().into()))
}

fn own_account(object: &Value) -> Known<Option<Value>> {
    Ok(look::at(object, "metadata.account")?.cloned())
}
