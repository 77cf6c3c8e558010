//! One verdict about one resource and element, with its evidence.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Excepted, Fingerprint, PolicyId, Reason, ResourceRef, Severity, Verdict};

/// What one policy says of one element of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Judgement {
    /// The policy.
    pub policy: PolicyId,
    /// The verdict.
    pub verdict: Verdict,
    /// The policy's severity.
    pub severity: Severity,
    /// The resource (the top owner of a pod).
    pub resource: Arc<ResourceRef>,
    /// What tells this element from its siblings: a container's name, a hash of a rule; none for the whole object.
    pub element: Option<String>,
    /// Places inside the object, for example `spec.template.spec.containers[0].securityContext.privileged`; for a
    /// failing verdict at least one. A missing field is named by the path it should have.
    pub paths: Vec<String>,
    /// Where in the object the operations of the policy's patch act, as JSON pointers in their order; for a failing
    /// verdict of a policy that has a patch, empty when its element has no place of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patch_paths: Vec<String>,
    /// Whether it is about pods and not about the template that their owner has: the paths are those of a pod then.
    #[serde(default, skip_serializing_if = "is_false")]
    pub in_pods: bool,
    /// The value at the first path as JSON text, shortened; none when the field is absent or redacted.
    pub observed: Option<String>,
    /// Whether the value was withheld because it may be secret.
    pub redacted: bool,
    /// One sentence part without a full stop, for example `container app runs privileged`; never empty.
    pub message: String,
    /// Why it is not evaluated; set exactly then.
    pub reason: Option<Reason>,
    /// What excepts it; for a failing verdict only, which it leaves failing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Arc<Excepted>>,
    /// The identity over time.
    pub fingerprint: Fingerprint,
    /// The document it was read from, for files.
    pub source: Option<SourceRef>,
    /// Where in that file, once located.
    pub place: Option<Place>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// A document in a file: the n-th (from 0) of `file`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceRef {
    /// The path as given on the command line joined with what lies below it, with `/`; `-` for standard input.
    pub file: Arc<str>,
    /// Index of the YAML document in the file, from 0.
    pub document: u32,
    /// Index in a `List`, where the object stood in one.
    pub item: Option<u32>,
}

/// A place in a file: lines and columns from 1, columns in characters; the end is exclusive in columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
}
