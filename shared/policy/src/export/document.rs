//! The documents, in the order in which people read them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::sources::Sources;
use super::{Action, ExportOptions, Pair};
use crate::catalogue::Policy;

const API_VERSION: &str = "admissionregistration.k8s.io/v1";

/// A ValidatingAdmissionPolicy.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AdmissionPolicy {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    spec: Spec,
}

/// A ValidatingAdmissionPolicyBinding.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Binding {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    spec: BindingSpec,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct BindingSpec {
    policy_name: String,
    validation_actions: Vec<Action>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Metadata {
    name: String,
    labels: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<&'static str, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spec {
    /// An expression that errs refuses: with us it is *not evaluated*, and what was not evaluated did not pass.
    failure_policy: &'static str,
    match_constraints: Constraints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    match_conditions: Vec<Condition>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variables: Vec<Variable>,
    validations: [Validation; 1],
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Constraints {
    resource_rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    api_groups: [&'static str; 1],
    api_versions: [&'static str; 1],
    operations: [&'static str; 2],
    pub(super) resources: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Condition {
    pub(super) name: String,
    pub(super) expression: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) expression: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Validation {
    pub(super) expression: String,
    pub(super) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message_expression: Option<String>,
}

impl Rule {
    pub(super) fn new(group: &'static str, version: &'static str, resources: Vec<String>) -> Self {
        Self {
            api_groups: [group],
            api_versions: [version],
            operations: ["CREATE", "UPDATE"],
            resources,
        }
    }

    pub(super) fn group(&self) -> &str {
        self.api_groups[0]
    }

    pub(super) fn version(&self) -> &str {
        self.api_versions[0]
    }
}

impl Spec {
    pub(super) fn new(
        resource_rules: Vec<Rule>,
        match_conditions: Vec<Condition>,
        variables: Vec<Variable>,
        validation: Validation,
    ) -> Self {
        Self {
            failure_policy: "Fail",
            match_constraints: Constraints { resource_rules },
            match_conditions,
            variables,
            validations: [validation],
        }
    }
}

/// The two documents of one shape.
pub(super) fn pair(
    policy: &Policy,
    options: &ExportOptions,
    sources: &Sources,
    suffix: &str,
    spec: Spec,
) -> Pair {
    let name = format!("plimsoll-{}{suffix}", policy.id);
    let labels = BTreeMap::from([
        ("app.kubernetes.io/managed-by", "plimsoll".to_owned()),
        ("plimsoll.io/policy", policy.id.to_string()),
        ("plimsoll.io/severity", policy.severity.to_string()),
    ]);
    let mut annotations = BTreeMap::from([
        ("plimsoll.io/title", policy.title.clone()),
        ("plimsoll.io/why", policy.why.clone()),
        ("plimsoll.io/fix", policy.fix.clone()),
    ]);
    let unknown: Vec<&str> = sources
        .unknown
        .iter()
        .map(|(_, reason)| reason.as_str())
        .collect();
    if !unknown.is_empty() {
        annotations.insert("plimsoll.io/admits-where-unknown", unknown.join("; "));
    }
    if sources.names("version") {
        annotations.insert("plimsoll.io/kubernetes", options.kubernetes.clone());
    }
    Pair {
        binding: Binding {
            api_version: API_VERSION,
            kind: "ValidatingAdmissionPolicyBinding",
            metadata: Metadata {
                name: name.clone(),
                labels: labels.clone(),
                annotations: BTreeMap::new(),
            },
            spec: BindingSpec {
                policy_name: name.clone(),
                validation_actions: options.actions.clone(),
            },
        },
        policy: AdmissionPolicy {
            api_version: API_VERSION,
            kind: "ValidatingAdmissionPolicy",
            metadata: Metadata {
                name,
                labels,
                annotations,
            },
            spec,
        },
    }
}
