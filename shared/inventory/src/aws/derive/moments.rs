//! Ages and days left, in whole days from the moment of reading.

use jiff::Timestamp;
use serde_json::Value;

use super::look::{self, Known, malformed};

const DAY: i64 = 24 * 60 * 60;
/// What is made by who makes a cluster is made within this many seconds of it.
const TOGETHER: i64 = 600;

/// A moment as AWS writes it.
pub(super) fn moment(text: &str) -> Known<Timestamp> {
    text.parse().map_err(|_| malformed("moment"))
}

fn at(object: &Value, path: &str) -> Known<Option<Timestamp>> {
    look::text(object, path)?.map(moment).transpose()
}

/// Whole days from one moment to another.
pub(super) fn days_since(since: Timestamp, until: Timestamp) -> i64 {
    (until.as_second() - since.as_second()).div_euclid(DAY)
}

/// Whole days since the moment at a path; none where none is set.
pub(super) fn age(object: &Value, path: &str, read_at: Timestamp) -> Known<Option<Value>> {
    let since = at(object, path)?;
    Ok(since.map(|since| days_since(since, read_at).into()))
}

/// Whole days until the moment at a path, less than none when it has passed.
pub(super) fn left(object: &Value, path: &str, read_at: Timestamp) -> Known<Option<Value>> {
    let until = at(object, path)?;
    Ok(until.map(|until| days_since(read_at, until).into()))
}

/// Whether two things were made at about the same time.
pub(super) fn made_together(one: &Value, other: &Value) -> Known<Option<Value>> {
    const CREATED: &str = "Live.CreatedAt";
    let moments = at(one, CREATED)?.zip(at(other, CREATED)?);
    Ok(
        moments
            .map(|(one, other)| ((one.as_second() - other.as_second()).abs() <= TOGETHER).into()),
    )
}
