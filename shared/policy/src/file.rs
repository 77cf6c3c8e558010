//! The shape of `policy.yaml`, `cases.yaml` and framework files, as people write them.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_saphyr::Spanned;

use plimsoll_model::Severity;

/// One rule: what it is about, when it holds, why it matters and how it is mended.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct PolicyFile {
    /// Permanent, the folder's name; it says what is wrong.
    #[cfg_attr(
        feature = "schema",
        schemars(
            with = "String",
            length(min = 1, max = 63),
            regex(pattern = "^[a-z0-9-]+$")
        )
    )]
    pub(crate) id: Spanned<String>,
    /// What is wrong, in a few words.
    pub(crate) title: String,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// How settled it is; a preview is judged and shown, and nobody is told.
    #[serde(default)]
    pub(crate) lifecycle: Lifecycle,
    /// Which objects it is about.
    #[serde(rename = "match")]
    pub(crate) matches: MatchFile,
    /// Conditions in CEL; one that is false makes the policy not applicable.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub(crate) when: Vec<Spanned<String>>,
    /// Conditions under which nobody can tell from what is given; each with its reason.
    #[serde(default)]
    pub(crate) unknown: Vec<UnknownFile>,
    /// Named parts of the expression, in order: each may read those before it.
    #[serde(default)]
    pub(crate) variables: Vec<VariableFile>,
    /// One verdict for each element of these lists, each bound to its name.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, String>"))]
    pub(crate) each: Pairs,
    /// CEL: true passes, false fails, an error is not evaluated.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub(crate) expression: Spanned<String>,
    /// The field to point at, inside the element; several if each may be the place. May be left out when the expression
    /// reads one chain of fields.
    #[serde(default)]
    pub(crate) path: Option<OneOrMany>,
    /// What to say of a finding; begins with the thing, has no full stop.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub(crate) message: Option<Spanned<String>>,
    /// The same as an expression that gives a text.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub(crate) message_expression: Option<Spanned<String>>,
    /// Words for many findings at once: containers run privileged.
    #[serde(default)]
    pub(crate) plural: Option<String>,
    /// What an attacker or an accident makes of it.
    pub(crate) why: String,
    /// How to mend it.
    pub(crate) fix: FixFile,
    /// Other lists that are joined; where one cannot be read the verdict is not evaluated.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::editor::plurals"))]
    pub(crate) needs: Vec<Spanned<String>>,
    /// Lists, numbers and texts that whoever uses the policy may change.
    #[serde(default)]
    pub(crate) params: BTreeMap<String, ParamFile>,
    /// Other tools' ids of the same check.
    #[serde(default)]
    pub(crate) peers: BTreeMap<String, Vec<String>>,
    /// Where tools or standards read the rule differently.
    #[serde(default)]
    pub(crate) note: Option<String>,
}

/// Which objects a policy is about.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchFile {
    /// Kinds; Workload stands for every built-in kind with a pod template, Cluster for the cluster itself.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::editor::kinds"))]
    pub(crate) kinds: Vec<String>,
    /// Also pods that a controller made from its template, which otherwise speaks for them.
    #[serde(default)]
    pub(crate) owned: bool,
}

/// A condition under which nobody can tell from what is given: the verdict is *not evaluated*.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct UnknownFile {
    /// CEL; true makes the verdict not evaluated.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub(crate) when: Spanned<String>,
    /// What is missing, in words.
    pub(crate) reason: String,
}

/// One of the policy's own variables.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct VariableFile {
    /// Read as variables.NAME.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub(crate) name: Spanned<String>,
    /// CEL; evaluated once, when it is first read.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub(crate) expression: Spanned<String>,
}

/// How a finding is mended.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct FixFile {
    /// In words.
    pub(crate) text: String,
    /// As a patch. It is made by machine unless it has a risk.
    #[serde(default)]
    pub(crate) patch: Vec<PatchOp>,
    /// What the patch may break, or what has to be known first; a patch with a risk is shown and never made by machine.
    #[serde(default)]
    pub(crate) risk: Option<String>,
}

/// One step of a patch; the path is relative to the element, or to the object, as `path` is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PatchOp {
    /// `add`, `remove` or `replace`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["add", "remove", "replace"])))]
    pub op: String,
    /// Steps with `/`.
    pub path: String,
    /// The new value.
    #[serde(default)]
    pub value: Option<serde_json::Value>,
}

/// A parameter that whoever uses the policy may change.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ParamFile {
    /// What it holds.
    #[serde(rename = "type")]
    pub(crate) kind: ParamType,
    /// The value where nobody says another.
    pub(crate) default: serde_json::Value,
    /// What it means, for people.
    #[serde(default)]
    pub(crate) description: String,
    /// The least number it may be.
    #[serde(default)]
    pub(crate) min: Option<i64>,
    /// The greatest number it may be.
    #[serde(default)]
    pub(crate) max: Option<i64>,
    /// The texts it, or each item of a list, may be; empty for any.
    #[serde(default)]
    pub(crate) values: Vec<String>,
}

/// What a parameter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ParamType {
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// Which policies a benchmark's controls stand for.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct FrameworkFile {
    /// Its id, with the version: cis-eks-1.8.0.
    pub(crate) id: String,
    /// Title for people.
    pub(crate) title: String,
    /// For one line among others: `CIS EKS`.
    pub(crate) short: String,
    /// Where it applies.
    #[serde(default)]
    pub(crate) applies: Applies,
    /// Whether it is scored only when somebody asks for it by name.
    #[serde(default, rename = "byChoice")]
    pub(crate) by_choice: bool,
    /// Its controls in order.
    pub(crate) controls: Vec<Control>,
}

/// Where a framework applies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
