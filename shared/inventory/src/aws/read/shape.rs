//! CloudFormation's names for what AWS answers.

use plimsoll_model::{Reason, ReasonCode};
use serde_json::{Map, Value, json};

use super::unknown;

/// A record in the making, out of a record of an answer. Members that the answer lacks are left out.
pub(super) struct Shape<'a> {
    from: &'a Value,
    made: Map<String, Value>,
}

impl<'a> Shape<'a> {
    pub(super) fn of(from: &'a Value) -> Self {
        let made = Map::new();
        Self { from, made }
    }

    /// Members that both name alike, but for the case of the first letter.
    pub(super) fn alike(mut self, names: &[&str]) -> Self {
        for name in names {
            let value = member(self.from, name).clone();
            self = self.put(name, value);
        }
        self
    }

    /// A member that AWS names otherwise, or that lies further in: `a.b`.
    pub(super) fn named(self, name: &str, path: &str) -> Self {
        let value = path.split('.').fold(self.from, |value, key| &value[key]);
        let value = value.clone();
        self.put(name, value)
    }

    pub(super) fn put(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if !value.is_null() {
            self.made.insert(name.to_owned(), value);
        }
        self
    }

    /// The record; null if there was none to make it of.
    pub(super) fn done(self) -> Value {
        if self.from.is_null() && self.made.is_empty() {
            return Value::Null;
        }
        self.made.into()
    }
}

/// A member by CloudFormation's name of it.
fn member<'a>(from: &'a Value, name: &str) -> &'a Value {
    match from.get(name) {
        Some(value) => value,
        None => &from[cased(name, char::to_ascii_lowercase).as_str()],
    }
}

fn cased(name: &str, case: impl Fn(&char) -> char) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| case(&first))
        .into_iter()
        .chain(letters)
        .collect()
}

/// Every item of a list in another shape; null of what is no list.
pub(super) fn list(from: &Value, shape: impl Fn(&Value) -> Value) -> Value {
    match from.as_array() {
        Some(items) => items.iter().map(shape).collect(),
        None => Value::Null,
    }
}

/// One member of every item of a list.
pub(super) fn plucked(from: &Value, member: &str) -> Value {
    list(from, |item| item[member].clone())
}

/// The names of all members with a capital, at any depth: for records whose members both name alike, and which hold no map.
pub(super) fn capitals(from: &Value) -> Value {
    match from {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (cased(key, char::to_ascii_uppercase), capitals(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(capitals).collect(),
        other => other.clone(),
    }
}

/// A map as the list that CloudFormation has in its place, by key; a list of tags as it is.
pub(super) fn tags(from: &Value) -> Value {
    match from {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| json!({ "Key": key, "Value": value }))
            .collect(),
        other => list(other, |tag| Shape::of(tag).alike(&["Key", "Value"]).done()),
    }
}

/// A tag's value.
pub(super) fn tag<'a>(tags: &'a Value, key: &str) -> Option<&'a str> {
    let found = tags.as_array()?.iter().find(|tag| tag["Key"] == key)?;
    found["Value"].as_str()
}

/// A number as the text that CloudFormation has in its place; a list of them as a list.
pub(super) fn text(from: &Value) -> Value {
    match from {
        Value::Number(number) => number.to_string().into(),
        Value::Array(items) => items.iter().map(text).collect(),
        other => other.clone(),
    }
}

/// A policy's text as what it says; nothing where there is none. Of a text that is none nothing is known.
pub(super) fn document(text: &Value) -> Value {
    let Some(text) = text.as_str().filter(|text| !text.is_empty()) else {
        return text.as_object().map_or(Value::Null, |_| text.clone());
    };
    serde_json::from_str(text).unwrap_or_else(|error| {
        let need = format!("a policy document is no JSON: {error}");
        unknown(&Reason::new(ReasonCode::MalformedInput, need))
    })
}

/// The same of a text in IAM's form, which is percent-encoded.
pub(super) fn encoded_document(text: &Value) -> Value {
    match text.as_str() {
        Some(encoded) => document(&decoded(encoded).into()),
        None => Value::Null,
    }
}

fn decoded(encoded: &str) -> String {
    let bytes = encoded.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let pair = (byte == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let pair = pair.and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(value) => {
                plain.push(value);
                at += 3;
            }
            None => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// A member as text, empty if it is none: the ids by which AWS lists things are always there.
pub(super) fn word<'a>(from: &'a Value, member: &str) -> &'a str {
    from[member].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cloudformation_s() {
        let from = json!({"name": "a", "KeyId": "k", "deep": {"er": 1}, "none": null});
        let made = Shape::of(&from)
            .alike(&["Name", "KeyId", "Missing"])
            .named("Depth", "deep.er")
            .named("Nothing", "deep.est.of.all")
            .put("Id", "i");
        assert_eq!(
            made.done(),
            json!({"Name": "a", "KeyId": "k", "Depth": 1, "Id": "i"})
        );
        assert_eq!(
            Shape::of(&from["none"]).alike(&["Name"]).done(),
            Value::Null
        );
        assert_eq!(Shape::of(&json!({})).alike(&["Name"]).done(), json!({}));
        assert_eq!(
            capitals(&json!({"aB": [{"c": 1}], "D": null})),
            json!({"AB": [{"C": 1}], "D": null})
        );
    }

    #[test]
    fn maps_of_tags_are_lists() {
        let list = json!([{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]);
        assert_eq!(tags(&json!({"b": "", "a": "1"})), list);
        assert_eq!(tags(&list), list);
        assert_eq!(tags(&Value::Null), Value::Null);
        assert_eq!(tag(&list, "b"), Some(""));
        assert_eq!(tag(&list, "c"), None);
        assert_eq!(text(&json!([1, "a"])), json!(["1", "a"]));
    }

    #[test]
    fn documents_are_read() {
        let policy = json!({"Statement": [{"Action": "s3:*", "Sid": "a b+c%"}]});
        assert_eq!(document(&policy.to_string().into()), policy);
        assert_eq!(document(&"".into()), Value::Null);
        assert_eq!(document(&Value::Null), Value::Null);
        let broken = document(&"{\"Statement\"".into());
        assert!(
            broken["$unknown"]
                .as_str()
                .unwrap()
                .starts_with("malformedInput "),
            "{broken}"
        );
        let encoded = "%7B%22Statement%22%3A%5B%7B%22Action%22%3A%22s3%3A%2A%22%2C%22Sid%22%3A%22a%20b+c%25%22%7D%5D%7D";
        assert_eq!(encoded_document(&encoded.into()), policy);
        assert_eq!(decoded("%zz%2"), "%zz%2");
    }
}
