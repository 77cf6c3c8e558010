//! Policy documents as lists of statements that expressions can read.

use serde_json::{Value, json};

use super::look::{self, Known, malformed};

/// The statements of a document, which is an object or its text. Actions are in lower case, single texts are lists of one,
/// and every list is there.
pub(super) fn statements(document: &Value) -> Known<Value> {
    let parsed;
    let document = match look::known(document)? {
        Value::String(text) => {
            parsed = serde_json::from_str(text).map_err(|_| malformed("policy document"))?;
            &parsed
        }
        other => look::whole(other)?,
    };
    let found = match document.get("Statement") {
        Some(Value::Array(several)) => several.iter().map(statement).collect::<Known<_>>()?,
        Some(one @ Value::Object(_)) => Value::Array(vec![statement(one)?]),
        _ => return Err(malformed("policy document without statements")),
    };
    Ok(found)
}

/// The statements of the document at one of some places; none where no document is set.
pub(super) fn at(object: &Value, places: &[&str]) -> Known<Option<Value>> {
    look::first(object, places)?.map(statements).transpose()
}

fn statement(written: &Value) -> Known<Value> {
    let effect = written["Effect"].as_str();
    let effect = effect.ok_or_else(|| malformed("statement without effect"))?;
    let lower = |texts: Vec<String>| -> Vec<String> {
        texts.iter().map(|text| text.to_ascii_lowercase()).collect()
    };
    let mut made = json!({
        "Effect": effect,
        "Actions": lower(listed(&written["Action"])?),
        "NotActions": lower(listed(&written["NotAction"])?),
        "Resources": listed(&written["Resource"])?,
        "NotResources": listed(&written["NotResource"])?,
        "Principals": principals(&written["Principal"])?,
        "NotPrincipals": principals(&written["NotPrincipal"])?,
        "Conditions": conditions(&written["Condition"])?,
    });
    if let Some(sid) = written["Sid"].as_str() {
        made["Sid"] = sid.into();
    }
    Ok(made)
}

/// A text, or a list of texts, numbers and truths, as texts.
fn listed(written: &Value) -> Known<Vec<String>> {
    let plain = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => Err(malformed("policy document")),
    };
    match written {
        Value::Null => Ok(Vec::new()),
        Value::Array(several) => several.iter().map(plain).collect(),
        one => Ok(vec![plain(one)?]),
    }
}

fn principals(written: &Value) -> Known<Vec<Value>> {
    match written {
        Value::Null => Ok(Vec::new()),
        Value::String(text) => Ok(vec![json!({ "Type": text, "Value": text })]),
        Value::Object(by_type) => {
            let mut found = Vec::new();
            for (of_type, values) in by_type {
                let values = listed(values)?.into_iter();
                found.extend(values.map(|value| json!({ "Type": of_type, "Value": value })));
            }
            Ok(found)
        }
        _ => Err(malformed("principal")),
    }
}

fn conditions(written: &Value) -> Known<Vec<Value>> {
    let not_map = || malformed("condition");
    if written.is_null() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for (operator, keys) in written.as_object().ok_or_else(not_map)? {
        for (key, values) in keys.as_object().ok_or_else(not_map)? {
            found.push(json!({ "Operator": operator, "Key": key, "Values": listed(values)? }));
        }
    }
    Ok(found)
}
