//! Errors and warnings in one form: what, where and why if known, its effect on verdicts, what to type. Equal ones are
//! grouped.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Level as Drawn, Snippet};

use crate::Look;
use crate::look::harmless;
use crate::terminal::{Window, renderer};

/// How bad a diagnostic is for the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Something asked for was not done.
    Error,
    /// It was done, with a loss.
    Warning,
}

/// A message about the run itself, not about a resource.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Error or warning.
    pub level: Level,
    /// Its permanent id, for example `not-yaml`; `plimsoll explain` knows it.
    pub code: String,
    /// What happened; names the thing first.
    pub message: String,
    /// The file it is about.
    pub file: Option<String>,
    /// Line and column, from 1, columns in characters; column 0 where only the line is known.
    pub place: Option<(u32, u32)>,
    /// The source around the place.
    pub excerpt: Option<Excerpt>,
    /// What it does to verdicts.
    pub effect: Option<String>,
    /// What to type, or what to look at.
    pub help: Option<String>,
}

/// Source text around a diagnostic's place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Excerpt {
    /// One or more whole lines.
    pub text: String,
    /// The number of the first of them, from 1.
    pub first_line: u32,
    /// How many characters to underline, at least one.
    pub length: u32,
    /// What to say there.
    pub label: String,
}

impl Excerpt {
    /// The line `line` (from 1) of `source` with `length` characters underlined; none if there is no such line.
    #[must_use]
    pub fn of(source: &str, line: u32, length: u32, label: impl Into<String>) -> Option<Self> {
        let text = source.lines().nth((line as usize).checked_sub(1)?)?;
        Some(Self {
            text: text.to_owned(),
            first_line: line,
            length,
            label: label.into(),
        })
    }
}

impl Diagnostic {
    /// An error.
    #[must_use]
    pub fn error(code: &str, message: impl Into<String>) -> Self {
        Self::new(Level::Error, code, message.into())
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: &str, message: impl Into<String>) -> Self {
        Self::new(Level::Warning, code, message.into())
    }

    fn new(level: Level, code: &str, message: String) -> Self {
        Self {
            level,
            code: code.to_owned(),
            message,
            file: None,
            place: None,
            excerpt: None,
            effect: None,
            help: None,
        }
    }

    /// The same about a file, at a place in it where that is known.
    #[must_use]
    pub fn at(mut self, file: impl Into<String>, place: Option<(u32, u32)>) -> Self {
        self.file = Some(file.into());
        self.place = place;
        self
    }

    /// The same with source text.
    #[must_use]
    pub fn showing(mut self, excerpt: Option<Excerpt>) -> Self {
        self.excerpt = excerpt;
        self
    }

    /// The same with its effect on verdicts.
    #[must_use]
    pub fn effect(mut self, effect: impl Into<String>) -> Self {
        self.effect = Some(effect.into());
        self
    }

    /// The same with what to type.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether both say the same, wherever they say it.
    fn says_the_same(&self, other: &Self) -> bool {
        self.level == other.level
            && self.code == other.code
            && self.message == other.message
            && self.effect == other.effect
            && self.help == other.help
    }

    fn where_text(&self) -> Option<String> {
        let file = self.file.as_deref()?;
        Some(match self.place {
            Some((line, 0)) => format!("{file}:{line}"),
            Some((line, column)) => format!("{file}:{line}:{column}"),
            None => file.to_owned(),
        })
    }
}

/// Writes diagnostics in the order given; those that say the same once, with their other places below.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_diagnostics(
    out: &mut dyn Write,
    diagnostics: &[Diagnostic],
    look: Look,
) -> io::Result<()> {
    let mut done = vec![false; diagnostics.len()];
    for (number, diagnostic) in diagnostics.iter().enumerate() {
        if std::mem::replace(&mut done[number], true) {
            continue;
        }
        write_head(out, diagnostic, look)?;
        let mut unplaced = 1;
        for (later, other) in diagnostics.iter().enumerate().skip(number + 1) {
            if !done[later] && diagnostic.says_the_same(other) {
                done[later] = true;
                match other.where_text() {
                    Some(place) => writeln!(out, "  also {}", harmless(&place))?,
                    None => unplaced += 1,
                }
            }
        }
        if unplaced > 1 {
            writeln!(out, "  {unplaced} times")?;
        }
        write_tail(out, diagnostic, look)?;
    }
    Ok(())
}

fn write_head(out: &mut dyn Write, diagnostic: &Diagnostic, look: Look) -> io::Result<()> {
    if let Some(drawn) = drawn(diagnostic, look) {
        return writeln!(out, "{drawn}");
    }
    let (word, colour) = match diagnostic.level {
        Level::Error => ("error", anstyle::AnsiColor::Red),
        Level::Warning => ("warning", anstyle::AnsiColor::Yellow),
    };
    let head = look.paint(
        colour.on_default().bold(),
        format!("{word}[{}]", diagnostic.code),
    );
    // A place without source text stands before the message, unless the message names the file itself.
    let place = diagnostic
        .where_text()
        .filter(|_| diagnostic.place.is_some())
        .map(|place| format!("{}: ", harmless(&place)))
        .unwrap_or_default();
    writeln!(out, "{head}: {place}{}", harmless(&diagnostic.message))
}

fn drawn(diagnostic: &Diagnostic, look: Look) -> Option<String> {
    let (line, column) = diagnostic.place?;
    let excerpt = diagnostic.excerpt.as_ref()?;
    let last = excerpt.first_line + excerpt.text.lines().count().max(1) as u32 - 1;
    let window = Window::of(&excerpt.text, 1, last + 1 - excerpt.first_line)?;
    let row = line.checked_sub(excerpt.first_line)? + 1;
    let span = window.span(plimsoll_model::Place {
        line: row,
        column,
        end_line: row,
        end_column: column + excerpt.length.max(1),
    })?;
    let file = harmless(diagnostic.file.as_deref()?).into_owned();
    let snippet = Snippet::source(excerpt.text.as_str())
        .line_start(excerpt.first_line as usize)
        .path(file)
        .annotation(
            AnnotationKind::Primary
                .span(span)
                .label(excerpt.label.as_str()),
        );
    let level = match diagnostic.level {
        Level::Error => Drawn::ERROR,
        Level::Warning => Drawn::WARNING,
    };
    let report = [level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.as_str())
        .element(snippet)];
    Some(renderer(look).render(&report))
}

/// Effect and help: on one line where they fit, else a line each.
fn write_tail(out: &mut dyn Write, diagnostic: &Diagnostic, look: Look) -> io::Result<()> {
    let effect = diagnostic
        .effect
        .as_ref()
        .map(|effect| format!("effect: {}", harmless(effect)));
    let help = diagnostic
        .help
        .as_ref()
        .map(|help| format!("help: {}", harmless(help)));
    let both: Vec<String> = [effect, help].into_iter().flatten().collect();
    let joined = both.join(" · ");
    if joined.chars().count() + 2 <= look.columns() {
        if !joined.is_empty() {
            writeln!(out, "  {}", look.marks(&joined))?;
        }
        return Ok(());
    }
    for part in both {
        writeln!(out, "  {}", look.marks(&part))?;
    }
    Ok(())
}
