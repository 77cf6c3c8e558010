//! ClusterRoles made of others by label.

use serde_json::{Value, json};

use super::super::super::{Fact, Joins};
use plimsoll_cel::{Bump, decode_json};

fn joins(roles: &[Value]) -> Joins {
    let arena = Bump::new();
    let mut joins = Joins::default();
    for role in roles {
        let node = decode_json(&arena, role.to_string().as_bytes()).unwrap();
        joins.gather("ClusterRole", &node);
    }
    joins
}

/// The resources in the rules of a ClusterRole, by `facts.role` of a binding to it.
fn resources(joins: &Joins, role: &str) -> Vec<String> {
    let arena = Bump::new();
    let binding = json!({"roleRef": {"kind": "ClusterRole", "name": role}}).to_string();
    let binding = decode_json(&arena, binding.as_bytes()).unwrap();
    let fact = joins.fact(Fact::Role, "ClusterRoleBinding", &binding, &arena);
    let rules = fact.get("rules").unwrap();
    let resources = rules
        .items()
        .iter()
        .flat_map(|rule| rule.get("resources").map_or(&[][..], |list| list.items()));
    resources
        .map(|resource| resource.as_str().unwrap().to_owned())
        .collect()
}

fn part(name: &str, labels: Value, resource: &str) -> Value {
    json!({"metadata": {"name": name, "labels": labels}, "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": [resource]}]})
}

fn whole(name: &str, labels: Value, selectors: Value, resources: &[&str]) -> Value {
    let rules: Vec<Value> = resources
        .iter()
        .map(|r| json!({"verbs": ["get"], "apiGroups": [""], "resources": [r]}))
        .collect();
    json!({"metadata": {"name": name, "labels": labels}, "aggregationRule": {"clusterRoleSelectors": selectors}, "rules": rules})
}

#[test]
fn a_role_has_the_rules_of_all_that_its_selectors_choose_and_its_own_each_once() {
    let roles = [
        whole(
            "sum",
            json!({}),
            json!([{"matchLabels": {"to": "sum"}}, {"matchExpressions": [{"key": "also", "operator": "Exists"}]}]),
            &["own", "a"],
        ),
        part("one", json!({"to": "sum"}), "a"),
        part("two", json!({"also": "x"}), "b"),
        part("three", json!({"to": "other"}), "c"),
    ];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0_usize]] {
        let mut joins = joins(&order.map(|i| roles[i].clone()));
        joins.settle();
        assert_eq!(resources(&joins, "sum"), ["own", "a", "b"]);
        assert_eq!(resources(&joins, "one"), ["a"]);
        joins.settle();
        assert_eq!(resources(&joins, "sum"), ["own", "a", "b"], "settled twice");
    }
}

#[test]
fn sums_of_sums_and_circles_end() {
    let mut joins = joins(&[
        whole(
            "a",
            json!({"to": "b"}),
            json!([{"matchLabels": {"to": "a"}}]),
            &[],
        ),
        whole(
            "b",
            json!({"to": "a"}),
            json!([{"matchLabels": {"to": "b"}}]),
            &[],
        ),
        part("c", json!({"to": "a"}), "x"),
        part("d", json!({"to": "b"}), "y"),
    ]);
    joins.settle();
    assert_eq!(resources(&joins, "a"), ["x", "y"]);
    assert_eq!(resources(&joins, "b"), ["x", "y"]);
}

#[test]
fn default_roles_take_in_what_is_labelled_for_them_and_pass_it_up() {
    let to_view = json!({"rbac.authorization.k8s.io/aggregate-to-view": "true"});
    let mut joins = joins(&[part("kites", to_view, "kites")]);
    joins.settle();
    let has = |role| resources(&joins, role).contains(&"kites".to_owned());
    assert!(has("view") && has("edit") && has("admin"));
    assert!(
        resources(&joins, "admin").len() > 20,
        "its own are there too"
    );
    assert!(!has("cluster-admin"));
}
