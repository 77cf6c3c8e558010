//! Phrases shared by the terminal's parts.

use std::time::Duration;

use plimsoll_model::ReasonCode;

use crate::{Header, Row, Unread};

/// A sentence as a part of another one: without full stop, its first letter small unless it begins an abbreviation.
pub(crate) fn as_clause(sentence: &str) -> String {
    let sentence = sentence.trim().trim_end_matches('.');
    let mut letters = sentence.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let second = letters.next();
    if second.is_none_or(|letter| letter.is_lowercase() || letter == ' ') {
        first
            .to_lowercase()
            .chain(sentence.chars().skip(1))
            .collect()
    } else {
        sentence.to_owned()
    }
}

/// Controls as people say them: `CIS EKS 4.2.1`, or the framework alone where its controls have no numbers.
pub(crate) fn control_labels(row: &Row, header: &Header) -> Vec<String> {
    let mut labels = Vec::new();
    for control in row.controls.iter() {
        let Some((framework, id)) = control.split_once('/') else {
            continue;
        };
        let title = header
            .frameworks
            .iter()
            .find(|known| known.id == framework)
            .map_or(framework, |known| known.title.as_str());
        // A long title would drown its control; the id says the same to who knows the framework.
        let title = if title.len() <= 24 && !title.contains(',') {
            title
        } else {
            framework
        };
        let label = if is_numbered(id) {
            format!("{title} {id}")
        } else {
            title.to_owned()
        };
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}

/// `text` in lines of at most `columns` letters, broken between words; a longer word has a line of its own.
#[must_use]
pub fn words(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Whether a control's id is a number such as `4.2.1`.
pub(crate) fn is_numbered(id: &str) -> bool {
    id.starts_with(|letter: char| letter.is_ascii_digit())
}

/// `38 ms`, `1.2 s`, `44.8 s`.
pub(crate) fn elapsed(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

/// Why an input leaves policies not evaluated, in words.
pub(crate) fn why_unread(unread: &Unread) -> String {
    let input = &unread.input;
    match unread.reason {
        ReasonCode::PermissionMissing => format!("{input} denied"),
        ReasonCode::ApiError => format!("{input} failed"),
        ReasonCode::PageLost => format!("{input} ended early"),
        ReasonCode::RouteNotChosen if input.starts_with("no ") => input.clone(),
        ReasonCode::RouteNotChosen => format!("no evidence route chosen for {input}"),
        ReasonCode::InputUnread => format!("{input} not read"),
        ReasonCode::NeedsCluster => format!("{input}: needs a live cluster"),
        ReasonCode::NeedsAccount => format!("{input} not read"),
        ReasonCode::EvaluationError => format!("{input}: the expression failed"),
        ReasonCode::MalformedInput => format!("{input}: not of the shape of its kind"),
        ReasonCode::Unresolved => format!("{input}: known only after deployment"),
        ReasonCode::CostLimit => format!("{input}: cost limit reached"),
        ReasonCode::Expired => format!("{input}: evidence too old"),
        ReasonCode::Time => format!("{input} not read in time"),
    }
}

/// Controls in short: runs of three or more neighbours as `3.1.1–3.1.4`.
pub(crate) fn control_ranges(controls: &[String]) -> String {
    let split = |id: &str| -> Option<(String, u32)> {
        let (prefix, last) = id.rsplit_once('.')?;
        Some((prefix.to_owned(), last.parse().ok()?))
    };
    let mut parts: Vec<String> = Vec::new();
    let mut from = 0;
    while from < controls.len() {
        let mut to = from;
        while to + 1 < controls.len()
            && matches!(
                (split(&controls[to]), split(&controls[to + 1])),
                (Some((a, m)), Some((b, n))) if a == b && n == m + 1
            )
        {
            to += 1;
        }
        if to - from >= 2 {
            parts.push(format!("{}–{}", controls[from], controls[to]));
        } else {
            parts.extend(controls[from..=to].iter().cloned());
        }
        from = to + 1;
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_become_clauses_and_abbreviations_stay() {
        assert_eq!(
            as_clause("A privileged container can take over its node."),
            "a privileged container can take over its node"
        );
        assert_eq!(as_clause("IAM roles are shared."), "IAM roles are shared");
        assert_eq!(as_clause(""), "");
    }

    #[test]
    fn neighbouring_controls_become_ranges() {
        let ids = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        assert_eq!(
            control_ranges(&ids("3.1.1 3.1.2 3.1.3 3.1.4 3.2.1 3.2.2 5.1.1")),
            "3.1.1–3.1.4 3.2.1 3.2.2 5.1.1"
        );
        assert_eq!(control_ranges(&[]), "");
        assert_eq!(control_ranges(&ids("host-ports")), "host-ports");
    }

    #[test]
    fn words_stay_whole() {
        assert_eq!(words("one two three", 7), ["one two", "three"]);
        assert_eq!(words("a longword\n b", 5), ["a", "longword", "b"]);
        assert_eq!(words("", 7), Vec::<String>::new());
    }

    #[test]
    fn times_are_short() {
        assert_eq!(elapsed(Duration::from_millis(38)), "38 ms");
        assert_eq!(elapsed(Duration::from_millis(44_812)), "44.8 s");
    }
}
