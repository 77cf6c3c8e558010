//! Between values of the model and DynamoDB items.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StoreError;
use crate::keys::{Key, PK, SK};

/// An item as the SDK has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// A text attribute.
pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
pub(crate) fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Any value as an attribute.
pub(crate) fn attribute<T: Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value).map_err(StoreError::other)
}

/// Any value as JSON text: for documents whose numbers and depth DynamoDB would change or refuse.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    serde_json::to_string(value)
        .map(AttributeValue::S)
        .map_err(StoreError::other)
}

/// The members of a value as attributes; absent ones are left out.
pub(crate) fn members<T: Serialize>(value: &T) -> Result<Item, StoreError> {
    let mut item: Item =
        serde_dynamo::aws_sdk_dynamodb_1::to_item(value).map_err(StoreError::other)?;
    item.retain(|_, value| !value.is_null());
    Ok(item)
}

/// A value's item under its key.
pub(crate) fn encode<T: Serialize>(key: &Key, value: &T) -> Result<Item, StoreError> {
    let mut item = members(value)?;
    item.extend(key_item(key));
    Ok(item)
}

/// The key alone.
pub(crate) fn key_item(key: &Key) -> Item {
    HashMap::from([
        (PK.to_owned(), text(&key.pk)),
        (SK.to_owned(), text(&key.sk)),
    ])
}

/// Reads a value back; attributes it does not know are left aside.
pub(crate) fn decode<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    let key = key_of(&item);
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(|error| StoreError::Corrupt {
        key: key.to_string(),
        reason: error.to_string(),
    })
}

/// Reads a value back from the JSON text in one attribute.
pub(crate) fn decode_json<T: DeserializeOwned>(item: &Item, name: &str) -> Result<T, StoreError> {
    let corrupt = |reason: String| StoreError::Corrupt {
        key: key_of(item).to_string(),
        reason,
    };
    let text = text_of(item, name).ok_or_else(|| corrupt(format!("no {name}")))?;
    serde_json::from_str(text).map_err(|error| corrupt(format!("{name}: {error}")))
}

/// The key of an item; empty where it has none.
pub(crate) fn key_of(item: &Item) -> Key {
    Key::new(
        text_of(item, PK).unwrap_or_default(),
        text_of(item, SK).unwrap_or_default(),
    )
}

/// A text attribute's value.
pub(crate) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// A number attribute's value.
pub(crate) fn number_of<T: std::str::FromStr>(item: &Item, name: &str) -> Option<T> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// An attribute that must be there.
pub(crate) fn required<T>(item: &Item, name: &str, value: Option<T>) -> Result<T, StoreError> {
    value.ok_or_else(|| StoreError::Corrupt {
        key: key_of(item).to_string(),
        reason: format!("no {name}"),
    })
}
