//! The time, passed in wherever it matters.

use std::fmt;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

/// Tells the time: the machine's, or one that is set by hand.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    Machine,
    ByHand(Arc<Mutex<Timestamp>>),
    Told(Arc<dyn Fn() -> Timestamp + Send + Sync>),
}

impl Clock {
    /// The machine's time.
    #[must_use]
    pub fn machine() -> Self {
        Self(Source::Machine)
    }

    /// A time that stands still until it is set.
    #[must_use]
    pub fn by_hand(start: Timestamp) -> Self {
        Self(Source::ByHand(Arc::new(Mutex::new(start))))
    }

    /// The time that somebody tells each time it is asked for: for tests in which it moves in the midst of something.
    #[must_use]
    pub fn told(tell: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Source::Told(Arc::new(tell)))
    }

    /// Now.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine"
    )]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::Machine => Timestamp::now(),
            Source::ByHand(time) => *time
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
            Source::Told(tell) => tell(),
        }
    }

    /// Moves a clock set by hand; the machine's time cannot be moved.
    pub fn set(&self, to: Timestamp) {
        if let Source::ByHand(time) = &self.0 {
            *time
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner) = to;
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_by_hand_stands_still_until_moved_and_its_copies_move_with_it() {
        let clock = Clock::by_hand(Timestamp::UNIX_EPOCH);
        let copy = clock.clone();
        let later = Timestamp::from_second(60).unwrap();
        clock.set(later);
        assert_eq!(copy.now(), later);
    }
}
