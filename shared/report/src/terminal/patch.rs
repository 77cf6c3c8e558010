//! The `-` and `+` lines of a fix, where a patch's operation can be shown as a change of lines.

use std::ops::Range;

use plimsoll_model::Place;
use serde_json::Value;

use super::snippet::Window;
use crate::Row;

/// The change of source that shows the first operation of the row's patch: a byte range of the window and what stands
/// there afterwards. Only for a field that is there and stands on lines of its own.
pub(crate) fn of(row: &Row, window: &Window<'_>, place: Place) -> Option<(Range<usize>, String)> {
    if row.field_is_absent() {
        return None;
    }
    let fix = row.fix.as_ref()?;
    let [operation] = fix.patch.as_slice() else {
        return None;
    };
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
