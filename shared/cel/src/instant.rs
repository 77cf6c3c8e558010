//! Points in time: seconds and nanoseconds since 1970, from year 1 to the end of 9999 as CEL has them.

use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// The first second of year 1, before which CEL has no timestamps.
const FIRST: i64 = -62_135_596_800;
/// The last second of year 9999.
const LAST: i64 = 253_402_300_799;

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Instant {
    seconds: i64,
    nanos: u32,
}

/// A day of the calendar and the time of that day.
pub(crate) struct Civil {
    pub(crate) year: i64,
    /// From 1.
    pub(crate) month: i64,
    /// From 1.
    pub(crate) day: i64,
    /// From 0 on.
    pub(crate) day_of_year: i64,
    /// From Sunday, 0.
    pub(crate) weekday: i64,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
}

impl Instant {
    /// The beginning of a second since 1970; `None` outside the years 1 to 9999.
    #[must_use]
    pub fn from_second(seconds: i64) -> Option<Instant> {
        (FIRST..=LAST)
            .contains(&seconds)
            .then_some(Instant { seconds, nanos: 0 })
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub fn as_second(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after [`Instant::as_second`].
    #[must_use]
    pub fn subsec_nanos(self) -> u32 {
        self.nanos
    }

    /// Year 1 begins: the timestamp that counts as none.
    pub(crate) fn is_zero(self) -> bool {
        self.seconds == FIRST && self.nanos == 0
    }

    /// Later (or earlier) by a span; `None` outside the years 1 to 9999.
    pub(crate) fn plus(self, span: SignedDuration) -> Option<Instant> {
        let nanos = self.total_nanos() + span.as_nanos();
        let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
        let nanos = u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?;
        Instant::from_second(seconds).map(|time| Instant { nanos, ..time })
    }

    /// The span from another one to this; `None` past 292 years, which a span does not hold.
    pub(crate) fn since(self, earlier: Instant) -> Option<SignedDuration> {
        let nanos = i64::try_from(self.total_nanos() - earlier.total_nanos()).ok()?;
        Some(SignedDuration::from_nanos(nanos))
    }

    fn total_nanos(self) -> i128 {
        i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanos)
    }

    /// The calendar and clock at an offset from UTC, in seconds.
    pub(crate) fn civil(self, offset: i64) -> Civil {
        let local = self.seconds + offset;
        let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = date_of(days);
        Civil {
            year,
            month,
            day,
            day_of_year: days - days_of(year, 1, 1),
            weekday: (days + 4).rem_euclid(7),
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
        }
    }

    /// Reads RFC 3339 as Go does: an hour may have one digit, decimals may follow a comma and be many, an offset may
    /// have up to 24 hours and 60 minutes.
    pub(crate) fn parse(text: &str) -> Option<Instant> {
        let mut rest = text.as_bytes();
        let year = digits(&mut rest, 4)?;
        literal(&mut rest, b'-')?;
        let month = digits(&mut rest, 2).filter(|month| (1..=12).contains(month))?;
        literal(&mut rest, b'-')?;
        let day = digits(&mut rest, 2)?;
        literal(&mut rest, b'T')?;
        let hour = match digits(&mut rest, 2) {
            Some(hour) => hour,
            None => digits(&mut rest, 1)?,
        };
        literal(&mut rest, b':')?;
        let minute = digits(&mut rest, 2)?;
        literal(&mut rest, b':')?;
        let second = digits(&mut rest, 2)?;
        let nanos = fraction(&mut rest);
        let offset = offset(&mut rest)?;
        let fits = hour < 24 && minute < 60 && second < 60 && rest.is_empty();
        if !fits || day < 1 || day > days_in(year, month) {
            return None;
        }
        let local = days_of(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
        Instant::from_second(local - offset).map(|time| Instant { nanos, ..time })
    }
}

fn literal(rest: &mut &[u8], wanted: u8) -> Option<()> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    (*first == wanted).then_some(())
}

/// A number of so many digits; nothing is taken if there are fewer.
fn digits(rest: &mut &[u8], count: usize) -> Option<i64> {
    let (number, after) = rest.split_at_checked(count)?;
    let mut value = 0;
    for digit in number {
        value = value * 10 + i64::from(digit.is_ascii_digit().then(|| digit - b'0')?);
    }
    *rest = after;
    Some(value)
}

/// Decimals of a second, in nanoseconds; what is finer is cut.
fn fraction(rest: &mut &[u8]) -> u32 {
    let Some((b'.' | b',', after)) = rest.split_first() else {
        return 0;
    };
    let count = after.iter().take_while(|b| b.is_ascii_digit()).count();
    if count == 0 {
        return 0;
    }
    let digit = |place: usize| match after.get(place) {
        Some(digit) if place < count => u32::from(digit - b'0'),
        _ => 0,
    };
    *rest = &after[count..];
    (0..9).fold(0, |nanos, place| nanos * 10 + digit(place))
}

fn offset(rest: &mut &[u8]) -> Option<i64> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    let sign = match first {
        b'Z' => return Some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours = digits(rest, 2).filter(|hours| *hours <= 24)?;
    literal(rest, b':')?;
    let minutes = digits(rest, 2).filter(|minutes| *minutes <= 60)?;
    Some(sign * (hours * 3600 + minutes * 60))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the first of 1970 to a date. Years are counted from March, so that a leap day ends one; 400 of them have
/// 146,097 days.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
}

/// The date so many days after the first of 1970.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.civil(0);
        let (year, month, day) = (civil.year, civil.month, civil.day);
        let (hour, minute, second) = (civil.hour, civil.minute, civil.second);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if self.nanos != 0 {
            let decimals = format!("{:09}", self.nanos);
            write!(f, ".{}", decimals.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_calendar_comes_back() {
        let mut expected = (1, 1, 1);
        for days in FIRST / 86_400..=LAST / 86_400 {
            assert_eq!(date_of(days), expected);
            assert_eq!(days_of(expected.0, expected.1, expected.2), days);
            let (year, month, day) = expected;
            expected = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (month, day) if day == days_in(year, month) => (year, month + 1, 1),
                (month, day) => (year, month, day + 1),
            };
        }
        assert_eq!(expected, (10_000, 1, 1));
    }

    #[test]
    fn what_is_printed_is_read_back() {
        for text in [
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59.5Z",
            "2024-02-29T12:30:45.000000001Z",
            "9999-12-31T23:59:59.999999999Z",
        ] {
            assert_eq!(Instant::parse(text).unwrap().to_string(), text);
        }
    }
}
