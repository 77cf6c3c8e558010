//! The built-in kinds: plural names for lists, and where a workload keeps its pod template.

use plimsoll_cel::{Key, Node};

const OWNERS: Key = Key::new("ownerReferences");

/// The word in `match.kinds` that stands for every built-in kind with a pod spec.
pub const WORKLOAD: &str = "Workload";

/// Kinds with a pod spec, each with the chains of keys to it and to the pods' metadata.
const POD_SPECS: &[(&str, &[&str], &[&str])] = &[
    ("Pod", &["spec"], &["metadata"]),
    ("Deployment", TEMPLATE_SPEC, TEMPLATE_METADATA),
    ("ReplicaSet", TEMPLATE_SPEC, TEMPLATE_METADATA),
    ("ReplicationController", TEMPLATE_SPEC, TEMPLATE_METADATA),
    ("StatefulSet", TEMPLATE_SPEC, TEMPLATE_METADATA),
    ("DaemonSet", TEMPLATE_SPEC, TEMPLATE_METADATA),
    ("Job", TEMPLATE_SPEC, TEMPLATE_METADATA),
    (
        "CronJob",
        &["spec", "jobTemplate", "spec", "template", "spec"],
        &["spec", "jobTemplate", "spec", "template", "metadata"],
    ),
];
const TEMPLATE_SPEC: &[&str] = &["spec", "template", "spec"];
const TEMPLATE_METADATA: &[&str] = &["spec", "template", "metadata"];

/// Kind, plural and API group of everything a built-in policy may match or join.
const PLURALS: &[(&str, &str, &str)] = &[
    ("Pod", "pods", ""),
    ("Deployment", "deployments", "apps"),
    ("ReplicaSet", "replicasets", "apps"),
    ("ReplicationController", "replicationcontrollers", ""),
    ("StatefulSet", "statefulsets", "apps"),
    ("DaemonSet", "daemonsets", "apps"),
    ("Job", "jobs", "batch"),
    ("CronJob", "cronjobs", "batch"),
    ("Namespace", "namespaces", ""),
    ("Node", "nodes", ""),
    ("Service", "services", ""),
    ("ServiceAccount", "serviceaccounts", ""),
    ("ConfigMap", "configmaps", ""),
    ("Secret", "secrets", ""),
    ("PersistentVolume", "persistentvolumes", ""),
    ("PersistentVolumeClaim", "persistentvolumeclaims", ""),
    ("LimitRange", "limitranges", ""),
    ("ResourceQuota", "resourcequotas", ""),
    ("Role", "roles", "rbac.authorization.k8s.io"),
    ("ClusterRole", "clusterroles", "rbac.authorization.k8s.io"),
    ("RoleBinding", "rolebindings", "rbac.authorization.k8s.io"),
    (
        "ClusterRoleBinding",
        "clusterrolebindings",
        "rbac.authorization.k8s.io",
    ),
    ("NetworkPolicy", "networkpolicies", "networking.k8s.io"),
    ("Ingress", "ingresses", "networking.k8s.io"),
    ("IngressClass", "ingressclasses", "networking.k8s.io"),
    ("PodDisruptionBudget", "poddisruptionbudgets", "policy"),
    (
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        "autoscaling",
    ),
    ("StorageClass", "storageclasses", "storage.k8s.io"),
    (
        "ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
        "admissionregistration.k8s.io",
    ),
    (
        "MutatingWebhookConfiguration",
        "mutatingwebhookconfigurations",
        "admissionregistration.k8s.io",
    ),
];

/// The kinds that [`WORKLOAD`] stands for.
pub fn workload_kinds() -> impl Iterator<Item = &'static str> {
    POD_SPECS.iter().map(|(kind, _, _)| *kind)
}

/// The keys that lead to the pod spec of `kind`, if it has one.
#[must_use]
pub fn pod_spec_keys(kind: &str) -> Option<&'static [&'static str]> {
    POD_SPECS
        .iter()
        .find(|(name, _, _)| *name == kind)
        .map(|(_, spec, _)| *spec)
}

/// The plural of a built-in kind, as in `list pods`.
#[must_use]
pub fn plural(kind: &str) -> Option<&'static str> {
    PLURALS
        .iter()
        .find(|(name, _, _)| *name == kind)
        .map(|(_, plural, _)| *plural)
}

/// The API group of a plural, empty for the core group.
#[must_use]
pub fn group_of_plural(plural: &str) -> Option<&'static str> {
    PLURALS
        .iter()
        .find(|(_, name, _)| *name == plural)
        .map(|(_, _, group)| *group)
}

/// The API group of a built-in kind.
#[must_use]
pub fn group_of_kind(kind: &str) -> Option<&'static str> {
    PLURALS
        .iter()
        .find(|(name, _, _)| *name == kind)
        .map(|(_, _, group)| *group)
}

/// Whether `kind` in `api_version` is the built-in kind of that name. Groups that once held it (`extensions`) count,
/// because old manifests still use them.
#[must_use]
pub fn is_built_in(kind: &str, api_version: &str) -> bool {
    let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
    match group_of_kind(kind) {
        Some(expected) => group == expected || (group == "extensions" && !expected.is_empty()),
        None => false,
    }
}

/// The metadata of a workload's pods: the object's own for a Pod, the template's else.
#[must_use]
pub fn pod_metadata_keys(kind: &str) -> Option<&'static [&'static str]> {
    POD_SPECS
        .iter()
        .find(|(name, _, _)| *name == kind)
        .map(|(_, _, metadata)| *metadata)
}

/// The owner that decides over an object with that metadata, if it names one: (apiVersion, kind, name).
#[must_use]
pub fn controller<'a>(metadata: &Node<'a>) -> Option<(&'a str, &'a str, &'a str)> {
    let owners = metadata.get_key(OWNERS)?;
    owners
        .items()
        .iter()
        .find(|owner| owner.get("controller").and_then(|c| c.as_bool()) == Some(true))
        .and_then(|owner| {
            Some((
                owner.get("apiVersion")?.as_str()?,
                owner.get("kind")?.as_str()?,
                owner.get("name")?.as_str()?,
            ))
        })
}
