use std::collections::BTreeSet;

use plimsoll_model::Reason as Unread;

use super::*;

fn reason() -> Unread {
    Unread::new(ReasonCode::PermissionMissing, "access entry missing")
        .mended_by("aws eks create-access-entry --cluster-name prod-eu-1")
}

fn open(world: &World, topic: &Topic<'_>) -> Outcome {
    let opening = Opening {
        cluster: &world.cluster,
        scan: &world.scan,
        number: 7,
        policy: None,
        severity: Severity::Critical,
        open: BTreeSet::new(),
        chain: world.chain(None),
        due: None,
    };
    open_incident(opening, topic, &world.scene(NIGHT))
}

#[test]
fn it_says_why_and_what_mends_it_and_escalates_like_any_other() {
    let world = World::new();
    let reason = reason();
    let topic = Topic::Unreadable {
        reason: &reason,
        since: at(NIGHT),
    };
    let outcome = open(&world, &topic);
    assert_eq!(lines(&outcome), ["slack:#payments-sec cluster-unreadable"]);
    let words = context(&outcome, 0);
    assert_eq!(words.sentence, "prod-eu-1 cannot be read");
    assert_eq!(words.unreadable.unwrap().need, "access entry missing");
    let wake_up = outcome.incident.wake_up.clone().unwrap();
    let scene = world.scene("2026-11-16T01:40:00Z");
    // It is itself what mutes the others.
    let next = on_wake_up(outcome.incident, &wake_up, true, &topic, &scene);
    assert_eq!(
        lines(&next),
        [
            "~slack:#payments-sec cluster-unreadable",
            ">slack:#payments-sec incident-escalated"
        ]
    );
}

#[test]
fn it_ends_when_the_cluster_is_read_again() {
    let world = World::new();
    let reason = reason();
    let topic = Topic::Unreadable {
        reason: &reason,
        since: at(NIGHT),
    };
    let opened = open(&world, &topic).incident;
    let again = readable_again(opened, &topic, &world.scene("2026-11-18T01:10:00Z"));
    assert_eq!(lines(&again), ["~slack:#payments-sec cluster-readable"]);
    assert_eq!(context(&again, 0).sentence, "prod-eu-1 can be read again");
    assert_eq!(
        context(&again, 0).news,
        "Not read for 2 days, until 18 Nov 02:10 CET."
    );
    let twice = readable_again(
        again.incident.clone(),
        &topic,
        &world.scene("2026-11-19T01:10:00Z"),
    );
    assert_eq!(twice, Outcome::nothing(again.incident));
    // Findings' incidents are none of its business.
    let finding = world.open(&["ledger"], NIGHT).incident;
    assert_eq!(
        readable_again(finding.clone(), &topic, &world.scene(NIGHT)),
        Outcome::nothing(finding)
    );
}
