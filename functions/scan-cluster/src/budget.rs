//! The time that reading may take.

use std::time::Duration;

use jiff::Timestamp;
use plimsoll_runtime::Clock;

/// How often somebody looks at the clock while a page is awaited.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Until when lists are read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Budget<'b>(Option<(&'b Clock, Timestamp)>);

impl<'b> Budget<'b> {
    pub(crate) fn until(clock: &'b Clock, end: Timestamp) -> Self {
        Self(Some((clock, end)))
    }

    pub(crate) fn is_over(&self) -> bool {
        self.0.is_some_and(|(clock, end)| clock.now() >= end)
    }

    /// Returns when it is over; never, if it has no end.
    pub(crate) async fn over(&self) {
        if self.0.is_none() {
            std::future::pending::<()>().await;
        }
        while !self.is_over() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}
