use super::*;

fn routed(severity: Severity, stage: Stage, policy: Option<&str>) -> Vec<String> {
    let document = include_str!("../document/example.yaml");
    let document = EscalationPolicy::parse(document).unwrap();
    let policy = policy.map(PolicyId::new);
    let facts = IncidentFacts {
        severity,
        stage,
        cluster: "prod-eu-1",
        policy: policy.as_ref(),
        tags: &BTreeMap::new(),
    };
    route(&document, &facts)
        .iter()
        .map(|found| format!("{}: {}", found.name, found.path.join(" → ")))
        .collect()
}

#[test]
fn the_first_child_that_matches_takes_it_and_otherwise_its_parent() {
    assert_eq!(
        routed(
            Severity::Critical,
            Stage::Prod,
            Some("privileged-container")
        ),
        ["payments-prod: everything → child 1: severity critical, stage prod"]
    );
    assert_eq!(
        routed(Severity::Low, Stage::Prod, Some("privileged-container")),
        ["summary-only: everything → child 3: severity low or info"]
    );
    assert_eq!(
        routed(Severity::High, Stage::Dev, Some("privileged-container")),
        ["default: everything"]
    );
}

#[test]
fn after_continue_later_siblings_are_tried() {
    assert_eq!(
        routed(Severity::Low, Stage::Dev, Some("rbac-wildcard-verbs")),
        [
            "audit: everything → child 2: policy rbac-*",
            "summary-only: everything → child 3: severity low or info"
        ]
    );
    // When no later sibling matches, what continued is all there is: the parent does not take it as well.
    assert_eq!(
        routed(Severity::High, Stage::Dev, Some("rbac-wildcard-verbs")),
        ["audit: everything → child 2: policy rbac-*"]
    );
}

#[test]
fn children_inherit_what_they_do_not_say() {
    let document = "
version: 1
timezone: UTC
hours: { office: { days: [mon], from: '09:00', to: '18:00' } }
route:
  use: one
  repeat: 3d
  quiet: { outside: office, hold: [high] }
  children:
    - match: { cluster: 'prod-*' }
      children:
        - { match: { tags: { team: web* } }, repeat: 1d }
policies: { one: { steps: [ { notify: { slack: '#a' } } ], repeat: 9d } }
";
    let document = EscalationPolicy::parse(document).unwrap();
    let found = |team: &str| {
        let tags = BTreeMap::from([("team".to_owned(), team.to_owned())]);
        let facts = IncidentFacts {
            severity: Severity::High,
            stage: Stage::Prod,
            cluster: "prod-1",
            policy: None,
            tags: &tags,
        };
        route(&document, &facts).remove(0)
    };
    let web = found("web-shop");
    assert_eq!(web.name, "one");
    assert_eq!(web.options.repeat.unwrap().seconds(), 86_400);
    assert!(web.options.quiet.is_some());
    assert_eq!(found("data").options.repeat.unwrap().seconds(), 3 * 86_400);
}

#[test]
fn what_is_only_worth_knowing_is_told_to_nobody() {
    assert!(routed(Severity::Info, Stage::Prod, Some("x")).is_empty());
}

#[test]
fn a_cluster_that_cannot_be_read_is_matched_by_its_name() {
    assert_eq!(
        routed(Severity::High, Stage::Prod, None),
        ["default: everything"]
    );
}
