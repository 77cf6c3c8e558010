//! Text in two columns: a label, and what it says beside it, broken into lines that fit.

use std::io::{self, Write};

use plimsoll_report::{Look, words};

/// Columns before what a label says.
const MARGIN: usize = 11;

/// Writes the lines of one explanation.
pub(super) struct Page<'o> {
    pub(super) out: &'o mut dyn Write,
    pub(super) look: Look,
}

impl Page<'_> {
    /// A label and a text, if there is any.
    pub(super) fn text(&mut self, label: &str, text: &str) -> io::Result<()> {
        let room = self.room();
        self.lines(label, &words(text, room))
    }

    /// A label and an expression, broken where it has joints.
    pub(super) fn code(&mut self, label: &str, code: &str) -> io::Result<()> {
        let room = self.room();
        self.lines(label, &joints(code, room))
    }

    /// A label and lines as they are.
    pub(super) fn lines(&mut self, label: &str, lines: &[String]) -> io::Result<()> {
        for (number, line) in lines.iter().enumerate() {
            let label = if number == 0 { label } else { "" };
            let text = format!("  {label:<8} {line}");
            writeln!(self.out, "{}", self.look.marks(text.trim_end()))?;
        }
        Ok(())
    }

    fn room(&self) -> usize {
        self.look.columns().saturating_sub(MARGIN)
    }
}

/// Lines of an expression that fit, broken before operators and behind commas, where fewest brackets are open.
pub(super) fn joints(code: &str, room: usize) -> Vec<String> {
    let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut lines = Vec::new();
    let mut rest = code.as_str();
    while rest.chars().count() + indent(&lines) > room {
        let room = room - indent(&lines);
        let places = breaks(rest);
        let fits = |at: usize| rest[..at].trim_end().chars().count() <= room;
        let best = places.iter().filter(|(at, _)| fits(*at));
        let best = best.min_by_key(|(at, depth)| (*depth, usize::MAX - at));
        // A text that is longer than a line stands on one of its own.
        let Some(at) = best.or(places.first()).map(|(at, _)| *at) else {
            break;
        };
        lines.push(format!(
            "{:1$}{2}",
            "",
            indent(&lines),
            rest[..at].trim_end()
        ));
        rest = &rest[at..];
    }
    lines.push(format!("{:1$}{rest}", "", indent(&lines)));
    lines
}

/// Lines after the first stand two columns in.
fn indent(lines: &[String]) -> usize {
    if lines.is_empty() { 0 } else { 2 }
}

/// Places where a line may end, the worse ones with a higher number: one for each bracket that is open there.
fn breaks(code: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, letter, depth) in outside_texts(code) {
        let (before, after) = (&code[..at], &code[at + letter.len_utf8()..]);
        let operator = ["&& ", "|| ", "? ", ": "];
        let operator = operator.iter().any(|sign| after.starts_with(sign));
        // Behind a comma and before a sum are worse places.
        let minor = before.ends_with(',') || after.starts_with("+ ");
        if letter == ' ' && (operator || minor) {
            let depth = usize::try_from(depth).unwrap_or_default();
            found.push((at + 1, 2 * depth + usize::from(!operator)));
        }
    }
    found
}

/// Whether every bracket of the text is opened and closed in it.
pub(super) fn is_closed(code: &str) -> bool {
    let mut depths = outside_texts(code).into_iter().map(|(_, _, depth)| depth);
    depths.all(|depth| depth >= 0)
}

/// Whether no operator joins two parts of it.
pub(super) fn is_one(code: &str) -> bool {
    let mut letters = outside_texts(code).into_iter();
    !letters.any(|(_, letter, depth)| depth == 0 && letter == ' ')
}

/// Letters that are part of no quoted text, each with its place and the brackets that are open behind it.
fn outside_texts(code: &str) -> Vec<(usize, char, isize)> {
    let (mut found, mut depth, mut quote, mut escaped) = (Vec::new(), 0, None, false);
    for (at, letter) in code.char_indices() {
        if let Some(open) = quote {
            match letter {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if letter == open => quote = None,
                _ => {}
            }
            continue;
        }
        match letter {
            '"' | '\'' => quote = Some(letter),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        found.push((at, letter, depth));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_expression_breaks_at_its_outermost_joint() {
        let code = r#"has(a.b) && (a.b == "x && y, z" || a.b.exists(c, c in ["one", "two", "three"])) && done"#;
        assert_eq!(
            joints(code, 60),
            [
                "has(a.b)",
                r#"  && (a.b == "x && y, z""#,
                r#"  || a.b.exists(c, c in ["one", "two", "three"])) && done"#,
            ]
        );
        assert_eq!(joints("a && b", 60), ["a && b"]);
        let long = r#""a text longer than a line" + b"#;
        assert_eq!(
            joints(long, 12),
            [r#""a text longer than a line""#, "  + b"]
        );
        assert_eq!(
            joints("\"no joint in this text\"", 9),
            ["\"no joint in this text\""]
        );
    }
}
