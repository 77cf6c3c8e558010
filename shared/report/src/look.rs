//! How text looks on a terminal: width, colour, and letters for terminals without Unicode.

use std::borrow::Cow;
use std::fmt::Display;

use anstyle::{AnsiColor, Style};
use plimsoll_model::{Severity, Verdict};

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns to fit into; under 80 counts as 80.
    pub width: usize,
    /// Whether to write colours (ANSI escapes).
    pub colour: bool,
    /// Whether to draw with ASCII letters only.
    pub ascii: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            width: 96,
            colour: false,
            ascii: false,
        }
    }
}

impl Look {
    /// The columns to fit into.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.width.max(80)
    }

    /// `text` in `style`, or bare without colour.
    pub(crate) fn paint(&self, style: Style, text: impl Display) -> String {
        if self.colour {
            format!("{style}{text}{style:#}")
        } else {
            text.to_string()
        }
    }

    /// The style of a severity's word.
    pub(crate) fn severity(self, severity: Severity) -> Style {
        let colour = match severity {
            Severity::Critical => AnsiColor::Magenta,
            Severity::High => AnsiColor::Red,
            Severity::Medium => AnsiColor::Yellow,
            Severity::Low => AnsiColor::Blue,
            Severity::Info => AnsiColor::Cyan,
        };
        let style = colour.on_default();
        if severity.at_least(Severity::High) {
            style.bold()
        } else {
            style
        }
    }

    /// The style of a verdict's word: not evaluated has no colour of good or bad.
    pub(crate) fn verdict(self, verdict: Verdict) -> Style {
        match verdict {
            Verdict::Pass => AnsiColor::Cyan.on_default(),
            Verdict::Fail => AnsiColor::Red.on_default(),
            _ => Style::new().dimmed(),
        }
    }

    /// Our own marks in ASCII where Unicode cannot be shown.
    #[must_use]
    pub fn marks<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.ascii || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        for letter in text.chars() {
            match letter {
                '·' | '–' | '—' => out.push('-'),
                '…' => out.push_str("..."),
                '█' => out.push('#'),
                '░' => out.push('.'),
                '▒' => out.push('+'),
                '×' => out.push('x'),
                '→' => out.push_str("->"),
                '÷' => out.push('/'),
                other if other.is_ascii() => out.push(other),
                _ => out.push('?'),
            }
        }
        Cow::Owned(out)
    }
}

/// Text from outside (names, values) without anything that could steer a terminal: control characters and the
/// invisible marks that turn the direction of writing.
#[must_use]
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let steers = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    if text.chars().any(steers) {
        Cow::Owned(text.replace(steers, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// `text` cut to `columns` letters, the last one `…` when something was cut.
pub(crate) fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if text.chars().count() <= columns {
        return Cow::Borrowed(text);
    }
    let mut short: String = text.chars().take(columns.saturating_sub(1)).collect();
    short.push('…');
    Cow::Owned(short)
}

/// `text` filled with spaces to `columns` letters.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    format!("{text:<columns$}")
}

/// A number with commas between thousands.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        thousands(number),
        if number == 1 { one } else { many }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_counted_and_made_harmless() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("abcd", 4), "abcd");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(thousands(999), "999");
        assert_eq!(count(1, "file", "files"), "1 file");
        assert_eq!(harmless("a\u{1b}[31mb\u{202e}"), "a\u{fffd}[31mb\u{fffd}");
        let ascii = Look {
            ascii: true,
            ..Look::default()
        };
        assert_eq!(ascii.marks("3.1.1–3.1.4 · █░× …"), "3.1.1-3.1.4 - #.x ...");
    }

    #[test]
    fn colour_is_written_only_when_asked_for() {
        let bare = Look::default();
        assert_eq!(bare.paint(bare.severity(Severity::High), "high"), "high");
        let coloured = Look {
            colour: true,
            ..bare
        };
        let text = coloured.paint(coloured.severity(Severity::High), "high");
        assert!(
            text.starts_with("\u{1b}[") && text.contains("high") && text.ends_with("\u{1b}[0m")
        );
    }
}
