//! Somebody acts: takes the incident, asks for quiet, gives it back.

use jiff::Timestamp;
use plimsoll_model::{Acknowledgement, Incident, IncidentState};

use super::teller::Teller;
use super::wake::{begin_again, take_step};
use super::{Outcome, Scene, Topic, log, set_wake_up};
use crate::chain::Chain;
use crate::decide::Reason;

/// `by` takes the incident: its chain stops until the acknowledgement lapses, if the tenant's policy says that it does.
/// A resolved incident, and one that `by` has taken already, stay as they are.
#[must_use]
pub fn acknowledge(incident: Incident, by: &str, topic: &Topic<'_>, scene: &Scene<'_>) -> Outcome {
    match &incident.state {
        IncidentState::Resolved { .. } => return Outcome::nothing(incident),
        IncidentState::Acknowledged(earlier) if earlier.by == by => {
            return Outcome::nothing(incident);
        }
        _ => {}
    }
    let times_out = Chain::kept_in(&incident).times_out;
    let state = IncidentState::Acknowledged(Acknowledgement {
        by: by.to_owned(),
        at: scene.now,
        until: times_out.map(|lapse| lapse.after(scene.now)),
    });
    let text = format!("{by} acknowledged it.");
    stop(incident, state, Reason::Acknowledged, &text, topic, scene)
}

/// Quiet until `until`, which must lie ahead; then the chain begins again. A resolved incident stays as it is.
#[must_use]
pub fn snooze(
    incident: Incident,
    by: &str,
    until: Timestamp,
    topic: &Topic<'_>,
    scene: &Scene<'_>,
) -> Outcome {
    if matches!(incident.state, IncidentState::Resolved { .. }) || until <= scene.now {
        return Outcome::nothing(incident);
    }
    let by_whom = by.to_owned();
    let state = IncidentState::Snoozed { by: by_whom, until };
    let text = format!("{by} asked for quiet until {until}.");
    stop(incident, state, Reason::Snoozed, &text, topic, scene)
}

/// Whoever took the incident gives it back: the chain begins again at once. Others stay as they are.
#[must_use]
pub fn give_back(incident: Incident, by: &str, topic: &Topic<'_>, scene: &Scene<'_>) -> Outcome {
    if !matches!(incident.state, IncidentState::Acknowledged(_)) {
        return Outcome::nothing(incident);
    }
    let mut next = incident.clone();
    next.revision += 1;
    next.state = IncidentState::Open;
    let position = begin_again(&incident);
    let mut outcome = take_step(&incident, position, Reason::GivenBack, topic, scene, next);
    let text = format!("{by} gave it back.");
    outcome
        .log
        .insert(0, log(scene.now, Reason::GivenBack, text));
    set_wake_up(&mut outcome.incident, scene.now);
    outcome
}

fn stop(
    incident: Incident,
    state: IncidentState,
    reason: Reason,
    text: &str,
    topic: &Topic<'_>,
    scene: &Scene<'_>,
) -> Outcome {
    let mut next = incident.clone();
    next.revision += 1;
    next.state = state;
    next.chain_at = None;
    let mut teller = Teller::new(&incident, topic, scene, reason);
    teller.edit_all(&next);
    let deliveries = teller.deliveries;
    set_wake_up(&mut next, scene.now);
    Outcome {
        incident: next,
        deliveries,
        log: vec![log(scene.now, reason, text)],
        reason: Some(reason),
    }
}
