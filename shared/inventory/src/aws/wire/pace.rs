//! How fast an account is read: a bucket of tokens for each account, region and API, so that a scan never takes the
//! rate that the customer's own tools need. Throttles that come all the same are the retry's concern.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Calls that may be made at once before the rate holds.
const BURST: f64 = 10.0;

/// Calls a second. IAM has one quota for the whole account and EKS small ones for each operation; both are shared with
/// controllers. The others allow tens a second.
fn rate(api: &str) -> f64 {
    match api {
        "iam" => 2.0,
        "eks" => 3.0,
        _ => 5.0,
    }
}

/// The buckets of a process.
#[derive(Debug, Default)]
pub struct Pace {
    buckets: Mutex<BTreeMap<(String, String, &'static str), Bucket>>,
    /// Whether there is no rate.
    free: bool,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Below zero: calls that wait for their turn.
    tokens: f64,
    /// When that was so.
    at: Duration,
}

impl Bucket {
    fn refilled(self, api: &str, now: Duration) -> Bucket {
        let gained = now.saturating_sub(self.at).as_secs_f64() * rate(api);
        Bucket {
            tokens: (self.tokens + gained).min(BURST),
            at: now.max(self.at),
        }
    }
}

impl Pace {
    /// For far ends that are nobody's: the example world.
    #[must_use]
    pub fn unlimited() -> Self {
        Self {
            free: true,
            ..Self::default()
        }
    }

    /// Takes a turn for a call to `api` (the name that requests are signed for) and says how long to wait for it.
    /// `now` is the time since some moment that is the same for all calls; a clock that goes back gains nothing.
    pub(crate) fn turn(
        &self,
        account: &str,
        region: &str,
        api: &'static str,
        now: Duration,
    ) -> Duration {
        if self.free {
            return Duration::ZERO;
        }
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (account.to_owned(), region.to_owned(), api);
        if !buckets.contains_key(&key) {
            // A full bucket says nothing; accounts come and go.
            buckets.retain(|(_, _, api), bucket| bucket.refilled(api, now).tokens < BURST);
        }
        let full = Bucket {
            tokens: BURST,
            at: now,
        };
        let bucket = buckets.entry(key).or_insert(full);
        *bucket = bucket.refilled(api, now);
        bucket.tokens -= 1.0;
        let missing = (-bucket.tokens).max(0.0);
        Duration::from_secs_f64(missing / rate(api))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "111122223333";

    fn waits(pace: &Pace, api: &'static str, calls: usize, second: u64) -> Vec<Duration> {
        (0..calls)
            .map(|_| pace.turn(ACCOUNT, "eu-west-1", api, Duration::from_secs(second)))
            .collect()
    }

    #[test]
    fn a_burst_is_free_and_then_the_rate_holds() {
        let pace = Pace::default();
        let waited = waits(&pace, "ec2", 13, 100);
        assert!(waited[..10].iter().all(Duration::is_zero));
        let millis: Vec<_> = waited[10..].iter().map(Duration::as_millis).collect();
        assert_eq!(millis, [200, 400, 600]);
        assert_eq!(
            waits(&pace, "ec2", 1, 101)[0],
            Duration::ZERO,
            "a second later five more have come, three of them were taken"
        );
    }

    #[test]
    fn apis_regions_and_accounts_have_buckets_of_their_own() {
        let pace = Pace::default();
        waits(&pace, "iam", 10, 0);
        assert_eq!(waits(&pace, "iam", 1, 0)[0], Duration::from_millis(500));
        assert_eq!(waits(&pace, "eks", 1, 0)[0], Duration::ZERO);
        let elsewhere = pace.turn(ACCOUNT, "us-east-1", "iam", Duration::ZERO);
        let other = pace.turn("444455556666", "eu-west-1", "iam", Duration::ZERO);
        assert_eq!((elsewhere, other), (Duration::ZERO, Duration::ZERO));
    }

    #[test]
    fn over_a_long_time_no_more_than_the_rate_is_taken() {
        let pace = Pace::default();
        let mut now = Duration::from_secs(1_000_000);
        let start = now;
        for _ in 0..1_000 {
            now += pace.turn(ACCOUNT, "eu-west-1", "eks", now);
        }
        let least = Duration::from_secs_f64(990.0 / 3.0);
        assert!(
            now - start >= least - Duration::from_millis(1),
            "{:?}",
            now - start
        );
    }

    #[test]
    fn a_clock_that_goes_back_gains_nothing() {
        let pace = Pace::default();
        waits(&pace, "ec2", 10, 100);
        assert_eq!(waits(&pace, "ec2", 1, 50)[0], Duration::from_millis(200));
        assert_eq!(waits(&pace, "ec2", 1, 100)[0], Duration::from_millis(400));
    }

    #[test]
    fn full_buckets_are_forgotten() {
        let pace = Pace::default();
        for account in 0..50 {
            pace.turn(&account.to_string(), "eu-west-1", "ec2", Duration::ZERO);
        }
        pace.turn(ACCOUNT, "eu-west-1", "ec2", Duration::from_secs(60));
        assert_eq!(pace.buckets.lock().unwrap().len(), 1);
    }
}
