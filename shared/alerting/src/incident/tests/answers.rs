use super::*;

const SOON: &str = "2026-11-16T01:20:00Z";

#[test]
fn an_acknowledgement_stops_the_chain_until_it_lapses() {
    let world = World::new();
    let opened = world.open(&["ledger"], NIGHT).incident;
    let taken = acknowledge(opened, "Ana", &world.topic(), &world.scene(SOON));
    assert_eq!(lines(&taken), ["~slack:#payments-sec incident-changed"]);
    let words = context(&taken, 0);
    assert_eq!(words.state, "acknowledged");
    assert_eq!(words.next, None);
    assert_eq!(words.acknowledged.unwrap().until.unwrap().day, "19 Nov");
    let incident = taken.incident;
    assert_eq!(
        incident.wake_up.as_ref().unwrap().at,
        at("2026-11-19T01:20:00Z")
    );
    let lapsed = world.wake(&incident);
    assert_eq!(lapsed.reason, Some(Reason::AcknowledgementTimedOut));
    assert_eq!(lapsed.incident.state, IncidentState::Open);
    assert_eq!(lines(&lapsed)[1], ">slack:#payments-sec incident-reminded");
    assert_eq!(
        context(&lapsed, 1).news,
        "Ana acknowledged it 3 days ago, and it is still open."
    );
    // The chain runs again from its beginning.
    assert_eq!((lapsed.incident.round, lapsed.incident.step), (1, 2));
    assert_eq!(world.wake(&lapsed.incident).reason, Some(Reason::Escalated));
}

#[test]
fn acknowledging_twice_is_acknowledging_once_and_another_person_takes_over() {
    let world = World::new();
    let opened = world.open(&["ledger"], NIGHT).incident;
    let taken = acknowledge(opened, "Ana", &world.topic(), &world.scene(SOON)).incident;
    let again = acknowledge(
        taken.clone(),
        "Ana",
        &world.topic(),
        &world.scene("2026-11-16T01:30:00Z"),
    );
    assert_eq!(again, Outcome::nothing(taken.clone()));
    let other = acknowledge(
        taken,
        "Ben",
        &world.topic(),
        &world.scene("2026-11-16T01:30:00Z"),
    );
    assert_eq!(context(&other, 0).acknowledged.unwrap().by, "Ben");
}

#[test]
fn a_resolved_incident_cannot_be_taken_or_snoozed() {
    let world = World::new();
    let opened = world.open(&["ledger"], NIGHT).incident;
    let gone = world
        .change(&opened, &[change("ledger", ChangeKind::Resolved)], SOON)
        .incident;
    let scene = world.scene("2026-11-16T02:00:00Z");
    let topic = world.topic();
    assert_eq!(
        acknowledge(gone.clone(), "Ana", &topic, &scene),
        Outcome::nothing(gone.clone())
    );
    let until = at("2026-11-17T00:00:00Z");
    assert_eq!(
        snooze(gone.clone(), "Ana", until, &topic, &scene),
        Outcome::nothing(gone.clone())
    );
    assert_eq!(
        give_back(gone.clone(), "Ana", &topic, &scene),
        Outcome::nothing(gone)
    );
}

#[test]
fn a_snooze_is_quiet_until_it_ends() {
    let world = World::new();
    let opened = world.open(&["ledger"], NIGHT).incident;
    let until = at("2026-11-16T05:20:00Z");
    let quiet = snooze(
        opened.clone(),
        "Ana",
        until,
        &world.topic(),
        &world.scene(SOON),
    );
    assert_eq!(
        context(&quiet, 0).snoozed.unwrap().until.text,
        "16 Nov 06:20 CET"
    );
    let ended = world.wake(&quiet.incident);
    assert_eq!(ended.reason, Some(Reason::SnoozeEnded));
    assert_eq!(lines(&ended)[1], ">slack:#payments-sec incident-reminded");
    // Into the past is no snooze.
    let past = snooze(
        opened.clone(),
        "Ana",
        at(NIGHT),
        &world.topic(),
        &world.scene(SOON),
    );
    assert_eq!(past, Outcome::nothing(opened));
}

#[test]
fn what_is_given_back_is_told_again_at_once() {
    let world = World::new();
    let opened = world.open(&["ledger"], NIGHT).incident;
    let taken = acknowledge(opened, "Ana", &world.topic(), &world.scene(SOON)).incident;
    let back = give_back(
        taken,
        "Ana",
        &world.topic(),
        &world.scene("2026-11-16T02:00:00Z"),
    );
    assert_eq!(back.incident.state, IncidentState::Open);
    assert_eq!(
        lines(&back),
        [
            "~slack:#payments-sec incident-changed",
            ">slack:#payments-sec incident-reminded"
        ]
    );
    assert_eq!(back.log[0].text, "Ana gave it back.");
}
