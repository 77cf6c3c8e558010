//! Points in time and spans of time.

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, Zoned};

use super::convert::unreadable;
use super::{Context, Function};
use crate::error::Stop;
use crate::value::Value;

/// The first second of year 1, before which CEL has no timestamps.
const FIRST_SECOND: i64 = -62_135_596_800;

/// `timestamp(x)` and `duration(x)`; `None` if the argument's type does not go.
pub(super) fn convert<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    of: Value<'a>,
) -> Result<Option<Value<'a>>, Stop<'a>> {
    Ok(match (function, of) {
        (Function::Timestamp, Value::Timestamp(_)) | (Function::Duration, Value::Duration(_)) => {
            Some(of)
        }
        (Function::Timestamp, Value::Int(seconds)) => {
            let time = Timestamp::from_second(seconds).ok().filter(in_range);
            let time = time.ok_or_else(|| cx.fail(format_args!("{seconds} is not a timestamp")))?;
            Some(Value::Timestamp(time))
        }
        (Function::Timestamp, Value::Str(text)) => {
            // RFC 3339, which is stricter than the parser.
            let shaped = text.len() >= 20 && text.as_bytes()[10] == b'T' && !text.contains('[');
            let time = text
                .parse::<Timestamp>()
                .ok()
                .filter(|time| shaped && in_range(time));
            Some(Value::Timestamp(
                time.ok_or_else(|| unreadable(cx, text, "a timestamp"))?,
            ))
        }
        (Function::Duration, Value::Str(text)) => {
            let span = parse_duration(text).ok_or_else(|| unreadable(cx, text, "a duration"))?;
            Some(Value::Duration(span))
        }
        _ => None,
    })
}

/// Whether CEL has that point in time.
pub(crate) fn in_range(time: &Timestamp) -> bool {
    time.as_second() >= FIRST_SECOND
}

/// Go's notation: numbers with units, `1h30m`, `-1.5s`, `0`. `None` also past 292 years, which Go does not hold.
fn parse_duration(text: &str) -> Option<SignedDuration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(SignedDuration::ZERO);
    }
    let mut total: i128 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let unit_end = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let scale: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') || whole.len() > 19 {
            return None;
        }
        let whole: i128 = if whole.is_empty() {
            0
        } else {
            whole.parse().ok()?
        };
        total = total.checked_add(whole.checked_mul(scale)?)?;
        let fraction = &fraction[..fraction.len().min(18)];
        if !fraction.is_empty() {
            let digits: i128 = fraction.parse().ok()?;
            total += digits * scale / 10_i128.pow(u32::try_from(fraction.len()).ok()?);
        }
        rest = after;
    }
    let nanos = i64::try_from(if negative { -total } else { total }).ok()?;
    Some(SignedDuration::from_nanos(nanos))
}

/// `getHours` and its like; `None` if the arguments' types do not go.
pub(super) fn part<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    args: &[Value<'a>],
) -> Result<Option<Value<'a>>, Stop<'a>> {
    let (time, zone) = match args {
        [Value::Duration(span)] => return Ok(span_part(function, *span).map(Value::Int)),
        [Value::Timestamp(time)] => (*time, TimeZone::UTC),
        [Value::Timestamp(time), Value::Str(zone)] => (*time, named_zone(cx, zone)?),
        _ => return Ok(None),
    };
    Ok(time_part(function, &time.to_zoned(zone)).map(Value::Int))
}

fn span_part(function: Function, span: SignedDuration) -> Option<i64> {
    match function {
        Function::GetHours => Some(span.as_hours()),
        Function::GetMinutes => Some(span.as_mins()),
        Function::GetSeconds => Some(span.as_secs()),
        Function::GetMilliseconds => i64::try_from(span.as_millis()).ok(),
        _ => None,
    }
}

/// Months, days of the month (by one of its names), of the week and of the year count from 0, the week from Sunday.
fn time_part(function: Function, time: &Zoned) -> Option<i64> {
    Some(match function {
        Function::GetFullYear => i64::from(time.year()),
        Function::GetMonth => i64::from(time.month()) - 1,
        Function::GetDate => i64::from(time.day()),
        Function::GetDayOfMonth => i64::from(time.day()) - 1,
        Function::GetDayOfWeek => i64::from(time.weekday().to_sunday_zero_offset()),
        Function::GetDayOfYear => i64::from(time.day_of_year()) - 1,
        Function::GetHours => i64::from(time.hour()),
        Function::GetMinutes => i64::from(time.minute()),
        Function::GetSeconds => i64::from(time.second()),
        Function::GetMilliseconds => i64::from(time.millisecond()),
        _ => return None,
    })
}

/// `Europe/Berlin`, `+02:00`, `-8:00` or `02:00`.
fn named_zone<'a>(cx: &Context<'_, 'a>, name: &str) -> Result<TimeZone, Stop<'a>> {
    let fixed = name.split_once(':').and_then(|(hours, minutes)| {
        let negative = hours.starts_with('-');
        let hours: i32 = hours.trim_start_matches(['+', '-']).parse().ok()?;
        let minutes: i32 = minutes.parse().ok()?;
        let seconds = (hours.checked_mul(60)?.checked_add(minutes)?).checked_mul(60)?;
        Offset::from_seconds(if negative { -seconds } else { seconds }).ok()
    });
    match fixed {
        Some(offset) => Ok(TimeZone::fixed(offset)),
        None => TimeZone::get(name).map_err(|_| unreadable(cx, name, "a time zone")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, nanos) in [
            ("1h30m", 5_400_000_000_000),
            ("-1.5s", -1_500_000_000),
            ("0", 0),
            ("+2ms3us4ns", 2_003_004),
            (".5m", 30_000_000_000),
            ("1.s", 1_000_000_000),
            ("0.3333333333333333333h", 1_199_999_999_999),
        ] {
            assert_eq!(
                parse_duration(text).map(|span| span.as_nanos()),
                Some(nanos),
                "{text}"
            );
        }
        for text in [
            "",
            "-",
            "1",
            "1x",
            "s",
            ".s",
            "1h 2m",
            "1.2.3s",
            "999999999999h",
            "99999999999999999999s",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
