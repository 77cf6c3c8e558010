//! `policies/schema.json` is what the types say, and every policy, case and framework keeps to it.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests; tests/run shows what was exercised"
)]

use std::path::Path;

use serde_json::Value;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn the_schema_is_that_of_the_types() {
    let file = Path::new(ROOT).join("policies/schema.json");
    let types = serde_json::to_string_pretty(&plimsoll_policy::editor_schema()).unwrap() + "\n";
    if std::env::var_os("PLIMSOLL_WRITE_SCHEMA").is_some() {
        std::fs::write(&file, &types).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(
        written == types,
        "policies/schema.json is not what the types say: write it with PLIMSOLL_WRITE_SCHEMA=1 and read the difference"
    );
}

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&plimsoll_policy::editor_schema()).unwrap()
}

fn complaints(validator: &jsonschema::Validator, text: &str) -> Vec<String> {
    let value: Value = serde_saphyr::from_str(text).unwrap();
    let errors = validator.iter_errors(&value).take(3);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn every_file_below_policies_keeps_to_it() {
    let validator = validator();
    let (mut files, mut wrong) = (0, Vec::new());
    for entry in walkdir::WalkDir::new(Path::new(ROOT).join("policies")) {
        let path = entry.unwrap().into_path();
        if path.extension().is_none_or(|ending| ending != "yaml") {
            continue;
        }
        files += 1;
        let text = std::fs::read_to_string(&path).unwrap();
        let found = complaints(&validator, &text);
        wrong.extend(found.iter().map(|one| format!("{}: {one}", path.display())));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(files > 200, "{files}");
    println!("exercised: {files} files against policies/schema.json");
}

const POLICY: &str = "id: named
title: Pod is called a
severity: low
match: { kinds: [Pod] }
expression: object.metadata.name != \"a\"
message: it is called a
why: An example.
fix: { text: Rename it. }
params: { limit: { type: int, default: 3, max: 5 } }
";

const CASES: &str = "- { name: a, given: { kind: Pod }, expect: fail, paths: [metadata.name] }\n";

const EXCEPTIONS: &str = "- { policy: named, resource: { kind: Pod }, reason: why, approvedBy: ana, until: 2027-01-31 }\n";

const ATTESTATIONS: &str =
    "- { framework: named, control: '1.1', statement: we looked, by: ana, until: 2027-01-31 }\n";

#[test]
fn an_editor_sees_the_mistakes_that_a_scan_would_refuse() {
    let validator = validator();
    for (good, from, to) in [
        (POLICY, "severity: low", "severity: lw"),
        (POLICY, "kinds: [Pod]", "kinds: [Pdo]"),
        (POLICY, "title:", "titel:"),
        (POLICY, "id: named", "id: Named"),
        (POLICY, "message: it is called a\n", ""),
        (POLICY, "type: int", "type: float"),
        (POLICY, "why: An example.", "why: An example.\nneeds: [pod]"),
        (CASES, "expect: fail", "expect: failed"),
        (CASES, "name: a, ", ""),
        (EXCEPTIONS, "reason: why, ", ""),
        (EXCEPTIONS, "resource:", "resources:"),
        (ATTESTATIONS, "by: ana, ", ""),
        (ATTESTATIONS, "control:", "contrl:"),
    ] {
        assert_eq!(complaints(&validator, good), Vec::<String>::new());
        let bad = good.replace(from, to);
        assert_ne!(bad, good);
        assert!(!complaints(&validator, &bad).is_empty(), "{bad}");
    }
}
