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

/// The actions of a policy document.
fn printed(document: &str) -> BTreeSet<String> {
    let policy: serde_json::Value = serde_json::from_str(document).unwrap();
    let statements = policy["Statement"].as_array().unwrap().iter();
    let actions = statements.flat_map(|statement| statement["Action"].as_array().unwrap());
    actions
        .map(|action| action.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_customers_role_allows_the_printed_actions() {
    let run = Folder::new().run(&["access", "iam"]);
    let template = include_str!("../../infra/onboarding/role.yaml");
    let (_, policies) = template.split_once("\n      Policies:\n").unwrap();
    let policies = policies.split("\nOutputs:").next().unwrap();
    let (always, by_ssm) = policies
        .split_once("        - !If\n          - NodeEvidenceBySsm\n")
        .unwrap();
    let asked = |text: &str| -> BTreeSet<String> {
        let lines = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("Action: "));
        let actions = lines.flat_map(|actions| actions.trim_matches(['[', ']']).split(", "));
        actions.map(str::to_owned).collect()
    };
    assert_eq!(asked(always), printed(&run.out));
    let with_ssm = Folder::new().run(&["access", "iam", "--node-evidence", "ssm"]);
    let added: BTreeSet<String> = &printed(&with_ssm.out) - &printed(&run.out);
    assert_eq!(asked(by_ssm), added);
    let of_terraform = include_str!("../../infra/onboarding/terraform/role/node-evidence-ssm.json");
    assert_eq!(printed(of_terraform), added);
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

#[test]
fn what_a_route_to_nodes_needs_is_printed_on_its_own_side() {
    let by_ssm = [
        "access",
        "iam",
        "--explain",
        "--node-evidence",
        "ssm",
        "--only",
        "kubelet-profiling",
    ];
    let explained = Folder::new().run(&by_ssm);
    let needed = "      - ssm:GetInventory # kubelet-profiling\n";
    assert!(explained.out.contains(needed), "{explained:?}");
    for (side, route, other) in [
        ("iam", "collector", "cluster-role"),
        ("cluster-role", "ssm", "iam"),
    ] {
        let run = Folder::new().run(&["access", side, "--node-evidence", route]);
        assert_eq!(run.code, 2, "{run:?}");
        let mended = format!("plimsoll access {other} --node-evidence {route}");
        assert!(run.err.contains(&mended), "{run:?}");
    }
}
