//! What a round of checks makes of a connection, and what its tenant is told: pure, and decided by what was seen alone.
//!
//! A check that was lost proves nothing: it connects nothing, suspends nothing, and is made again. What is wrong is told
//! when it begins and when it ends, never twice.

mod proof;

use jiff::{SignedDuration, Timestamp};
use plimsoll_model::{
    Check, CheckKind, CheckOutcome, Connection, ConnectionChange, ConnectionKind, ConnectionState,
    NextStep, mended,
};

use self::proof::Proof;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const QUARTER: SignedDuration = SignedDuration::from_mins(15);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(24 * 7);

/// A round of checks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round<'a> {
    /// What came of the checks that were made.
    pub(crate) checks: &'a [Check],
    /// The slot, if the round begins a scan.
    pub(crate) slot: Option<Timestamp>,
    /// How often the tenant is scanned.
    pub(crate) every: SignedDuration,
    /// The time.
    pub(crate) now: Timestamp,
}

/// The connection after a round, and what to tell its tenant of it.
pub(crate) fn settle(
    before: &Connection,
    round: &Round<'_>,
) -> (Connection, Option<ConnectionChange>) {
    let now = round.now;
    let mut after = before.clone();
    let mut checks = round.checks.to_vec();
    // Regions are not listed in every round.
    let part = Proof::of(&before.kind).part;
    if !checks.iter().any(|check| check.kind.is_same(&part)) {
        let kept = before.checked.checks.iter();
        checks.extend(kept.filter(|check| check.kind.is_same(&part)).cloned());
    }
    after.state = next(&before.kind, &before.state, &checks, now);
    after.checked.checks = checks;
    after.checked.at = Some(now);
    after.checked.rounds += 1;
    if after.state.word() != before.state.word() || after.checked.since.is_none() {
        after.checked.since = Some(now);
    }
    after.checked.next = next_round(&after, now);
    if is_read(&after) {
        match round.slot {
            Some(slot) => after.checked.read = Some(slot),
            None if !is_read(before) => {
                // What slots have missed meanwhile is made good, and no more.
                let read = before.checked.read;
                let next = read.map_or(now, |read| (read + round.every).max(now));
                after.next_scan = after.next_scan.min(next);
            }
            None => {}
        }
    }
    let change = is_told(&before.state, &after.state).then(|| ConnectionChange {
        connection: after.id.clone(),
        trouble: after.trouble(),
    });
    (after, change)
}

/// Whether what is behind a connection may be read.
pub(crate) fn is_read(connection: &Connection) -> bool {
    match connection.state {
        ConnectionState::Connected => true,
        ConnectionState::Degraded { .. } => connection.trouble().is_some_and(|one| one.in_part),
        _ => false,
    }
}

/// What is wrong is told, and what was wrong and is right.
fn is_told(before: &ConnectionState, after: &ConnectionState) -> bool {
    use ConnectionState::{Connected, Degraded, Suspended};
    match (before, after) {
        (Degraded { .. }, Degraded { .. }) | (Suspended { .. }, Suspended { .. }) => false,
        (_, Degraded { .. } | Suspended { .. }) => true,
        (Degraded { .. } | Suspended { .. }, Connected) => true,
        _ => false,
    }
}

/// The state after a round.
fn next(
    kind: &ConnectionKind,
    before: &ConnectionState,
    checks: &[Check],
    now: Timestamp,
) -> ConnectionState {
    use ConnectionState::{Connected, Degraded, Suspended, Verifying, Waiting};
    if let ConnectionKind::KubeContext { .. } = kind {
        return Connected;
    }
    let of = |kind: &CheckKind| checks.iter().find(|check| check.kind.is_same(kind));
    let passed = |kind: &CheckKind| of(kind).is_some_and(|it| it.outcome == CheckOutcome::Passed);
    let failed = |kinds: &[CheckKind]| {
        let mut found = kinds.iter().filter_map(of);
        found.find(|check| matches!(check.outcome, CheckOutcome::Failed { .. }))
    };
    let Proof {
        answers,
        refuses,
        belongs,
        part,
    } = Proof::of(kind);
    let all = |kinds: &[CheckKind]| kinds.iter().all(passed);
    let (was_suspended, was_degraded) = match before {
        Suspended { since, .. } => (Some(*since), None),
        Degraded { since, .. } => (None, Some(*since)),
        _ => (None, None),
    };
    let began = matches!(before, Waiting | Verifying);
    if let Some(open) = failed(refuses) {
        let (reason, mend) = mended(kind, open);
        let since = was_suspended.unwrap_or(now);
        return Suspended {
            reason,
            mend,
            since,
        };
    }
    if let (Some(since), false) = (was_suspended, all(answers) && all(refuses)) {
        return match failed(answers) {
            Some(check) => shut_since(kind, check, since),
            None => before.clone(),
        };
    }
    let degraded = |check: &Check| {
        let (reason, mend) = mended(kind, check);
        let since = was_degraded.unwrap_or(now);
        Degraded {
            reason,
            mend,
            since,
        }
    };
    if let Some(check) = failed(answers).or_else(|| failed(belongs)) {
        return if began { Waiting } else { degraded(check) };
    }
    if !(all(answers) && all(refuses) && all(belongs)) {
        return match before {
            Waiting | Verifying if all(answers) => Verifying,
            other => other.clone(),
        };
    }
    match of(&part).map(|check| (check, &check.outcome)) {
        Some((_, CheckOutcome::Passed)) => Connected,
        Some((check, CheckOutcome::Failed { .. })) => degraded(check),
        Some((_, CheckOutcome::Lost { .. })) | None if began => Verifying,
        Some((_, CheckOutcome::Lost { .. })) | None => match before {
            // It refuses others again; whether all of it can be read comes with the next scan.
            Suspended { .. } => Connected,
            other => other.clone(),
        },
    }
}

/// It let others in, and now nobody: that proves nothing of whom it would let in.
fn shut_since(kind: &ConnectionKind, check: &Check, since: Timestamp) -> ConnectionState {
    let (_, NextStep { text, lines }) = mended(kind, check);
    let reason = match kind {
        ConnectionKind::Endpoint(_) => {
            "A token with another audience opened the cluster. Now ours does not, so nothing is proven."
        }
        _ => {
            "The role let us in without the right ExternalId. Now it does not let us in at all, so nothing is proven."
        }
    };
    ConnectionState::Suspended {
        reason: reason.to_owned(),
        mend: NextStep { text, lines },
        since,
    }
}

/// When the checks are made again: daily where all is well, sooner where somebody may just be mending something.
fn next_round(connection: &Connection, now: Timestamp) -> Option<Timestamp> {
    if let ConnectionKind::KubeContext { .. } = connection.kind {
        return None;
    }
    let age = now.duration_since(connection.checked.since.unwrap_or(now));
    let lost = connection.checked.lost().next().is_some();
    let wait = match &connection.state {
        ConnectionState::Connected if lost => QUARTER,
        ConnectionState::Connected => DAY,
        ConnectionState::Waiting | ConnectionState::Verifying => match age {
            age if age < HOUR => MINUTE,
            age if age < DAY => QUARTER,
            age if age < WEEK => HOUR,
            _ => DAY,
        },
        ConnectionState::Degraded { .. } | ConnectionState::Suspended { .. } => HOUR,
    };
    Some(now + wait)
}

#[cfg(test)]
mod tests;
