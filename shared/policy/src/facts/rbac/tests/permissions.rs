//! What an account may do: by its name, its user and its groups, in which namespace, and what says nothing of it.

use serde_json::{Value, json};

use super::{account, fact, objects};
use crate::facts::Fact;

/// Each permission of shop/app as `namespace binding role verbs groups resources names urls`.
fn lines(yaml: &str, object: &Value) -> Vec<String> {
    let found = fact(&objects(yaml), Fact::Permissions, object);
    let list = |node: &Value| -> String {
        let texts = node.as_array().unwrap().iter();
        texts
            .map(|text| format!("{:?}", text.as_str().unwrap()))
            .collect::<Vec<_>>()
            .join(",")
    };
    let line = |one: &Value| {
        let lists = [
            "verbs",
            "apiGroups",
            "resources",
            "resourceNames",
            "nonResourceURLs",
        ];
        let lists = lists.map(|key| format!("[{}]", list(&one[key])));
        format!(
            "{}|{}|{} {}",
            one["namespace"].as_str().unwrap(),
            one["binding"].as_str().unwrap(),
            one["role"].as_str().unwrap(),
            lists.join(" ")
        )
    };
    found.as_array().unwrap().iter().map(line).collect()
}

/// The same, without the rules.
fn held(yaml: &str, object: &Value) -> Vec<String> {
    let lines = lines(yaml, object);
    lines
        .iter()
        .map(|line| line.split(" [").next().unwrap().to_owned())
        .collect()
}

const READS: &str = "
- { kind: ClusterRole, metadata: { name: reads }, rules: [{ verbs: [get], apiGroups: [''], resources: [pods] }] }
- { kind: Role, metadata: { name: reads, namespace: shop }, rules: [{ verbs: [list], apiGroups: [''], resources: [pods] }] }
- { kind: Role, metadata: { name: reads, namespace: other }, rules: [{ verbs: [watch], apiGroups: [''], resources: [pods] }] }";

#[test]
fn rights_come_by_the_account_its_user_and_its_groups_each_binding_once() {
    let bindings = "
- { kind: ClusterRoleBinding, metadata: { name: by-name }, roleRef: { kind: ClusterRole, name: reads }, subjects: [{ kind: ServiceAccount, name: app, namespace: shop }] }
- { kind: ClusterRoleBinding, metadata: { name: by-user }, roleRef: { kind: ClusterRole, name: reads }, subjects: [{ kind: User, name: 'system:serviceaccount:shop:app' }] }
- { kind: ClusterRoleBinding, metadata: { name: by-all }, roleRef: { kind: ClusterRole, name: reads }, subjects: [{ kind: Group, name: 'system:serviceaccounts' }] }
- { kind: ClusterRoleBinding, metadata: { name: by-space }, roleRef: { kind: ClusterRole, name: reads }, subjects: [{ kind: Group, name: 'system:serviceaccounts:shop' }] }
- { kind: ClusterRoleBinding, metadata: { name: by-everybody }, roleRef: { kind: ClusterRole, name: reads }, subjects: [{ kind: User, name: ana }, { kind: Group, name: 'system:authenticated' }, { kind: ServiceAccount, name: app, namespace: shop }] }
- { kind: ClusterRoleBinding, metadata: { name: x1 }, roleRef: { kind: ClusterRole, name: reads }, subjects: [{ kind: ServiceAccount, name: app, namespace: other }] }
- { kind: ClusterRoleBinding, metadata: { name: x2 }, roleRef: { kind: ClusterRole, name: reads }, subjects: [{ kind: User, name: app }] }
- { kind: ClusterRoleBinding, metadata: { name: x3 }, roleRef: { kind: ClusterRole, name: reads }, subjects: [{ kind: Group, name: 'system:serviceaccounts:other' }, { kind: Group, name: 'system:masters' }, { kind: Group, name: 'system:unauthenticated' }] }
- { kind: ClusterRoleBinding, metadata: { name: x4 }, roleRef: { kind: ClusterRole, name: reads } }";
    let world = format!("{READS}{bindings}");
    let everybody = ["|by-all|reads", "|by-everybody|reads"];
    assert_eq!(
        held(&world, &account("shop", "app")),
        [
            "|by-all|reads",
            "|by-everybody|reads",
            "|by-name|reads",
            "|by-space|reads",
            "|by-user|reads"
        ]
    );
    assert_eq!(
        held(&world, &account("shop", "another")),
        ["|by-all|reads", "|by-everybody|reads", "|by-space|reads"]
    );
    assert_eq!(held(&world, &account("third", "app")), everybody);
    let pod = |spec: Value| json!({"kind": "Pod", "metadata": {"name": "p", "namespace": "shop"}, "spec": spec});
    assert_eq!(
        held(&world, &pod(json!({"serviceAccountName": "app"}))).len(),
        5
    );
    assert_eq!(
        held(&world, &pod(json!({"serviceAccount": "app"}))).len(),
        5
    );
    assert_eq!(held(&world, &pod(json!({}))).len(), 3);
    assert_eq!(
        held(
            &world,
            &json!({"kind": "Service", "metadata": {"name": "app", "namespace": "shop"}})
        )
        .len(),
        0
    );
}

#[test]
fn a_role_binding_gives_its_role_in_its_namespace_only() {
    let bindings = "
- { kind: RoleBinding, metadata: { name: a, namespace: shop }, roleRef: { kind: Role, name: reads }, subjects: [{ kind: ServiceAccount, name: app }] }
- { kind: RoleBinding, metadata: { name: b, namespace: other }, roleRef: { kind: Role, name: reads }, subjects: [{ kind: ServiceAccount, name: app, namespace: shop }] }
- { kind: RoleBinding, metadata: { name: c, namespace: third }, roleRef: { kind: Role, name: reads }, subjects: [{ kind: ServiceAccount, name: app, namespace: shop }] }
- { kind: RoleBinding, metadata: { name: d, namespace: third }, roleRef: { kind: ClusterRole, name: reads }, subjects: [{ kind: ServiceAccount, name: app, namespace: shop }] }
- { kind: RoleBinding, metadata: { name: e, namespace: third }, roleRef: { kind: ClusterRole, name: reads }, subjects: [{ kind: ServiceAccount, name: app }] }
- { kind: ClusterRoleBinding, metadata: { name: f }, roleRef: { kind: Role, name: reads }, subjects: [{ kind: ServiceAccount, name: app, namespace: shop }] }";
    assert_eq!(
        lines(&format!("{READS}{bindings}"), &account("shop", "app")),
        [
            r#"other|b|reads ["watch"] [""] ["pods"] [] []"#,
            r#"shop|a|reads ["list"] [""] ["pods"] [] []"#,
            r#"third|d|reads ["get"] [""] ["pods"] [] []"#,
        ]
    );
}

#[test]
fn rules_come_whole_with_names_and_urls_only_for_the_whole_cluster() {
    let world = "
- { kind: ClusterRole, metadata: { name: r }, rules: [{ verbs: [get], nonResourceURLs: [/metrics] }, { verbs: [get, list], apiGroups: ['', apps], resources: [a, b], resourceNames: [x] }] }
- { kind: ClusterRoleBinding, metadata: { name: a }, roleRef: { kind: ClusterRole, name: r }, subjects: [{ kind: ServiceAccount, name: app, namespace: shop }] }
- { kind: RoleBinding, metadata: { name: b, namespace: shop }, roleRef: { kind: ClusterRole, name: r }, subjects: [{ kind: ServiceAccount, name: app }] }
- { kind: ClusterRole, metadata: { name: empty }, rules: [] }
- { kind: ClusterRoleBinding, metadata: { name: c }, roleRef: { kind: ClusterRole, name: empty }, subjects: [{ kind: ServiceAccount, name: app, namespace: shop }] }";
    assert_eq!(
        lines(world, &account("shop", "app")),
        [
            r#"|a|r ["get"] [] [] [] ["/metrics"]"#,
            r#"|a|r ["get","list"] ["","apps"] ["a","b"] ["x"] []"#,
            r#"shop|b|r ["get","list"] ["","apps"] ["a","b"] ["x"] []"#,
        ]
    );
}

#[test]
fn default_roles_are_there_and_aggregated_ones_are_whole() {
    let world = "
- { kind: ClusterRoleBinding, metadata: { name: a }, roleRef: { kind: ClusterRole, name: cluster-admin }, subjects: [{ kind: ServiceAccount, name: app, namespace: shop }] }
- { kind: RoleBinding, metadata: { name: b, namespace: shop }, roleRef: { kind: ClusterRole, name: sum }, subjects: [{ kind: ServiceAccount, name: app }] }
- { kind: ClusterRole, metadata: { name: sum }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: sum } }] } }
- { kind: ClusterRole, metadata: { name: part, labels: { to: sum } }, rules: [{ verbs: [get], apiGroups: [''], resources: [pods] }] }";
    assert_eq!(
        lines(world, &account("shop", "app")),
        [
            r#"|a|cluster-admin ["*"] ["*"] ["*"] [] []"#,
            r#"|a|cluster-admin ["*"] [] [] [] ["*"]"#,
            r#"shop|b|sum ["get"] [""] ["pods"] [] []"#,
        ]
    );
}

#[test]
fn what_every_account_may_do_says_nothing_but_what_was_added_to_it_does() {
    let usual = "
- { kind: ClusterRoleBinding, metadata: { name: 'system:discovery' }, roleRef: { kind: ClusterRole, name: 'system:discovery' }, subjects: [{ kind: Group, name: 'system:authenticated' }] }
- { kind: ClusterRoleBinding, metadata: { name: 'system:basic-user' }, roleRef: { kind: ClusterRole, name: 'system:basic-user' }, subjects: [{ kind: Group, name: 'system:authenticated' }] }
- { kind: ClusterRoleBinding, metadata: { name: 'system:public-info-viewer' }, roleRef: { kind: ClusterRole, name: 'system:public-info-viewer' }, subjects: [{ kind: Group, name: 'system:authenticated' }] }
- { kind: ClusterRoleBinding, metadata: { name: 'system:service-account-issuer-discovery' }, roleRef: { kind: ClusterRole, name: 'system:service-account-issuer-discovery' }, subjects: [{ kind: Group, name: 'system:serviceaccounts' }] }
- { kind: ClusterRole, metadata: { name: 'system:basic-user' }, rules: [{ verbs: [create], apiGroups: [authorization.k8s.io], resources: [selfsubjectrulesreviews, selfsubjectaccessreviews] }] }";
    assert_eq!(held(usual, &account("shop", "app")), [""; 0]);
    let more = "
- { kind: ClusterRole, metadata: { name: 'system:discovery' }, rules: [{ verbs: [get], nonResourceURLs: [/api] }, { verbs: [get], apiGroups: [''], resources: [secrets] }] }";
    assert_eq!(
        lines(&format!("{usual}{more}"), &account("shop", "app")),
        [r#"|system:discovery|system:discovery ["get"] [""] ["secrets"] [] []"#]
    );
}

#[test]
fn the_control_plane_s_accounts_hold_their_default_roles_once() {
    let controller = account("kube-system", "job-controller");
    let by_default = held("[]", &controller);
    assert!(!by_default.is_empty());
    assert!(
        by_default.iter().all(
            |line| line == "|system:controller:job-controller|system:controller:job-controller"
        )
    );
    let read = "
- { kind: ClusterRoleBinding, metadata: { name: 'system:controller:job-controller' }, roleRef: { kind: ClusterRole, name: 'system:controller:job-controller' }, subjects: [{ kind: ServiceAccount, name: job-controller, namespace: kube-system }] }";
    assert_eq!(held(read, &controller), by_default);
    assert!(held("[]", &account("shop", "job-controller")).is_empty());
}
