//! What the objects of a cluster name in AWS: the one table of what crosses the border between the two.

/// Something of AWS that objects of Kubernetes name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// The machine of a Node, by its id.
    Instance,
    /// The EBS volume of a PersistentVolume, by its id.
    Volume,
    /// The EFS file system, or the access point, of a PersistentVolume, by its id.
    FileSystem,
    /// The load balancer of a Service, an Ingress or a Gateway, by its DNS name in lower case.
    LoadBalancer,
    /// The ECR repository of an image, as `REGION:ACCOUNT:repository/NAME`, which is how its ARN ends.
    Repository,
    /// The secret of a SecretProviderClass or an ExternalSecret, by name or ARN.
    Secret,
}

/// The lists of everything that runs containers, and of what makes pods of them.
const WORKLOADS: &[&str] = &[
    "cronjobs",
    "daemonsets",
    "deployments",
    "jobs",
    "pods",
    "replicasets",
    "replicationcontrollers",
    "statefulsets",
];

impl Named {
    /// All of them.
    pub const ALL: [Named; 6] = [
        Named::Instance,
        Named::Volume,
        Named::FileSystem,
        Named::LoadBalancer,
        Named::Repository,
        Named::Secret,
    ];

    /// A word for it that is kept with what was gathered.
    #[must_use]
    pub fn letter(self) -> &'static str {
        match self {
            Named::Instance => "i",
            Named::Volume => "v",
            Named::FileSystem => "f",
            Named::LoadBalancer => "l",
            Named::Repository => "r",
            Named::Secret => "s",
        }
    }

    /// The kinds of AWS resources that it may be.
    #[must_use]
    pub fn kinds(self) -> &'static [&'static str] {
        match self {
            Named::Instance => &["AWS::EC2::Instance"],
            Named::Volume => &["AWS::EC2::Volume"],
            Named::FileSystem => &["AWS::EFS::FileSystem", "AWS::EFS::AccessPoint"],
            Named::LoadBalancer => &[
                "AWS::ElasticLoadBalancingV2::LoadBalancer",
                "AWS::ElasticLoadBalancing::LoadBalancer",
            ],
            Named::Repository => &["AWS::ECR::Repository"],
            Named::Secret => &["AWS::SecretsManager::Secret"],
        }
    }

    /// The word of `Use` for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Named::Instance => "nodes",
            Named::Volume | Named::FileSystem => "volumes",
            Named::LoadBalancer => "loadBalancer",
            Named::Repository => "images",
            Named::Secret => "secretStore",
        }
    }

    /// The lists of Kubernetes, by plural, whose objects name it.
    #[must_use]
    pub fn lists(self) -> &'static [&'static str] {
        match self {
            Named::Instance => &["nodes"],
            Named::Volume | Named::FileSystem => &["persistentvolumes"],
            Named::LoadBalancer => &["gateways", "ingresses", "services"],
            Named::Repository => WORKLOADS,
            Named::Secret => &["externalsecrets", "secretproviderclasses"],
        }
    }

    /// What a kind of AWS resource is named as, if Kubernetes names such things.
    #[must_use]
    pub fn of_kind(kind: &str) -> Option<Named> {
        Named::ALL
            .into_iter()
            .find(|named| named.kinds().contains(&kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind;

    #[test]
    fn the_table_names_kinds_and_lists_that_there_are() {
        for named in Named::ALL {
            for kind in named.kinds() {
                assert!(kind::named(kind).unwrap().is_of_aws(), "{kind}");
                assert_eq!(Named::of_kind(kind), Some(named));
            }
            for list in named.lists() {
                assert!(!kind::of_plural(list).unwrap().is_of_aws(), "{list}");
            }
        }
        assert_eq!(Named::of_kind("AWS::EC2::VPC"), None);
    }
}
