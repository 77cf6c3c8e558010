//! What a message leads with: one sentence that says what happened.

use jiff::Timestamp;
use plimsoll_model::{FindingState, Fingerprint, Incident, IncidentState};

use super::{Saying, When, one_line};
use crate::chain::Chain;
use crate::decide::Reason;
use crate::document::Step;
use crate::incident::{Scene, Topic};
use crate::lapse::in_words;
use crate::step::{Position, notification_number};

/// Whether the chain has told somebody after its first notification in this round.
pub(super) fn beyond_first(incident: &Incident, chain: &Chain) -> bool {
    let position = Position {
        step: incident.step,
        round: incident.round,
    };
    notification_number(chain, position) > 1
}

pub(super) fn news(
    incident: &Incident,
    saying: &Saying<'_>,
    topic: &Topic<'_>,
    scene: &Scene<'_>,
    chain: &Chain,
) -> String {
    let zone = chain.zone();
    let at = |at: Timestamp| When::of(at, &zone).text;
    let before = saying.before;
    let told = before.told_at.unwrap_or(incident.opened);
    let open_for = in_words(scene.now.duration_since(incident.opened).as_secs());
    match saying.reason {
        Reason::First => format!("Found {}.", at(incident.opened)),
        Reason::NewFindings | Reason::SomeResolved => {
            let new = incident.open.difference(&before.told).count();
            let gone = before.told.difference(&incident.open);
            let (excepted, fixed) = excepted(gone, topic);
            let excepted = match excepted {
                0 => String::new(),
                some => format!(", {some} excepted (still failing)"),
            };
            format!("{new} new, {fixed} fixed{excepted} since {}.", at(told))
        }
        Reason::AllResolved => {
            let by = match &before.state {
                IncidentState::Acknowledged(acknowledgement) => {
                    format!("; acknowledged by {}", one_line(&acknowledgement.by, 80))
                }
                _ => String::new(),
            };
            let what = match excepted(before.open.iter(), topic) {
                (0, _) => "Fixed".to_owned(),
                (some, 0) => format!("{some} excepted (still failing), nothing fixed"),
                (some, fixed) => format!("{fixed} fixed, {some} excepted (still failing)"),
            };
            format!("{what} {}; open {open_for}{by}.", at(scene.now))
        }
        Reason::Reopened => format!("It was resolved and is back since {}.", at(scene.now)),
        Reason::RepeatElapsed => {
            format!("Open for {open_for}, and nobody has acknowledged it.")
        }
        Reason::Escalated => match waited(before, chain) {
            Some(lapse) => format!("Nobody acknowledged within {lapse}."),
            None => "Nobody has acknowledged it.".to_owned(),
        },
        Reason::AcknowledgementTimedOut => match &before.state {
            IncidentState::Acknowledged(acknowledgement) => format!(
                "{} acknowledged it {} ago, and it is still open.",
                one_line(&acknowledgement.by, 80),
                in_words(scene.now.duration_since(acknowledgement.at).as_secs())
            ),
            _ => "It is still open.".to_owned(),
        },
        Reason::SnoozeEnded => "It was snoozed until now, and is still open.".to_owned(),
        Reason::DeadlinePassed => match incident.due {
            Some(due) => format!("It was due {}, and is still open.", at(due)),
            None => "It is overdue.".to_owned(),
        },
        Reason::Acknowledged => "Somebody is on it.".to_owned(),
        Reason::GivenBack => "Nobody is on it any more.".to_owned(),
        Reason::Snoozed => "It is quiet for a while.".to_owned(),
        Reason::Unreadable => match topic {
            Topic::Unreadable { since, .. } => format!(
                "Not read since {}. What is known of it stays as it was, and nothing counts as passed.",
                at(*since)
            ),
            Topic::Connection { trouble, .. } => {
                let since = at(trouble.since);
                let begun = match (trouble.suspended, trouble.in_part) {
                    (true, _) => format!("The connection is suspended since {since}"),
                    (false, true) => format!("Since {since} it is not read whole"),
                    (false, false) => format!("Not read since {since}"),
                };
                format!(
                    "{begun}. What is known of it stays as it was, and nothing counts as passed."
                )
            }
            Topic::Policy { .. } => String::new(),
        },
        Reason::ReadableAgain if incident.connection.is_some() => format!(
            "Checked {}: the connection works again, after {open_for}. Its scans go on.",
            at(scene.now)
        ),
        Reason::ReadableAgain => {
            format!("Not read for {open_for}, until {}.", at(scene.now))
        }
    }
}

/// How many of these findings are excepted, and how many are not.
fn excepted<'f>(gone: impl Iterator<Item = &'f Fingerprint>, topic: &Topic<'_>) -> (usize, usize) {
    let findings = match topic {
        Topic::Policy { findings, .. } => findings,
        Topic::Unreadable { .. } | Topic::Connection { .. } => &[][..],
    };
    let is_excepted = |fingerprint: &&Fingerprint| {
        let finding = findings.iter().find(|one| one.fingerprint == **fingerprint);
        finding.is_some_and(|one| one.state == FindingState::Open && one.excepted.is_some())
    };
    let (excepted, fixed): (Vec<&Fingerprint>, Vec<_>) = gone.partition(is_excepted);
    (excepted.len(), fixed.len())
}

/// How long the chain had waited before the step it takes now.
fn waited(before: &Incident, chain: &Chain) -> Option<String> {
    let index = usize::try_from(before.step).ok()?.checked_sub(1)?;
    match chain.steps.get(index)? {
        Step::Wait(lapse) => Some(lapse.to_string()),
        Step::Notify(_) => None,
    }
}
