//! Points in time and spans of time.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::convert::unreadable;
use super::{Context, Function};
use crate::error::Stop;
use crate::instant::{Civil, Instant};
use crate::value::Value;

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
            let time = Instant::from_second(seconds);
            let time = time.ok_or_else(|| cx.fail(format_args!("{seconds} is not a timestamp")))?;
            Some(Value::Timestamp(time))
        }
        (Function::Timestamp, Value::Str(text)) => {
            let time = Instant::parse(text).ok_or_else(|| unreadable(cx, text, "a timestamp"))?;
            Some(Value::Timestamp(time))
        }
        (Function::Duration, Value::Str(text)) => {
            let span = parse_duration(text).ok_or_else(|| unreadable(cx, text, "a duration"))?;
            Some(Value::Duration(span))
        }
        _ => None,
    })
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
    let (time, offset) = match args {
        [Value::Duration(span)] => return Ok(span_part(function, *span).map(Value::Int)),
        [Value::Timestamp(time)] => (*time, 0),
        [Value::Timestamp(time), Value::Str(zone)] => (*time, offset(cx, *time, zone)?),
        _ => return Ok(None),
    };
    if function == Function::GetMilliseconds {
        return Ok(Some(Value::Int(i64::from(time.subsec_nanos() / 1_000_000))));
    }
    Ok(time_part(function, &time.civil(offset)).map(Value::Int))
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
fn time_part(function: Function, time: &Civil) -> Option<i64> {
    Some(match function {
        Function::GetFullYear => time.year,
        Function::GetMonth => time.month - 1,
        Function::GetDate => time.day,
        Function::GetDayOfMonth => time.day - 1,
        Function::GetDayOfWeek => time.weekday,
        Function::GetDayOfYear => time.day_of_year,
        Function::GetHours => time.hour,
        Function::GetMinutes => time.minute,
        Function::GetSeconds => time.second,
        _ => return None,
    })
}

/// How far a zone is ahead of UTC then, in seconds: `Europe/Berlin`, `+02:00`, `-8:00`, `02:00`, or nothing.
fn offset<'a>(cx: &Context<'_, 'a>, time: Instant, name: &str) -> Result<i64, Stop<'a>> {
    let unknown = || unreadable(cx, name, "a time zone");
    if let Some((hours, minutes)) = name.split_once(':') {
        let hours: i64 = hours.parse().map_err(|_| unknown())?;
        let minutes: i64 = minutes.parse().map_err(|_| unknown())?;
        // As in cel-go, which makes +00:30 of -00:30.
        let minutes = if hours < 0 { -minutes } else { minutes };
        let seconds = hours
            .checked_mul(60)
            .and_then(|hours| hours.checked_add(minutes)?.checked_mul(60))
            .filter(|seconds| seconds.abs() < 1 << 40);
        return seconds.ok_or_else(unknown);
    }
    if name.is_empty() || name == "UTC" {
        return Ok(0);
    }
    let zone = TimeZone::get(name).map_err(|_| unknown())?;
    // The zone's rules past the last years that the library has are those of its last year.
    let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let at = Timestamp::from_second(time.as_second().clamp(first, last)).map_err(|_| unknown())?;
    Ok(i64::from(zone.to_offset(at).seconds()))
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
