//! The facts over small worlds, written as a list of objects.

mod aggregation;
mod assumers;
mod duties;
mod missing;
mod nodes;
mod permissions;
mod routes;
mod worlds;

use plimsoll_cel::{Bump, Node, decode_json};
use serde_json::{Value, json};

use super::super::{Fact, Joins};

/// Objects in YAML, a list.
fn objects(yaml: &str) -> Vec<Value> {
    serde_saphyr::from_str(yaml).unwrap()
}

/// Everything gathered by that many workers, who got the objects in turn.
fn gathered(objects: &[Value], workers: usize) -> Joins {
    let arena = Bump::new();
    let mut joins = vec![Joins::default(); workers];
    for (place, object) in objects.iter().enumerate() {
        let node = decode_json(&arena, object.to_string().as_bytes()).unwrap();
        joins[place % workers].gather(object["kind"].as_str().unwrap(), &node);
    }
    let mut all = Joins::default();
    joins.into_iter().for_each(|joins| all.merge(joins));
    all.settle();
    all
}

/// The fact about an object, as JSON; the same whoever read the objects and in whatever order.
fn fact(objects: &[Value], fact: Fact, object: &Value) -> Value {
    let of = |joins: &Joins| -> Value {
        let arena = Bump::new();
        let node: Node<'_> = decode_json(&arena, object.to_string().as_bytes()).unwrap();
        let found = joins.fact(fact, object["kind"].as_str().unwrap(), &node, &arena, 37);
        serde_json::to_value(found).unwrap()
    };
    let found = of(&gathered(objects, 1));
    let mut turned = objects.to_vec();
    turned.reverse();
    for (objects, workers) in [(objects, 2), (&turned[..], 1), (&turned[..], 3)] {
        assert_eq!(
            of(&gathered(objects, workers)),
            found,
            "by {workers} workers"
        );
    }
    found
}

fn account(namespace: &str, name: &str) -> Value {
    json!({"kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace}})
}
