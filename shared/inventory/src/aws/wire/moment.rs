//! Moments as AWS writes them, as RFC 3339 text.

use jiff::Timestamp;

/// A number of seconds since 1970, to the microsecond: more the number does not hold.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast saturates, and what no timestamp holds is refused"
)]
pub(crate) fn of_seconds(seconds: f64) -> Option<String> {
    if !seconds.is_finite() {
        return None;
    }
    let micros = (seconds * 1e6).round_ties_even() as i64;
    Some(Timestamp::from_microsecond(micros).ok()?.to_string())
}

/// ISO 8601 in the forms that AWS uses, RFC 2822 (in headers), or seconds since 1970 as text.
pub(crate) fn of_text(text: &str) -> Option<String> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.to_string());
    }
    if let Ok(seconds) = text.parse::<f64>() {
        return of_seconds(seconds);
    }
    let moment = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(moment.timestamp().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_aws_become_one() {
        for (text, moment) in [
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05.120+00:00", "2026-01-02T03:04:05.12Z"),
            ("2026-01-02T04:04:05+01:00", "2026-01-02T03:04:05Z"),
            ("Fri, 02 Jan 2026 03:04:05 GMT", "2026-01-02T03:04:05Z"),
            ("1767323045", "2026-01-02T03:04:05Z"),
        ] {
            assert_eq!(of_text(text).as_deref(), Some(moment), "{text}");
        }
        assert_eq!(
            of_seconds(1_767_323_045.123).as_deref(),
            Some("2026-01-02T03:04:05.123Z")
        );
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in ["", "tomorrow", "2026-13-01T00:00:00Z", "1e300", "NaN"] {
            assert_eq!(of_text(text), None, "{text}");
        }
        assert_eq!(of_seconds(f64::INFINITY), None);
    }
}
