//! The shape of `policy.yaml`, `cases.yaml` and framework files, as people write them.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_saphyr::Spanned;

use plimsoll_model::Severity;

/// `policy.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct PolicyFile {
    pub(crate) id: Spanned<String>,
    pub(crate) title: String,
    pub(crate) severity: Severity,
    #[serde(default)]
    pub(crate) lifecycle: Lifecycle,
    #[serde(rename = "match")]
    pub(crate) matches: MatchFile,
    #[serde(default)]
    pub(crate) when: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) unknown: Vec<UnknownFile>,
    #[serde(default)]
    pub(crate) variables: Vec<VariableFile>,
    #[serde(default)]
    pub(crate) each: Pairs,
    pub(crate) expression: Spanned<String>,
    #[serde(default)]
    pub(crate) path: Option<OneOrMany>,
    #[serde(default)]
    pub(crate) message: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) message_expression: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) plural: Option<String>,
    pub(crate) why: String,
    pub(crate) fix: FixFile,
    #[serde(default)]
    pub(crate) needs: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) params: BTreeMap<String, ParamFile>,
    #[serde(default)]
    pub(crate) peers: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) note: Option<String>,
}

/// `match:`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchFile {
    pub(crate) kinds: Vec<String>,
    /// Also pods that a controller made from its template, which otherwise speaks for them.
    #[serde(default)]
    pub(crate) owned: bool,
}

/// A condition under which nobody can tell from what is given: the verdict is *not evaluated*.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnknownFile {
    pub(crate) when: Spanned<String>,
    pub(crate) reason: String,
}

/// One of the policy's own variables.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VariableFile {
    pub(crate) name: Spanned<String>,
    pub(crate) expression: Spanned<String>,
}

/// `fix:`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FixFile {
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) patch: Vec<PatchOp>,
}

/// One step of a patch; the path is relative to the element, or to the object, as `path` is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatchOp {
    /// `add`, `remove` or `replace`.
    pub op: String,
    /// Steps with `/`.
    pub path: String,
    /// The new value.
    #[serde(default)]
    pub value: Option<serde_json::Value>,
}

/// A parameter a tenant may change.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParamFile {
    #[serde(rename = "type")]
    pub(crate) kind: ParamType,
    pub(crate) default: serde_json::Value,
    #[serde(default)]
    #[expect(dead_code, reason = "read by people in the file, and by editors")]
    pub(crate) description: String,
}

/// What a parameter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ParamType {
    /// A list of texts.
    List,
    /// A whole number.
    Int,
    /// A text.
    String,
    /// A boolean.
    Bool,
}

/// How settled a policy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lifecycle {
    /// Judged and reported, never notified.
    Preview,
    /// In force.
    #[default]
    Stable,
    /// Kept for its id; another policy replaces it.
    Deprecated,
}

impl Lifecycle {
    /// The word in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Lifecycle::Preview => "preview",
            Lifecycle::Stable => "stable",
            Lifecycle::Deprecated => "deprecated",
        }
    }
}

/// A text or a list of texts.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    pub(crate) fn list(&self) -> Vec<String> {
        match self {
            OneOrMany::One(one) => vec![one.clone()],
            OneOrMany::Many(many) => many.clone(),
        }
    }
}

/// A map in the order of the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pairs(pub(crate) Vec<(String, Spanned<String>)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> serde::de::Visitor<'de> for InOrder {
            type Value = Pairs;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map from a name to an expression")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// A framework file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FrameworkFile {
    pub(crate) id: String,
    pub(crate) title: String,
    /// For one line among others: `CIS EKS`.
    pub(crate) short: String,
    #[serde(default)]
    pub(crate) applies: Applies,
    #[serde(default, rename = "byChoice")]
    pub(crate) by_choice: bool,
    pub(crate) controls: Vec<Control>,
}

/// Where a framework applies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applies {
    /// `eks`, `gke`, `aks`; none for any cluster.
    #[serde(default)]
    pub provider: Option<String>,
    /// Kubernetes versions, for people.
    #[serde(default)]
    pub kubernetes: Option<String>,
}

/// One control of a framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Its number in the framework.
    pub id: String,
    /// Our own short title.
    pub title: String,
    /// Level 1 or 2; none where the framework has none.
    #[serde(default)]
    pub level: Option<u8>,
    /// Whether it counts for the score (automated) or a person has to look (manual).
    #[serde(default = "yes")]
    pub scored: bool,
    /// The policies that decide it.
    #[serde(default)]
    pub policies: Vec<String>,
    /// Ways to evidence that the Kubernetes API does not give.
    #[serde(default)]
    pub routes: Vec<String>,
}

fn yes() -> bool {
    true
}
