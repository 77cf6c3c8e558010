//! Pod Security admission in a namespace: the levels and versions that its labels ask for, and what of a workload's pods
//! the enforced one would refuse.
//!
//! Read from k8s.io/pod-security-admission, `api.PolicyToEvaluate`, whose readings of wrong labels are taken over.

mod checks;
mod pod;

use plimsoll_cel::{Bump, Node};

use super::{Joins, pods, texts_in};
use pod::Pod;

/// The label of a Pod Security setting (kubernetes.io/docs, "Pod Security Admission").
const LABEL: &str = "pod-security.kubernetes.io/";

/// A level of the Pod Security Standards, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Privileged,
    Baseline,
    Restricted,
}

impl Level {
    fn of(label: &str) -> Option<Self> {
        match label {
            "privileged" => Some(Self::Privileged),
            "baseline" => Some(Self::Baseline),
            "restricted" => Some(Self::Restricted),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

/// `{enforce, enforceVersion, audit, auditVersion, warn, warnVersion, said, violations}` of a Namespace, or of the one an
/// object lies in.
///
/// What its labels do not say is taken from the API server's configuration, which nobody sees: it is given as the built-in
/// default, `privileged` and `latest`, and `said` lists the modes that labels do speak of. Without a label of its own,
/// `warn` follows `enforce`. A level that the API server does not know counts as `restricted` where it is enforced and as
/// `privileged` elsewhere, a version that it cannot read as `latest`.
///
/// `violations` names the checks of the enforced level that refuse the pods of a workload, at the version that the
/// namespace pins; `kubernetes` is the minor version of the server, beyond which no pin reaches.
pub(super) fn fact<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
    kubernetes: u32,
) -> Node<'a> {
    let own = object.get("metadata").unwrap_or(Node::Null);
    let metadata = match kind {
        "Namespace" => own,
        _ => {
            let known = joins.namespace_object(object, arena);
            known.get("metadata").unwrap_or(Node::Null)
        }
    };
    let label = |key: &str| {
        let labels = metadata.get("labels")?;
        labels.get(&format!("{LABEL}{key}"))?.as_str()
    };
    let version = |key: &str| label(key).map(|text| (text, minor(text)));
    let read = |text: Option<(&'a str, Option<u32>)>| match text {
        Some((text, Some(_))) => text,
        _ => "latest",
    };
    let level = |key: &str, wrong: Level| {
        label(key).map_or(Level::Privileged, |text| Level::of(text).unwrap_or(wrong))
    };
    let enforce = level("enforce", Level::Restricted);
    let enforce_version = version("enforce-version");
    let follows = label("warn").is_none() && label("enforce").and_then(Level::of).is_some();
    let (warn, warn_version) = match (follows, version("warn-version")) {
        (true, None) => (enforce, enforce_version),
        (true, own) => (enforce, own),
        (false, own) => (level("warn", Level::Privileged), own),
    };
    let audit = level("audit", Level::Privileged);

    let pinned = enforce_version.and_then(|(_, minor)| minor);
    let minor = pinned.map_or(kubernetes, |pinned| pinned.min(kubernetes));
    let violations = Pod::of(kind, object)
        .map(|pod| checks::violations(&pod, enforce, minor))
        .unwrap_or_default();
    let said = ["enforce", "audit", "warn"];
    let said: Vec<&str> = said
        .into_iter()
        .filter(|mode| label(mode).is_some())
        .collect();
    Node::map_in(
        arena,
        vec![
            ("enforce", Node::Str(enforce.name())),
            ("enforceVersion", Node::Str(read(enforce_version))),
            ("audit", Node::Str(audit.name())),
            ("auditVersion", Node::Str(read(version("audit-version")))),
            ("warn", Node::Str(warn.name())),
            ("warnVersion", Node::Str(read(warn_version))),
            ("said", texts_in(arena, &said)),
            ("violations", texts_in(arena, &violations)),
        ],
    )
}

/// The number of `v1.N`, in the server's own strict reading.
fn minor(label: &str) -> Option<u32> {
    let digits = label.strip_prefix("v1.")?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let padded = digits.len() > 1 && digits.starts_with('0');
    if !plain || padded {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::minor;

    #[test]
    fn versions_are_read_as_the_server_reads_them() {
        for (label, expected) in [
            ("v1.0", Some(0)),
            ("v1.36", Some(36)),
            ("v1.036", None),
            ("v1.", None),
            ("v1.+3", None),
            ("v2.1", None),
            ("1.30", None),
            ("v1.30.2", None),
            ("latest", None),
        ] {
            assert_eq!(minor(label), expected, "{label}");
        }
    }
}
