//! JSON answers by a form: what is not in it is skipped while reading, names become botocore's.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::form::{Form, Place};
use super::moment;

/// Reads a whole body. An empty body is an answer without members.
pub(crate) fn decode(form: &Form, body: &[u8]) -> Result<Value, String> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(Map::new()));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Seed(form)
        .deserialize(&mut reader)
        .map_err(|error| error.to_string())?;
    reader.end().map_err(|error| error.to_string())?;
    Ok(value)
}

struct Seed<'a>(&'a Form);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl Seed<'_> {
    fn number<E: Error>(&self, number: Number) -> Result<Value, E> {
        match self.0 {
            Form::Moment => number
                .as_f64()
                .and_then(moment::of_seconds)
                .map(Value::String)
                .ok_or_else(|| E::custom(format!("{number} is no moment"))),
            Form::Real => number
                .as_f64()
                .and_then(Number::from_f64)
                .map(Value::Number)
                .ok_or_else(|| E::custom("no number")),
            Form::List { .. } | Form::Map { .. } | Form::Record(_) => {
                Err(E::custom("a number instead of members"))
            }
            // Like botocore: what a service sends for a text or a truth is kept as it is.
            _ => Ok(Value::Number(number)),
        }
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self.0 {
            Form::List { .. } => "a list",
            Form::Map { .. } | Form::Record(_) => "an object",
            _ => "a text, number or truth",
        })
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        match self.0 {
            Form::List { .. } | Form::Map { .. } | Form::Record(_) | Form::Moment => {
                Err(E::invalid_type(serde::de::Unexpected::Bool(truth), &self))
            }
            _ => Ok(Value::Bool(truth)),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        self.number(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        self.number(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        let number = Number::from_f64(number).ok_or_else(|| E::custom("no number"))?;
        self.number(number)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        match self.0 {
            Form::Moment => moment::of_text(text)
                .map(Value::String)
                .ok_or_else(|| E::custom(format!("`{text}` is no moment"))),
            Form::List { .. } | Form::Map { .. } | Form::Record(_) => {
                Err(E::invalid_type(serde::de::Unexpected::Str(text), &self))
            }
            _ => Ok(Value::String(text.to_owned())),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let Form::List { item, .. } = self.0 else {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self));
        };
        let mut list = Vec::new();
        while let Some(value) = items.next_element_seed(Seed(item))? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        match self.0 {
            Form::Map { value } => {
                while let Some(key) = entries.next_key::<String>()? {
                    object.insert(key, entries.next_value_seed(Seed(value))?);
                }
            }
            Form::Record(members) => {
                while let Some(key) = entries.next_key::<String>()? {
                    let member = members
                        .iter()
                        .find(|member| member.wire == key && member.place == Place::Body);
                    let Some(member) = member else {
                        entries.next_value::<IgnoredAny>()?;
                        continue;
                    };
                    let value = entries.next_value_seed(Seed(&member.form))?;
                    if !value.is_null() {
                        object.insert(member.name.to_owned(), value);
                    }
                }
            }
            _ => return Err(A::Error::invalid_type(serde::de::Unexpected::Map, &self)),
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(form: &'static str, body: &str) -> Result<Value, String> {
        decode(&Form::parse(form).unwrap(), body.as_bytes())
    }

    #[test]
    fn names_are_botocores_and_the_rest_is_skipped() {
        let form = "{Tags=tags<s> Made=created:t Items=items[{Id=id:s N=n:i}] On=on:b}";
        let body = r#"{"tags":{"a":"1"},"created":1.767323045E9,"more":{"items":[[[1]]]},
            "items":[{"id":"x","n":3,"secret":"s"},{"id":null}],"on":false}"#;
        assert_eq!(
            read(form, body).unwrap(),
            json!({"Tags": {"a": "1"}, "Made": "2026-01-02T03:04:05Z", "Items": [{"Id": "x", "N": 3}, {}], "On": false})
        );
    }

    #[test]
    fn an_answer_without_a_body_has_no_members() {
        assert_eq!(read("{A:s}", "").unwrap(), json!({}));
        assert_eq!(read("{A:s}", "{}\n").unwrap(), json!({}));
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for body in [
            "{",
            "[]",
            "<html>",
            "{\"L\":[\"a\"",
            "{\"L\":{}}",
            "{\"L\":\"a\"}",
            "{\"T\":{}}",
            "{\"M\":true}",
            "{\"M\":\"soon\"}",
            "{\"L\":[]} {}",
        ] {
            assert!(read("{L[s] T:s M:t}", body).is_err(), "{body}");
        }
    }
}
