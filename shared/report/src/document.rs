//! The parts of a report besides its rows: field names are the public contract of report version 1.

use jiff::Timestamp;
use plimsoll_model::{Attestation, ReasonCode, ResourceRef, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Gate, Row, SeverityCounts, VerdictCounts};

/// The version that the field names belong to. New fields may come without a new version.
pub const SCHEMA_VERSION: &str = "1";

/// Everything about a scan except its rows and the resources by framework, which are streamed.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Who made the report.
    pub tool: Tool,
    /// When: the only field that depends on the clock.
    pub generated_at: Timestamp,
    /// What was looked at.
    pub source: Source,
    /// Parameters of policies that differ from their defaults.
    pub parameters: Vec<Parameter>,
    /// Frameworks with their controls.
    pub frameworks: Vec<Framework>,
    /// How much could be judged.
    pub coverage: Coverage,
    /// Counts and the gate.
    pub summary: Summary,
}

/// A whole report as read back from JSON.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReportDocument {
    /// Always [`SCHEMA_VERSION`].
    pub schema_version: String,
    /// Who made the report.
    pub tool: Tool,
    /// When.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub generated_at: Timestamp,
    /// What was looked at.
    pub source: Source,
    /// Parameters of policies that differ from their defaults; left out when none does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// One row a verdict, in order.
    pub verdicts: Vec<Row>,
    /// Frameworks with controls and resources.
    pub frameworks: Vec<FrameworkSection>,
    /// How much could be judged.
    pub coverage: Coverage,
    /// Counts and the gate.
    pub summary: Summary,
}

/// A parameter of a policy that is not what the policy says itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Parameter {
    /// The policy.
    pub policy: String,
    /// The parameter.
    pub name: String,
    /// Its value in this report.
    pub value: Value,
    /// What the policy says itself.
    pub default: Value,
}

/// Who made a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tool {
    /// `plimsoll`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Hash of the policies in use: `sha256:…`.
    pub catalogue: String,
}

/// Where resources came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SourceType {
    /// A live cluster.
    Cluster,
    /// Files and folders.
    Files,
    /// Standard input.
    Stdin,
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// The kind of source.
    #[serde(rename = "type")]
    pub kind: SourceType,
    /// The cluster's name, or the paths given.
    pub name: String,
    /// The kubeconfig context, for a cluster.
    pub context: Option<String>,
    /// The cluster's version, for example `1.34`.
    pub kubernetes_version: Option<String>,
    /// The cluster's release stage, where known.
    pub stage: Option<String>,
    /// Whether the scan was interrupted.
    pub partial: bool,
    /// What runs the cluster, for example `EKS`, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// How many nodes it has, where they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nodes: Option<u64>,
}

/// A framework in the report's header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Framework {
    /// Its id, for example `cis-eks-1.8.0`.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Proven passes ÷ applicable scored controls in percent, one decimal; none when no scored control applies.
    pub score: Option<f64>,
    /// The score if what is attested is taken for passed; left out where no scored control is attested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score_attested: Option<f64>,
    /// The score if everything not evaluated passed.
    pub score_possible: Option<f64>,
    /// The score of the scan before, where there was one.
    pub previous_score: Option<f64>,
    /// Its controls in its order.
    pub controls: Vec<Control>,
}

/// A control and what its policies say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Control {
    /// Its id in the framework, for example `4.2.1`.
    pub id: String,
    /// The worst verdict of its parts.
    pub verdict: Verdict,
    /// Our short title.
    pub title: String,
    /// Its level, where the framework has levels.
    pub level: Option<u8>,
    /// Whether it counts in the score.
    pub scored: bool,
    /// Failing verdicts.
    pub failed: u64,
    /// Passing verdicts.
    pub passed: u64,
    /// Verdicts nobody could reach.
    pub not_evaluated: u64,
    /// Failing verdicts that are excepted.
    pub excepted: u64,
    /// The policies it lists.
    pub policies: Vec<String>,
    /// Who says that it holds, where nothing measures it; the verdict stays as it is.
    pub attestation: Option<AttestationNote>,
}

/// A person's word for a control, as reports write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttestationNote {
    /// Who says so and answers for it.
    pub by: String,
    /// When it ends.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub until: Timestamp,
    /// The evidence, as a text or a link.
    pub statement: String,
    /// The clusters it is about, as a glob; every one if none.
    pub cluster: Option<String>,
}

impl From<Attestation> for AttestationNote {
    fn from(attestation: Attestation) -> Self {
        Self {
            by: attestation.by,
            until: attestation.until,
            statement: attestation.statement,
            cluster: attestation.cluster,
        }
    }
}

/// A framework as read back: its header and its resources.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FrameworkSection {
    /// Score and controls.
    #[serde(flatten)]
    pub framework: Framework,
    /// Each resource at least one of its policies matched, with the worst verdict.
    pub resources: Vec<FrameworkResource>,
}

/// A resource under a framework.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FrameworkResource {
    /// The resource.
    pub resource: ResourceRef,
    /// Its file, where it came from one.
    pub file: Option<String>,
    /// The worst verdict of the framework's policies about it.
    pub verdict: Verdict,
}

/// How much could be judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Policies selected that this kind of source could hold something for.
    pub policies_applicable: u32,
    /// Of those, evaluated on everything.
    pub policies_evaluated: u32,
    /// Their ratio in percent, one decimal.
    pub percent: f64,
    /// What was not read, and how many policies miss it.
    pub unread: Vec<Unread>,
    /// What happened to files.
    pub files: Files,
}

impl Coverage {
    /// Evaluated ÷ applicable in percent, rounded to one decimal, but below 100 unless all are evaluated; 100 when no
    /// policy applies.
    #[must_use]
    pub fn percent_of(evaluated: u32, applicable: u32) -> f64 {
        if evaluated >= applicable {
            return 100.0;
        }
        let share = f64::from(evaluated) / f64::from(applicable);
        ((share * 1_000.0).round() / 10.0).min(99.9)
    }
}

/// An input that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Unread {
    /// What it is, for example `list clusterroles` or `node settings`.
    pub input: String,
    /// Why.
    pub reason: ReasonCode,
    /// How many policies are not evaluated for it.
    pub policies: u32,
    /// The command that mends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
    /// Controls that stay open for it, in the framework's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<String>,
}

/// What happened to files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Files {
    /// Files read and judged.
    pub read: u64,
    /// Files that hold nothing of Kubernetes.
    pub skipped: u64,
    /// Files that could not be read.
    pub failed: Vec<FailedFile>,
}

/// A file, or a part of one, that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FailedFile {
    /// The file as given.
    pub file: String,
    /// Line, where known.
    pub line: Option<u32>,
    /// Column, where known.
    pub column: Option<u32>,
    /// The diagnostic's code, for example `not-yaml`.
    pub code: String,
    /// What is wrong.
    pub message: String,
}

/// Counts of a scan; of all verdicts, shown or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Objects judged.
    pub resources: u64,
    /// Verdicts by kind.
    pub verdicts: VerdictCounts,
    /// Failing verdicts by severity, excepted ones not counted.
    pub fail_by_severity: SeverityCounts,
    /// Failing verdicts that are excepted.
    pub excepted: u64,
    /// When the next of their exceptions ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub next_expiry: Option<Timestamp>,
    /// The gate and what it decided.
    pub gate: Gate,
}
