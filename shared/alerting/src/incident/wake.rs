//! Time passes without anybody acting.

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{Incident, IncidentState, LogEntry, WakeUp};

use super::teller::Teller;
use super::{Outcome, Scene, Topic, log, loud_from, set_wake_up};
use crate::chain::Chain;
use crate::decide::Reason;
use crate::step::{NextStep, Position, next_step, notification_number};

/// How long a muted incident waits before it looks again.
const MUTED: SignedDuration = SignedDuration::from_hours(1);

/// Handles a wake-up that came due. One that is not the incident's present wake-up is stale and does nothing, as does
/// one that comes early. `muted` tells that the cluster cannot be read now: nobody could say whether the incident's
/// findings are still there, so it waits and looks again in an hour.
#[must_use]
pub fn on_wake_up(
    incident: Incident,
    wake_up: &WakeUp,
    muted: bool,
    topic: &Topic<'_>,
    scene: &Scene<'_>,
) -> Outcome {
    if incident.wake_up.as_ref() != Some(wake_up) || scene.now < wake_up.at {
        return Outcome::nothing(incident);
    }
    if muted && incident.policy.is_some() {
        return mute(incident, scene);
    }
    let elapsed = |at: Timestamp| at <= scene.now;
    let mut next = incident.clone();
    next.revision += 1;
    let outcome = match &incident.state {
        IncidentState::Resolved { .. } => return Outcome::nothing(incident),
        IncidentState::Snoozed { .. } => {
            next.state = IncidentState::Open;
            let position = begin_again(&incident);
            take_step(&incident, position, Reason::SnoozeEnded, topic, scene, next)
        }
        IncidentState::Acknowledged(acknowledgement)
            if acknowledgement.until.is_some_and(elapsed) =>
        {
            next.state = IncidentState::Open;
            let position = begin_again(&incident);
            let reason = Reason::AcknowledgementTimedOut;
            take_step(&incident, position, reason, topic, scene, next)
        }
        IncidentState::Open if incident.chain_at.is_some_and(elapsed) => {
            let position = Position {
                step: incident.step,
                round: incident.round,
            };
            let reason = step_reason(&incident);
            take_step(&incident, position, reason, topic, scene, next)
        }
        IncidentState::Open | IncidentState::Acknowledged(_) => Outcome::nothing(next),
    };
    let mut outcome = tell_overdue(&incident, outcome, topic, scene);
    set_wake_up(&mut outcome.incident, scene.now);
    outcome
}

/// Why the step at which the incident stands is taken.
fn step_reason(incident: &Incident) -> Reason {
    let chain = Chain::kept_in(incident);
    let at_end = usize::try_from(incident.step).unwrap_or(usize::MAX) >= chain.steps.len();
    let position = Position {
        step: incident.step,
        round: incident.round,
    };
    match (incident.told_at, &incident.policy) {
        (None, Some(_)) => Reason::First,
        (None, None) => Reason::Unreadable,
        // At the end the chain begins again; at a beginning it was held until the hours of work.
        (Some(_), _) if at_end || notification_number(&chain, position) == 0 => {
            Reason::RepeatElapsed
        }
        (Some(_), _) => Reason::Escalated,
    }
}

/// The beginning of the next round.
pub(super) fn begin_again(incident: &Incident) -> Position {
    Position {
        step: 0,
        round: incident.round.saturating_add(1),
    }
}

/// Takes the step of the chain at `position` and tells whoever it names; `next` is the incident as it becomes.
pub(super) fn take_step(
    before: &Incident,
    position: Position,
    reason: Reason,
    topic: &Topic<'_>,
    scene: &Scene<'_>,
    mut next: Incident,
) -> Outcome {
    let mut teller = Teller::new(before, topic, scene, reason);
    let NextStep {
        notify,
        position,
        wake_at,
        held,
    } = next_step(&teller.chain, position, scene.now);
    next.step = position.step;
    next.round = position.round;
    next.chain_at = wake_at;
    let mut entries: Vec<LogEntry> = Vec::new();
    if held {
        entries.push(log(scene.now, reason, "Waits for the hours of work."));
    }
    if notify.is_empty() {
        // Nobody new is told, but whoever has a message shall see the state it is in.
        if before.state != next.state {
            teller.edit_all(&next);
        }
    } else {
        teller.tell_step(&mut next, &notify);
        let told: Vec<String> = teller
            .deliveries
            .iter()
            .filter(|delivery| delivery.content.edits.is_none())
            .filter(|delivery| delivery.content.message != "incident-details")
            .map(|delivery| delivery.destination.key())
            .collect();
        entries.push(log(scene.now, reason, format!("Told {}.", told.join(", "))));
    }
    Outcome {
        incident: next,
        deliveries: teller.deliveries,
        log: entries,
        reason: Some(reason),
    }
}

/// Tells everybody once that the deadline has passed. Where the same wake-up tells something else, that message says it.
fn tell_overdue(
    before: &Incident,
    mut outcome: Outcome,
    topic: &Topic<'_>,
    scene: &Scene<'_>,
) -> Outcome {
    let overdue = before.due.is_some_and(|due| due <= scene.now);
    let quiet = loud_from(&Chain::kept_in(before), scene.now) > scene.now;
    let nobody = outcome.incident.audience.is_empty();
    if !overdue || quiet || before.overdue_told || nobody {
        return outcome;
    }
    outcome.incident.overdue_told = true;
    outcome.log.push(log(
        scene.now,
        Reason::DeadlinePassed,
        "The deadline has passed.",
    ));
    if outcome.deliveries.is_empty() {
        let mut teller = Teller::new(before, topic, scene, Reason::DeadlinePassed);
        teller.edit_all(&outcome.incident);
        teller.reply_all(&outcome.incident, "overdue", "incident-reminded");
        outcome.deliveries = teller.deliveries;
        outcome.reason = Some(Reason::DeadlinePassed);
    }
    outcome
}

/// Puts off whatever the incident wanted to do.
fn mute(mut incident: Incident, scene: &Scene<'_>) -> Outcome {
    incident.revision += 1;
    let later = scene.now.checked_add(MUTED).unwrap_or(Timestamp::MAX);
    incident.wake_up = Some(WakeUp {
        at: later,
        step: incident.step,
        round: incident.round,
    });
    Outcome {
        incident,
        deliveries: Vec::new(),
        log: vec![log(
            scene.now,
            Reason::Unreadable,
            "Muted: the cluster cannot be read, so nobody knows whether this is still so.",
        )],
        reason: None,
    }
}
