//! The kinds that policies can match or join, with what is needed to list them.

/// A kind and where its list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KindSpec {
    /// API group, empty for the core group.
    pub group: &'static str,
    /// The version that is asked for.
    pub version: &'static str,
    /// The kind, for example `Pod`.
    pub kind: &'static str,
    /// The resource's name in URLs and rules, for example `pods`.
    pub plural: &'static str,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// Only metadata may be read; what else it holds never leaves the API server (Secrets).
    pub metadata_only: bool,
}

impl KindSpec {
    const fn new(
        group: &'static str,
        version: &'static str,
        kind: &'static str,
        plural: &'static str,
    ) -> Self {
        Self {
            group,
            version,
            kind,
            plural,
            namespaced: true,
            metadata_only: false,
        }
    }

    const fn cluster_wide(self) -> Self {
        Self {
            namespaced: false,
            ..self
        }
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
}

const RBAC: &str = "rbac.authorization.k8s.io";
const NETWORKING: &str = "networking.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";
const STORAGE: &str = "storage.k8s.io";
const GATEWAY: &str = "gateway.networking.k8s.io";
const CILIUM: &str = "cilium.io";

const fn kind(
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    plural: &'static str,
) -> KindSpec {
    KindSpec::new(group, version, kind, plural)
}

/// Every kind that can be listed. Versions are the ones that all supported servers (1.29 and later) serve; a kind that
/// a cluster does not have is an empty list.
pub const KINDS: &[KindSpec] = &[
    kind("", "v1", "Namespace", "namespaces").cluster_wide(),
    kind("", "v1", "Node", "nodes").cluster_wide(),
    kind("", "v1", "PersistentVolume", "persistentvolumes").cluster_wide(),
    kind("", "v1", "Pod", "pods"),
    kind("", "v1", "ReplicationController", "replicationcontrollers"),
    kind("", "v1", "Service", "services"),
    kind("", "v1", "ServiceAccount", "serviceaccounts"),
    kind("", "v1", "ConfigMap", "configmaps"),
    KindSpec {
        metadata_only: true,
        ..kind("", "v1", "Secret", "secrets")
    },
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
        "autoscaling",
        "v2",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
    ),
    kind("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices"),
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
    .cluster_wide(),
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
    kind("karpenter.k8s.aws", "v1", "EC2NodeClass", "ec2nodeclasses").cluster_wide(),
];

/// The kind with this plural, for example `pods`.
#[must_use]
pub fn kind_of_plural(plural: &str) -> Option<&'static KindSpec> {
    KINDS.iter().find(|spec| spec.plural == plural)
}

/// The kind with this name, for example `Pod`.
#[must_use]
pub fn kind_named(kind: &str) -> Option<&'static KindSpec> {
    KINDS.iter().find(|spec| spec.kind == kind)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_paths_right() {
        let plurals: HashSet<_> = KINDS.iter().map(|k| k.plural).collect();
        let kinds: HashSet<_> = KINDS.iter().map(|k| k.kind).collect();
        assert_eq!((plurals.len(), kinds.len()), (KINDS.len(), KINDS.len()));
        assert_eq!(
            kind_of_plural("pods").unwrap().list_path(None),
            "/api/v1/pods"
        );
        let deployments = kind_named("Deployment").unwrap();
        assert_eq!(
            deployments.list_path(Some("shop")),
            "/apis/apps/v1/namespaces/shop/deployments"
        );
        assert_eq!(
            kind_named("Node").unwrap().list_path(Some("shop")),
            "/api/v1/nodes"
        );
    }

    #[test]
    fn secrets_are_never_more_than_metadata() {
        let whole: Vec<_> = KINDS
            .iter()
            .filter(|k| k.metadata_only)
            .map(|k| k.plural)
            .collect();
        assert_eq!(whole, ["secrets"]);
    }
}
