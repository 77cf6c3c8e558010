//! The kinds of AWS resources that policies are about.
//!
//! Their names are CloudFormation's. What CloudFormation has no type for is one word that begins with `Aws`.

use crate::kind::{Kind, KindSource};

/// The version that objects made of AWS resources carry; no Kubernetes API has a version without a number.
pub const VERSION: &str = "aws";

/// Where an AWS resource is judged, and whose finding it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Home {
    /// In the scans of the clusters that use it.
    Cluster,
    /// Once for its region.
    Region,
    /// Once for its account.
    Account,
}

/// Every kind that policies may match. A resource of a cluster that no cluster uses is not judged: policies are about the
/// hosts and surroundings of clusters.
pub const KINDS: &[Kind] = &[
    of_cluster("AWS::AutoScaling::AutoScalingGroup"),
    of_cluster("AWS::CertificateManager::Certificate"),
    of_cluster("AWS::EC2::Instance"),
    of_cluster("AWS::EC2::LaunchTemplate"),
    of_cluster("AWS::EC2::NetworkAcl"),
    of_cluster("AWS::EC2::RouteTable"),
    of_cluster("AWS::EC2::SecurityGroup"),
    of_cluster("AWS::EC2::Subnet"),
    of_cluster("AWS::EC2::VPC"),
    of_cluster("AWS::EC2::VPCEndpoint"),
    of_cluster("AWS::EC2::Volume"),
    of_cluster("AWS::ECR::Repository"),
    of_cluster("AWS::EFS::AccessPoint"),
    of_cluster("AWS::EFS::FileSystem"),
    of_cluster("AWS::EKS::AccessEntry"),
    of_cluster("AWS::EKS::Addon"),
    of_cluster("AWS::EKS::Cluster"),
    of_cluster("AWS::EKS::FargateProfile"),
    of_cluster("AWS::EKS::IdentityProviderConfig"),
    of_cluster("AWS::EKS::Nodegroup"),
    of_cluster("AWS::EKS::PodIdentityAssociation"),
    of_cluster("AWS::ElasticLoadBalancing::LoadBalancer"),
    of_cluster("AWS::ElasticLoadBalancingV2::Listener"),
    of_cluster("AWS::ElasticLoadBalancingV2::LoadBalancer"),
    of_cluster("AWS::IAM::Role"),
    of_cluster("AWS::KMS::Key"),
    of_cluster("AWS::Logs::LogGroup"),
    of_cluster("AWS::SecretsManager::Secret"),
    of_cluster("AwsImage"),
    of_region("AWS::EC2::SnapshotBlockPublicAccess"),
    of_region("AWS::ECR::PullThroughCacheRule"),
    of_region("AWS::ECR::RegistryScanningConfiguration"),
    of_region("AWS::GuardDuty::Detector"),
    of_region("AwsRegion"),
    of_region("AwsSnapshot"),
    of_account("AWS::CloudTrail::Trail"),
    of_account("AWS::IAM::ManagedPolicy"),
    of_account("AWS::IAM::User"),
    of_account("AwsAccount"),
];

const fn of_cluster(name: &'static str) -> Kind {
    kind(name, Home::Cluster)
}

const fn of_region(name: &'static str) -> Kind {
    kind(name, Home::Region)
}

const fn of_account(name: &'static str) -> Kind {
    kind(name, Home::Account)
}

const fn kind(name: &'static str, home: Home) -> Kind {
    Kind {
        group: "",
        version: VERSION,
        name,
        plural: name,
        namespaced: false,
        source: KindSource::Aws(home),
    }
}
