//! Fields that an API server shows as null where they are absent. With us a field that is null is absent, everywhere.

use plimsoll_cel::Reading;

use super::shape::Shape;

/// Lists and pointers of the API's Go types that are written even when they are nil, and that a valid object may leave
/// out: kind (`*` for whatever has pods) and field (`json` tags without `omitempty` in k8s.io/api 0.36).
const NULLABLE: &[(&str, &str)] = &[
    ("*", "sources"),
    ("ClusterRole", "rules"),
    ("EndpointSlice", "endpoints"),
    ("EndpointSlice", "ports"),
    ("Ingress", "apiGroup"),
    ("LimitRange", "limits"),
    ("PersistentVolumeClaim", "apiGroup"),
    ("Role", "rules"),
    ("StatefulSet", "apiGroup"),
];

/// A reading up to a step, with null as absence; nothing if the step is never null.
pub(super) fn without(shape: &Shape, reading: &Reading, step: usize, text: &str) -> Option<String> {
    let field = reading.path[step].as_str();
    let of = |kind: &str| match kind {
        "*" => shape.pod_spec.is_some(),
        name => shape.kinds.iter().any(|kind| kind.name == name),
    };
    if !NULLABLE
        .iter()
        .any(|(kind, name)| *name == field && of(kind))
    {
        return None;
    }
    if reading.optional[step] {
        let given = "dyn(given) == null ? optional.none() : optional.of(given)";
        return Some(format!("{text}.optFlatMap(given, {given})"));
    }
    let asked = reading.tested && step + 1 == reading.path.len();
    asked.then(|| {
        format!(
            "(has({text}) && dyn({text}) != null ? {{\"{field}\": dyn({text})}} : {{}}).{field}"
        )
    })
}
