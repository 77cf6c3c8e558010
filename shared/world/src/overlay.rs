//! What people wrote into a cluster, and the changes of each week on top of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::error::WorldError;
use crate::kinds;

/// When something happened: in which week, and (for changes a test makes) in which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    pub(crate) week: u32,
    pub(crate) edition: u32,
}

/// Kind, namespace (empty where there is none) and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) kind: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Key {
    fn of(object: &Value) -> Result<Self, String> {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
        let kind = text("/kind").ok_or("an object without kind")?;
        let name = text("/metadata/name").ok_or_else(|| format!("a {kind} without name"))?;
        let known = kinds::named(kind).ok_or_else(|| format!("{kind} {name}: kind not served"))?;
        if text("/apiVersion") != Some(&known.api_version()) {
            return Err(format!(
                "{kind} {name}: apiVersion must be {}",
                known.api_version()
            ));
        }
        let namespace = text("/metadata/namespace").unwrap_or("");
        if known.namespaced == namespace.is_empty() {
            return Err(format!("{kind} {name}: wrong namespace {namespace:?}"));
        }
        if object.get("spec").is_some_and(|spec| !spec.is_object()) {
            return Err(format!("{kind} {name}: spec is not a map"));
        }
        let (kind, namespace, name) = (kind.to_owned(), namespace.to_owned(), name.to_owned());
        Ok(Self {
            kind,
            namespace,
            name,
        })
    }

    /// Reads `Deployment payments/ledger` or `ClusterRole debug`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (kind, rest) = text
            .split_once(' ')
            .ok_or_else(|| format!("{text}: no kind"))?;
        let known = kinds::named(kind).ok_or_else(|| format!("{text}: kind not served"))?;
        let (namespace, name) = if known.namespaced {
            rest.split_once('/')
                .ok_or_else(|| format!("{text}: no namespace"))?
        } else {
            ("", rest)
        };
        let (kind, namespace, name) = (kind.to_owned(), namespace.to_owned(), name.to_owned());
        Ok(Self {
            kind,
            namespace,
            name,
        })
    }
}

/// One written object and its history.
#[derive(Debug, Clone)]
pub(crate) struct Authored {
    pub(crate) value: Value,
    pub(crate) born: Moment,
    pub(crate) changed: Moment,
    /// Who changed it last; the default writer of the cluster if nobody is named.
    pub(crate) by: Option<String>,
    /// The pod templates it had, oldest first, each with the moment it came.
    pub(crate) templates: Vec<(Moment, Value)>,
}

/// The written objects of a cluster.
pub(crate) type Objects = BTreeMap<Key, Authored>;

/// One entry of a `changes.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    object: String,
    /// Why it happened: the story, for readers of the file.
    #[serde(rename = "why")]
    _why: String,
    by: Option<String>,
    /// JSON pointers and their new values; missing parents are made, `/-` appends.
    #[serde(default)]
    set: BTreeMap<String, Value>,
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    delete: bool,
}

/// Adds or replaces whole objects.
pub(crate) fn put(
    objects: &mut Objects,
    value: Value,
    at: Moment,
    by: Option<&str>,
) -> Result<(), String> {
    let key = Key::of(&value)?;
    let template = value.pointer("/spec/template").cloned();
    let entry = objects.entry(key).or_insert_with(|| Authored {
        value: Value::Null,
        born: at,
        changed: at,
        by: None,
        templates: Vec::new(),
    });
    if entry.value == value {
        return Ok(());
    }
    if let Some(template) = template {
        entry.templates.retain(|(_, old)| *old != template);
        entry.templates.push((at, template));
    }
    entry.value = value;
    entry.changed = at;
    entry.by = by.map(str::to_owned);
    Ok(())
}

/// Applies one change; an object or field that is not there is an error, so that a story cannot
/// silently miss.
pub(crate) fn apply(objects: &mut Objects, change: &Change, at: Moment) -> Result<(), String> {
    let key = Key::parse(&change.object)?;
    let object = objects
        .get(&key)
        .ok_or_else(|| format!("{}: no such object", change.object))?;
    if change.delete {
        objects.remove(&key);
        return Ok(());
    }
    let mut value = object.value.clone();
    for pointer in &change.remove {
        remove(&mut value, pointer).ok_or_else(|| format!("{}: no {pointer}", change.object))?;
    }
    for (pointer, new) in &change.set {
        set(&mut value, pointer, new.clone())
            .ok_or_else(|| format!("{}: cannot set {pointer}", change.object))?;
    }
    if value == object.value {
        return Err(format!("{}: the change changes nothing", change.object));
    }
    put(objects, value, at, change.by.as_deref())
}

/// Reads a list of changes.
pub(crate) fn changes(place: &str, text: &str) -> Result<Vec<Change>, WorldError> {
    yaml_serde::from_str(text).map_err(|error| WorldError::data(place, error))
}

fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

fn remove(value: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, last) = pointer.rsplit_once('/')?;
    match value.pointer_mut(parent)? {
        Value::Object(map) => map.remove(&unescape(last)),
        Value::Array(list) => {
            let index: usize = last.parse().ok()?;
            (index < list.len()).then(|| list.remove(index))
        }
        _ => None,
    }
}

fn set(value: &mut Value, pointer: &str, new: Value) -> Option<()> {
    let mut place = value;
    for part in pointer.strip_prefix('/')?.split('/') {
        if place.is_null() {
            *place = Value::Object(serde_json::Map::new());
        }
        place = match place {
            Value::Object(map) => map.entry(unescape(part)).or_insert(Value::Null),
            Value::Array(list) => {
                let index = if part == "-" {
                    list.push(Value::Null);
                    list.len() - 1
                } else {
                    part.parse().ok()?
                };
                list.get_mut(index)?
            }
            _ => return None,
        };
    }
    *place = new;
    Some(())
}

#[cfg(test)]
mod tests;
