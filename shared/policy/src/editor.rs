//! The JSON schema by which editors complete and check policies, cases, frameworks, exceptions and attestations.

use plimsoll_model::kind;
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::attestation::AttestationFile;
use crate::cases::Case;
use crate::exception::RuleFile;
use crate::file::{FrameworkFile, PolicyFile};
use crate::kinds::WORKLOAD;

/// One schema for all of them, told apart by what they hold: a list of cases, a list of exceptions or of attestations, a framework with its
/// controls, or else a policy. In the draft that editors know best.
#[must_use]
pub fn editor_schema() -> Value {
    let mut generator = SchemaSettings::draft07().into_generator();
    let [case, rule, attestation, framework, policy] = [
        generator.subschema_for::<Case>(),
        generator.subschema_for::<RuleFile>(),
        generator.subschema_for::<AttestationFile>(),
        generator.subschema_for::<FrameworkFile>(),
        generator.subschema_for::<PolicyFile>(),
    ];
    let list = |item: Schema| json!({ "type": "array", "minItems": 1, "items": item });
    let has = |field: &str| json!({ "type": "array", "contains": { "type": "object", "required": [field] } });
    let policy = json!({
        "allOf": [policy],
        "oneOf": [{ "required": ["message"] }, { "required": ["messageExpression"] }],
    });
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Plimsoll: policies, their cases, frameworks, exceptions and attestations",
        "if": has("approvedBy"),
        "then": list(rule),
        "else": {
            "if": has("framework"),
            "then": list(attestation),
            "else": {
                "if": { "type": "array" },
                "then": list(case),
                "else": {
                    "if": { "type": "object", "required": ["controls"] },
                    "then": framework,
                    "else": policy,
                },
            },
        },
        "definitions": generator.take_definitions(true),
    })
}

/// `match.kinds`.
pub(crate) fn kinds(_: &mut SchemaGenerator) -> Schema {
    let known = kind::all().map(|kind| kind.name);
    let all: Vec<&str> = [WORKLOAD].into_iter().chain(known).collect();
    json_schema!({ "type": "array", "minItems": 1, "items": { "enum": all } })
}

/// `needs`.
pub(crate) fn plurals(_: &mut SchemaGenerator) -> Schema {
    let all: Vec<&str> = kind::all().map(|kind| kind.plural).collect();
    json_schema!({ "type": "array", "items": { "enum": all } })
}
