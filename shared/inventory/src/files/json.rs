//! JSON files: one document after another, large lists item by item.

use std::borrow::Cow;

use plimsoll_cel::{Bump, Node, NodeSeed};
use serde::Deserialize;
use serde::de::DeserializeSeed;
use serde_json::value::RawValue;

use super::load::narrow;
use super::problem::{Fault, ProblemCode, on_line};

/// The documents of a JSON text in order, and what stopped the reading before its end.
pub(crate) struct Stream<'t> {
    pub(crate) documents: Vec<&'t str>,
    pub(crate) fault: Option<Fault>,
}

/// Whether the text may be JSON at all: it begins with a brace or bracket.
pub(crate) fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// Takes the text apart without decoding it.
pub(crate) fn scan(text: &str) -> Stream<'_> {
    let mut stream = Stream {
        documents: Vec::new(),
        fault: None,
    };
    for document in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        match document {
            Ok(raw) => stream.documents.push(raw.get()),
            Err(error) => {
                stream.fault = Some(fault(text, text, &error));
                break;
            }
        }
    }
    stream
}

/// A document that may be a list of objects, its items not decoded.
#[derive(Deserialize)]
pub(crate) struct RawList<'t> {
    #[serde(rename = "apiVersion", borrow)]
    pub(crate) api_version: Cow<'t, str>,
    #[serde(borrow)]
    pub(crate) kind: Cow<'t, str>,
    #[serde(borrow)]
    pub(crate) items: Vec<&'t RawValue>,
}

/// The document as a list, if its kind says that it is one.
pub(crate) fn as_list(document: &str) -> Option<RawList<'_>> {
    let list: RawList<'_> = serde_json::from_str(document).ok()?;
    list.kind.ends_with("List").then_some(list)
}

/// Decodes one part of `text`.
pub(crate) fn decode<'a>(text: &str, part: &str, arena: &'a Bump) -> Result<Node<'a>, Fault> {
    let mut source = serde_json::Deserializer::from_str(part);
    source.disable_recursion_limit();
    NodeSeed::without_nulls(arena)
        .deserialize(&mut source)
        .map_err(|error| fault(text, part, &error))
}

/// The text for a YAML parser, everything at its place: it knows neither JSON's tabs between values nor characters that
/// are escaped as two. Those become `?`.
pub(crate) fn as_yaml(text: &str) -> String {
    let mut text = text.replace('\t', " ");
    let halves: Vec<usize> = text
        .match_indices("\\u")
        .map(|(at, _)| at + 2)
        .filter(|at| {
            let escape = text.as_bytes().get(*at..*at + 2);
            escape.is_some_and(|e| {
                e[0].eq_ignore_ascii_case(&b'd')
                    && matches!(e[1], b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F')
            })
        })
        .collect();
    for at in halves {
        text.replace_range(at..at + 2, "00");
        if text.is_char_boundary(at + 4) {
            text.replace_range(at + 2..at + 4, "3f");
        }
    }
    text
}

/// Where a part of `text` begins, in bytes.
pub(crate) fn start_of(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize)
        .wrapping_sub(text.as_ptr() as usize)
        .min(text.len())
}

/// Lines before a part of `text`, and characters before it on its own line.
pub(crate) fn offset(text: &str, part: &str) -> (u32, u32) {
    let at = start_of(text, part);
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    (
        narrow(before.matches('\n').count()),
        narrow(line.chars().count()),
    )
}

fn fault(text: &str, part: &str, error: &serde_json::Error) -> Fault {
    let (lines, columns) = offset(text, part);
    let line = narrow(error.line()).max(1);
    let bytes = part.lines().nth(line as usize - 1).unwrap_or_default();
    // The library counts bytes and stops behind the byte it did not like.
    let end = (0..=error.column().saturating_sub(1).min(bytes.len()))
        .rev()
        .find(|i| bytes.is_char_boundary(*i));
    let column =
        narrow(bytes[..end.unwrap_or(0)].chars().count()) + 1 + if line == 1 { columns } else { 0 };
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let code = if message.contains("is given twice") {
        ProblemCode::DuplicateKey
    } else if message.contains("nested deeper") {
        ProblemCode::TooDeep
    } else {
        ProblemCode::NotJson
    };
    Fault::new(code, message, on_line(lines + line, column, 1))
}
