//! Cases show what a policy reads and nothing else; servers want whole objects. What is added here is what no policy looks
//! at, as far as that can be: names, selectors, ports. A case whose object stays invalid is counted apart.

mod kinds;
mod pods;

use serde_json::{Map, Value, json};

/// The object with what servers ask for besides.
pub(crate) fn complete(object: &Value) -> Value {
    let mut object = object.clone();
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    kinds::complete(&kind, &mut object);
    object
}

/// The object at a key, made if there is none; an empty one apart if something else is there.
fn object<'v>(value: &'v mut Value, key: &str) -> &'v mut Map<String, Value> {
    if !value.is_object() {
        *value = json!({});
    }
    let map = value.as_object_mut().unwrap();
    let child = map.entry(key).or_insert_with(|| json!({}));
    if child.is_null() {
        *child = json!({});
    }
    child
        .as_object_mut()
        .unwrap_or_else(|| panic!("{key} is no object"))
}

/// The objects of a list, if there is one.
fn items<'v>(value: &'v mut Value, key: &str) -> impl Iterator<Item = &'v mut Map<String, Value>> {
    let list = value.get_mut(key).and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_object_mut)
}

/// Sets a field that is not there.
fn default(map: &mut Map<String, Value>, key: &str, value: Value) {
    map.entry(key).or_insert(value);
}
