//! Every setting that a policy reads is one that the table has.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;
use serde_json::Value;

use crate::kubelet::SETTINGS;

/// Functions of lists, texts and optionals that stand where a member would.
const FUNCTIONS: [&str; 6] = ["all", "contains", "join", "matches", "orValue", "size"];

/// The paths below `object.kubelet` that policies name.
fn read() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/node");
    let paths = Regex::new(r"object\.kubelet((?:\.\??[A-Za-z0-9]+)+)").unwrap();
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path().join("policy.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        let policy: Value = yaml_serde::from_str(&text).unwrap();
        let when = policy["when"].as_array().into_iter().flatten();
        for expression in when.chain([&policy["expression"]]) {
            for path in paths.captures_iter(expression.as_str().unwrap_or_default()) {
                let steps = path[1].split('.').map(|step| step.trim_start_matches('?'));
                let members: Vec<&str> = steps
                    .filter(|step| !step.is_empty())
                    .take_while(|step| !FUNCTIONS.contains(step))
                    .collect();
                found.insert(members.join("."));
            }
        }
    }
    found
}

#[test]
fn every_setting_that_policies_read_is_decided() {
    let read = read();
    let decided: BTreeSet<String> = SETTINGS.iter().map(|one| one.path.to_owned()).collect();
    assert_eq!(read, decided);
}
