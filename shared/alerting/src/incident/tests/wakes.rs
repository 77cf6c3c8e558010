use super::*;

#[test]
fn without_an_answer_the_chain_goes_to_its_end_and_begins_again() {
    let world = World::new();
    let opened = world.open(&["ledger"], NIGHT);
    // After half an hour whoever is on duty is addressed in the channel's thread.
    let second = world.wake(&opened.incident);
    assert_eq!(second.reason, Some(Reason::Escalated));
    assert_eq!(
        lines(&second),
        [
            "~slack:#payments-sec incident-changed",
            ">slack:#payments-sec incident-escalated"
        ]
    );
    let words = context(&second, 1);
    assert_eq!(words.news, "Nobody acknowledged within 30 minutes.");
    let step = words.step.unwrap();
    assert_eq!((step.number, step.chain.as_str()), (2, "payments-prod"));
    assert_eq!(step.mentions[0].duty.as_deref(), Some("on-call"));
    assert!(context(&second, 0).escalated);
    // Two hours later somebody new gets mail.
    let third = world.wake(&second.incident);
    assert_eq!(
        lines(&third),
        [
            "~slack:#payments-sec incident-changed",
            "email:lead@acme.example incident-escalated"
        ]
    );
    assert_eq!(context(&third, 1).step.unwrap().number, 3);
    // A day after the last step it begins again: the channel hears of it, in its thread.
    let again = world.wake(&third.incident);
    assert_eq!(again.reason, Some(Reason::RepeatElapsed));
    assert_eq!(
        lines(&again),
        [
            "~slack:#payments-sec incident-changed",
            ">slack:#payments-sec incident-reminded"
        ]
    );
    assert_eq!((again.incident.round, again.incident.step), (1, 2));
    let fifth = world.wake(&again.incident);
    assert_eq!(fifth.reason, Some(Reason::Escalated));
    let sixth = world.wake(&fifth.incident);
    assert_eq!(
        lines(&sixth)[1],
        ">email:lead@acme.example incident-escalated"
    );
    // No two deliveries of the whole life have the same id.
    let mut all: Vec<String> = [&opened, &second, &third, &again, &fifth, &sixth]
        .iter()
        .flat_map(|o| ids(o))
        .collect();
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn a_wake_up_that_is_stale_or_early_does_nothing() {
    let world = World::new();
    let opened = world.open(&["ledger"], NIGHT).incident;
    let wake_up = opened.wake_up.clone().unwrap();
    let early = on_wake_up(
        opened.clone(),
        &wake_up,
        false,
        &world.topic(),
        &world.scene("2026-11-16T01:39:59Z"),
    );
    assert_eq!(early, Outcome::nothing(opened.clone()));
    // Somebody acknowledges; the wake-up of the chain is still in the queue.
    let taken = acknowledge(
        opened,
        "Ana",
        &world.topic(),
        &world.scene("2026-11-16T01:20:00Z"),
    )
    .incident;
    let stale = on_wake_up(
        taken.clone(),
        &wake_up,
        false,
        &world.topic(),
        &world.scene("2026-11-16T01:40:00Z"),
    );
    assert_eq!(stale, Outcome::nothing(taken));
}

#[test]
fn the_same_wake_up_twice_tells_once() {
    let world = World::new();
    let opened = world.open(&["ledger"], NIGHT).incident;
    let wake_up = opened.wake_up.clone().unwrap();
    let once = world.wake(&opened);
    assert_eq!(ids(&once), ids(&world.wake(&opened)));
    let twice = on_wake_up(
        once.incident.clone(),
        &wake_up,
        false,
        &world.topic(),
        &world.scene("2026-11-16T01:40:30Z"),
    );
    assert!(twice.deliveries.is_empty() && !twice.changed(once.incident.revision));
}

#[test]
fn a_cluster_that_cannot_be_read_mutes_what_it_hides() {
    let world = World::new();
    let opened = world.open(&["ledger"], NIGHT).incident;
    let wake_up = opened.wake_up.clone().unwrap();
    let muted = on_wake_up(
        opened,
        &wake_up,
        true,
        &world.topic(),
        &world.scene("2026-11-16T01:40:00Z"),
    );
    assert!(muted.deliveries.is_empty());
    let later = muted.incident.wake_up.clone().unwrap();
    assert_eq!(later.at, at("2026-11-16T02:40:00Z"));
    let loud = world.wake(&muted.incident);
    assert_eq!(loud.reason, Some(Reason::Escalated));
}

#[test]
fn a_deadline_that_passes_is_told_once_to_everybody() {
    let world = World::new();
    let opened = world.open(&["ledger"], NIGHT).incident;
    let taken = acknowledge(
        opened,
        "Ana",
        &world.topic(),
        &world.scene("2026-11-16T01:20:00Z"),
    )
    .incident;
    // The acknowledgement lapses after three days; acknowledged again, the deadline comes first.
    let lapsed = world.wake(&taken);
    assert_eq!(lapsed.reason, Some(Reason::AcknowledgementTimedOut));
    let taken = acknowledge(
        lapsed.incident,
        "Ana",
        &world.topic(),
        &world.scene("2026-11-22T00:00:00Z"),
    )
    .incident;
    assert_eq!(
        taken.wake_up.as_ref().unwrap().at,
        at("2026-11-23T01:10:00Z")
    );
    let overdue = world.wake(&taken);
    assert_eq!(overdue.reason, Some(Reason::DeadlinePassed));
    assert_eq!(
        lines(&overdue),
        [
            "~slack:#payments-sec incident-changed",
            ">slack:#payments-sec incident-reminded"
        ]
    );
    assert_eq!(
        context(&overdue, 1).news,
        "It was due 23 Nov 02:10 CET, and is still open."
    );
    assert!(overdue.incident.overdue_told);
    assert_eq!(
        overdue.incident.wake_up.as_ref().unwrap().at,
        at("2026-11-25T00:00:00Z")
    );
}
