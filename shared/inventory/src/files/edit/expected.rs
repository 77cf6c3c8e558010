//! Patches on plain trees: what a text must hold after it was edited.

use plimsoll_cel::Node;
use serde_json::{Map, Value};

use super::super::marked::Marked;
use super::Op;

/// Maps that say the same when they are empty as when they are absent, wherever Kubernetes has them.
const MAPS: [&str; 8] = [
    "annotations",
    "capabilities",
    "labels",
    "limits",
    "requests",
    "resources",
    "seLinuxOptions",
    "securityContext",
];

/// Lists of which the same is true.
const LISTS: [&str; 6] = ["add", "drop", "env", "envFrom", "externalIPs", "sysctls"];

/// What an element of a list becomes that is removed, until [`settle`]: indexes must not move before that.
const GONE: &str = "\u{0}gone\u{0}";

/// Whether a map or list with this key is taken away with its last entry.
pub(super) fn goes_when_empty(key: &str, is_map: bool) -> bool {
    if is_map {
        MAPS.contains(&key)
    } else {
        LISTS.contains(&key)
    }
}

/// A document's tree; entries that are null are kept.
pub(super) fn value_of(value: &Marked<'_>) -> Value {
    match value.node {
        Node::Map(_) => {
            let entry = |child: &super::super::marked::Child<'_>| {
                Some((child.key?.text.to_owned(), value_of(&child.value)))
            };
            Value::Object(value.children.iter().filter_map(entry).collect())
        }
        Node::List(_) => Value::Array(
            value
                .children
                .iter()
                .map(|child| value_of(&child.value))
                .collect(),
        ),
        scalar => serde_json::to_value(scalar).unwrap_or_default(),
    }
}

/// `value` below the keys `path`: what an `add` makes where nothing is.
pub(super) fn build(path: &[String], value: &Value) -> Value {
    path.iter()
        .rev()
        .fold(value.clone(), |inner, key| match key.as_str() {
            "-" => Value::Array(vec![inner]),
            key => Value::Object(Map::from_iter([(key.to_owned(), inner)])),
        })
}

/// Does one operation; what cannot be done is left.
pub(super) fn patch(tree: &mut Value, path: &[String], op: &Op) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    let there = match tree {
        Value::Object(map) => map.get_mut(first).filter(|value| !value.is_null()),
        Value::Array(list) => {
            let index = first.parse::<usize>().ok();
            index.and_then(|index| list.get_mut(index))
        }
        _ => return,
    };
    let Some(value) = there else {
        if let Op::Add(new) = op {
            match tree {
                Value::Object(map) => drop(map.insert(first.clone(), build(rest, new))),
                Value::Array(list) => list.push(build(rest, new)),
                _ => {}
            }
        }
        return;
    };
    if !rest.is_empty() {
        patch(value, rest, op);
        let emptied = *op == Op::Remove && is_empty(value);
        if !(emptied && goes_when_empty(first, value.is_object())) {
            return;
        }
    } else if let Op::Add(new) | Op::Replace(new) = op {
        *value = new.clone();
        return;
    }
    match tree {
        Value::Object(map) => drop(map.remove(first)),
        _ => *value_at(tree, first) = Value::from(GONE),
    }
}

fn value_at<'v>(tree: &'v mut Value, index: &str) -> &'v mut Value {
    &mut tree[index.parse::<usize>().unwrap_or_default()]
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.iter().all(|item| item == GONE),
        _ => false,
    }
}

/// Takes removed elements out of their lists.
pub(super) fn settle(tree: &mut Value) {
    match tree {
        Value::Object(map) => map.values_mut().for_each(settle),
        Value::Array(list) => {
            list.retain(|item| item != GONE);
            list.iter_mut().for_each(settle);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patched(tree: Value, path: &str, op: Op) -> Value {
        let mut tree = tree;
        patch(&mut tree, &super::super::segments(path), &op);
        settle(&mut tree);
        tree
    }

    #[test]
    fn operations_do_what_they_say_and_make_missing_parents() {
        assert_eq!(
            patched(json!({"a": {}}), "/a/b/c", Op::Add(json!(1))),
            json!({"a": {"b": {"c": 1}}})
        );
        assert_eq!(
            patched(json!({"a": null}), "/a/b/-", Op::Add(json!(1))),
            json!({"a": {"b": [1]}})
        );
        assert_eq!(
            patched(json!({"a": [1, 2]}), "/a/1", Op::Remove),
            json!({"a": [1]})
        );
        assert_eq!(
            patched(json!({"a": [1]}), "/a/0", Op::Remove),
            json!({"a": []})
        );
        assert_eq!(
            patched(json!({"a": 1}), "/b", Op::Replace(json!(2))),
            json!({"a": 1})
        );
    }

    #[test]
    fn what_says_nothing_when_empty_goes_with_its_last_entry() {
        let tree = json!({"securityContext": {"capabilities": {"add": ["X"]}}, "x": 1});
        assert_eq!(
            patched(tree, "/securityContext/capabilities/add/0", Op::Remove),
            json!({"x": 1})
        );
        assert_eq!(
            patched(
                json!({"podSelector": {"a": 1}}),
                "/podSelector/a",
                Op::Remove
            ),
            json!({"podSelector": {}})
        );
    }
}
