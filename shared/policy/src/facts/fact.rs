//! The facts an expression may read: their names, and the lists that each is made of.

use serde::{Deserialize, Serialize};

use crate::kinds;

/// Declares them: what a fact is, its variant, its name in expressions, the lists it is made of.
macro_rules! facts {
    ($($(#[doc = $doc:literal])* $variant:ident $name:literal $lists:expr;)*) => {
        /// A fact.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub(crate) enum Fact {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Fact {
            /// All, each at the place of its number.
            pub(crate) const ALL: [Fact; [$($name),*].len()] = [$(Fact::$variant),*];

            /// Its name in expressions.
            pub(crate) fn variable(self) -> &'static str {
                match self {
                    $(Fact::$variant => $name,)*
                }
            }

            /// What it is, in a line.
            pub(crate) fn about(self) -> &'static str {
                match self {
                    $(Fact::$variant => concat!($($doc),*).trim(),)*
                }
            }

            /// The lists it is made of, by plural.
            pub(crate) fn lists(self) -> &'static [&'static str] {
                match self {
                    $(Fact::$variant => $lists,)*
                }
            }
        }
    };
}

/// The lists that hold workloads, and others.
macro_rules! workloads_and {
    ($($list:literal),*) => {
        &[
            "pods",
            "deployments",
            "replicasets",
            "replicationcontrollers",
            "statefulsets",
            "daemonsets",
            "jobs",
            "cronjobs",
            $($list),*
        ]
    };
}

impl Fact {
    /// Whether nothing but what lies in the namespace of the object, or in none, tells it; else a scan of some namespaces
    /// does not know it.
    pub(crate) fn stays_home(self, kind: &str) -> bool {
        match self {
            Fact::NetworkPolicies
            | Fact::ServiceAccount
            | Fact::Services
            | Fact::Role
            | Fact::Backends
            | Fact::Autoscalers
            | Fact::BackendAutoscalers
            | Fact::DisruptionBudgets
            | Fact::MissingConfigMaps
            | Fact::MissingScaleTargets
            | Fact::Network
            | Fact::LimitRanges
            | Fact::ResourceQuotas => true,
            // Ingresses and gateways name Secrets of other namespaces, and gateways of others name these.
            Fact::MissingSecrets => kinds::pod_spec_keys(kind).is_some(),
            Fact::Users => kind == "ConfigMap",
            _ => false,
        }
    }
}

facts! {
    /// Which network policies select a workload's pods, or lie in a namespace.
    NetworkPolicies "facts.networkPolicies" &["networkpolicies"];
    /// The ServiceAccount a workload uses.
    ServiceAccount "facts.serviceAccount" &["serviceaccounts"];
    /// The services that select a workload's pods.
    Services "facts.services" &["services"];
    /// Who is bound to a role.
    Subjects "facts.subjects" &["rolebindings", "clusterrolebindings"];
    /// What a binding's role allows.
    Role "facts.role" &["roles", "clusterroles"];
    /// The workloads that an object's selector selects.
    Backends "facts.backends" workloads_and![];
    /// The autoscalers of a workload.
    Autoscalers "facts.autoscalers" &["horizontalpodautoscalers"];
    /// The autoscalers of the workloads that an object's selector selects.
    BackendAutoscalers "facts.backendAutoscalers" workloads_and!["horizontalpodautoscalers"];
    /// The disruption budgets of a workload.
    DisruptionBudgets "facts.disruptionBudgets" &["poddisruptionbudgets"];
    /// The services that a monitor selects.
    SelectedServices "facts.selectedServices" &["services"];
    /// References to services that lead nowhere.
    MissingServices "facts.missing.services" &["services"];
    /// All references to services.
    ServiceReferences "facts.references.services" &[];
    /// References to services behind which nothing runs.
    MissingEndpoints "facts.missing.endpoints" workloads_and!["services"];
    /// References to ConfigMaps that lead nowhere.
    MissingConfigMaps "facts.missing.configMaps" &["configmaps"];
    /// References to Secrets that lead nowhere.
    MissingSecrets "facts.missing.secrets" &["secrets", "externalsecrets", "secretproviderclasses"];
    /// A reference to a scale target that leads nowhere.
    MissingScaleTargets "facts.missing.scaleTargets"
        &["deployments", "statefulsets", "replicationcontrollers"];
    /// The peers of a network policy that select nothing.
    DanglingPeers "facts.danglingPeers" workloads_and!["namespaces"];
    /// What network policies leave a workload.
    Network "facts.network" &["networkpolicies", "ciliumnetworkpolicies", "ciliumclusterwidenetworkpolicies"];
    /// How a workload is reached from outside.
    Exposure "facts.exposure" &["services", "ingresses", "gateways", "httproutes", "virtualservices"];
    /// Whom a gateway faces, and its routes.
    Gateway "facts.gateway" &["httproutes"];
    /// Who refers to a ConfigMap or Secret.
    Users "facts.users"
        workloads_and!["serviceaccounts", "ingresses", "gateways", "persistentvolumes", "sandboxes"];
    /// The limit ranges of a namespace.
    LimitRanges "facts.limitRanges" &["limitranges"];
    /// The quotas of a namespace.
    ResourceQuotas "facts.resourceQuotas" &["resourcequotas"];
    /// The Pod Security levels of a namespace.
    PodSecurity "facts.podSecurity" &["namespaces"];
    /// The authorization policies of a namespace in a mesh.
    Authorizations "facts.authorizationPolicies" &["authorizationpolicies"];
    /// The versions that nodes run.
    Nodes "facts.nodes" &["nodes"];
    /// What the cluster itself is made of.
    Components "facts.components" workloads_and![];
    /// The images in use.
    Images "facts.images" workloads_and![];
    /// The namespaces that hold workloads.
    UsedNamespaces "facts.usedNamespaces" workloads_and![];
    /// The APIs that other servers answer.
    AggregatedApis "facts.aggregatedApis" &["apiservices"];
    /// What verifies the signatures of images.
    ImageVerifiers "facts.imageVerifiers"
        &["clusterimagepolicies", "clusterpolicies", "mutatingwebhookconfigurations", "validatingwebhookconfigurations"];
    /// How many objects there are of each list that a policy's `needs` names.
    Counts "facts.counts" &[];
    /// Everything that a ServiceAccount, or the one a workload uses, may do.
    Permissions "facts.permissions" &["roles", "clusterroles", "rolebindings", "clusterrolebindings"];
    /// How that ServiceAccount could come to control the cluster.
    Takeover "facts.takeover"
        &["roles", "clusterroles", "rolebindings", "clusterrolebindings", "serviceaccounts", "namespaces", "configmaps", "pods"];
    /// Who can act as a ServiceAccount, or as the one a workload uses.
    Assumers "facts.assumers"
        &["roles", "clusterroles", "rolebindings", "clusterrolebindings", "serviceaccounts", "namespaces", "configmaps", "pods"];
    /// The ServiceAccounts that a binding names and that do not exist.
    MissingServiceAccounts "facts.missing.serviceAccounts" &["serviceaccounts", "namespaces"];
    /// How much a workload matters, and why: by priority, way in, data and namespace.
    Criticality "facts.criticality"
        &["priorityclasses", "services", "ingresses", "gateways", "httproutes", "virtualservices"];
    /// As which IAM roles a ServiceAccount, or the one a workload uses, may act.
    AwsIdentity "facts.awsIdentity"
        &["serviceaccounts", "AWS::EKS::Cluster", "AWS::EKS::PodIdentityAssociation", "AWS::IAM::Role"];
    /// As which roles of nodes a workload may act.
    NodeIdentity "facts.nodeIdentity" &["AWS::EC2::Instance", "AWS::IAM::Role"];
    /// The IAM roles that aws-auth lets in.
    MappedRoles "facts.mappedRoles" &["AWS::EKS::Cluster", "AWS::IAM::Role"];
    /// The groups that may do everything in the cluster.
    AdminGroups "facts.adminGroups" &["clusterroles", "clusterrolebindings"];
    /// The EKS add-ons of the cluster.
    Addons "facts.addons" &["AWS::EKS::Addon"];
    /// The load balancers of AWS through which something is reached.
    LoadBalancers "facts.loadBalancers"
        &["gateways", "ingresses", "services", "AWS::ElasticLoadBalancing::LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer"];
}
