//! Where objects keep their pods: one admission policy reads one place.

use plimsoll_model::kind::{self, Kind, KindSource};

use super::NotExportable;
use super::sources::Sources;
use crate::catalogue::Policy;
use crate::kinds::{pod_metadata_keys, pod_spec_keys};

/// The variables that every policy about workloads has.
pub(super) const POD_VARIABLES: [&str; 3] = ["podSpec", "podMetadata", "containers"];

/// Kinds that are alike for a policy.
#[derive(Debug)]
pub(super) struct Shape {
    /// Added to the name where a policy has several shapes.
    pub(super) suffix: &'static str,
    pub(super) kinds: Vec<&'static Kind>,
    /// Whether fields are read that the declared types may not have: where a policy tells several kinds apart, and in
    /// custom resources, whose types are those of whatever version is installed.
    pub(super) untyped: bool,
    /// `object.spec.template.spec`; none where there is no pod.
    pub(super) pod_spec: Option<String>,
    pub(super) pod_metadata: Option<String>,
}

/// Servers keep their admission policies out of their own sight, and no supported version has PodSecurityPolicies.
const NEVER_SHOWN: &[&str] = &[
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "PodSecurityPolicy",
];

/// The groups whose types are the API server's own.
const OWN_GROUPS: &[&str] = &[
    "",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "discovery.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
];

fn is_custom(kind: &Kind) -> bool {
    !OWN_GROUPS.contains(&kind.group)
}

/// The kinds of a policy that come to admission.
pub(super) fn kinds(policy: &Policy) -> Result<Vec<&'static Kind>, NotExportable> {
    let known: Vec<&Kind> = policy
        .kinds
        .iter()
        .filter_map(|name| kind::named(name))
        .collect();
    if known.iter().any(|kind| kind.source == KindSource::MadeUp) {
        return Err(NotExportable::Cluster);
    }
    if known.iter().any(|kind| kind.is_of_aws()) {
        return Err(NotExportable::Aws);
    }
    let shown = known.into_iter();
    let shown: Vec<&Kind> = shown
        .filter(|kind| kind.source != KindSource::NodeEvidence)
        .filter(|kind| !NEVER_SHOWN.contains(&kind.name))
        .collect();
    if shown.is_empty() {
        return Err(NotExportable::NeverShown(policy.kinds.join(", ")));
    }
    Ok(shown)
}

/// The shapes of some kinds; only one if the policy does not look at pods.
pub(super) fn shapes(kinds: &[&'static Kind], sources: &Sources) -> Vec<Shape> {
    let (reads_pods, reads_kind) = (sources.reads_pods(), sources.reads(&["object", "kind"]));
    let mut shapes: Vec<Shape> = Vec::new();
    for kind in kinds {
        let place = |keys: &[&str]| format!("object.{}", keys.join("."));
        let pod_spec = pod_spec_keys(kind.name).filter(|_| reads_pods).map(place);
        if let Some(shape) = shapes.iter_mut().find(|shape| shape.pod_spec == pod_spec) {
            shape.kinds.push(kind);
            shape.untyped |= reads_kind || is_custom(kind);
            continue;
        }
        let suffix = match (pod_spec.as_deref(), kind.name) {
            (None, _) => "-others",
            (_, "Pod") => "",
            (_, "CronJob") => "-cronjobs",
            _ => "-templates",
        };
        shapes.push(Shape {
            suffix,
            kinds: vec![kind],
            untyped: is_custom(kind),
            pod_spec,
            pod_metadata: pod_metadata_keys(kind.name).map(place),
        });
    }
    shapes
}
