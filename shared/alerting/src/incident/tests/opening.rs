use super::*;

#[test]
fn the_first_step_is_told_at_once_and_the_next_one_is_announced() {
    let world = World::new();
    let outcome = world.open(&["ledger", "agent"], NIGHT);
    assert_eq!(outcome.reason, Some(Reason::First));
    assert_eq!(
        lines(&outcome),
        [
            "slack:#payments-sec incident-opened",
            ">slack:#payments-sec incident-details"
        ]
    );
    let context = context(&outcome, 0);
    assert_eq!(context.sentence, "2 containers run privileged in prod-eu-1");
    assert_eq!(context.subject, "containers run privileged");
    let next = context.next.unwrap();
    assert_eq!((next.who.as_str(), next.again), ("on-call", false));
    assert_eq!(next.at.text, "16 Nov 02:40 CET");
    assert_eq!(context.due.unwrap().day, "23 Nov");
    let incident = &outcome.incident;
    assert_eq!(
        incident.wake_up.as_ref().unwrap().at,
        at("2026-11-16T01:40:00Z")
    );
    assert_eq!(incident.told, incident.open);
    assert_eq!(incident.revision, 1);
}

#[test]
fn opening_again_makes_the_same_incident_and_the_same_deliveries() {
    let world = World::new();
    let (first, second) = (
        world.open(&["ledger"], NIGHT),
        world.open(&["ledger"], NIGHT),
    );
    assert_eq!(first, second);
    let mut ids = ids(&first);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), first.deliveries.len());
}

#[test]
fn one_finding_is_named_without_a_number() {
    let outcome = World::new().open(&["ledger"], NIGHT);
    assert_eq!(
        context(&outcome, 0).sentence,
        "container runs privileged in prod-eu-1"
    );
}

#[test]
fn what_waits_for_the_office_is_told_when_it_opens() {
    let mut world = World::with(
        &include_str!("../../document/example.yaml")
            .replace("hold: [medium, low]", "hold: [critical]"),
    );
    world.findings.truncate(2);
    let outcome = world.open(&["ledger"], NIGHT);
    assert!(outcome.deliveries.is_empty());
    assert_eq!(outcome.incident.told_at, None);
    // A second finding before anybody was told changes what will be said, not when.
    let changed = world.change(
        &outcome.incident,
        &[change("agent", ChangeKind::New)],
        "2026-11-16T02:00:00Z",
    );
    assert!(changed.deliveries.is_empty());
    assert!(changed.changed(outcome.incident.revision));
    let woken = world.wake(&changed.incident);
    assert_eq!(woken.reason, Some(Reason::First));
    assert_eq!(woken.incident.told_at, Some(at("2026-11-16T08:00:00Z")));
    assert_eq!(context(&woken, 0).open, 2);
    assert_eq!(lines(&woken)[0], "slack:#payments-sec incident-opened");
}

#[test]
fn what_is_resolved_before_anybody_was_told_is_never_told() {
    let world = World::with(
        &include_str!("../../document/example.yaml")
            .replace("hold: [medium, low]", "hold: [critical]"),
    );
    let outcome = world.open(&["ledger"], NIGHT);
    let gone = world.change(
        &outcome.incident,
        &[change("ledger", ChangeKind::Resolved)],
        "2026-11-16T02:00:00Z",
    );
    assert!(gone.deliveries.is_empty());
    assert_eq!(gone.incident.wake_up, None);
    assert!(matches!(
        gone.incident.state,
        IncidentState::Resolved { .. }
    ));
}

#[test]
fn slack_lists_three_and_mail_forty() {
    let mut world = World::with(
        "
version: 1
timezone: UTC
route: { use: x }
policies: { x: { steps: [ { notify: { slack: '#a', email: a@x.example } } ] } }
",
    );
    let names: Vec<String> = (0..60).map(|n| format!("w{n:02}")).collect();
    world.findings = names.iter().rev().map(|name| finding(name)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let outcome = world.open(&names, NIGHT);
    let (slack, mail) = (context(&outcome, 0), context(&outcome, 2));
    assert_eq!((slack.findings.len(), slack.more), (3, 57));
    assert_eq!((mail.findings.len(), mail.more), (40, 20));
    assert_eq!(slack.findings[0].name, "payments/w00");
}

#[test]
fn somebody_with_slack_is_told_directly_where_there_is_no_channel_and_by_mail_without_slack() {
    let world = World::with(
        "
version: 1
timezone: UTC
people: { ana: { slack: U07ANA, email: a@x.example }, eve: { email: e@x.example } }
route: { use: x }
policies: { x: { steps: [ { notify: { person: [ana, eve] } } ] } }
",
    );
    let outcome = world.open(&["ledger"], NIGHT);
    assert_eq!(
        lines(&outcome),
        [
            "slack:U07ANA incident-opened",
            "email:e@x.example incident-opened"
        ]
    );
}

#[test]
fn a_first_scan_sends_one_message_a_destination() {
    let world = World::new();
    let tags = BTreeMap::new();
    let deliveries = baseline(
        &world.document,
        &world.cluster,
        &world.facts(None, &tags),
        &world.scene(NIGHT),
    );
    let to: Vec<String> = deliveries
        .iter()
        .map(|delivery| delivery.destination.key())
        .collect();
    assert_eq!(to, ["slack:#payments-sec", "slack:#security"]);
    let again = baseline(
        &world.document,
        &world.cluster,
        &world.facts(None, &tags),
        &world.scene("2026-11-17T00:00:00Z"),
    );
    assert_eq!(deliveries[0].id, again[0].id);
    assert_eq!(deliveries[0].content.context["findings"], 112);
}
