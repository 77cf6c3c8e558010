//! Says in plain words what a YAML parser's error means.

use super::load::narrow;
use super::marked::Mark;
use super::problem::{Fault, ProblemCode, on_line};

/// A parser's error at `at` in a document whose first line has the number `first_line`.
pub(crate) fn syntax(document: &str, info: &str, at: Mark, first_line: u32) -> Fault {
    if let Some((line, indent)) = tab_indent(document, at.line, first_line) {
        let label = "tab used for indentation; YAML allows only spaces";
        return Fault::new(ProblemCode::NotYaml, label, on_line(line, 1, indent));
    }
    if info.contains("recursion limit") {
        return Fault::new(
            ProblemCode::TooDeep,
            "nested too deeply",
            on_line(at.line, at.column, 1),
        );
    }
    Fault::new(
        ProblemCode::NotYaml,
        plain(info),
        inside(document, at, first_line),
    )
}

/// A tab in the indentation of the line of the error, of the next one, or of the last line with text before it.
fn tab_indent(document: &str, line: u32, first_line: u32) -> Option<(u32, u32)> {
    let index = (line.checked_sub(first_line)?) as usize;
    let lines: Vec<&str> = document.lines().take(index + 2).collect();
    let before = (0..index.min(lines.len()))
        .rev()
        .find(|i| !lines[*i].trim().is_empty());
    let candidates = [Some(index), Some(index + 1), before];
    candidates.into_iter().flatten().find_map(|i| {
        let text = lines.get(i)?;
        let indent = &text[..text.len() - text.trim_start().len()];
        let tab = indent.contains('\t') && !text.trim().is_empty();
        tab.then(|| (first_line + narrow(i), narrow(indent.chars().count())))
    })
}

/// The place of the error, moved back onto the last character there is if the parser stopped past it.
fn inside(document: &str, at: Mark, first_line: u32) -> plimsoll_model::Place {
    let index = at.line.saturating_sub(first_line) as usize;
    let mut line = at.line;
    let mut text = document.lines().nth(index).unwrap_or_default();
    let mut column = at.column;
    if text.trim().is_empty() || column as usize > text.chars().count() + 1 {
        let before = document
            .lines()
            .take(index + 1)
            .enumerate()
            .filter(|(_, l)| !l.trim().is_empty())
            .last();
        if let Some((i, last)) = before {
            line = first_line + narrow(i);
            text = last.trim_end();
            column = narrow(text.chars().count()).max(1);
        }
    }
    let rest = text
        .chars()
        .skip(column as usize - 1)
        .take_while(|c| !c.is_whitespace())
        .count();
    on_line(line, column, narrow(rest))
}

fn plain(info: &str) -> String {
    let known = [
        (
            "mapping values are not allowed",
            "a second `key: value` on this line, or wrong indentation; a value with `: ` needs quotes",
        ),
        (
            "unknown anchor",
            "this alias names no anchor of the document",
        ),
        (
            "did not find expected key",
            "this line is indented differently from its siblings, or is no `key: value`",
        ),
        (
            "did not find expected '-'",
            "a list entry beginning with `- ` was expected here",
        ),
        (
            "simple key expect",
            "this line is neither `key: value` nor a list entry",
        ),
        (
            "invalid indentation",
            "this is not indented as far as what it belongs to",
        ),
        (
            "wrongly indented line",
            "this is not indented as far as the text it belongs to",
        ),
        (
            "expected ',' or ']'",
            "a list in brackets is not closed: `,` or `]` expected",
        ),
        (
            "expected ',' or '}'",
            "a map in braces is not closed: `,` or `}` expected",
        ),
        ("misplaced bracket", "this bracket closes nothing"),
        ("unexpected end of stream", "a quoted text is not closed"),
        (
            "found unexpected document indicator",
            "a quoted text is not closed",
        ),
        (
            "trailing content after double-quoted",
            "a quoted text ends here; what follows must be on its own line",
        ),
        (
            "unknown escape character",
            "no such escape in double quotes; single quotes need none",
        ),
        ("hexadecimal number", "a hexadecimal escape is broken"),
        (
            "invalid Unicode character escape",
            "an escape names no character",
        ),
        (
            "block sequence entries are not allowed",
            "a list entry must begin on its own line",
        ),
        (
            "block scalar, did not find expected comment",
            "nothing may follow `|` or `>` on its line",
        ),
        ("unprintable", "a control character is not allowed here"),
        ("found a tab", "a tab is not allowed here"),
        ("tabs disallowed", "a tab is not allowed here"),
        ("unexpected eof", "the document ends too early"),
        (
            "unexpected character",
            "no text may begin with this character: put it in quotes",
        ),
        (
            "the handle wasn't declared",
            "this tag's prefix is not declared",
        ),
    ];
    match known.iter().find(|(part, _)| info.contains(part)) {
        Some((_, words)) => (*words).to_owned(),
        None => info.to_owned(),
    }
}
