//! Policies of a tenant's own: judged with the others, told of, and of a broken one the last good version goes on.

use plimsoll_model::FindingState;
use serde_json::json;

use super::*;

const OWN: &str = "policies = \"own\"\n";

const TEAM: &str = "id: team-label-missing
title: Deployment names no team
severity: high
match: { kinds: [Deployment] }
expression: object.metadata.?labels.?team.hasValue()
path: metadata.labels.team
message: nobody owns it
plural: Deployments name no team
why: Nobody is told of what nobody owns.
fix: { text: Add the label. }
";

const CASES: &str =
    "- { name: none, given: { kind: Deployment }, expect: fail, paths: [metadata.labels.team] }\n";

fn write(nights: &Nights, id: &str, policy: &str) {
    let folder = nights.path().join("own").join(id);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("policy.yaml"), policy).unwrap();
    std::fs::write(folder.join("cases.yaml"), CASES).unwrap();
}

async fn failing(service: &Service) -> Vec<(String, FindingState)> {
    let found = findings(service, "team-label-missing").await;
    found
        .into_iter()
        .map(|one| (one.message, one.state))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_policy_finds_and_tells_and_its_last_good_version_outlives_a_broken_one() {
    let nights = Nights::new();
    write(&nights, "team-label-missing", TEAM);
    let (service, in_force) = nights.start_with(0, OWN).await;
    assert_eq!((in_force.policies, in_force.refused.len()), (1, 0));
    nights.show(&json!({}));
    nights.go_on(&service, 1).await;
    assert_eq!(
        failing(&service).await,
        [("nobody owns it".to_owned(), FindingState::Open)]
    );
    let incidents = incidents(&service, "team-label-missing").await;
    assert_eq!(incidents[0].title, "Deployments name no team");
    assert_eq!(
        audit(&service, "policyAccepted").await,
        ["version 1 is in force"]
    );
    drop(service);

    // Broken, and another one that shadows what is built in: the process starts, says so, and the first goes on.
    write(
        &nights,
        "team-label-missing",
        &TEAM.replace("object.metadata", "objct.metadata"),
    );
    write(
        &nights,
        "host-pid",
        &TEAM.replace("team-label-missing", "host-pid"),
    );
    let (service, in_force) = nights.start_with(2, OWN).await;
    assert_eq!(in_force.policies, 1);
    let said: Vec<String> = in_force
        .refused
        .iter()
        .map(|one| {
            let (line, column) = one.place.unwrap();
            let file = one.file.as_deref().unwrap().rsplit('/').nth(1).unwrap();
            format!(
                "{file}:{line}:{column}: {}; {}",
                one.message,
                one.effect.as_deref().unwrap()
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            "host-pid:1:5: the id `host-pid` is that of a built-in policy; the policy is not in force",
            "team-label-missing:5:13: `objct` is not declared; version 1 of 27 Oct 2026 stays in force",
        ]
    );
    assert_eq!(audit(&service, "policyRefused").await.len(), 2);
    assert_eq!(
        failing(&service).await,
        [("nobody owns it".to_owned(), FindingState::Open)]
    );
    nights.go_on(&service, 3).await;
    assert_eq!(
        failing(&service).await[0].1,
        FindingState::Open,
        "version 1 is judged on"
    );
    drop(service);

    // Mended, with other words: a new version.
    write(
        &nights,
        "team-label-missing",
        &TEAM.replace("nobody owns it", "it has no owner"),
    );
    let (service, in_force) = nights.start_with(4, OWN).await;
    assert_eq!((in_force.policies, in_force.refused.len()), (1, 1));
    assert_eq!(failing(&service).await[0].0, "it has no owner");
    drop(service);

    // Taken out of the configuration: not judged any more.
    let (service, in_force) = nights.start_with(5, "").await;
    assert_eq!(in_force.policies, 0);
    assert_eq!(failing(&service).await[0].1, FindingState::Resolved);
    assert_eq!(audit(&service, "policyRemoved").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_sets_parameters_of_built_in_policies_and_of_its_own() {
    let nights = Nights::new();
    let policy = TEAM
        .replace(
            "?team.hasValue()",
            "orValue({}).exists(key, key in params.names)",
        )
        .replace(
            "path: ",
            "params: { names: { type: list, default: [team] } }\npath: ",
        );
    write(&nights, "team-label-missing", &policy);
    let params = "params.image-registry-not-allowed.registries = [\"ghcr.io\"]\nparams.team-label-missing.names = [\"owner\"]\n";
    let (service, in_force) = nights.start_with(0, &format!("{OWN}{params}")).await;
    assert_eq!((in_force.refused.len(), in_force.wrong.len()), (0, 0));
    nights.show(&json!({}));
    nights.go_on(&service, 1).await;
    assert_eq!(
        findings(&service, "image-registry-not-allowed").await.len(),
        1
    );
    drop(service);
    let wrong = params.replace("[\"owner\"]", "3");
    let (_service, in_force) = nights.start_with(2, &format!("{OWN}{wrong}")).await;
    let [wrong] = &in_force.wrong[..] else {
        panic!("{:?}", in_force.wrong);
    };
    assert_eq!(
        wrong.message,
        "team-label-missing.names: 3 is not a list of texts"
    );
    assert_eq!(wrong.place, Some((11, 27)));
}
