//! The folders of policies: each complete, each named as its policy, each reachable from frameworks by a
//! name that exists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::tree;

/// `policies/AREA/ID` for every policy.
fn policy_folders() -> Vec<PathBuf> {
    tree::files_ending("policy.yaml")
        .into_iter()
        .filter(|path| path.starts_with("policies") && path.components().count() == 4)
        .map(|path| path.parent().unwrap().to_owned())
        .collect()
}

fn ids() -> BTreeSet<String> {
    policy_folders().iter().map(|folder| name(folder)).collect()
}

fn name(folder: &Path) -> String {
    folder.file_name().unwrap().to_string_lossy().into_owned()
}

#[test]
fn every_policy_has_cases() {
    let mut complaints = Vec::new();
    let mut cases = 0;
    for folder in policy_folders() {
        let file = folder.join("cases.yaml");
        if !tree::root().join(&file).exists() {
            complaints.push(format!("{} is missing", file.display()));
            continue;
        }
        let text = tree::text(&file);
        let count = |word: &str| text.matches(&format!("expect: {word}")).count();
        if count("fail") == 0 || count("pass") == 0 {
            complaints.push(format!(
                "{} needs a case that passes and one that fails",
                file.display()
            ));
        }
        cases += text.matches("expect: ").count();
    }
    println!(
        "exercised: {} policy folders with {cases} cases for completeness",
        policy_folders().len()
    );
    assert!(
        policy_folders().len() >= 30,
        "only {} policies",
        policy_folders().len()
    );
    tree::assert_none(&complaints);
}

#[test]
fn ids_are_folder_names_and_unique() {
    let mut complaints = Vec::new();
    let mut seen = BTreeSet::new();
    for folder in policy_folders() {
        let text = tree::text(&folder.join("policy.yaml"));
        let id = text
            .lines()
            .find_map(|line| line.strip_prefix("id:"))
            .unwrap_or_default();
        let id = id.split('#').next().unwrap_or_default().trim();
        if id != name(&folder) {
            complaints.push(format!("{}: its id is `{id}`", folder.display()));
        }
        if !seen.insert(name(&folder)) {
            complaints.push(format!("{}: the id is there twice", folder.display()));
        }
    }
    tree::assert_none(&complaints);
}

#[test]
fn nothing_else_lies_among_the_policies() {
    let allowed = |path: &PathBuf| {
        path.starts_with("policies/frameworks")
            || path.ends_with("policy.yaml")
            || path.ends_with("cases.yaml")
            || path.ends_with("README.md")
            || path.components().count() == 2
    };
    let complaints: Vec<String> = tree::files()
        .iter()
        .filter(|path| path.starts_with("policies") && !allowed(path))
        .map(|path| format!("{}: what is it?", path.display()))
        .collect();
    tree::assert_none(&complaints);
}

#[test]
fn frameworks_name_policies_that_exist() {
    let ids = ids();
    let mut complaints = Vec::new();
    for path in tree::files_ending(".yaml") {
        if !path.starts_with("policies/frameworks") {
            continue;
        }
        let framework: serde_json::Value = serde_saphyr::from_str(&tree::text(&path)).unwrap();
        for control in framework["controls"].as_array().unwrap() {
            for policy in control["policies"].as_array().into_iter().flatten() {
                let policy = policy.as_str().unwrap();
                if !ids.contains(policy) {
                    complaints.push(format!(
                        "{}: {}: no policy {policy}",
                        path.display(),
                        control["id"]
                    ));
                }
            }
        }
    }
    tree::assert_none(&complaints);
}
