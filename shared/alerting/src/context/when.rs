//! A time for people and for Slack, which shows it in the reader's own zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A time in words, and the seconds since 1970 behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Seconds since 1970.
    pub unix: i64,
    /// Day and time with the zone, for example `21 Nov 02:10 CET`.
    pub text: String,
    /// The day alone, for example `21 Nov`.
    pub day: String,
}

impl When {
    /// `at` as people in `zone` say it.
    #[must_use]
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        let local = at.to_zoned(zone.clone());
        Self {
            unix: at.as_second(),
            text: local.strftime("%-d %b %H:%M %Z").to_string(),
            day: local.strftime("%-d %b").to_string(),
        }
    }
}
