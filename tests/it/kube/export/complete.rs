//! Cases show what a policy reads and nothing else; servers want whole objects. What is added here is what the policy does
//! not look at: names, images, selectors, ports. A case whose object is still invalid is counted apart.

mod kinds;
mod pods;
mod volumes;

use std::collections::BTreeSet;

use plimsoll_model::kind;
use serde_json::{Map, Value, json};

/// What a policy looks at, by the words of its file.
pub(super) struct Reads<'t>(pub(super) &'t str);

impl Reads<'_> {
    /// Whether some expression may read the field.
    fn field(&self, name: &str) -> bool {
        let dotted = [format!(".{name}"), format!(".?{name}")];
        let found = |dotted: &String| {
            self.0.match_indices(dotted.as_str()).any(|(at, _)| {
                let after = self.0[at + dotted.len()..].chars().next();
                !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
            })
        };
        dotted.iter().any(found)
    }
}

/// The object with what servers ask for besides.
pub(super) fn complete(object: &Value, reads: &Reads<'_>) -> Value {
    let mut object = object.clone();
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    if kind::named(&kind).is_some_and(|kind| kind.namespaced) {
        // Requests always have a namespace; some policies say what a file without one means.
        let meant = ["kube-system"].into_iter().find(|name| {
            let words = format!("object.metadata.?namespace.orValue(\"{name}\")");
            reads.0.contains(&words)
        });
        let metadata = self::object(&mut object, "metadata");
        if let Some(meant) = meant {
            default(metadata, "namespace", json!(meant));
        }
    }
    kinds::complete(&kind, &mut object, reads);
    object
}

/// The object at a key, made if there is none.
fn object<'v>(value: &'v mut Value, key: &str) -> &'v mut Map<String, Value> {
    let child = &mut value[key];
    if !child.is_object() {
        *child = json!({});
    }
    child.as_object_mut().unwrap()
}

/// The objects of a list, if there is one.
fn items<'v>(value: &'v mut Value, key: &str) -> impl Iterator<Item = &'v mut Map<String, Value>> {
    let list = value.get_mut(key).and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_object_mut)
}

/// The objects of a list in a map, if there is one.
fn items_of<'v>(
    map: &'v mut Map<String, Value>,
    key: &str,
) -> impl Iterator<Item = &'v mut Map<String, Value>> {
    let list = map.get_mut(key).and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_object_mut)
}

/// Sets a field that is not there.
fn default(map: &mut Map<String, Value>, key: &str, value: Value) {
    map.entry(key).or_insert(value);
}

/// Gives things that have the name of another before them one of their own.
fn rename<'v>(all: impl Iterator<Item = &'v mut Map<String, Value>>) {
    let mut names = BTreeSet::new();
    for (number, one) in all.enumerate() {
        let name = one.get("name").and_then(Value::as_str).map(str::to_owned);
        if let Some(name) = name.filter(|name| !names.insert(name.clone())) {
            one.insert("name".to_owned(), json!(format!("again-{number}-{name}")));
        }
    }
}
