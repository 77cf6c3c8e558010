//! A resource that says it is accepted: nobody is told, nothing is closed, and everybody can see it.

use plimsoll_model::FindingState;
use serde_json::json;

use super::*;

const POLICY: &str = "privileged-container";

#[tokio::test(flavor = "multi_thread")]
async fn an_annotation_keeps_a_finding_quiet_and_open_until_it_ends() {
    let nights = Nights::new();
    // The first scan only makes a baseline.
    let service = nights.start(0).await;
    nights.show(
        &json!({ "except.plimsoll.io/privileged-container": "loads modules, until 2026-10-29" }),
    );
    nights.go_on(&service, 1).await;
    let [finding] = &findings(&service, POLICY).await[..] else {
        panic!("one finding");
    };
    assert_eq!(finding.state, FindingState::Open);
    assert_eq!(finding.excepted.as_ref().unwrap().reason, "loads modules");
    assert!(incidents(&service, POLICY).await.is_empty());

    let others = acme(&service).open_incidents(None).await.unwrap();
    assert!(!others.is_empty(), "its other findings are told");
    let scan = cluster(&service).await;
    let counts = acme(&service).recent_scans(&scan.id, 1).await.unwrap()[0].counts;
    assert_eq!(counts.excepted, 1);
    assert_eq!(
        audit(&service, "findingsExcepted").await,
        ["prod-eu-1: 1 finding of privileged-container excepted by annotations; still failing"]
    );

    // The last day has passed.
    nights.go_on(&service, 4).await;
    assert_eq!(findings(&service, POLICY).await[0].excepted, None);
    let [incident] = &incidents(&service, POLICY).await[..] else {
        panic!("one incident");
    };
    assert_eq!(incident.open.len(), 1);
    assert!(incident.told_at.is_some());
    assert_eq!(audit(&service, "exceptionsEnded").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_that_was_told_leaves_its_incident_when_it_is_excepted_and_is_not_called_fixed() {
    let nights = Nights::new();
    let service = nights.start(0).await;
    nights.show(&json!({}));
    nights.go_on(&service, 1).await;
    assert_eq!(incidents(&service, POLICY).await.len(), 1);
    nights.show(&json!({ "except.plimsoll.io/privileged-container": "loads modules" }));
    nights.go_on(&service, 2).await;
    assert!(incidents(&service, POLICY).await.is_empty());
    let finding = &findings(&service, POLICY).await[0];
    assert_eq!(
        (finding.state, finding.resolved),
        (FindingState::Open, None)
    );
    let said = std::fs::read_dir(nights.path().join("slack")).unwrap();
    let said = said.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let said: Vec<String> = said.filter(|text| text.contains("still failing")).collect();
    assert!(!said.is_empty(), "the message says that it was excepted");
    // And it is there again when the annotation is taken away.
    nights.show(&json!({}));
    nights.go_on(&service, 3).await;
    assert_eq!(incidents(&service, POLICY).await.len(), 1);
}
