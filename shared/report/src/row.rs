//! One verdict as the JSON report writes it: the value that every rendering is a function of.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use plimsoll_model::{
    Excepted, ExceptionOrigin, Fingerprint, Judgement, PolicyId, Reason, ReasonCode, ResourceRef,
    Severity, Verdict,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{PolicyFacts, Repeated};

/// A verdict in a report. Field names are the public contract of report version 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Policy id.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub policy: PolicyId,
    /// The policy's title.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub title: Repeated<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// The policy's severity.
    pub severity: Severity,
    /// The resource judged.
    #[cfg_attr(feature = "schema", schemars(with = "ResourceRef"))]
    pub resource: Arc<ResourceRef>,
    /// The file as given, with `/`; `-` for standard input; none for live objects.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub file: Option<Arc<str>>,
    /// First line of the place, from 1, in the file as given.
    pub line: Option<u32>,
    /// First column, from 1, in characters.
    pub column: Option<u32>,
    /// Last line of the place.
    pub end_line: Option<u32>,
    /// Column after the last character of the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
    /// Index of the document in the file, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<u32>,
    /// Index in a `List`, where the object stood in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    /// Places inside the object; at least one for `fail`.
    pub paths: Vec<String>,
    /// The value at the first path as JSON text.
    pub observed: Option<String>,
    /// Whether the value was withheld.
    #[serde(default)]
    pub redacted: bool,
    /// Never empty.
    pub message: String,
    /// Why it is not evaluated; set exactly then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RowReason>,
    /// Controls that count this policy: `cis-eks-1.8.0/4.2.1`.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub controls: Repeated<Vec<String>>,
    /// The identity over time.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub fingerprint: Fingerprint,
    /// Since when this fails, where that is known.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub first_seen: Option<Timestamp>,
    /// The exception that covers it, which leaves it `fail`.
    #[serde(default)]
    pub exception: Option<ExceptionNote>,
    /// How to mend it; for `fail` only.
    #[serde(default)]
    pub fix: Option<Fix>,
}

/// Why something is not evaluated, as reports write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RowReason {
    /// The kind of reason.
    pub code: ReasonCode,
    /// What is missing.
    pub need: String,
    /// The command that mends it.
    #[serde(default)]
    pub mend: Option<String>,
}

impl From<Reason> for RowReason {
    fn from(reason: Reason) -> Self {
        Self {
            code: reason.code,
            need: reason.need,
            mend: reason.mend,
        }
    }
}

/// An accepted finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExceptionNote {
    /// What says it: the annotation's name, or the file and line of the rule.
    pub id: String,
    /// Where it is said.
    pub origin: ExceptionOrigin,
    /// Why it is accepted.
    pub reason: String,
    /// When it ends.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub until: Option<Timestamp>,
    /// Who approved it; none where only the object itself says it.
    pub approved_by: Option<String>,
}

impl From<&Excepted> for ExceptionNote {
    fn from(excepted: &Excepted) -> Self {
        Self {
            id: excepted.id.clone(),
            origin: excepted.origin,
            reason: excepted.reason.clone(),
            until: excepted.until,
            approved_by: excepted.approved_by.clone(),
        }
    }
}

/// How to mend a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fix {
    /// In words.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub text: Repeated<String>,
    /// As a JSON patch (RFC 6902) of the object; empty where no patch can be given.
    pub patch: Vec<PatchOp>,
}

/// One operation of a JSON patch (RFC 6902).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PatchOp {
    /// `remove`, `replace` or `add`.
    pub op: String,
    /// Absolute JSON pointer in a [`Row`]; relative to the element in a [`PolicyFacts`].
    pub path: String,
    /// The value to set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

impl Row {
    /// The row of a judgement, with what its policy adds. An empty message becomes the policy's title.
    #[must_use]
    pub fn of(judgement: Judgement, policy: &PolicyFacts) -> Self {
        let fix = (judgement.verdict == Verdict::Fail).then(|| Fix {
            text: policy.fix_text.clone(),
            patch: patch_of(&judgement, policy),
        });
        let (file, document, item) = judgement.source.map_or((None, None, None), |source| {
            (Some(source.file), Some(source.document), source.item)
        });
        let message = if judgement.message.is_empty() {
            String::clone(&policy.title)
        } else {
            judgement.message
        };
        Self {
            policy: judgement.policy,
            title: policy.title.clone(),
            verdict: judgement.verdict,
            severity: judgement.severity,
            resource: judgement.resource,
            file,
            line: judgement.place.map(|place| place.line),
            column: judgement.place.map(|place| place.column),
            end_line: judgement.place.map(|place| place.end_line),
            end_column: judgement.place.map(|place| place.end_column),
            document,
            item,
            paths: judgement.paths,
            observed: judgement.observed,
            redacted: judgement.redacted,
            message,
            reason: judgement.reason.map(RowReason::from),
            controls: policy.controls.clone(),
            fingerprint: judgement.fingerprint,
            first_seen: None,
            exception: judgement.exception.as_deref().map(ExceptionNote::from),
            fix,
        }
    }

    /// Whether the judged field is not there at all, so that its place is the nearest existing parent.
    #[must_use]
    pub fn field_is_absent(&self) -> bool {
        self.observed.is_none() && !self.redacted
    }

    /// The message, and for an excepted finding why it is accepted, and how long.
    #[must_use]
    pub fn message_text(&self) -> Cow<'_, str> {
        let Some(note) = &self.exception else {
            return Cow::Borrowed(&self.message);
        };
        let until = note.until.map(|until| until.strftime(", until %-d %b %Y"));
        let until = until.map(|until| until.to_string()).unwrap_or_default();
        Cow::Owned(format!(
            "{} (accepted: {}{until})",
            self.message, note.reason
        ))
    }

    /// `file:line:column` for people and editors; column and line are 1 where they are not known. The long name of
    /// the resource for live objects.
    #[must_use]
    pub fn place_text(&self) -> String {
        match &self.file {
            Some(file) => format!(
                "{file}:{}:{}",
                self.line.unwrap_or(1),
                self.column.unwrap_or(1)
            ),
            None => self.resource.long_name(),
        }
    }
}

/// The policy's patch, placed where this verdict failed; empty when it has no place there.
fn patch_of(judgement: &Judgement, policy: &PolicyFacts) -> Vec<PatchOp> {
    if policy.fix_patch.len() != judgement.patch_paths.len() {
        return Vec::new();
    }
    let placed = policy.fix_patch.iter().zip(&judgement.patch_paths);
    placed
        .map(|(op, path)| PatchOp {
            path: path.clone(),
            ..op.clone()
        })
        .collect()
}
