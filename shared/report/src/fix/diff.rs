//! One file's changes as a unified diff that `git apply` and `patch -p1` take.

use std::io::{self, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use similar::{Algorithm, ChangeTag, TextDiff};

use crate::Look;
use crate::look::harmless;

/// After this time the diff of a file need not be the shortest one.
const PATIENCE: Duration = Duration::from_secs(5);

/// Lines shown around a change.
const CONTEXT: usize = 3;

/// Writes how `new` differs from `old`. For people whatever could steer a terminal is left out; else lines are written as
/// they are, their ends too, so that the diff can be applied.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_diff(
    out: &mut dyn Write,
    file: &str,
    old: &str,
    new: &str,
    look: Look,
    for_people: bool,
) -> io::Result<()> {
    let name = harmless(file.trim_start_matches("./"));
    let separator = if name.starts_with('/') { "" } else { "/" };
    let bold = Style::new().bold();
    writeln!(
        out,
        "{}",
        look.paint(bold, format!("--- a{separator}{name}"))
    )?;
    writeln!(
        out,
        "{}",
        look.paint(bold, format!("+++ b{separator}{name}"))
    )?;
    // Manifests repeat their lines: lines that stand once, such as names, are what keeps a long diff short work.
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .timeout(PATIENCE)
        .diff_lines(old, new);
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        let cyan = AnsiColor::Cyan.on_default();
        writeln!(out, "{}", look.paint(cyan, hunk.header()))?;
        for change in hunk.iter_changes() {
            let (mark, style) = match change.tag() {
                ChangeTag::Equal => (' ', Style::new()),
                ChangeTag::Delete => ('-', AnsiColor::Red.on_default()),
                ChangeTag::Insert => ('+', AnsiColor::Green.on_default()),
            };
            let line = change.value();
            let bare = line.strip_suffix('\n').unwrap_or(line);
            if for_people {
                let bare = bare
                    .strip_suffix('\r')
                    .unwrap_or(bare)
                    .replace('\t', "    ");
                let text = format!("{mark}{}", harmless(&bare));
                writeln!(out, "{}", look.paint(style, text))?;
            } else {
                // The colour ends before a carriage return, so that the line's end stays the last of it.
                let (bare, ending) = match bare.strip_suffix('\r') {
                    Some(bare) => (bare, "\r\n"),
                    None => (bare, "\n"),
                };
                write!(
                    out,
                    "{}{ending}",
                    look.paint(style, format!("{mark}{bare}"))
                )?;
            }
            if !line.ends_with('\n') {
                writeln!(out, "\\ No newline at end of file")?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(old: &str, new: &str, look: Look, for_people: bool) -> String {
        let mut out = Vec::new();
        write_diff(&mut out, "./k8s/a.yaml", old, new, look, for_people).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_diff_can_be_applied_line_ends_and_all() {
        assert_eq!(
            written("a: 1\r\nb: 2", "a: 1\r\nb: 3", Look::default(), false),
            "--- a/k8s/a.yaml\n+++ b/k8s/a.yaml\n@@ -1,2 +1,2 @@\n a: 1\r\n-b: 2\n\\ No newline at end of file\n+b: 3\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn people_see_colours_and_nothing_that_steers_their_terminal() {
        let look = Look {
            colour: true,
            ..Look::default()
        };
        let text = written("a: \u{1b}[2J\r\n", "a:\tb\r\n", look, true);
        assert!(
            text.contains("\u{1b}[31m-a: \u{fffd}[2J\u{1b}[0m\n"),
            "{text:?}"
        );
        assert!(text.contains("\u{1b}[32m+a:    b\u{1b}[0m\n"), "{text:?}");
    }
}
