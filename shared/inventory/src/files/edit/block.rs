//! Changes in maps and lists that are told by indentation.

use plimsoll_cel::Node;
use serde_json::Value;

use super::super::marked::{Child, Marked};
use super::draft::{Draft, Part};
use super::print::inline;
use super::source::blank;
use super::splice::Writer;

/// An entry as it stands in the text.
struct Entry<'p, 'a> {
    child: &'a Child<'a>,
    now: Option<&'p Draft<'a>>,
    /// Its key's first byte, or its dash.
    start: usize,
    /// Behind its colon or dash.
    head: usize,
    /// Where the next line after it begins.
    end: usize,
}

impl Writer<'_, '_> {
    /// Writes the changes of a block.
    pub(super) fn block(
        &mut self,
        was: &Marked<'_>,
        parts: &[Part<'_>],
        limit: usize,
    ) -> Option<()> {
        let entries = self.entries(was, parts, limit)?;
        let column = self.source.column(entries.first()?.start);
        let mut done = 0;
        for (i, entry) in entries.iter().enumerate() {
            match entry.now {
                _ if i < done => {}
                Some(Draft::Kept(_)) => {}
                Some(Draft::Open { was, parts }) if parts.iter().any(|part| part.now.is_some()) => {
                    if was.children.is_empty() {
                        self.replace(entry, column, &live(parts))?;
                    } else {
                        self.inner(entry, was, parts, column)?;
                    }
                }
                Some(now) => self.replace(entry, column, &now.value())?,
                None if self.source.is_first(entry.start) => {
                    self.put(self.source.line_start(entry.start)..entry.end, "");
                }
                None => {
                    // It stands behind a dash: what follows it moves there.
                    let text = self.source.text;
                    let follows = |end: usize| text.len() - text[end..].trim_start().len();
                    let mut from = follows(entry.end);
                    done = i + 1;
                    while let Some(next) = entries.get(done).filter(|next| next.start == from) {
                        if next.now.is_some() {
                            break;
                        }
                        from = follows(next.end);
                        done += 1;
                    }
                    self.put(entry.start..from, "");
                }
            }
        }
        let end = entries.last()?.end;
        let new = parts.iter().filter(|part| part.was.is_none());
        for part in new {
            let value = part.now.as_ref()?.value();
            let text = match &part.key {
                Some(key) => self.style.entry(key, &value, column),
                None => self.style.item(&value, column),
            };
            self.insert(end, &format!("{:column$}{text}", ""))?;
        }
        Some(())
    }

    /// The entries that stand in the text, in its order.
    fn entries<'p, 'a>(
        &self,
        was: &Marked<'a>,
        parts: &'p [Part<'a>],
        limit: usize,
    ) -> Option<Vec<Entry<'p, 'a>>> {
        let source = self.source;
        let is_map = matches!(was.node, Node::Map(_));
        let mut entries = Vec::new();
        for part in parts {
            let Some(child) = part.was.filter(|child| !child.merged) else {
                continue;
            };
            let (start, head) = if is_map {
                (source.byte(child.key?.extent.start), source.colon(child)?)
            } else {
                let dash = source.dash(child)?;
                (dash, dash + 1)
            };
            entries.push(Entry {
                child,
                now: part.now.as_ref(),
                start,
                head,
                end: 0,
            });
        }
        entries.sort_by_key(|entry| entry.start);
        let next: Vec<usize> = entries
            .iter()
            .skip(1)
            .map(|entry| match source.is_first(entry.start) {
                true => source.line_start(entry.start),
                false => entry.start,
            })
            .chain([limit])
            .collect();
        for (entry, limit) in entries.iter_mut().zip(next) {
            entry.end = self.end(entry, limit);
        }
        Some(entries)
    }

    /// Where the first line begins that does not belong to the entry; blank lines and comments between two entries
    /// belong to the second, unless a comment is indented as what is in the first.
    fn end(&self, entry: &Entry<'_, '_>, limit: usize) -> usize {
        let source = self.source;
        let column = source.column(entry.start);
        let value = &entry.child.value;
        let after = source.text[entry.head..].trim_start_matches(' ');
        let block_text = after.starts_with(['|', '>']);
        let keeps = block_text && after.lines().next().is_some_and(|head| head.contains('+'));
        let quoted_or_flow = matches!(after.as_bytes().first(), Some(b'"' | b'\'' | b'{' | b'['));
        let sure = if quoted_or_flow {
            source.flow_end(source.text.len() - after.len())
        } else {
            entry.head
        };
        let has_dashes = entry.child.key.is_some() && matches!(value.node, Node::List(_));
        let mut end = source.next_line(sure.max(entry.start + 1) - 1);
        let mut at = end;
        while at < limit {
            let next = source.next_line(at);
            let line = &source.text[at..next];
            let text = line.trim_start_matches(' ');
            let indent = line.len() - text.len();
            let inside = indent > column
                || (has_dashes
                    && indent == column
                    && (text.starts_with("- ") || text.trim() == "-"));
            if blank(text) {
                if keeps {
                    end = next;
                }
            } else if inside {
                end = next;
            } else if !text.starts_with('#') {
                break;
            }
            at = next;
        }
        end.min(limit)
    }

    fn inner(
        &mut self,
        entry: &Entry<'_, '_>,
        was: &Marked<'_>,
        parts: &[Part<'_>],
        column: usize,
    ) -> Option<()> {
        let own = |part: &&Part<'_>| part.was.is_some_and(|was| !was.merged);
        let all_go = parts.iter().filter(own).all(|part| part.now.is_none());
        if entry.child.key.is_none() && !self.source.is_flow(was) && all_go {
            return self.replace(entry, column, &live(parts));
        }
        self.open(was, parts, entry.end, None)
    }

    /// Writes another value in the place of the entry's.
    fn replace(&mut self, entry: &Entry<'_, '_>, column: usize, new: &Value) -> Option<()> {
        let source = self.source;
        let is_key = entry.child.key.is_some();
        let rest = &source.text[entry.head..];
        let start = entry.head + (rest.len() - rest.trim_start_matches(' ').len());
        let text = match self.as_it_was(start, new).or_else(|| inline(new)) {
            Some(text) => format!(" {text}"),
            None if is_key => self.style.below(new, column),
            None => {
                let indent = match source.is_last(entry.head) {
                    true => column + self.style.dash,
                    false => source.column(start),
                };
                let gap = indent - column - 1;
                format!("{:gap$}{}", "", self.style.block(new, indent))
            }
        };
        let inline = !text.starts_with(['\n', '\r']);
        if source.is_last(entry.head) {
            // Nothing but perhaps a comment stands behind the colon or dash.
            let (head, next) = (source.line_end(entry.head), source.next_line(entry.head));
            if inline {
                self.put(entry.head..entry.head, text);
            } else {
                self.put(head..head, text);
            }
            self.put(next..entry.end, "");
            return Some(());
        }
        let end = match source.at(start) {
            Some(b'|' | b'>') => None,
            Some(b'"' | b'\'' | b'{' | b'[') => Some(source.flow_end(start)),
            _ if !entry.child.value.children.is_empty() => None,
            _ => {
                let end = source.byte(entry.child.value.extent.end);
                Some(start + source.text[start..end.max(start)].trim_end().len())
            }
        };
        match end.filter(|end| source.is_last(*end)) {
            Some(end) if inline => self.put(start..end, text.trim_start()),
            Some(end) => {
                self.put(entry.head..end, "");
                let line = source.line_end(end);
                self.put(line..line, text);
            }
            None => {
                let newline = match source.text[..entry.end].ends_with('\n') {
                    true => self.style.newline,
                    false => "",
                };
                self.put(entry.head..entry.end, format!("{text}{newline}"));
            }
        }
        Some(())
    }

    /// A value in the brackets or quotes of the one that it replaces.
    fn as_it_was(&self, start: usize, new: &Value) -> Option<String> {
        let Some(text) = new.as_str() else {
            let brackets = matches!(self.source.at(start), Some(b'{' | b'['))
                && !blank(&self.source.text[start + 1..self.source.flow_end(start) - 1]);
            let fits = brackets && (new.is_array() || new.is_object());
            return fits.then(|| self.style.flow.value(new, None, self.style.newline));
        };
        match self.source.at(start)? {
            b'"' => Some(new.to_string()),
            b'\'' if !text.chars().any(char::is_control) => {
                Some(format!("'{}'", text.replace('\'', "''")))
            }
            _ => None,
        }
    }

    /// Puts whole lines before the line that begins at `at`.
    fn insert(&mut self, at: usize, lines: &str) -> Option<()> {
        let newline = self.style.newline;
        let before = &self.source.text[..at];
        if before.ends_with('\n') {
            self.put(at..at, format!("{lines}{newline}"));
        } else if at == self.source.text.len() {
            self.put(at..at, format!("{newline}{lines}"));
        } else {
            return None;
        }
        Some(())
    }
}

/// What is left of a map or list, and what is new in it.
fn live(parts: &[Part<'_>]) -> Value {
    let live = || {
        parts
            .iter()
            .filter_map(|part| Some((part.key.clone(), part.now.as_ref()?.value())))
    };
    if live().all(|(key, _)| key.is_some()) {
        Value::Object(
            live()
                .filter_map(|(key, value)| Some((key?, value)))
                .collect(),
        )
    } else {
        Value::Array(live().map(|(_, value)| value).collect())
    }
}
