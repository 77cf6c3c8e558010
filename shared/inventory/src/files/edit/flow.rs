//! Changes in maps and lists with brackets: JSON, and such parts of YAML.

use super::super::marked::Marked;
use super::draft::{Draft, Part};
use super::print::Indent;
use super::source::Source;
use super::splice::Writer;

/// An entry as it stands in the text.
struct Entry<'p, 'a> {
    now: Option<&'p Draft<'a>>,
    start: usize,
    /// Where its value begins.
    value: usize,
    end: usize,
}

impl Writer<'_, '_> {
    /// Writes the changes inside brackets.
    pub(super) fn flow(
        &mut self,
        was: &Marked<'_>,
        parts: &[Part<'_>],
        outer: Option<Indent>,
    ) -> Option<()> {
        let source = self.source;
        let open = source.start(was);
        let close = source.flow_end(open).checked_sub(1)?;
        let entries = entries(source, parts)?;
        let lines = match entries.first() {
            Some(first) if source.is_first(first.start) => Some(indent(source, first.start, close)),
            Some(_) => None,
            None => outer,
        };
        let new: Vec<String> = parts
            .iter()
            .filter(|part| part.was.is_none())
            .filter_map(|part| {
                let value = part.now.as_ref()?.value();
                let newline = self.style.newline;
                let flow = &self.style.flow;
                Some(match &part.key {
                    Some(key) => flow.entry(key, &value, lines, newline),
                    None => flow.value(&value, lines.map(Indent::deeper), newline),
                })
            })
            .collect();
        let Some(last) = entries.iter().rposition(|entry| entry.now.is_some()) else {
            let value = Draft::Open {
                was: *was,
                parts: parts.to_vec(),
            }
            .value();
            let text = self.style.flow.value(&value, lines, self.style.newline);
            self.put(open..close + 1, text);
            return Some(());
        };
        for (i, entry) in entries.iter().enumerate().take(last + 1) {
            match entry.now {
                Some(Draft::Kept(_)) => {}
                Some(Draft::Open { was, parts }) if parts.iter().any(|part| part.now.is_some()) => {
                    self.open(was, parts, entry.end, lines.map(Indent::deeper))?;
                }
                Some(now) => {
                    let lines = lines.map(Indent::deeper);
                    let value = now.value();
                    let text = self.style.flow.value(&value, lines, self.style.newline);
                    let gap =
                        if source.text[..entry.value].ends_with(':') && entry.value == entry.end {
                            " "
                        } else {
                            ""
                        };
                    self.put(entry.value..entry.end, format!("{gap}{text}"));
                }
                None => {
                    let next = entries.get(i + 1)?;
                    let place = if source.is_first(entry.start) && source.is_first(next.start) {
                        source.line_start(entry.start)..source.line_start(next.start)
                    } else {
                        entry.start..next.start
                    };
                    self.put(place, "");
                }
            }
        }
        self.tail(&entries, last, close, lines, &new)
    }

    /// The end of the list of entries: takes away those after the last that stays, puts new ones there.
    fn tail(
        &mut self,
        entries: &[Entry<'_, '_>],
        last: usize,
        close: usize,
        lines: Option<Indent>,
        new: &[String],
    ) -> Option<()> {
        let source = self.source;
        let kept = entries.get(last)?;
        let gone = entries.get(last + 1).zip(entries.last());
        let comma = source.skip(kept.end);
        let comma = (source.at(comma) == Some(b',') && comma < close).then_some(comma);
        let own_lines = |start: usize| source.is_first(start) && !source.same_line(start, close);
        if let Some((first, end)) = gone {
            if own_lines(first.start) && !source.same_line(end.end, close) {
                self.put(
                    source.line_start(first.start)..source.next_line(end.end),
                    "",
                );
                if let Some(comma) = comma.filter(|_| new.is_empty()) {
                    self.put(comma..comma + 1, "");
                }
            } else {
                self.put(kept.end..end.end, "");
                for entry in new {
                    self.put(
                        kept.end..kept.end,
                        format!("{}{entry}", self.style.flow.comma),
                    );
                }
                return Some(());
            }
        }
        if new.is_empty() {
            return Some(());
        }
        let newline = self.style.newline;
        match lines.filter(|_| !source.same_line(kept.end, close)) {
            Some(Indent { column, .. }) => {
                if comma.is_none() {
                    self.put(kept.end..kept.end, ",");
                }
                let separator = format!(",{newline}{:column$}", "");
                let trailing = if comma.is_some() && gone.is_none() {
                    ","
                } else {
                    ""
                };
                let at = source.line_end(comma.unwrap_or(kept.end));
                let text = new.join(&separator);
                self.put(at..at, format!("{newline}{:column$}{text}{trailing}", ""));
            }
            None => {
                for entry in new {
                    self.put(
                        kept.end..kept.end,
                        format!("{}{entry}", self.style.flow.comma),
                    );
                }
            }
        }
        Some(())
    }
}

fn entries<'p, 'a>(source: &Source<'_>, parts: &'p [Part<'a>]) -> Option<Vec<Entry<'p, 'a>>> {
    let mut entries = Vec::new();
    for part in parts {
        let Some(child) = part.was.filter(|child| !child.merged) else {
            continue;
        };
        let (start, value) = match child.key {
            Some(key) => {
                let colon = source.colon(child)?;
                (source.byte(key.extent.start), value_after(source, colon))
            }
            None => {
                let start = source.byte(child.value.extent.start);
                (start, start)
            }
        };
        entries.push(Entry {
            now: part.now.as_ref(),
            start,
            value,
            end: source.flow_end(value),
        });
    }
    entries.sort_by_key(|entry| entry.start);
    Some(entries)
}

/// Where the value after a colon begins; the colon's end if there is none.
fn value_after(source: &Source<'_>, colon: usize) -> usize {
    let at = source.skip(colon);
    match source.at(at) {
        None | Some(b',' | b'}' | b']') => colon,
        Some(_) => at,
    }
}

/// The column of entries with a line each, and how much deeper they stand than their closing bracket.
fn indent(source: &Source<'_>, first: usize, close: usize) -> Indent {
    let column = source.column(first);
    let step = column
        .checked_sub(source.column(close))
        .filter(|_| source.is_first(close));
    Indent {
        column,
        step: step.filter(|step| *step > 0).unwrap_or(2),
    }
}
