use std::collections::BTreeMap;

use plimsoll_model::{Severity, Stage};

use super::*;

pub(crate) const EXAMPLE: &str = include_str!("example.yaml");

/// All mistakes of a document as one text, one a line.
fn mistakes(text: &str) -> String {
    let errors = EscalationPolicy::parse(text).unwrap_err();
    let line = |error: &DocumentError| match &error.help {
        Some(help) => format!("{error} ({help})"),
        None => error.to_string(),
    };
    errors.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The example with one text replaced.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(EXAMPLE.matches(from).count(), 1, "{from}");
    EXAMPLE.replace(from, to)
}

#[test]
fn the_example_is_read_whole() {
    let policy = EscalationPolicy::parse(EXAMPLE).unwrap();
    assert_eq!(policy.timezone, "Europe/Berlin");
    assert_eq!(policy.policies["payments-prod"].steps.len(), 5);
    assert_eq!(
        policy.route.children[3].options.repeat,
        Lapse::parse("2d").ok()
    );
    assert_eq!(policy.summary.as_ref().unwrap().to.len(), 3);
    let json = serde_json::to_string(&policy).unwrap();
    assert_eq!(
        serde_json::from_str::<EscalationPolicy>(&json).unwrap(),
        policy
    );
}

#[test]
fn the_first_stage_rule_that_matches_names_the_stage() {
    let policy = EscalationPolicy::parse(EXAMPLE).unwrap();
    let tags = |value: &str| BTreeMap::from([("env".to_owned(), value.to_owned())]);
    assert_eq!(policy.stage_of("stage-1", &tags("production")), Stage::Prod);
    assert_eq!(policy.stage_of("stage-1", &tags("x")), Stage::Staging);
    assert_eq!(policy.stage_of("web", &BTreeMap::new()), Stage::Dev);
}

#[test]
fn a_cluster_that_no_rule_names_is_treated_as_production() {
    let policy = EscalationPolicy::parse(&changed("  - { stage: dev }\n", "")).unwrap();
    assert_eq!(policy.stage_of("web", &BTreeMap::new()), Stage::Prod);
}

#[test]
fn deadlines_count_from_the_opening() {
    let policy = EscalationPolicy::parse(EXAMPLE).unwrap();
    let opened = "2026-11-21T01:10:00Z".parse().unwrap();
    let due = policy.due(Severity::Critical, Stage::Prod, opened);
    assert_eq!(due, "2026-11-28T01:10:00Z".parse().ok());
    assert_eq!(policy.due(Severity::Critical, Stage::Dev, opened), None);
}

#[test]
fn broken_yaml_is_said_with_its_place() {
    insta::assert_snapshot!(mistakes("version: 1\n  timezone: x\n"));
    insta::assert_snapshot!(mistakes("version: 1\nversion: 1\n"));
    insta::assert_snapshot!(mistakes(""));
    insta::assert_snapshot!(mistakes("a: &a [*a, *a]\n"));
    insta::assert_snapshot!(mistakes(&format!(
        "version: {}1{}",
        "[".repeat(5000),
        "]".repeat(5000)
    )));
    assert!(mistakes(&"#".repeat(200_000)).contains("at most 131072 are read"));
}

#[test]
fn every_mistake_is_found_in_one_reading() {
    let text = "
version: 2
timezone: Europe/Berln
stage: dev
people: { ana: { slak: U07ANA }, bob: { slack: bob } }
schedules: { on-call: { members: [anna], rotate: weekly, handover: 'Mon 9' } }
hours: { office: { days: [mon, tues], from: '18:00', to: '09:00' } }
route:
  use: defualt
  children:
    - { match: { severity: [sever] }, use: default }
policies:
  default:
    steps: [ { notify: { slack: '#Security Team' } }, { wait: 30 }, { notify: { schedule: oncall } }, { wait: 1h } ]
    quiet: { outside: ofice, hold: [] }
deadlines: { critical: { production: 7d } }
remediation: { prod: automatic }
summary: { to: [ann, x@y], at: Monday }
";
    insta::assert_snapshot!(mistakes(text));
}

#[test]
fn what_can_never_have_an_effect_is_refused() {
    let cases = [
        changed(
            "{ match: { severity: [critical], stage: [prod] }, use: payments-prod }",
            "{ use: default }",
        ),
        changed(
            "  - { match: { tags: { env: production } }, stage: prod }\n",
            "  - { stage: prod }\n",
        ),
        changed(
            "summary-only: { steps: [] }",
            "summary-only: { steps: [], repeat: 1d }",
        ),
        changed(
            "      - wait: 2h\n      - notify: { email: [lead@acme.example] }\n",
            "      - wait: 2h\n",
        ),
        changed(
            "  use: default\n  children:",
            "  match: { stage: [prod] }\n  use: default\n  children:",
        ),
        changed("  use: default\n", ""),
        changed("{ slack: '#security' }", "{}"),
        changed("members: [ana, ben]", "members: []"),
    ];
    let all: Vec<String> = cases.iter().map(|text| mistakes(text)).collect();
    insta::assert_snapshot!(all.join("\n---\n"));
}

#[test]
fn what_is_not_there_yet_is_refused_and_not_ignored() {
    let cases = [
        changed("summary:", "maintenance: {}\nsummary:"),
        changed("- wait: 30m", "- webhook: https://x.example"),
        changed("to: '18:00'", "to: '18:00', holidays: de"),
    ];
    let all: Vec<String> = cases.iter().map(|text| mistakes(text)).collect();
    insta::assert_snapshot!(all.join("\n---\n"));
}
