//! When something is scanned: a rhythm of slots.

use jiff::{SignedDuration, Timestamp};

/// The first slot after `now` in the rhythm that `slot` belongs to: slots that were missed are not made up for. `every`
/// counts in whole seconds, and as at least one minute.
#[must_use]
pub fn next_slot(slot: Timestamp, every: SignedDuration, now: Timestamp) -> Timestamp {
    let period = every.as_secs().max(60);
    let missed = now.duration_since(slot).as_secs().max(0) / period;
    slot + SignedDuration::from_secs(period * (missed + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missed_slots_are_skipped_and_the_rhythm_is_kept() {
        let at = |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap();
        let day = SignedDuration::from_hours(24);
        assert_eq!(next_slot(at(0), day, at(0)), at(86_400));
        assert_eq!(next_slot(at(0), day, at(3 * 86_400 + 5)), at(4 * 86_400));
        assert_eq!(next_slot(at(0), day, at(-50)), at(86_400));
    }
}
