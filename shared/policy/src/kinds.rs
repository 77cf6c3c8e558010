//! What policies know of kinds: plural names for lists, and where a workload keeps its pod template.

use plimsoll_cel::{Key, Node, Type};
use plimsoll_model::kind::{self, KindSource};

use crate::schema;

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

/// The plural of a known kind, as in `list pods`.
#[must_use]
pub fn plural(kind: &str) -> Option<&'static str> {
    kind::named(kind).map(|kind| kind.plural)
}

/// The list that is read for a kind: its own; for what is told of each node, that of nodes.
#[must_use]
pub fn list_read(kind: &str) -> Option<&'static str> {
    match kind::named(kind)? {
        kind if kind.source == KindSource::NodeEvidence => Some("nodes"),
        kind => Some(kind.plural),
    }
}

/// What objects of a kind hold, as far as the tables of fields say so.
#[must_use]
pub fn type_of(kind: &str) -> Type {
    schema::of_kinds(&[kind.to_owned()])
}

/// The API group of a plural, empty for the core group.
#[must_use]
pub fn group_of_plural(plural: &str) -> Option<&'static str> {
    kind::of_plural(plural).map(|kind| kind.group)
}

/// Whether `kind` in `api_version` is the known kind of that name, in any version. Groups that once held it
/// (`extensions`) count, because old manifests still use
/// them.
#[must_use]
pub fn is_built_in(kind: &str, api_version: &str) -> bool {
    let Some(kind) = kind::named(kind) else {
        return false;
    };
    if kind.is_of_aws() {
        return api_version == kind.version;
    }
    let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
    group == kind.group || (group == "extensions" && !kind.group.is_empty())
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
