//! What a customer is asked for is what `plimsoll access` prints, and nothing more.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use support::Folder;

#[test]
fn the_committed_cluster_role_is_the_printed_one() {
    let run = Folder::new().run(&["access", "cluster-role"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let committed = include_str!("../../infra/onboarding/plimsoll-readers.yaml");
    assert!(
        run.out == committed,
        "write infra/onboarding/plimsoll-readers.yaml with `plimsoll access cluster-role` and read the difference"
    );
    let lists = committed.lines().filter(|line| line.contains("resources:"));
    assert!(lists.clone().count() > 3);
    assert_eq!(
        lists
            .filter(|list| list.contains("[secrets") || list.contains(" secrets"))
            .count(),
        0
    );
}

#[test]
fn the_customers_role_allows_the_printed_actions() {
    let run = Folder::new().run(&["access", "iam"]);
    let policy: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let printed: BTreeSet<&str> = policy["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|statement| statement["Action"].as_array().unwrap())
        .map(|action| action.as_str().unwrap())
        .collect();
    let template = include_str!("../../infra/onboarding/role.yaml");
    let (_, policies) = template.split_once("\n      Policies:\n").unwrap();
    let policies = policies.split("\nOutputs:").next().unwrap();
    let asked: BTreeSet<&str> = policies
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Action: "))
        .flat_map(|actions| actions.trim_matches(['[', ']']).split(", "))
        .collect();
    assert_eq!(asked, printed);
    let terraform = include_str!("../../infra/onboarding/terraform/role/read.json");
    assert!(
        run.out == terraform,
        "write infra/onboarding/terraform/role/read.json with `plimsoll access iam`"
    );
}

#[test]
fn every_action_is_explained_by_the_policies_that_need_it() {
    let plain = Folder::new().run(&["access", "iam"]);
    let plain: serde_json::Value = serde_json::from_str(&plain.out).unwrap();
    let explained = Folder::new().run(&["access", "iam", "--explain"]);
    let document: serde_json::Value = serde_saphyr::from_str(&explained.out).unwrap();
    assert_eq!(document, plain, "comments say nothing to IAM");
    let lines = explained
        .out
        .lines()
        .filter(|line| line.starts_with("      - "));
    assert!(lines.clone().count() > 60);
    for line in lines {
        assert!(!line.contains("none of the policies"), "{line}");
    }
    let needed = "      - guardduty:GetFindingsStatistics # guardduty-high-findings\n";
    assert!(explained.out.contains(needed), "{}", explained.out);
    assert!(
        explained
            .out
            .contains("- eks:ListClusters # clusters are found by it\n")
    );
    let one = Folder::new().run(&[
        "access",
        "iam",
        "--explain",
        "--only",
        "guardduty-high-findings",
    ]);
    let none = "      - acm:ListCertificates # none of the policies in use\n";
    assert!(one.out.contains(none), "{}", one.out);
}
