//! Times of the week in a tenant's time zone: hand-overs, office hours, the hour of the summary. All of it survives the
//! nights on which clocks change: a time that does not exist moves forward, one that comes twice is its first.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// `Mon 08:00`: a day of the week and a local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WeekTime {
    day: Weekday,
    time: Time,
}

/// Days from Monday with their three letters in documents.
pub(crate) const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Reads `08:00` (00:00 to 23:59).
pub(crate) fn parse_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| {
        (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<i8>().ok())
            .flatten()
    };
    Time::new(two(hour)?, two(minute)?, 0, 0).ok()
}

impl WeekTime {
    /// Reads `Mon 08:00`; the day in three letters of any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (day, time) = text.split_once(' ')?;
        let day = day.to_ascii_lowercase();
        let day = DAYS.iter().find(|(name, _)| *name == day)?.1;
        parse_time(time).map(|time| Self { day, time })
    }

    /// The first such time after `now` in `zone`.
    #[must_use]
    pub fn next(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let today = zone.to_datetime(now).date();
        // Eight days cover the case that today's has passed.
        (0..=8)
            .filter_map(|days| today.checked_add(days.days()).ok())
            .filter(|date| date.weekday() == self.day)
            .map(|date| instant(date.to_datetime(self.time), zone))
            .find(|at| *at > now)
            .unwrap_or(Timestamp::MAX)
    }

    /// The last such time at or before `now`, as a local date.
    pub(crate) fn last_date(self, now: Timestamp, zone: &TimeZone) -> Date {
        let today = zone.to_datetime(now).date();
        (0..=8)
            .filter_map(|days| today.checked_sub(Span::new().days(days)).ok())
            .filter(|date| date.weekday() == self.day)
            .find(|date| instant(date.to_datetime(self.time), zone) <= now)
            .unwrap_or(today)
    }
}

impl From<WeekTime> for String {
    fn from(at: WeekTime) -> String {
        let day = DAYS
            .iter()
            .find(|(_, day)| *day == at.day)
            .map_or("mon", |(name, _)| name);
        format!("{day} {:02}:{:02}", at.time.hour(), at.time.minute())
    }
}

impl TryFrom<String> for WeekTime {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is not a time of the week"))
    }
}

/// Hours of work: some days of the week, from one local time to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// Days, by their three letters, Monday first.
    days: Vec<String>,
    from: Time,
    to: Time,
}

impl Hours {
    /// Hours on `days` from `from` to `to`; without a day, or with an end not after the beginning, they never are.
    #[must_use]
    pub fn new(days: &[Weekday], from: Time, to: Time) -> Self {
        let names = DAYS
            .iter()
            .filter(|(_, day)| days.contains(day))
            .map(|(name, _)| (*name).to_owned());
        Self {
            days: names.collect(),
            from,
            to,
        }
    }

    fn on(&self, date: Date) -> bool {
        DAYS.iter()
            .any(|(name, day)| *day == date.weekday() && self.days.iter().any(|d| d == name))
    }

    /// Whether `now` lies within them: the beginning counts, the end does not.
    #[must_use]
    pub fn hold(&self, now: Timestamp, zone: &TimeZone) -> bool {
        let date = zone.to_datetime(now).date();
        self.on(date)
            && (instant(date.to_datetime(self.from), zone)
                ..instant(date.to_datetime(self.to), zone))
                .contains(&now)
    }

    /// The next time they begin after `now`.
    #[must_use]
    pub fn next_start(&self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let today = zone.to_datetime(now).date();
        (0..=8)
            .filter_map(|days| today.checked_add(days.days()).ok())
            .filter(|date| self.on(*date))
            .map(|date| instant(date.to_datetime(self.from), zone))
            .find(|at| *at > now)
            .unwrap_or(Timestamp::MAX)
    }
}

/// The instant of a local time; in a gap the time after it, in a fold the first.
fn instant(local: DateTime, zone: &TimeZone) -> Timestamp {
    zone.to_ambiguous_timestamp(local)
        .compatible()
        .unwrap_or(Timestamp::MAX)
}

/// The ISO week that contains `now` in `zone`: `2026-W47`.
#[must_use]
pub fn week_name(now: Timestamp, zone: &TimeZone) -> String {
    let week = zone.to_datetime(now).date().iso_week_date();
    format!("{}-W{:02}", week.year(), week.week())
}

/// The week from Monday to Sunday that ended last before `now`, as instants: its beginning, and the end (exclusive).
#[must_use]
pub fn last_week(now: Timestamp, zone: &TimeZone) -> (Timestamp, Timestamp) {
    let today = zone.to_datetime(now).date();
    let back = i64::from(today.weekday().to_monday_zero_offset());
    let monday = today.checked_sub(Span::new().days(back)).unwrap_or(today);
    let before = monday.checked_sub(Span::new().days(7)).unwrap_or(monday);
    let midnight = |date: Date| instant(date.to_datetime(Time::midnight()), zone);
    (midnight(before), midnight(monday))
}

#[cfg(test)]
mod tests;
