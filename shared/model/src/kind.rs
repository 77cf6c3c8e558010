//! The kinds of objects that policies are about, and where each is listed; those of AWS resources are in [`crate::aws`].

use crate::aws::{self, Home};

/// A kind and where its list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kind {
    /// API group, empty for the core group.
    pub group: &'static str,
    /// The version that is asked for.
    pub version: &'static str,
    /// The kind, for example `Pod`.
    pub name: &'static str,
    /// The resource's name in URLs and rules, for example `pods`.
    pub plural: &'static str,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// Where its objects can be had.
    pub source: KindSource,
}

/// Where the objects of a kind can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KindSource {
    /// In manifests, and by listing a cluster.
    Anywhere,
    /// As [`KindSource::Anywhere`], but of a cluster metadata only, and only if its owner chose that (Secrets): what else
    /// it holds never leaves the API server.
    MetadataByChoice,
    /// Only a cluster has it: people do not write it down.
    ClusterOnly,
    /// It is made up once for each live scan, and listed nowhere.
    MadeUp,
    /// It is made of what evidence of nodes tells, one for each node, by the route that a tenant chose.
    NodeEvidence,
    /// An AWS resource: in templates, and by reading an account.
    Aws(Home),
}

impl Kind {
    const fn new(
        group: &'static str,
        version: &'static str,
        name: &'static str,
        plural: &'static str,
    ) -> Self {
        Self {
            group,
            version,
            name,
            plural,
            namespaced: true,
            source: KindSource::Anywhere,
        }
    }

    const fn cluster_wide(self) -> Self {
        Self {
            namespaced: false,
            ..self
        }
    }

    const fn from(self, source: KindSource) -> Self {
        Self { source, ..self }
    }

    /// `v1` or `apps/v1`.
    #[must_use]
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// The path of the group and version, for example `/apis/apps/v1`.
    #[must_use]
    pub fn group_path(&self) -> String {
        let root = if self.group.is_empty() {
            "/api"
        } else {
            "/apis"
        };
        format!("{root}/{}", self.api_version())
    }

    /// The path of the list, in one namespace or in all.
    #[must_use]
    pub fn list_path(&self, namespace: Option<&str>) -> String {
        match namespace.filter(|_| self.namespaced) {
            Some(namespace) => format!(
                "{}/namespaces/{namespace}/{}",
                self.group_path(),
                self.plural
            ),
            None => format!("{}/{}", self.group_path(), self.plural),
        }
    }

    /// Where it is judged, if it is an AWS resource.
    #[must_use]
    pub fn home(&self) -> Option<Home> {
        match self.source {
            KindSource::Aws(home) => Some(home),
            _ => None,
        }
    }

    /// Whether it is an AWS resource.
    #[must_use]
    pub fn is_of_aws(&self) -> bool {
        self.home().is_some()
    }

    /// Whether only metadata of it is ever read from a cluster.
    #[must_use]
    pub fn metadata_only(&self) -> bool {
        self.source == KindSource::MetadataByChoice
    }
}

/// The cluster itself, as an object that policies can judge.
pub const CLUSTER: Kind = kind("plimsoll", "v1", "Cluster", "clusters")
    .cluster_wide()
    .from(KindSource::MadeUp);

/// A node's kubelet settings and files, as far as a route of evidence shows them ([`crate::NodeRoute`]).
pub const NODE_CONFIG: Kind = kind("plimsoll.io", "v1", "NodeConfig", "nodeconfigs")
    .cluster_wide()
    .from(KindSource::NodeEvidence);

const RBAC: &str = "rbac.authorization.k8s.io";
const NETWORKING: &str = "networking.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";
const STORAGE: &str = "storage.k8s.io";
const FLOW: &str = "flowcontrol.apiserver.k8s.io";
const GATEWAY: &str = "gateway.networking.k8s.io";
const CILIUM: &str = "cilium.io";
const ISTIO: &str = "networking.istio.io";
const ISTIO_SECURITY: &str = "security.istio.io";

const fn kind(
    group: &'static str,
    version: &'static str,
    name: &'static str,
    plural: &'static str,
) -> Kind {
    Kind::new(group, version, name, plural)
}

/// Every kind that policies may match or join; names and plurals are unique. Versions are the ones that all supported
/// servers (1.29 and later) serve, or that a custom resource's project calls stable; a kind that a cluster does not
/// have is an empty list.
pub const KINDS: &[Kind] = &[
    CLUSTER,
    NODE_CONFIG,
    kind("", "v1", "Namespace", "namespaces").cluster_wide(),
    kind("", "v1", "Node", "nodes")
        .cluster_wide()
        .from(KindSource::ClusterOnly),
    kind("", "v1", "PersistentVolume", "persistentvolumes").cluster_wide(),
    kind("", "v1", "Pod", "pods"),
    kind("", "v1", "ReplicationController", "replicationcontrollers"),
    kind("", "v1", "Service", "services"),
    kind("", "v1", "ServiceAccount", "serviceaccounts"),
    kind("", "v1", "ConfigMap", "configmaps"),
    kind("", "v1", "Secret", "secrets").from(KindSource::MetadataByChoice),
    kind("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
    kind("", "v1", "LimitRange", "limitranges"),
    kind("", "v1", "ResourceQuota", "resourcequotas"),
    kind("apps", "v1", "Deployment", "deployments"),
    kind("apps", "v1", "DaemonSet", "daemonsets"),
    kind("apps", "v1", "StatefulSet", "statefulsets"),
    kind("apps", "v1", "ReplicaSet", "replicasets"),
    kind("batch", "v1", "Job", "jobs"),
    kind("batch", "v1", "CronJob", "cronjobs"),
    kind(RBAC, "v1", "ClusterRole", "clusterroles").cluster_wide(),
    kind(RBAC, "v1", "ClusterRoleBinding", "clusterrolebindings").cluster_wide(),
    kind(RBAC, "v1", "Role", "roles"),
    kind(RBAC, "v1", "RoleBinding", "rolebindings"),
    kind(NETWORKING, "v1", "NetworkPolicy", "networkpolicies"),
    kind(NETWORKING, "v1", "Ingress", "ingresses"),
    kind(NETWORKING, "v1", "IngressClass", "ingressclasses").cluster_wide(),
    kind(
        "policy",
        "v1",
        "PodDisruptionBudget",
        "poddisruptionbudgets",
    ),
    kind(
        "policy",
        "v1beta1",
        "PodSecurityPolicy",
        "podsecuritypolicies",
    )
    .cluster_wide(),
    kind(
        "autoscaling",
        "v2",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
    ),
    kind("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices").from(KindSource::ClusterOnly),
    kind(
        ADMISSION,
        "v1",
        "ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
    )
    .cluster_wide(),
    kind(
        ADMISSION,
        "v1",
        "MutatingWebhookConfiguration",
        "mutatingwebhookconfigurations",
    )
    .cluster_wide(),
    kind(
        ADMISSION,
        "v1",
        "ValidatingAdmissionPolicy",
        "validatingadmissionpolicies",
    )
    .cluster_wide(),
    kind(
        ADMISSION,
        "v1",
        "ValidatingAdmissionPolicyBinding",
        "validatingadmissionpolicybindings",
    )
    .cluster_wide(),
    kind(STORAGE, "v1", "StorageClass", "storageclasses").cluster_wide(),
    kind(STORAGE, "v1", "CSIDriver", "csidrivers").cluster_wide(),
    kind(STORAGE, "v1", "CSIStorageCapacity", "csistoragecapacities").from(KindSource::ClusterOnly),
    kind(FLOW, "v1", "FlowSchema", "flowschemas").cluster_wide(),
    kind(
        FLOW,
        "v1",
        "PriorityLevelConfiguration",
        "prioritylevelconfigurations",
    )
    .cluster_wide(),
    kind(
        "scheduling.k8s.io",
        "v1",
        "PriorityClass",
        "priorityclasses",
    )
    .cluster_wide(),
    kind("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses").cluster_wide(),
    kind(
        "apiextensions.k8s.io",
        "v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
    )
    .cluster_wide(),
    kind("apiregistration.k8s.io", "v1", "APIService", "apiservices").cluster_wide(),
    kind(
        "certificates.k8s.io",
        "v1",
        "CertificateSigningRequest",
        "certificatesigningrequests",
    )
    .cluster_wide()
    .from(KindSource::ClusterOnly),
    kind(GATEWAY, "v1", "Gateway", "gateways"),
    kind(GATEWAY, "v1", "HTTPRoute", "httproutes"),
    kind(CILIUM, "v2", "CiliumNetworkPolicy", "ciliumnetworkpolicies"),
    kind(
        CILIUM,
        "v2",
        "CiliumClusterwideNetworkPolicy",
        "ciliumclusterwidenetworkpolicies",
    )
    .cluster_wide(),
    kind(ISTIO, "v1", "VirtualService", "virtualservices"),
    kind(
        ISTIO_SECURITY,
        "v1",
        "PeerAuthentication",
        "peerauthentications",
    ),
    kind(
        ISTIO_SECURITY,
        "v1",
        "AuthorizationPolicy",
        "authorizationpolicies",
    ),
    kind(
        "monitoring.coreos.com",
        "v1",
        "ServiceMonitor",
        "servicemonitors",
    ),
    kind(
        "secrets-store.csi.x-k8s.io",
        "v1",
        "SecretProviderClass",
        "secretproviderclasses",
    ),
    kind(
        "external-secrets.io",
        "v1",
        "ExternalSecret",
        "externalsecrets",
    ),
    kind(
        "policy.sigstore.dev",
        "v1beta1",
        "ClusterImagePolicy",
        "clusterimagepolicies",
    )
    .cluster_wide(),
    kind("kyverno.io", "v1", "ClusterPolicy", "clusterpolicies").cluster_wide(),
    kind(
        "constraints.gatekeeper.sh",
        "v1beta1",
        "K8sAllowedRepos",
        "k8sallowedrepos",
    )
    .cluster_wide(),
    kind(
        "security.openshift.io",
        "v1",
        "SecurityContextConstraints",
        "securitycontextconstraints",
    )
    .cluster_wide(),
    kind("agents.x-k8s.io", "v1alpha1", "Sandbox", "sandboxes"),
    kind(
        "extensions.agents.x-k8s.io",
        "v1alpha1",
        "SandboxTemplate",
        "sandboxtemplates",
    ),
    kind("karpenter.k8s.aws", "v1", "EC2NodeClass", "ec2nodeclasses").cluster_wide(),
];

/// Every kind, Kubernetes' and AWS'.
pub fn all() -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().chain(aws::KINDS)
}

/// The kind with this plural, for example `pods`; AWS resources have none but their name.
#[must_use]
pub fn of_plural(plural: &str) -> Option<&'static Kind> {
    kinds_like(plural).iter().find(|kind| kind.plural == plural)
}

/// The kind with this name, for example `Pod`.
#[must_use]
pub fn named(name: &str) -> Option<&'static Kind> {
    kinds_like(name).iter().find(|kind| kind.name == name)
}

/// Whether a kind of this name is an AWS resource.
#[must_use]
pub fn is_of_aws(name: &str) -> bool {
    named(name).is_some_and(Kind::is_of_aws)
}

/// The list that a name would be in.
fn kinds_like(name: &str) -> &'static [Kind] {
    match name.starts_with("AWS") || name.starts_with("Aws") {
        true => aws::KINDS,
        false => KINDS,
    }
}

#[cfg(test)]
mod tests;
