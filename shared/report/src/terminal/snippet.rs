//! One finding with its source lines: what, where, how to mend it, why.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Patch, Renderer, Snippet};
use plimsoll_model::Place;

use super::words::{as_clause, control_labels, words};
use super::{View, patch};
use crate::look::harmless;
use crate::{Header, Look, PolicyFacts, Row};

/// Writes the finding in full.
pub(crate) fn write(
    out: &mut dyn Write,
    row: &Row,
    header: &Header,
    view: &View<'_>,
) -> io::Result<()> {
    let policy = view.policies.get(&row.policy);
    let text = row.file.as_deref().and_then(|file| view.sources.text(file));
    match (text, place_of(row)) {
        (Some(text), Some(place)) => {
            let excerpt = drawn(row, policy, &text, place, view);
            let excerpt = excerpt.unwrap_or_else(|| bare(row, view.look));
            writeln!(out, "{excerpt}")?;
        }
        _ => writeln!(out, "{}", bare(row, view.look))?,
    }
    let mut parts = Vec::new();
    if let Some(policy) = policy.filter(|policy| !policy.why.is_empty()) {
        parts.push(as_clause(&policy.why));
    }
    let controls = control_labels(row, header).join(", ");
    if !controls.is_empty() {
        parts.push(controls);
    }
    if parts.is_empty() {
        return Ok(());
    }
    let room = view.look.columns().saturating_sub("why: ".len());
    let mut label = "why:";
    for line in words(&parts.join(" · "), room) {
        let line = format!("{label} {}", harmless(&line));
        writeln!(out, "{}", view.look.marks(&line))?;
        label = "    ";
    }
    Ok(())
}

/// The renderer of this look.
pub(crate) fn renderer(look: Look) -> Renderer {
    let renderer = if look.colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer
        .decor_style(DecorStyle::Ascii)
        .term_width(look.columns())
}

fn place_of(row: &Row) -> Option<Place> {
    let (line, column) = (row.line?, row.column?);
    Some(Place {
        line,
        column,
        end_line: row.end_line.unwrap_or(line),
        end_column: row.end_column.unwrap_or(column + 1),
    })
}

/// The finding without source lines.
fn bare(row: &Row, look: Look) -> String {
    let head = look.paint(
        look.severity(row.severity),
        format!("{}[{}]", row.severity, row.policy),
    );
    let fix = row
        .fix
        .as_ref()
        .filter(|fix| !fix.text.is_empty())
        .map(|fix| format!("\nfix: {}", as_clause(&fix.text)))
        .unwrap_or_default();
    format!(
        "{head}: {}\n --> {}{}{fix}",
        harmless(&row.message),
        harmless(&row.place_text()),
        row.paths
            .first()
            .map(|path| format!(" {}", harmless(path)))
            .unwrap_or_default()
    )
}

/// The finding drawn into its source; none if the place does not lie in the text (the file changed meanwhile).
fn drawn(
    row: &Row,
    policy: Option<&PolicyFacts>,
    text: &str,
    place: Place,
    view: &View<'_>,
) -> Option<String> {
    let name = view
        .sources
        .name_place(row)
        .filter(|name| name.line != place.line);
    let first = name.map_or(place.line, |name| name.line.min(place.line));
    let last = name.map_or(place.end_line, |name| name.line.max(place.end_line));
    let window = Window::of(text, first, last)?;
    let span = window.span(place)?;
    let path = row.file.as_deref().map(harmless)?;
    let mut excerpt = Snippet::source(window.text)
        .line_start(first as usize)
        .path(path.as_ref());
    if let Some(span) = name.and_then(|name| window.span(name)) {
        let label = row.resource.long_name();
        excerpt = excerpt.annotation(AnnotationKind::Context.span(span).label(label));
    }
    let mut primary = AnnotationKind::Primary.span(span);
    if let Some(label) = label(row, policy) {
        primary = primary.label(label);
    }
    excerpt = excerpt.annotation(primary);
    let level = Level::ERROR.with_name(row.severity.as_str());
    let mut report = vec![
        level
            .primary_title(row.message.as_str())
            .id(row.policy.as_str())
            .element(excerpt),
    ];
    let fix = row.fix.as_ref().filter(|fix| !fix.text.is_empty());
    let title = fix.map(|fix| as_clause(&fix.text));
    if let Some(title) = &title {
        let group = Level::HELP.with_name("fix").secondary_title(title.as_str());
        let next_line = text.lines().nth(place.line as usize).unwrap_or("");
        report.push(match patch::of(row, &window, place, next_line) {
            Some((span, replacement)) => group.element(
                Snippet::source(window.text)
                    .line_start(first as usize)
                    .patch(Patch::new(span, replacement)),
            ),
            None => annotate_snippets::Group::with_title(group),
        });
    }
    let mut renderer = renderer(view.look);
    if view.look.colour {
        renderer = renderer.error(view.look.severity(row.severity));
    }
    Some(renderer.render(&report))
}

/// What stands under the marked place: the policy's own words, or what is missing there.
fn label(row: &Row, policy: Option<&PolicyFacts>) -> Option<String> {
    if row.field_is_absent() {
        let found = row.paths.first()?;
        // Only what lies below the marked element is new to the reader.
        let inside = policy
            .into_iter()
            .flat_map(|policy| &policy.paths)
            .map(|path| {
                path.trim_start_matches("podSpec.")
                    .trim_start_matches("podMetadata.")
            })
            .find(|path| found.ends_with(*path));
        let path = inside.unwrap_or_else(|| found.rsplit('.').next().unwrap_or(found));
        return (!path.is_empty()).then(|| format!("no `{path}` here"));
    }
    policy.and_then(|policy| policy.label.clone())
}

/// The lines of a text that are shown, and where places lie in them.
pub(crate) struct Window<'t> {
    /// Those lines.
    pub(crate) text: &'t str,
    first: u32,
}

impl<'t> Window<'t> {
    /// Lines `first` to `last` (from 1) of `text`; none if it has fewer.
    pub(crate) fn of(text: &'t str, first: u32, last: u32) -> Option<Self> {
        let start = line_start(text, first.checked_sub(1)?)?;
        let after = &text[start..];
        let end = line_start(after, last + 1 - first).unwrap_or(after.len());
        (end > 0).then_some(Self {
            text: &after[..end],
            first,
        })
    }

    /// The byte range of a line without its end.
    pub(crate) fn line(&self, line: u32) -> Option<Range<usize>> {
        let start = line_start(self.text, line.checked_sub(self.first)?)?;
        let text = &self.text[start..];
        let end = text.find('\n').unwrap_or(text.len());
        let end = text[..end].strip_suffix('\r').map_or(end, str::len);
        Some(start..start + end)
    }

    /// The byte offset of a column (from 1, in characters) of a line; the line's end where it is shorter.
    pub(crate) fn offset(&self, line: u32, column: u32) -> Option<usize> {
        let range = self.line(line)?;
        let text = &self.text[range.clone()];
        let skip = column.checked_sub(1)? as usize;
        let inside = text
            .char_indices()
            .nth(skip)
            .map_or(text.len(), |(offset, _)| offset);
        Some(range.start + inside)
    }

    /// The byte range of a place, cut at the end of its first line, at least one character long.
    pub(crate) fn span(&self, place: Place) -> Option<Range<usize>> {
        let start = self.offset(place.line, place.column)?;
        let line = self.line(place.line)?;
        let end = if place.end_line > place.line {
            line.end
        } else {
            self.offset(place.line, place.end_column)?
        };
        let one = self.text[start..].chars().next().map_or(0, char::len_utf8);
        Some(start..end.max(start + one).max(start))
    }
}

/// Where line number `index` (from 0) begins.
fn line_start(text: &str, index: u32) -> Option<usize> {
    if index == 0 {
        return Some(0);
    }
    text.bytes()
        .enumerate()
        .filter(|(_, byte)| *byte == b'\n')
        .nth(index as usize - 1)
        .map(|(offset, _)| offset + 1)
        .filter(|start| *start < text.len())
}
