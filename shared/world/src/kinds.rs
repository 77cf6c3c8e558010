//! The kinds the example clusters serve: group, version, kind, plural, scope.

/// One served kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) group: &'static str,
    pub(crate) version: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) plural: &'static str,
    pub(crate) namespaced: bool,
}

impl Kind {
    /// `v1`, `apps/v1`.
    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
}

const fn kind(
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    plural: &'static str,
    namespaced: bool,
) -> Kind {
    Kind {
        group,
        version,
        kind,
        plural,
        namespaced,
    }
}

const RBAC: &str = "rbac.authorization.k8s.io";
const NET: &str = "networking.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

/// An EKS access entry, written among a cluster's manifests but not part of its API.
pub(crate) const ACCESS_ENTRY: Kind = kind("eks", "v1", "AccessEntry", "accessentries", false);

/// Every kind served, by group.
pub(crate) const KINDS: &[Kind] = &[
    kind("", "v1", "ConfigMap", "configmaps", true),
    kind("", "v1", "Endpoints", "endpoints", true),
    kind("", "v1", "Event", "events", true),
    kind("", "v1", "LimitRange", "limitranges", true),
    kind("", "v1", "Namespace", "namespaces", false),
    kind("", "v1", "Node", "nodes", false),
    kind("", "v1", "PersistentVolume", "persistentvolumes", false),
    kind(
        "",
        "v1",
        "PersistentVolumeClaim",
        "persistentvolumeclaims",
        true,
    ),
    kind("", "v1", "Pod", "pods", true),
    kind("", "v1", "PodTemplate", "podtemplates", true),
    kind(
        "",
        "v1",
        "ReplicationController",
        "replicationcontrollers",
        true,
    ),
    kind("", "v1", "ResourceQuota", "resourcequotas", true),
    kind("", "v1", "Secret", "secrets", true),
    kind("", "v1", "Service", "services", true),
    kind("", "v1", "ServiceAccount", "serviceaccounts", true),
    kind(
        ADMISSION,
        "v1",
        "MutatingWebhookConfiguration",
        "mutatingwebhookconfigurations",
        false,
    ),
    kind(
        ADMISSION,
        "v1",
        "ValidatingAdmissionPolicy",
        "validatingadmissionpolicies",
        false,
    ),
    kind(
        ADMISSION,
        "v1",
        "ValidatingAdmissionPolicyBinding",
        "validatingadmissionpolicybindings",
        false,
    ),
    kind(
        ADMISSION,
        "v1",
        "ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
        false,
    ),
    kind(
        "apiextensions.k8s.io",
        "v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
        false,
    ),
    kind(
        "apiregistration.k8s.io",
        "v1",
        "APIService",
        "apiservices",
        false,
    ),
    kind(
        "apps",
        "v1",
        "ControllerRevision",
        "controllerrevisions",
        true,
    ),
    kind("apps", "v1", "DaemonSet", "daemonsets", true),
    kind("apps", "v1", "Deployment", "deployments", true),
    kind("apps", "v1", "ReplicaSet", "replicasets", true),
    kind("apps", "v1", "StatefulSet", "statefulsets", true),
    kind(
        "autoscaling",
        "v2",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        true,
    ),
    kind("batch", "v1", "CronJob", "cronjobs", true),
    kind("batch", "v1", "Job", "jobs", true),
    kind(
        "certificates.k8s.io",
        "v1",
        "CertificateSigningRequest",
        "certificatesigningrequests",
        false,
    ),
    kind("coordination.k8s.io", "v1", "Lease", "leases", true),
    kind(
        "discovery.k8s.io",
        "v1",
        "EndpointSlice",
        "endpointslices",
        true,
    ),
    kind(
        "external-secrets.io",
        "v1",
        "ExternalSecret",
        "externalsecrets",
        true,
    ),
    kind(NET, "v1", "Ingress", "ingresses", true),
    kind(NET, "v1", "IngressClass", "ingressclasses", false),
    kind(NET, "v1", "NetworkPolicy", "networkpolicies", true),
    kind("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses", false),
    kind(
        "policy",
        "v1",
        "PodDisruptionBudget",
        "poddisruptionbudgets",
        true,
    ),
    kind(RBAC, "v1", "ClusterRole", "clusterroles", false),
    kind(
        RBAC,
        "v1",
        "ClusterRoleBinding",
        "clusterrolebindings",
        false,
    ),
    kind(RBAC, "v1", "Role", "roles", true),
    kind(RBAC, "v1", "RoleBinding", "rolebindings", true),
    kind(
        "scheduling.k8s.io",
        "v1",
        "PriorityClass",
        "priorityclasses",
        false,
    ),
    kind("storage.k8s.io", "v1", "CSIDriver", "csidrivers", false),
    kind(
        "storage.k8s.io",
        "v1",
        "StorageClass",
        "storageclasses",
        false,
    ),
    kind(
        "storage.k8s.io",
        "v1",
        "VolumeAttachment",
        "volumeattachments",
        false,
    ),
];

/// The served kind of this name; names are unique across the groups served.
pub(crate) fn named(kind: &str) -> Option<Kind> {
    KINDS
        .iter()
        .chain([&ACCESS_ENTRY])
        .find(|k| k.kind == kind)
        .copied()
}

/// The kind behind a path of the API.
pub(crate) fn served(group: &str, version: &str, plural: &str) -> Option<Kind> {
    KINDS
        .iter()
        .find(|k| k.group == group && k.version == version && k.plural == plural)
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_plurals_are_unique() {
        for (index, kind) in KINDS.iter().enumerate() {
            assert_eq!(named(kind.kind), Some(*kind));
            assert!(
                KINDS[..index]
                    .iter()
                    .all(|other| other.plural != kind.plural)
            );
        }
    }

    #[test]
    fn api_versions_have_a_group_or_none() {
        assert_eq!(named("Pod").unwrap().api_version(), "v1");
        assert_eq!(
            named("Role").unwrap().api_version(),
            "rbac.authorization.k8s.io/v1"
        );
        assert_eq!(served("apps", "v1", "pods"), None);
    }
}
