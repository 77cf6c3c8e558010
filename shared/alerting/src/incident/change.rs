//! A scan found something different.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{Change, ChangeKind, Fingerprint, Incident, IncidentState};

use super::teller::Teller;
use super::wake::{begin_again, take_step};
use super::{Outcome, Scene, Topic, log, set_wake_up};
use crate::decide::{Known, Reason, decide};

/// How many days after it was resolved an incident is opened again instead of a new one: as long as people remember it.
pub const REOPENS_WITHIN_DAYS: i64 = 7;

/// Whether new findings of its policy and cluster belong to this incident: it is open, or was until not long ago.
#[must_use]
pub fn reopens(incident: &Incident, now: Timestamp) -> bool {
    match incident.state {
        IncidentState::Resolved { at } => {
            now.duration_since(at) <= SignedDuration::from_hours(24 * REOPENS_WITHIN_DAYS)
        }
        _ => true,
    }
}

/// Applies what a scan changed (changes of other policies than the incident's are ignored) and tells people what they do
/// not know yet. In Slack a message is edited, which disturbs nobody; mail is sent for new findings and at the end.
#[must_use]
pub fn apply_changes(
    incident: Incident,
    changes: &[Change],
    topic: &Topic<'_>,
    scene: &Scene<'_>,
) -> Outcome {
    let mut open = incident.open.clone();
    let mut added = BTreeSet::new();
    let mut excepted = 0;
    for change in changes {
        if incident.policy.as_ref() != Some(&change.policy) {
            continue;
        }
        match change.what {
            ChangeKind::New | ChangeKind::Reopened | ChangeKind::ExceptionEnded => {
                if open.insert(change.fingerprint) {
                    added.insert(change.fingerprint);
                }
            }
            ChangeKind::Resolved => {
                open.remove(&change.fingerprint);
            }
            ChangeKind::Excepted => {
                excepted += usize::from(open.remove(&change.fingerprint));
            }
        }
    }
    if open == incident.open {
        return Outcome::nothing(incident);
    }
    let reason = decide(
        &Known {
            ever_told: incident.told_at.is_some(),
            resolved: matches!(incident.state, IncidentState::Resolved { .. }),
            told: &incident.told,
        },
        &open,
    );
    let mut next = incident.clone();
    next.revision += 1;
    next.total = next
        .total
        .saturating_add(u32::try_from(added.len()).unwrap_or(u32::MAX));
    let text = difference(&incident.open, &open, excepted);
    next.open = open;
    let mut outcome = match reason {
        Some(Reason::AllResolved) => resolve(&incident, next, Reason::AllResolved, topic, scene),
        Some(Reason::Reopened) => {
            next.state = IncidentState::Open;
            next.overdue_told = false;
            // As much time as it had at first.
            next.due = incident.due.and_then(|due| {
                scene
                    .now
                    .checked_add(due.duration_since(incident.opened))
                    .ok()
            });
            let position = begin_again(&incident);
            take_step(&incident, position, Reason::Reopened, topic, scene, next)
        }
        Some(reason @ (Reason::NewFindings | Reason::SomeResolved)) => {
            let mut teller = Teller::new(&incident, topic, scene, reason);
            teller.edit_all(&next);
            if reason == Reason::NewFindings {
                let step = format!("changed-{}", next.revision);
                teller.mail_all(&next, &step, "incident-changed");
                teller.hold_mail();
            }
            let deliveries = teller.deliveries;
            next.told.clone_from(&next.open);
            next.told_at = Some(scene.now);
            Outcome {
                incident: next,
                deliveries,
                log: Vec::new(),
                reason: Some(reason),
            }
        }
        // Nobody was told yet (the chain waits for the hours of work and will say it as it then is), or people know.
        _ => Outcome::nothing(next),
    };
    let reason = reason.unwrap_or(Reason::NewFindings);
    outcome.log.insert(0, log(scene.now, reason, text));
    set_wake_up(&mut outcome.incident, scene.now);
    outcome
}

fn difference(
    before: &BTreeSet<Fingerprint>,
    after: &BTreeSet<Fingerprint>,
    excepted: usize,
) -> String {
    let of_them = match excepted {
        0 => String::new(),
        some => format!(", {some} excepted"),
    };
    format!(
        "{} new, {} resolved{of_them}; {} open.",
        after.difference(before).count(),
        before.difference(after).count().saturating_sub(excepted),
        after.len()
    )
}

/// Something else is wrong with the connection of an incident than people were told: they are told so, where they were told
/// before.
#[must_use]
pub fn connection_changed(incident: Incident, topic: &Topic<'_>, scene: &Scene<'_>) -> Outcome {
    if incident.connection.is_none() || matches!(incident.state, IncidentState::Resolved { .. }) {
        return Outcome::nothing(incident);
    }
    let reason = Reason::Unreadable;
    let mut next = incident.clone();
    next.revision += 1;
    let mut teller = Teller::new(&incident, topic, scene, reason);
    teller.edit_all(&next);
    let step = format!("changed-{}", next.revision);
    teller.reply_all(&next, &step, "connection-broken");
    let deliveries = teller.deliveries;
    set_wake_up(&mut next, scene.now);
    Outcome {
        incident: next,
        deliveries,
        log: vec![log(scene.now, reason, "Something else is wrong with it.")],
        reason: Some(reason),
    }
}

/// The cluster of an incident of the kind "cannot be read" was read again, or its connection works again.
#[must_use]
pub fn readable_again(incident: Incident, topic: &Topic<'_>, scene: &Scene<'_>) -> Outcome {
    if incident.policy.is_some() || matches!(incident.state, IncidentState::Resolved { .. }) {
        return Outcome::nothing(incident);
    }
    let mut next = incident.clone();
    next.revision += 1;
    let reason = Reason::ReadableAgain;
    let mut outcome = resolve(&incident, next, reason, topic, scene);
    let text = match outcome.incident.connection {
        Some(_) => "The connection works again.",
        None => "The cluster was read again.",
    };
    outcome.log.insert(0, log(scene.now, reason, text));
    outcome
}

fn resolve(
    before: &Incident,
    mut next: Incident,
    reason: Reason,
    topic: &Topic<'_>,
    scene: &Scene<'_>,
) -> Outcome {
    next.state = IncidentState::Resolved { at: scene.now };
    next.chain_at = None;
    let mut teller = Teller::new(before, topic, scene, reason);
    teller.edit_all(&next);
    let step = format!("resolved-{}", next.revision);
    let message = match reason {
        Reason::ReadableAgain if before.connection.is_some() => "connection-works",
        Reason::ReadableAgain => "cluster-readable",
        _ => "incident-resolved",
    };
    teller.mail_all(&next, &step, message);
    teller.hold_mail();
    let deliveries = teller.deliveries;
    next.told.clone_from(&next.open);
    next.wake_up = None;
    Outcome {
        incident: next,
        deliveries,
        log: Vec::new(),
        reason: Some(reason),
    }
}
