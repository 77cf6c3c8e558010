//! A length of time as people write it: `30m`, `2h`, `7d`.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A whole number of seconds, at least a minute and at most 366 days. A day is 24 hours here: a wait is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lapse {
    seconds: u32,
}

/// A text that is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LapseError {
    /// Not a number and a unit.
    #[error("`{0}` is not a length of time")]
    Form(String),
    /// Shorter than a minute or longer than 366 days.
    #[error("`{0}` is not between 1m and 366d")]
    Range(String),
}

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;
const WEEK: u32 = 7 * DAY;

impl Lapse {
    /// Reads a number directly followed by `m`, `h`, `d` or `w`.
    ///
    /// # Errors
    /// When the text has another form, or the time is shorter than a minute or longer than 366 days.
    pub fn parse(text: &str) -> Result<Self, LapseError> {
        let form = || LapseError::Form(text.to_owned());
        let unit = text.chars().next_back().ok_or_else(form)?;
        let digits = &text[..text.len() - unit.len_utf8()];
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(form());
        }
        let unit = match unit {
            'm' => MINUTE,
            'h' => HOUR,
            'd' => DAY,
            'w' => WEEK,
            _ => return Err(form()),
        };
        digits
            .parse::<u32>()
            .ok()
            .and_then(|number| number.checked_mul(unit))
            .filter(|seconds| (MINUTE..=366 * DAY).contains(seconds))
            .map(|seconds| Self { seconds })
            .ok_or_else(|| LapseError::Range(text.to_owned()))
    }

    /// Its length in seconds.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.seconds
    }

    /// The time this long after `at`; the last representable time when that does not exist.
    #[must_use]
    pub fn after(self, at: Timestamp) -> Timestamp {
        at.checked_add(SignedDuration::from_secs(i64::from(self.seconds)))
            .unwrap_or(Timestamp::MAX)
    }

    /// The lapse of so many seconds, within the bounds of the type.
    pub(crate) fn of_seconds(seconds: u32) -> Self {
        Self {
            seconds: seconds.clamp(MINUTE, 366 * DAY),
        }
    }
}

impl fmt::Display for Lapse {
    /// In words: `30 minutes`, `2 hours`, `7 days`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&in_words(i64::from(self.seconds)))
    }
}

/// A length of time in words with one or two units: `45 minutes`, `1 day 2 h`.
#[must_use]
pub fn in_words(seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let many = |number: i64, one: &str| match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    };
    match (days, hours, rest) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, _) => many(rest, "minute"),
        (0, _, 0) => many(hours, "hour"),
        (0, _, _) => format!("{hours} h {rest} min"),
        (_, 0, _) => many(days, "day"),
        (..14, _, _) => format!("{} {hours} h", many(days, "day")),
        _ => many(days, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_and_said() {
        for (text, words) in [
            ("30m", "30 minutes"),
            ("1m", "1 minute"),
            ("90m", "1 h 30 min"),
            ("2h", "2 hours"),
            ("26h", "1 day 2 h"),
            ("7d", "7 days"),
            ("2w", "14 days"),
        ] {
            assert_eq!(
                Lapse::parse(text).map(|lapse| lapse.to_string()),
                Ok(words.to_owned())
            );
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "m", "30", "30 m", "-5m", "1.5h", "5y", "5µ", "٣m"] {
            assert_eq!(Lapse::parse(text), Err(LapseError::Form(text.to_owned())));
        }
        for text in ["0m", "367d", "99999999999w"] {
            assert_eq!(Lapse::parse(text), Err(LapseError::Range(text.to_owned())));
        }
    }
}
