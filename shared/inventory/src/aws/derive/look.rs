//! Looks into objects, with three answers: this is so, nothing is set, or nobody knows and why.

use plimsoll_cel::UNKNOWN_KEY;
use plimsoll_model::{Reason, ReasonCode};
use serde_json::Value;

/// What could be read, or why it could not.
pub(super) type Known<T> = Result<T, Reason>;

/// The value itself, unless it stands for what is not known.
pub(super) fn known(value: &Value) -> Known<&Value> {
    match value.as_object() {
        Some(members) if members.len() == 1 => match members.get(UNKNOWN_KEY) {
            Some(line) => Err(Reason::of_unknown(line.as_str().unwrap_or_default())),
            None => Ok(value),
        },
        _ => Ok(value),
    }
}

/// Why a part of an object cannot be used: it has not the form that its kind has.
pub(super) fn malformed(what: &str) -> Reason {
    Reason::new(ReasonCode::MalformedInput, what)
}

/// Why something that was never asked for is not known.
pub(super) fn unread(what: &str) -> Reason {
    Reason::new(ReasonCode::InputUnread, what)
}

/// The member at a path of names with dots between; none if it or what is around it is not set.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Known<Option<&'a Value>> {
    let mut value = known(value)?;
    for step in path.split('.') {
        match value {
            Value::Object(members) => match members.get(step) {
                None | Some(Value::Null) => return Ok(None),
                Some(member) => value = known(member)?,
            },
            _ => return Err(malformed(path)),
        }
    }
    Ok(Some(value))
}

/// The text at a path.
pub(super) fn text<'a>(value: &'a Value, path: &str) -> Known<Option<&'a str>> {
    let found = at(value, path)?;
    found
        .map(|found| found.as_str().ok_or_else(|| malformed(path)))
        .transpose()
}

/// The truth at a path.
pub(super) fn flag(value: &Value, path: &str) -> Known<Option<bool>> {
    let found = at(value, path)?;
    found
        .map(|found| found.as_bool().ok_or_else(|| malformed(path)))
        .transpose()
}

/// The list at a path; an empty one if it is not set. Its items may be unknown.
pub(super) fn items<'a>(value: &'a Value, path: &str) -> Known<&'a [Value]> {
    match at(value, path)? {
        None => Ok(&[]),
        Some(found) => found
            .as_array()
            .map(Vec::as_slice)
            .ok_or_else(|| malformed(path)),
    }
}

/// The texts at a path: a list of them, a single one, or none.
pub(super) fn texts<'a>(value: &'a Value, path: &str) -> Known<Vec<&'a str>> {
    if let Some(Value::String(single)) = at(value, path)? {
        return Ok(vec![single]);
    }
    items(value, path)?
        .iter()
        .map(|item| known(item)?.as_str().ok_or_else(|| malformed(path)))
        .collect()
}

/// A member that stands in the first of some places where it is set.
pub(super) fn first<'a>(value: &'a Value, paths: &[&str]) -> Known<Option<&'a Value>> {
    for path in paths {
        if let Some(found) = at(value, path)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The first part that is not known, at any depth.
pub(super) fn whole(value: &Value) -> Known<&Value> {
    match known(value)? {
        Value::Object(members) => members
            .values()
            .try_for_each(|part| whole(part).map(drop))?,
        Value::Array(parts) => parts.iter().try_for_each(|part| whole(part).map(drop))?,
        _ => (),
    }
    Ok(value)
}

/// The kind of an object.
pub(super) fn kind(object: &Value) -> &str {
    object["kind"].as_str().unwrap_or_default()
}

/// What an object is called.
pub(super) fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

/// The tags of a resource: a list of `Key` and `Value`, or a map.
pub(super) fn tags(object: &Value) -> Known<Vec<(&str, &str)>> {
    let places = [
        "Properties.Tags",
        "Properties.FileSystemTags",
        "Properties.AccessPointTags",
    ];
    match first(object, &places)? {
        None => Ok(Vec::new()),
        Some(Value::Object(tags)) => tags
            .iter()
            .map(|(key, value)| Ok((key.as_str(), known(value)?.as_str().unwrap_or_default())))
            .collect(),
        Some(Value::Array(tags)) => tags
            .iter()
            .map(|tag| {
                let key = text(tag, "Key")?.ok_or_else(|| malformed("Tags"))?;
                Ok((key, text(tag, "Value")?.unwrap_or_default()))
            })
            .collect(),
        Some(_) => Err(malformed("Tags")),
    }
}
