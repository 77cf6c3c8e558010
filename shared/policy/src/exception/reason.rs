//! `REASON until 2027-01-31`: why something is accepted, and for how long.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Characters of a reason that are kept: it is stored with every finding.
const LENGTH: usize = 500;

/// A reason and its end. `until` counts where a date follows it at the end of the text; everything else is the reason.
pub(crate) fn read(text: &str) -> Result<(String, Option<Timestamp>), String> {
    let text = text.trim();
    let (said, date) = match split(text) {
        Some((said, date)) => (said, Some(date)),
        None => (text, None),
    };
    let until = date.map(end_of).transpose()?;
    let said = said.trim_end_matches(|letter: char| " \t\n([,;:".contains(letter));
    if said.is_empty() {
        return Err("gives no reason".to_owned());
    }
    Ok((said.chars().take(LENGTH).collect(), until))
}

/// What stands before a last `until`, and what stands behind it, if that looks like a date.
fn split(text: &str) -> Option<(&str, &str)> {
    let at = text.rfind("until ")?;
    let begins = text[..at].chars().next_back();
    let date = text[at + "until ".len()..].trim();
    let date = date.trim_end_matches([')', ']', '.']);
    let is_word = begins.is_none_or(|letter| !letter.is_alphanumeric());
    (is_word && date.starts_with(|first: char| first.is_ascii_digit())).then(|| (&text[..at], date))
}

/// The last second of a day, UTC: the day named is still a day on which the exception counts.
pub(crate) fn end_of(date: &str) -> Result<Timestamp, String> {
    let wrong = || format!("`{date}` is no date like 2027-01-31");
    let day: Date = date
        .parse()
        .ok()
        .filter(|_| date.len() == "2027-01-31".len())
        .ok_or_else(wrong)?;
    let end = day.at(23, 59, 59, 0).to_zoned(TimeZone::UTC);
    end.map(|end| end.timestamp()).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_may_end_with_a_date() {
        let end = Some("2027-01-31T23:59:59Z".parse().unwrap());
        for (text, reason, until) in [
            ("loads modules until 2027-01-31", "loads modules", end),
            ("loads modules (until 2027-01-31).", "loads modules", end),
            ("loads modules,\nuntil 2027-01-31", "loads modules", end),
            (
                "  waits until the vendor answers ",
                "waits until the vendor answers",
                None,
            ),
            ("until then, until 2027-01-31", "until then", end),
            ("until we know", "until we know", None),
        ] {
            assert_eq!(read(text), Ok((reason.to_owned(), until)), "{text}");
        }
    }

    #[test]
    fn without_a_reason_or_with_a_date_that_is_none_it_is_refused() {
        for text in ["", "  ", "until 2027-01-31", "(until 2027-01-31)"] {
            assert_eq!(read(text), Err("gives no reason".to_owned()), "{text}");
        }
        for date in [
            "2027-02-30",
            "31.1.2027",
            "2027-1-31",
            "2027-01-31T00:00:00Z",
        ] {
            let error = read(&format!("why until {date}")).unwrap_err();
            assert_eq!(error, format!("`{date}` is no date like 2027-01-31"));
        }
    }
}
