//! `plimsoll.schema.json` is what the types say, and reports keep to it.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests; tests/run shows what was exercised"
)]

use std::path::Path;
use std::process::Command;

use plimsoll_report::ReportDocument;
use schemars::generate::SchemaSettings;
use serde_json::Value;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    generator
        .into_root_schema_for::<ReportDocument>()
        .to_value()
}

#[test]
fn the_schema_is_that_of_the_types() {
    let file = Path::new(ROOT).join("plimsoll.schema.json");
    let types = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("PLIMSOLL_WRITE_SCHEMA").is_some() {
        std::fs::write(&file, &types).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(
        written == types,
        "plimsoll.schema.json is not what the types say: write it with PLIMSOLL_WRITE_SCHEMA=1 and read the difference"
    );
}

#[test]
fn reports_keep_to_it() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let mut verdicts = 0;
    for folder in ["shared/world/data", "shared/inventory/tests/corpus"] {
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["scan", folder, "--format", "json", "--verdicts", "all"])
            .current_dir(ROOT)
            .env("XDG_CONFIG_HOME", "/none") // not the developer's own settings
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let wrong: Vec<String> = validator
            .iter_errors(&report)
            .take(5)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{folder}: {wrong:#?}");
        verdicts += report["verdicts"].as_array().unwrap().len();
    }
    assert!(verdicts > 1000, "{verdicts}");
    println!("exercised: {verdicts} verdicts in reports against plimsoll.schema.json");
}
