//! Patches on plain trees, written again for the test.

use plimsoll_inventory::files::{Change, Op};
use serde_json::{Value, json};

/// Makes the change as RFC 6902 says, and the parents that an `add` lacks. Removed elements become null, so that the
/// pointers of the next change still lead to what they meant.
pub(crate) fn apply(tree: &mut Value, change: &Change) {
    for step in &change.steps {
        let (parent, last) = step.pointer.rsplit_once('/').unwrap();
        let last = last.replace("~1", "/").replace("~0", "~");
        match &step.op {
            Op::Remove => match tree.pointer_mut(parent) {
                Some(Value::Object(map)) => drop(map.remove(&last)),
                Some(Value::Array(list)) => list[last.parse::<usize>().unwrap()] = Value::Null,
                _ => {}
            },
            Op::Replace(value) => *tree.pointer_mut(&step.pointer).unwrap() = value.clone(),
            Op::Add(value) => match parent_of(tree, parent, last == "-") {
                Value::Array(list) => match last.parse::<usize>() {
                    Ok(index) if index < list.len() => list[index] = value.clone(),
                    _ => list.push(value.clone()),
                },
                map => map[last] = value.clone(),
            },
        }
    }
}

/// The map or list at `pointer`, made if it is not there.
fn parent_of<'v>(tree: &'v mut Value, pointer: &str, list: bool) -> &'v mut Value {
    let mut at = tree;
    for key in pointer.split('/').skip(1) {
        let key = key.replace("~1", "/").replace("~0", "~");
        if at.is_null() {
            *at = json!({});
        }
        at = match at {
            Value::Array(items) => &mut items[key.parse::<usize>().unwrap()],
            map => &mut map[key],
        };
    }
    if at.is_null() {
        *at = if list { json!([]) } else { json!({}) };
    }
    at
}

/// Takes away what removals may leave or take: removed elements, and parents without anything in them.
pub(crate) fn settle(tree: &mut Value, changes: &[Change]) {
    let removals = changes.iter().flat_map(|change| &change.steps);
    for step in removals.filter(|step| step.op == Op::Remove) {
        let mut pointer = step.pointer.as_str();
        while let Some((parent, _)) = pointer.rsplit_once('/') {
            if let Some(Value::Array(list)) = tree.pointer_mut(parent) {
                list.retain(|item| !item.is_null());
            }
            let empty = tree
                .pointer(parent)
                .is_some_and(|value| *value == json!({}) || *value == json!([]));
            if empty
                && let Some((grandparent, key)) = parent.rsplit_once('/')
                && let Some(Value::Object(map)) = tree.pointer_mut(grandparent)
            {
                map.remove(key);
            }
            pointer = parent;
        }
    }
}
