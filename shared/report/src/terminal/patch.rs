//! The `-` and `+` lines of a fix, where a patch's operation can be shown as a change of lines.

use std::ops::Range;

use plimsoll_model::Place;
use serde_json::Value;

use super::snippet::Window;
use crate::{PatchOp, Row};

/// The change of source that shows the first operation of the row's patch: a byte range of the window and what stands
/// there afterwards. Only where the change is sure to leave a file that means the same otherwise. `next_line` is the
/// line after the place's, for its indentation.
pub(crate) fn of(
    row: &Row,
    window: &Window<'_>,
    place: Place,
    next_line: &str,
) -> Option<(Range<usize>, String)> {
    let fix = row.fix.as_ref()?;
    let [operation] = fix.patch.as_slice() else {
        return None;
    };
    if row.field_is_absent() {
        return match operation.op.as_str() {
            "add" => added(operation, window, place, next_line),
            _ => None,
        };
    }
    let key = operation.path.rsplit('/').next()?;
    let key = key.replace("~1", "/").replace("~0", "~");
    let start = window.offset(place.line, place.column)?;
    if !window.text[start..].starts_with(key.as_str()) {
        return None;
    }
    match operation.op.as_str() {
        "remove" => own_lines(window, place).map(|span| (span, String::new())),
        "replace" | "add" => {
            let value = operation.value.as_ref().and_then(scalar)?;
            let end = (place.end_line == place.line)
                .then(|| window.offset(place.line, place.end_column))??;
            window.text[start..end]
                .strip_prefix(key.as_str())?
                .trim_start()
                .strip_prefix(':')?;
            Some((start..end, format!("{key}: {value}")))
        }
        _ => None,
    }
}

/// New lines below the place: the marked parent lacks the field, or the marked list item lacks the parent too.
fn added(
    operation: &PatchOp,
    window: &Window<'_>,
    place: Place,
    next_line: &str,
) -> Option<(Range<usize>, String)> {
    let value = operation.value.as_ref().and_then(scalar)?;
    let line = window.line(place.line)?;
    let start = window.offset(place.line, place.column)?;
    let (key, rest) = window.text[start..line.end].split_once(':')?;
    let rest = rest.split(" #").next()?.trim();
    let keys: Vec<&str> = operation.path.split('/').skip(1).collect();
    let column = place.column as usize - 1;
    let text = if keys.len() >= 2 && keys[keys.len() - 2] == key {
        if !rest.is_empty() {
            return None;
        }
        let next = next_line.len() - next_line.trim_start().len();
        let indent = if next > column && !next_line.trim().is_empty() {
            next
        } else {
            column + 2
        };
        format!("{:indent$}{}: {value}\n", "", keys[keys.len() - 1])
    } else {
        let item = keys.iter().rposition(|key| key.parse::<u32>().is_ok())?;
        let one_line = !rest.is_empty() && !rest.starts_with(['|', '>', '{', '[', '&', '"', '\'']);
        if keys.contains(&key) || !one_line || place.end_line != place.line {
            return None;
        }
        nested(&keys[item + 1..], column, &value)?
    };
    // At the end of the line, before its break, where the renderer shows whole new lines.
    Some((line.end..line.end, format!("\n{}", text.trim_end())))
}

/// `a:` / `  b:` / `    c: value`, from `column` on.
fn nested(keys: &[&str], column: usize, value: &str) -> Option<String> {
    let (last, parents) = keys.split_last()?;
    let mut text = String::new();
    for (depth, key) in parents.iter().enumerate() {
        let indent = column + 2 * depth;
        text.push_str(&format!("{:indent$}{key}:\n", ""));
    }
    let indent = column + 2 * parents.len();
    text.push_str(&format!("{:indent$}{last}: {value}\n", ""));
    Some(text)
}

/// The place's lines with their ends, if nothing else stands on them but a comment.
fn own_lines(window: &Window<'_>, place: Place) -> Option<Range<usize>> {
    let first = window.line(place.line)?;
    let start = window.offset(place.line, place.column)?;
    let end = window.offset(place.end_line, place.end_column)?;
    let last = window.line(place.end_line)?;
    let before = &window.text[first.start..start];
    let after = window.text[end..last.end].trim_start();
    if !before.trim().is_empty() || !(after.is_empty() || after.starts_with('#')) {
        return None;
    }
    let line_end = window.text[last.end..].find('\n').map_or(0, |at| at + 1);
    Some(first.start..last.end + line_end)
}

/// A scalar as YAML writes it (JSON scalars are YAML).
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Array(_) | Value::Object(_) => None,
        Value::String(text) => Some(serde_json::to_string(text).ok()?),
        other => Some(other.to_string()),
    }
}
