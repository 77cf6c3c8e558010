use super::*;

const LATER: &str = "2026-11-17T01:10:00Z";

/// An incident that told a channel and an address.
fn told() -> (World, Incident) {
    let world = World::with(
        "
version: 1
timezone: Europe/Berlin
route: { use: x }
policies: { x: { steps: [ { notify: { slack: '#a', email: a@x.example } } ], repeat: 7d } }
",
    );
    let incident = world.open(&["ledger"], NIGHT).incident;
    (world, incident)
}

#[test]
fn a_new_finding_edits_in_slack_and_sends_mail() {
    let (world, incident) = told();
    let outcome = world.change(&incident, &[change("agent", ChangeKind::New)], LATER);
    assert_eq!(outcome.reason, Some(Reason::NewFindings));
    assert_eq!(
        lines(&outcome),
        [
            "~slack:#a incident-changed",
            ">email:a@x.example incident-changed"
        ]
    );
    let words = context(&outcome, 0);
    assert_eq!(words.news, "1 new, 0 fixed since 16 Nov 02:10 CET.");
    // The news comes first.
    assert_eq!(
        (words.findings[0].name.as_str(), words.findings[0].new),
        ("payments/agent", true)
    );
    assert!(!words.findings[1].new);
    assert_eq!(outcome.incident.told, outcome.incident.open);
    assert_eq!(outcome.incident.total, 2);
}

#[test]
fn some_resolved_disturbs_nobody() {
    let (world, incident) = told();
    let two = world
        .change(&incident, &[change("agent", ChangeKind::New)], LATER)
        .incident;
    let outcome = world.change(
        &two,
        &[change("ledger", ChangeKind::Resolved)],
        "2026-11-18T01:10:00Z",
    );
    assert_eq!(outcome.reason, Some(Reason::SomeResolved));
    assert_eq!(lines(&outcome), ["~slack:#a incident-changed"]);
}

#[test]
fn the_last_one_resolved_ends_it() {
    let (world, incident) = told();
    let outcome = world.change(&incident, &[change("ledger", ChangeKind::Resolved)], LATER);
    assert_eq!(outcome.reason, Some(Reason::AllResolved));
    assert_eq!(
        lines(&outcome),
        [
            "~slack:#a incident-resolved",
            ">email:a@x.example incident-resolved"
        ]
    );
    let words = context(&outcome, 1);
    assert_eq!(words.resolved.unwrap().after, "1 day");
    assert_eq!(words.findings[0].name, "payments/ledger");
    assert_eq!(
        (outcome.incident.wake_up.clone(), outcome.incident.chain_at),
        (None, None)
    );
}

#[test]
fn what_people_know_is_not_told_again() {
    let (world, incident) = told();
    let mut other = change("agent", ChangeKind::New);
    other.policy = PolicyId::new("host-network");
    for changes in [
        vec![],
        vec![change("ledger", ChangeKind::New)],
        vec![change("agent", ChangeKind::Resolved)],
        vec![other],
    ] {
        assert_eq!(
            world.change(&incident, &changes, LATER),
            Outcome::nothing(incident.clone())
        );
    }
}

#[test]
fn one_that_comes_back_is_posted_and_begins_the_chain_again() {
    let (world, incident) = told();
    let resolved = world
        .change(&incident, &[change("ledger", ChangeKind::Resolved)], LATER)
        .incident;
    assert!(reopens(&resolved, at("2026-11-24T01:10:00Z")));
    assert!(!reopens(&resolved, at("2026-11-24T01:10:01Z")));
    let outcome = world.change(
        &resolved,
        &[change("ledger", ChangeKind::Reopened)],
        "2026-11-18T01:10:00Z",
    );
    assert_eq!(outcome.reason, Some(Reason::Reopened));
    assert_eq!(
        lines(&outcome),
        [
            "~slack:#a incident-changed",
            ">slack:#a incident-reminded",
            ">email:a@x.example incident-reminded"
        ]
    );
    assert_eq!(outcome.incident.state, IncidentState::Open);
    assert_eq!(outcome.incident.round, 1);
    assert!(outcome.incident.wake_up.is_some());
}

#[test]
fn what_comes_back_has_as_much_time_as_at_first() {
    let world = World::new();
    let opened = world.open(&["ledger"], NIGHT).incident;
    let resolved = world
        .change(&opened, &[change("ledger", ChangeKind::Resolved)], LATER)
        .incident;
    let back = [change("ledger", ChangeKind::Reopened)];
    let reopened = world
        .change(&resolved, &back, "2026-11-24T01:10:00Z")
        .incident;
    assert_eq!(reopened.due, Some(at("2026-12-01T01:10:00Z")));
}

#[test]
fn a_change_while_somebody_is_on_it_leaves_it_theirs() {
    let (world, incident) = told();
    let taken = acknowledge(
        incident,
        "Ana",
        &world.topic(),
        &world.scene("2026-11-16T02:00:00Z"),
    )
    .incident;
    let outcome = world.change(&taken, &[change("agent", ChangeKind::New)], LATER);
    assert!(matches!(
        outcome.incident.state,
        IncidentState::Acknowledged(_)
    ));
    assert_eq!(context(&outcome, 0).acknowledged.unwrap().by, "Ana");
}

#[test]
fn mail_waits_for_the_hours_of_work() {
    let text = "
version: 1
timezone: Europe/Berlin
hours: { office: { days: [mon], from: '09:00', to: '18:00' } }
route: { use: x }
policies:
  x:
    steps: [ { notify: { slack: '#a', email: a@x.example } } ]
    quiet: { outside: office, hold: [critical] }
";
    let world = World::with(text);
    let incident = world.open(&["ledger"], "2026-11-16T10:00:00Z").incident;
    let outcome = world.change(
        &incident,
        &[change("agent", ChangeKind::New)],
        "2026-11-16T20:00:00Z",
    );
    let state = |index: usize| outcome.deliveries[index].state.clone();
    let pending = |text: &str| DeliveryState::Pending {
        not_before: at(text),
    };
    assert_eq!(
        outcome.deliveries[0].destination,
        Destination::Slack("#a".to_owned())
    );
    assert_eq!(state(0), pending("2026-11-16T20:00:00Z"));
    assert_eq!(state(1), pending("2026-11-23T08:00:00Z"));
}

#[test]
fn an_excepted_finding_leaves_the_incident_without_being_called_fixed() {
    let (mut world, incident) = told();
    let two = world
        .change(&incident, &[change("agent", ChangeKind::New)], LATER)
        .incident;
    let excepted = plimsoll_model::Excepted {
        id: "except.plimsoll.io/privileged-container".to_owned(),
        origin: plimsoll_model::ExceptionOrigin::Annotation,
        reason: "loads modules".to_owned(),
        approved_by: None,
        until: None,
    };
    let ledger = world
        .findings
        .iter_mut()
        .find(|one| one.fingerprint == fingerprint("ledger"));
    ledger.unwrap().excepted = Some(std::sync::Arc::new(excepted));
    let day = "2026-11-18T01:10:00Z";
    let one = world.change(&two, &[change("ledger", ChangeKind::Excepted)], day);
    assert_eq!(one.reason, Some(Reason::SomeResolved));
    let words = context(&one, 0);
    assert!(
        words
            .news
            .starts_with("0 new, 0 fixed, 1 excepted (still failing) since"),
        "{}",
        words.news
    );
    assert_eq!(one.log[0].text, "0 new, 0 resolved, 1 excepted; 1 open.");
    let day = "2026-11-19T01:10:00Z";
    let end = world.change(&incident, &[change("ledger", ChangeKind::Excepted)], day);
    assert_eq!(end.reason, Some(Reason::AllResolved));
    let news = context(&end, 1).news;
    assert!(
        news.starts_with("1 excepted (still failing), nothing fixed 19 Nov"),
        "{news}"
    );
    let back = [change("ledger", ChangeKind::ExceptionEnded)];
    let back = world.change(&end.incident, &back, "2026-11-20T01:10:00Z");
    assert_eq!(back.reason, Some(Reason::Reopened));
    assert!(back.incident.is_open());
}
