//! Accounts that bindings name and that are not there.

use serde_json::json;

use super::{fact, objects};
use crate::facts::Fact;

fn missing(yaml: &str, kind: &str, subjects: &[(&str, &str, &str)]) -> Vec<String> {
    let subjects: Vec<_> = subjects
        .iter()
        .map(|(kind, namespace, name)| match *namespace {
            "" => json!({"kind": kind, "name": name}),
            _ => json!({"kind": kind, "namespace": namespace, "name": name}),
        })
        .collect();
    let binding =
        json!({"kind": kind, "metadata": {"name": "b", "namespace": "shop"}, "subjects": subjects});
    let found = fact(&objects(yaml), Fact::MissingServiceAccounts, &binding);
    let found = found.as_array().unwrap().iter();
    found
        .map(|account| account.as_str().unwrap().to_owned())
        .collect()
}

const SHOP: &str = "- { kind: ServiceAccount, metadata: { name: app, namespace: shop } }";

#[test]
fn an_account_is_missed_where_its_namespace_is_known() {
    let subjects = [
        ("ServiceAccount", "", "app"),
        ("ServiceAccount", "", "gone"),
        ("ServiceAccount", "shop", "gone-too"),
        ("ServiceAccount", "shop", "default"),
        ("ServiceAccount", "elsewhere", "any"),
        ("User", "shop", "gone"),
    ];
    assert_eq!(
        missing(SHOP, "RoleBinding", &subjects),
        ["shop/gone", "shop/gone-too"]
    );
    assert_eq!(
        missing(
            "- { kind: Namespace, metadata: { name: shop } }",
            "RoleBinding",
            &subjects
        ),
        ["shop/app", "shop/gone", "shop/gone-too"]
    );
    assert_eq!(missing("[]", "RoleBinding", &subjects), [""; 0]);
    assert_eq!(
        missing(
            SHOP,
            "ClusterRoleBinding",
            &[("ServiceAccount", "shop", "gone")]
        ),
        ["shop/gone"]
    );
    assert_eq!(
        missing(
            SHOP,
            "ClusterRoleBinding",
            &[("ServiceAccount", "", "gone")]
        ),
        [""; 0]
    );
}

#[test]
fn where_all_namespaces_are_known_so_are_all_accounts() {
    let world = format!(
        "{SHOP}\n- {{ kind: Namespace, metadata: {{ name: kube-system }} }}\n- {{ kind: Namespace, metadata: {{ name: shop }} }}"
    );
    let subjects = [
        ("ServiceAccount", "elsewhere", "any"),
        ("ServiceAccount", "elsewhere", "default"),
        ("ServiceAccount", "shop", "default"),
        ("ServiceAccount", "shop", "app"),
    ];
    assert_eq!(
        missing(&world, "ClusterRoleBinding", &subjects),
        ["elsewhere/any", "elsewhere/default"]
    );
}
