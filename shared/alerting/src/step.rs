//! What a chain does next.

use jiff::Timestamp;

use crate::chain::Chain;
use crate::document::{Step, Target};

/// How far an incident is in its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Steps already taken.
    pub step: u32,
    /// How often the chain has been begun again.
    pub round: u32,
}

/// What to do now, and when to look again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    /// Whom to tell now; nobody while it is quiet or the chain begins with a wait.
    pub notify: Vec<Target>,
    /// How far the incident is afterwards.
    pub position: Position,
    /// When to go on; none when the chain is at its end and does not repeat.
    pub wake_at: Option<Timestamp>,
    /// Nothing was done because it is outside the hours of work.
    pub held: bool,
}

/// Takes the next step of `chain`: tells whoever stands between here and the next wait. At the end it begins again with
/// the next round; whether that is due was settled by the wake-up.
#[must_use]
pub fn next_step(chain: &Chain, at: Position, now: Timestamp) -> NextStep {
    let mut position = at;
    if index(position.step) >= chain.steps.len() {
        position = Position {
            step: 0,
            round: position.round.saturating_add(1),
        };
    }
    let stop = NextStep {
        notify: Vec::new(),
        position,
        wake_at: None,
        held: false,
    };
    if chain.steps.is_empty() {
        return stop;
    }
    let zone = chain.zone();
    if let Some(hours) = chain.quiet.as_ref().filter(|hours| !hours.hold(now, &zone)) {
        return NextStep {
            position: at,
            wake_at: Some(hours.next_start(now, &zone)),
            held: true,
            ..stop
        };
    }
    let mut notify: Vec<Target> = Vec::new();
    while let Some(step) = chain.steps.get(index(position.step)) {
        position.step += 1;
        match step {
            Step::Notify(targets) => notify.extend(targets.iter().cloned()),
            Step::Wait(lapse) => {
                return NextStep {
                    notify,
                    position,
                    wake_at: Some(lapse.after(now)),
                    held: false,
                };
            }
        }
    }
    NextStep {
        notify,
        position,
        wake_at: chain.repeat.map(|repeat| repeat.after(now)),
        held: false,
    }
}

/// Whom the chain tells when it goes on from `at`, and whether that begins it again.
pub(crate) fn upcoming(chain: &Chain, at: Position) -> (Vec<Target>, bool) {
    let from = index(at.step);
    let repeats = from >= chain.steps.len();
    let targets = chain
        .steps
        .iter()
        .skip(if repeats { 0 } else { from })
        .take_while(|step| matches!(step, Step::Notify(_)))
        .filter_map(|step| match step {
            Step::Notify(targets) => Some(targets.clone()),
            Step::Wait(_) => None,
        })
        .flatten()
        .collect();
    (targets, repeats)
}

/// Which notification of the chain, counted from 1, was the last one taken before `at`.
pub(crate) fn notification_number(chain: &Chain, at: Position) -> u32 {
    let taken = chain.steps.iter().take(index(at.step));
    u32::try_from(taken.filter(|step| matches!(step, Step::Notify(_))).count()).unwrap_or(u32::MAX)
}

fn index(step: u32) -> usize {
    usize::try_from(step).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
