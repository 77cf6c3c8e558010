//! The reader with positions: builds from parser events what kubectl reads, and says where something is wrong.

use std::collections::HashMap;

use plimsoll_cel::{Bump, MAX_NESTING, Node};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use super::load::narrow;
use super::marked::{Child, Extent, Key, Mark, Marked, Sharing};
use super::problem::{Fault, ProblemCode, on_line};
use super::scalar::Plain;
use super::wording;
use crate::templates::is_template;

mod calls;
mod extents;
mod frame;
mod meaning;

use extents::Lines;
use frame::{Frame, PendingKey, Row};
use meaning::{Meaning, meaning};

/// How many values a document's aliases may stand for in all. Real documents stay in the hundreds; the arena shares
/// what an alias names, but whoever walks the tree would visit each use.
pub const MAX_EXPANSION: u32 = 1_000_000;

/// Reads one document that begins on line `first_line` of its file. `None` if it is empty.
///
/// Templates of AWS resources are read as CloudFormation does: see [`calls`].
pub(crate) fn read<'a>(
    document: &str,
    first_line: u32,
    arena: &'a Bump,
) -> Result<Option<Marked<'a>>, Fault> {
    let read = parse(document, first_line, arena, false);
    let may_be = match &read {
        Ok(root) => root.is_some_and(|root| is_template(&root.node)),
        // `No` and `Off` are two names there.
        Err(fault) => fault.code == ProblemCode::DuplicateKey && document.contains("AWS::"),
    };
    if !may_be {
        return read;
    }
    match parse(document, first_line, arena, true) {
        Ok(Some(root)) if is_template(&root.node) => Ok(Some(root)),
        _ => read,
    }
}

fn parse<'a>(
    document: &str,
    first_line: u32,
    arena: &'a Bump,
    calls: bool,
) -> Result<Option<Marked<'a>>, Fault> {
    let mut builder = Builder::new(arena, document, first_line);
    builder.calls = calls;
    let mut parser = Parser::new_from_str(document);
    let mut root = None;
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| builder.broken(document, &error))?;
        match builder.take(event, span)? {
            Some(_) if root.is_some() => {
                let place = builder.extent(span).start;
                let label = "a second document begins here without `---` before it";
                return Err(Fault::new(
                    ProblemCode::NotYaml,
                    label,
                    on_line(place.line, place.column, 1),
                ));
            }
            Some(done) => root = Some(done),
            None => {}
        }
    }
    Ok(root)
}

struct Builder<'a, 't> {
    arena: &'a Bump,
    lines: Lines<'t>,
    /// The document's last line, if no line break ends it.
    unended: Option<&'t str>,
    first_line: u32,
    open: Vec<Frame<'a>>,
    row: Row<'a>,
    anchors: HashMap<usize, Option<Marked<'a>>>,
    expanded: u32,
    /// Whether the document is a template, in which tags call functions.
    calls: bool,
}

impl<'a, 't> Builder<'a, 't> {
    fn new(arena: &'a Bump, document: &'t str, first_line: u32) -> Self {
        Self {
            arena,
            lines: Lines::new(document, first_line),
            unended: (!document.ends_with('\n'))
                .then(|| document.rsplit('\n').next().unwrap_or("")),
            first_line,
            open: Vec::new(),
            row: Row::new(),
            anchors: HashMap::new(),
            expanded: 0,
            calls: false,
        }
    }

    fn mark(&self, mark: saphyr_parser::Marker) -> Mark {
        Mark {
            line: narrow(mark.line()).max(1) - 1 + self.first_line,
            column: narrow(mark.col()) + 1,
        }
    }

    fn extent(&self, span: Span) -> Extent {
        Extent {
            start: self.mark(span.start),
            end: self.mark(span.end),
        }
    }

    fn broken(&self, document: &str, error: &ScanError) -> Fault {
        wording::syntax(
            document,
            error.info(),
            self.mark(*error.marker()),
            self.first_line,
        )
    }

    /// Takes one event; gives the document when it is complete.
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<Option<Marked<'a>>, Fault> {
        let extent = self.extent(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let text = match style {
                    ScalarStyle::Literal | ScalarStyle::Folded => self.as_written(&text, &span),
                    _ => &text,
                };
                let index = span.start.index();
                let extent = match style {
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                        self.lines.quoted(extent, index)
                    }
                    ScalarStyle::Literal | ScalarStyle::Folded => {
                        self.lines.first_line_of(extent, index)
                    }
                    ScalarStyle::Plain => extent,
                };
                self.scalar(text, style, anchor, tag.as_deref(), extent)
            }
            Event::Alias(anchor) => self.alias(anchor, extent),
            Event::SequenceStart(anchor, tag) => self.begin(false, anchor, tag.as_deref(), extent),
            Event::MappingStart(anchor, tag) => self.begin(true, anchor, tag.as_deref(), extent),
            Event::SequenceEnd | Event::MappingEnd => self.end(extent),
            _ => Ok(None),
        }
    }

    /// A block scalar that ends with the document, where no line break does: the parser adds one, kubectl's does not.
    fn as_written<'s>(&self, text: &'s str, span: &Span) -> &'s str {
        let Some(last) = self
            .unended
            .filter(|_| span.end.line() >= self.lines.count())
        else {
            return text;
        };
        let without = text.strip_suffix('\n').unwrap_or(text);
        let own = without.rsplit('\n').next().unwrap_or(without);
        match !own.is_empty() && last.ends_with(own) {
            true => without,
            false => text,
        }
    }

    fn begin(
        &mut self,
        is_map: bool,
        anchor: usize,
        tag: Option<&Tag>,
        extent: Extent,
    ) -> Result<Option<Marked<'a>>, Fault> {
        if self.open.len() >= MAX_NESTING as usize {
            let label = format!("nested deeper than {MAX_NESTING} levels");
            return Err(fault(ProblemCode::TooDeep, label, extent));
        }
        if self
            .open
            .last()
            .is_some_and(|f| f.is_map && f.key.is_none())
        {
            return Err(fault(
                ProblemCode::NotYaml,
                "a key must be text; braces in a value need quotes",
                extent,
            ));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, None);
        }
        let mut frame = Frame::new(is_map, extent.start, anchor, self.row.len());
        frame.function = self.function(tag);
        self.open.push(frame);
        Ok(None)
    }

    fn end(&mut self, extent: Extent) -> Result<Option<Marked<'a>>, Fault> {
        let Some(frame) = self.open.pop() else {
            return Ok(None);
        };
        // Without brackets the parser notices the end only at the next token; the last child's end is the true one.
        let children = &self.row[frame.first..];
        let last = children
            .iter()
            .filter(|c| !c.merged)
            .map(|c| c.value.extent.end)
            .max();
        let bracket = (extent.start != extent.end).then_some(extent.end);
        let extent = Extent {
            start: frame.start,
            end: bracket.or(last).unwrap_or(extent.end).max(frame.start),
        };
        let done = if frame.is_map {
            Marked::map(self.arena, extent, children)
        } else {
            Marked::list(self.arena, extent, children)
        };
        self.row.truncate(frame.first);
        let done = self.called(frame.function, done);
        self.value(done, frame.anchor)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        extent: Extent,
    ) -> Result<Option<Marked<'a>>, Fault> {
        let plain = meaning(text, style, tag, extent)?;
        if self.expects_key() {
            return self.key(text, plain, style, extent, anchor).map(|()| None);
        }
        let plain = self.in_template(plain, text);
        let text = match plain {
            Meaning::Plain(Plain::Text) | Meaning::Text => self.arena.alloc_str(text),
            Meaning::Bytes(decoded) => {
                return self.value(
                    Marked::scalar(Node::text_in(self.arena, &decoded), extent),
                    anchor,
                );
            }
            Meaning::Plain(_) => "",
        };
        let node = match plain {
            Meaning::Plain(plain) => plain.node(text).ok_or_else(|| {
                fault(
                    ProblemCode::NotYaml,
                    "JSON, hence Kubernetes, has no such number",
                    extent,
                )
            })?,
            _ => Node::Str(text),
        };
        let function = self.function(tag);
        let value = self.called(function, Marked::scalar(node, extent));
        self.value(value, anchor)
    }

    fn expects_key(&self) -> bool {
        self.open
            .last()
            .is_some_and(|frame| frame.is_map && frame.key.is_none())
    }

    fn key(
        &mut self,
        text: &str,
        plain: Meaning,
        style: ScalarStyle,
        extent: Extent,
        anchor: usize,
    ) -> Result<(), Fault> {
        let merge =
            style == ScalarStyle::Plain && text == "<<" && matches!(plain, Meaning::Plain(_));
        let key = match plain {
            Meaning::Plain(_) if self.calls && !merge => text.into(),
            Meaning::Plain(plain) => plain.key(text).ok_or_else(|| {
                fault(
                    ProblemCode::NotYaml,
                    "this cannot be a key: put it in quotes",
                    extent,
                )
            })?,
            Meaning::Text => text.into(),
            Meaning::Bytes(decoded) => decoded.into(),
        };
        let key = Key {
            text: self.arena.alloc_str(&key),
            extent,
        };
        if anchor != 0 {
            self.anchors
                .insert(anchor, Some(Marked::scalar(Node::Str(key.text), extent)));
        }
        let Some(frame) = self.open.last_mut() else {
            return Ok(());
        };
        if merge {
            frame.key = Some(PendingKey::Merge);
            return Ok(());
        }
        let place = frame.position(key.text, &self.row);
        let earlier = place.map(|i| &self.row[i]).filter(|c| !c.merged);
        if let Some(first) = earlier.and_then(|c| c.key) {
            let label = format!(
                "the key `{}` is given twice, first on line {}",
                key.text, first.extent.start.line
            );
            return Err(fault(ProblemCode::DuplicateKey, label, extent));
        }
        frame.key = Some(PendingKey::Text(key, place));
        Ok(())
    }

    fn alias(&mut self, anchor: usize, extent: Extent) -> Result<Option<Marked<'a>>, Fault> {
        let Some(Some(target)) = self.anchors.get(&anchor).copied() else {
            return Err(fault(
                ProblemCode::NotYaml,
                "this alias stands inside what it names",
                extent,
            ));
        };
        self.expanded = self.expanded.saturating_add(target.weight);
        if self.expanded > MAX_EXPANSION {
            let label =
                format!("the aliases of this document stand for more than {MAX_EXPANSION} values");
            return Err(fault(ProblemCode::AliasBomb, label, extent));
        }
        if self.expects_key() {
            return match target.node {
                Node::Str(text) => self
                    .key(text, Meaning::Text, ScalarStyle::DoubleQuoted, extent, 0)
                    .map(|()| None),
                _ => Err(fault(ProblemCode::NotYaml, "a key must be text", extent)),
            };
        }
        let alias = Marked {
            extent,
            sharing: Sharing::Alias,
            ..target
        };
        self.value(alias, 0)
    }

    /// Puts a finished value where it belongs; gives it back if it is the whole document.
    fn value(&mut self, mut value: Marked<'a>, anchor: usize) -> Result<Option<Marked<'a>>, Fault> {
        if anchor != 0 {
            value.sharing = Sharing::Anchor;
            self.anchors.insert(anchor, Some(value));
        }
        let Some(frame) = self.open.last_mut() else {
            return Ok(Some(value));
        };
        let child = |key| Child {
            key,
            value,
            merged: false,
        };
        if !frame.is_map {
            self.row.push(child(None));
            return Ok(None);
        }
        match frame.key.take() {
            Some(PendingKey::Text(key, Some(place))) => self.row[place] = child(Some(key)),
            Some(PendingKey::Text(key, None)) => self.row.push(child(Some(key))),
            Some(PendingKey::Merge) => frame.merge(&value, &mut self.row)?,
            None => {
                let label = "a key must be text";
                return Err(fault(ProblemCode::NotYaml, label, value.extent));
            }
        }
        Ok(None)
    }
}

/// A fault whose place is the part of `extent` on its first line.
fn fault(code: ProblemCode, label: impl Into<String>, extent: Extent) -> Fault {
    let Extent { start, end } = extent;
    let length = if start.line == end.line {
        end.column.saturating_sub(start.column)
    } else {
        1
    };
    Fault::new(code, label, on_line(start.line, start.column, length))
}
