//! Whatever happens in whatever order.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

/// What can happen to an incident.
#[derive(Debug, Clone)]
enum Event {
    Change(Vec<(usize, bool)>),
    Acknowledge(bool),
    GiveBack,
    Snooze(i64),
    /// Its wake-up comes, so many minutes late.
    Wake(i64, bool),
    /// An old wake-up comes.
    Stale,
    Pass(i64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        prop::collection::vec((0..3_usize, any::<bool>()), 0..4).prop_map(Event::Change),
        any::<bool>().prop_map(Event::Acknowledge),
        Just(Event::GiveBack),
        (-60..2_000_i64).prop_map(Event::Snooze),
        (0..90_i64, prop::bool::weighted(0.2)).prop_map(|(late, muted)| Event::Wake(late, muted)),
        Just(Event::Stale),
        (1..3_000_i64).prop_map(Event::Pass),
    ]
}

const NAMES: [&str; 3] = ["ledger", "agent", "web"];

fn apply(
    world: &World,
    incident: Incident,
    event: &Event,
    now: &mut Timestamp,
    stale: &WakeUp,
) -> Outcome {
    let later = |now: Timestamp, minutes: i64| now + SignedDuration::from_mins(minutes);
    let topic = world.topic();
    if let Event::Pass(minutes) = event {
        *now = later(*now, *minutes);
        return Outcome::nothing(incident);
    }
    if let (Event::Wake(late, _), Some(wake_up)) = (event, &incident.wake_up) {
        *now = later(wake_up.at.max(*now), *late);
    }
    let scene = Scene {
        tenant: &world.tenant,
        links: &world.links,
        now: *now,
    };
    match event {
        Event::Change(changes) => {
            let changes: Vec<Change> = changes
                .iter()
                .map(|(name, gone)| {
                    let what = if *gone {
                        ChangeKind::Resolved
                    } else {
                        ChangeKind::New
                    };
                    change(NAMES[*name], what)
                })
                .collect();
            apply_changes(incident, &changes, &topic, &scene)
        }
        Event::Acknowledge(ana) => {
            acknowledge(incident, if *ana { "Ana" } else { "Ben" }, &topic, &scene)
        }
        Event::GiveBack => give_back(incident, "Ana", &topic, &scene),
        Event::Snooze(minutes) => snooze(incident, "Ana", later(*now, *minutes), &topic, &scene),
        Event::Wake(_, muted) => match incident.wake_up.clone() {
            Some(wake_up) => on_wake_up(incident, &wake_up, *muted, &topic, &scene),
            None => Outcome::nothing(incident),
        },
        Event::Stale => on_wake_up(incident, stale, false, &topic, &scene),
        Event::Pass(_) => Outcome::nothing(incident),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn an_incident_is_never_forgotten_and_never_repeats_itself(
        events in prop::collection::vec(event(), 1..40),
        held in any::<bool>(),
    ) {
        let hold = if held { "hold: [critical]" } else { "hold: [medium, low]" };
        let world = World::with(&include_str!("../../document/example.yaml").replace("hold: [medium, low]", hold));
        let opened = world.open(&["ledger"], NIGHT);
        let stale = WakeUp { at: at(NIGHT), step: 0, round: 0 };
        let mut ids: BTreeSet<String> = super::ids(&opened).into_iter().collect();
        let mut incident = opened.incident;
        let mut now = at(NIGHT);
        for event in &events {
            let before = incident.clone();
            let outcome = apply(&world, incident, event, &mut now, &stale);
            let after = &outcome.incident;
            // The same event on the same incident at the same time is the same outcome.
            let mut again = now;
            if !matches!(event, Event::Pass(_) | Event::Wake(..)) {
                prop_assert_eq!(&apply(&world, before.clone(), event, &mut again, &stale), &outcome);
            }
            // A write counts one; what is not written says nothing.
            if outcome.changed(before.revision) {
                prop_assert_eq!(after.revision, before.revision + 1);
            } else {
                prop_assert_eq!(after, &before);
                prop_assert!(outcome.deliveries.is_empty() && outcome.log.is_empty());
            }
            // No message without a reason, and none twice.
            prop_assert!(outcome.deliveries.is_empty() || outcome.reason.is_some());
            for id in super::ids(&outcome) {
                prop_assert!(ids.insert(id), "a delivery twice, at {:?}", event);
            }
            // The policy repeats and its acknowledgements lapse: whoever is open, taken or quiet has a wake-up ahead.
            let resolved = matches!(after.state, IncidentState::Resolved { .. });
            prop_assert_eq!(after.wake_up.is_some(), !resolved, "{:?} after {:?}", after.state, event);
            prop_assert_eq!(resolved, after.open.is_empty());
            // A wake-up that was handled leads to one that lies ahead, else it would come again at once.
            if matches!(event, Event::Wake(..))
                && let Some(wake_up) = &after.wake_up
            {
                prop_assert!(wake_up.at > now, "{:?} at {}", wake_up, now);
            }
            // What people were told is what is open, as soon as they were told anything; at night what comes back waits.
            if after.told_at.is_some() && !held {
                prop_assert_eq!(&after.told, &after.open);
            }
            // Replies and edits refer to a message that was made before.
            for delivery in &outcome.deliveries {
                let content = &delivery.content;
                for earlier in content.thread.iter().chain(&content.edits) {
                    prop_assert!(ids.contains(earlier.as_str()));
                }
            }
            incident = outcome.incident;
        }
    }
}
