//! Who can act as a ServiceAccount.

use serde_json::{Value, json};

use super::{account, fact, objects};
use crate::facts::Fact;

fn assumers(yaml: &str) -> Vec<String> {
    let all: Vec<Value> = objects(yaml);
    let found = fact(&all, Fact::Assumers, &account("shop", "web"));
    let line = |one: &Value| {
        let text = |key: &str| one[key].as_str().unwrap().to_owned();
        [text("kind"), text("namespace"), text("name"), text("by")].join(" ")
    };
    found.as_array().unwrap().iter().map(line).collect()
}

fn bound(kind: &str, namespace: &str, rules: &Value, subject: &Value) -> String {
    let role = json!({"kind": "ClusterRole", "metadata": {"name": "r"}, "rules": rules});
    let binding = json!({"kind": kind, "metadata": {"name": "b", "namespace": namespace},
        "roleRef": {"kind": "ClusterRole", "name": "r"}, "subjects": [subject]});
    let space = |name: &str| json!({"kind": "Namespace", "metadata": {"name": name, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}});
    json!([
        role,
        binding,
        space("shop"),
        space("other"),
        space("kube-system")
    ])
    .to_string()
}

#[test]
fn whoever_makes_pods_or_tokens_or_impersonates_there_can() {
    let dev = json!({"kind": "Group", "name": "dev"});
    let rule = |verb: &str, resource: &str| json!([{"verbs": [verb], "apiGroups": [""], "resources": [resource]}]);
    for (verb, resource) in [
        ("create", "pods"),
        ("create", "serviceaccounts/token"),
        ("impersonate", "serviceaccounts"),
        ("create", "pods/exec"),
    ] {
        let rules = rule(verb, resource);
        let here = assumers(&bound("RoleBinding", "shop", &rules, &dev));
        assert!(
            here.iter().any(|line| line.starts_with("Group  dev may ")),
            "{resource}: {here:?}"
        );
        assert!(
            assumers(&bound("RoleBinding", "other", &rules, &dev)).is_empty(),
            "{resource}"
        );
        assert!(
            !assumers(&bound("ClusterRoleBinding", "", &rules, &dev)).is_empty(),
            "{resource}"
        );
    }
    assert!(assumers(&bound("RoleBinding", "shop", &rule("get", "pods"), &dev)).is_empty());
}

#[test]
fn whoever_may_do_everything_can_and_nobody_becomes_itself() {
    let all = json!([{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]);
    let admin = json!({"kind": "User", "name": "ana"});
    assert_eq!(
        assumers(&bound("ClusterRoleBinding", "", &all, &admin)).len(),
        1
    );
    let itself = json!({"kind": "ServiceAccount", "namespace": "shop", "name": "web"});
    assert!(assumers(&bound("ClusterRoleBinding", "", &all, &itself)).is_empty());
}
