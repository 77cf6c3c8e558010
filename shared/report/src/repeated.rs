//! What a policy says and all rows about it repeat, so that its JSON text is made once.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// A value that many rows share.
#[derive(Debug, Clone)]
pub struct Repeated<T>(Arc<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    value: T,
    /// None where it cannot be written, which the writer then notices.
    json: OnceLock<Option<Box<RawValue>>>,
}

impl<T> Repeated<T> {
    /// Of a value.
    pub fn of(value: T) -> Self {
        let json = OnceLock::new();
        Self(Arc::new(Inner { value, json }))
    }
}

impl<T> Deref for Repeated<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: PartialEq> PartialEq for Repeated<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Serialize> Serialize for Repeated<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = self.0.json.get_or_init(|| to_raw_value(&**self).ok());
        match json {
            Some(json) => json.serialize(serializer),
            None => self.0.value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Repeated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::of)
    }
}

impl From<&str> for Repeated<String> {
    fn from(text: &str) -> Self {
        Self::of(text.to_owned())
    }
}

impl<I> FromIterator<I> for Repeated<Vec<I>> {
    fn from_iter<T: IntoIterator<Item = I>>(items: T) -> Self {
        Self::of(items.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_its_value_however_often() {
        let text = Repeated::from("say \"no\"\n");
        for _ in 0..2 {
            let json = serde_json::to_string(&[&text, &text.clone()]).unwrap();
            assert_eq!(json, r#"["say \"no\"\n","say \"no\"\n"]"#);
        }
        let list: Repeated<Vec<String>> = serde_json::from_str(r#"["a","b"]"#).unwrap();
        assert_eq!(serde_json::to_string(&list).unwrap(), r#"["a","b"]"#);
    }
}
