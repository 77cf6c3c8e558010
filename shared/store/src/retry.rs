//! Waiting a little when two of our own writers meet on one item. (The SDK itself retries what is throttled.)

use std::time::Duration;

/// The waits between attempts: 10, 20, 40, 80, 160 ms.
pub(crate) fn waits() -> impl Iterator<Item = Duration> {
    (0..5).map(|attempt| Duration::from_millis(10 << attempt))
}
