//! Words for people: what a policy says of itself, and texts made harmless.

use serde::{Deserialize, Serialize};

/// What messages need of a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyWords {
    /// The title, for one: `Container runs privileged`.
    pub title: String,
    /// For many, without a number: `containers run privileged`; empty where the policy has none.
    pub plural: String,
    /// Why it matters, whole sentences.
    pub why: String,
    /// What to do, whole sentences.
    pub fix: String,
    /// The patch as text, shown where the tenant wants guidance.
    pub patch: Option<String>,
    /// Controls it counts for, such as `CIS EKS 4.2.1`.
    pub controls: Vec<String>,
}

impl PolicyWords {
    /// The title of an incident, which may have one finding today and three tomorrow.
    pub(crate) fn incident_title(&self) -> String {
        if self.plural.is_empty() {
            one_line(&self.title, 120)
        } else {
            capital(&one_line(&self.plural, 120))
        }
    }

    /// `2 containers run privileged`, `container runs privileged`.
    pub(crate) fn counted(&self, number: usize) -> String {
        let title = one_line(&self.title, 120);
        match number {
            1 => lower_first(&title),
            _ if self.plural.is_empty() => format!("{number} findings: {}", lower_first(&title)),
            _ => format!("{number} {}", one_line(&self.plural, 120)),
        }
    }
}

/// `text` on one line, without control characters and marks that turn the direction of writing, and at most `max`
/// characters long; what was cut is marked by `…`. Names in clusters come from strangers.
pub(crate) fn one_line(text: &str, max: usize) -> String {
    let harmless = |c: char| match c {
        c if c.is_control() => ' ',
        '\u{2028}' | '\u{2029}' => ' ',
        c => c,
    };
    let turns = |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut kept = text.chars().filter(|c| !turns(c)).map(harmless);
    let mut line: String = kept.by_ref().take(max).collect();
    if kept.next().is_some() {
        line.pop();
        line.push('…');
    }
    line
}

/// The text with its first letter small, unless it begins with an abbreviation (`RBAC rule …`).
pub(crate) fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(_), Some(second)) if second.is_uppercase() || second.is_ascii_digit() => {
            text.to_owned()
        }
        (Some(first), _) => first.to_lowercase().chain(chars).collect(),
        (None, _) => String::new(),
    }
}

/// The text with its first letter large.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_texts_become_one_short_line() {
        assert_eq!(one_line("a\r\nBcc: x\u{202e}y", 20), "a  Bcc: xy");
        assert_eq!(one_line("abcdef", 4), "abc…");
        assert_eq!(one_line("abcd", 4), "abcd");
    }

    #[test]
    fn abbreviations_keep_their_capitals() {
        assert_eq!(lower_first("RBAC rule allows all"), "RBAC rule allows all");
        assert_eq!(lower_first("Container runs"), "container runs");
        assert_eq!(capital("élan"), "Élan");
    }
}
