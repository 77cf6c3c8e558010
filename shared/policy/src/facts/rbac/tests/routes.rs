//! Ways of several steps: whom each right reaches in which namespace, that ways are the shortest, and that circles end.

use super::duties::steps;
use super::{account, fact, objects};
use crate::facts::Fact;

/// tools/chief is cluster-admin, tools/boss exists and holds nothing; the namespaces enforce a level.
pub(super) const CHIEF: &str = "
- { kind: Namespace, metadata: { name: tools, labels: { pod-security.kubernetes.io/enforce: restricted } } }
- { kind: ServiceAccount, metadata: { name: chief, namespace: tools } }
- { kind: ServiceAccount, metadata: { name: boss, namespace: tools } }
- { kind: ClusterRoleBinding, metadata: { name: chief }, roleRef: { kind: ClusterRole, name: cluster-admin }, subjects: [{ kind: ServiceAccount, name: chief, namespace: tools }] }";

pub(super) const ALL: &str = "holds every right in the cluster";

pub(super) fn one(verbs: &str, group: &str, resources: &str, names: &str) -> String {
    format!(
        "{{ verbs: [{verbs}], apiGroups: ['{group}'], resources: [{resources}], resourceNames: [{names}] }}"
    )
}

#[test]
fn rights_in_the_namespace_of_a_strong_account_lead_to_it() {
    let rows = [
        (one("create", "", "pods", ""), "may create pods"),
        (
            one("create", "apps", "daemonsets", ""),
            "may create workloads",
        ),
        (
            one("create", "batch", "cronjobs", ""),
            "may create workloads",
        ),
        (
            one("patch", "apps", "deployments", "web"),
            "may change workloads",
        ),
        (
            one("create", "", "serviceaccounts/token", ""),
            "may issue tokens of service accounts",
        ),
        (
            one("impersonate", "", "serviceaccounts", ""),
            "may impersonate service accounts",
        ),
        (
            one("create, get", "", "secrets", ""),
            "may have token secrets made and read them",
        ),
        (
            one("create", "", "pods/exec", ""),
            "may run commands in pods",
        ),
        (
            one("patch", "", "pods/ephemeralcontainers", ""),
            "may add containers to running pods",
        ),
        (
            one("update", "", "pods", ""),
            "may change the images of running pods",
        ),
        (
            one("create", "", "pods/attach", ""),
            "may attach to the containers of pods",
        ),
    ];
    for (rules, deed) in &rows {
        let there = format!("{deed} in tools, and so act as service account tools/chief");
        assert_eq!(
            steps(rules, "tools", CHIEF),
            [there.as_str(), ALL],
            "{rules}"
        );
        assert_eq!(steps(rules, "shop", CHIEF), [""; 0], "{rules}");
        let found = steps(rules, "", CHIEF);
        assert!(
            found[0].starts_with(&format!(
                "{deed} in every namespace, and so act as service account"
            )),
            "{found:?}"
        );
    }
}

#[test]
fn rights_just_short_of_those_lead_nowhere() {
    for rules in [
        one("get, list, watch, delete", "", "pods", ""),
        one("create", "", "pods", "web"),
        one("create", "apps", "deployments", "web"),
        one("update", "batch", "jobs", ""),
        one("create", "", "serviceaccounts", ""),
        one("get, list", "", "secrets", ""),
        one("create", "", "secrets", ""),
        one("create", "", "serviceaccounts/token", "boss"),
        one("impersonate", "", "serviceaccounts", "boss"),
        one(
            "create",
            "",
            "pods/portforward, pods/proxy, pods/eviction",
            "",
        ),
        one(
            "create, escalate, bind",
            "rbac.authorization.k8s.io",
            "roles",
            "",
        ),
        one(
            "create, bind",
            "rbac.authorization.k8s.io",
            "rolebindings, roles",
            "",
        ),
    ] {
        assert_eq!(steps(&rules, "tools", CHIEF), [""; 0], "{rules}");
    }
}

#[test]
fn rights_limited_to_names_reach_those_names() {
    for (resource, verb, deed) in [
        (
            "serviceaccounts/token",
            "create",
            "may issue tokens of named service accounts",
        ),
        (
            "serviceaccounts",
            "impersonate",
            "may impersonate named service accounts",
        ),
    ] {
        let rules = one(verb, "", resource, "boss, chief");
        let there = |place| format!("{deed}{place}, and so act as service account tools/chief");
        assert_eq!(
            steps(&rules, "tools", CHIEF),
            [there(" in tools").as_str(), ALL]
        );
        assert_eq!(
            steps(&rules, "", CHIEF),
            [there(" in every namespace").as_str(), ALL]
        );
        assert_eq!(steps(&rules, "shop", CHIEF), [""; 0]);
    }
}

#[test]
fn an_account_that_is_not_there_is_no_step() {
    let gone = CHIEF.replace(
        "- { kind: ServiceAccount, metadata: { name: chief, namespace: tools } }",
        "",
    );
    let rules = one("create", "", "pods", "");
    assert_eq!(steps(&rules, "tools", &gone), [""; 0]);
    for (verb, resource, names) in [
        ("impersonate", "serviceaccounts", ""),
        ("impersonate", "serviceaccounts", "chief"),
    ] {
        assert_eq!(
            steps(&one(verb, "", resource, names), "tools", &gone).len(),
            2,
            "a name is enough"
        );
    }
    assert_eq!(
        steps(
            &one("create", "", "serviceaccounts/token", "chief"),
            "tools",
            &gone
        ),
        [""; 0]
    );
    let default = gone.replace("name: chief", "name: default");
    assert_eq!(
        steps(&rules, "tools", &default).len(),
        2,
        "the default account always is"
    );
}

#[test]
fn secrets_with_tokens_are_those_that_the_account_names() {
    let with = |names: &str| {
        CHIEF.replace(
            "{ name: chief, namespace: tools } }",
            &format!("{{ name: chief, namespace: tools }}, secrets: [{names}] }}"),
        )
    };
    let token = with("{ name: chief-token-x7k2p }, { name: other }");
    let read = |names| one("get", "", "secrets", names);
    let any = "may read secrets with tokens in tools, and so act as service account tools/chief";
    let named =
        "may read a secret with a token in tools, and so act as service account tools/chief";
    assert_eq!(steps(&read(""), "tools", &token), [any, ALL]);
    assert_eq!(
        steps(&read("chief-token-x7k2p"), "tools", &token),
        [named, ALL]
    );
    assert_eq!(steps(&read("other"), "tools", &token), [""; 0]);
    assert_eq!(steps(&read(""), "shop", &token), [""; 0]);
    assert_eq!(
        steps(&read(""), "", &token)[0],
        any.replace("in tools,", "in every namespace,")
    );
    assert_eq!(steps(&read(""), "tools", &with("{ name: other }")), [""; 0]);
}

/// Pods of kube-system may be any controller, of which one writes what it likes into ClusterRoles.
#[test]
fn pods_in_kube_system_are_the_control_plane_s_accounts() {
    let found = steps(&one("create", "", "pods", ""), "kube-system", "");
    assert_eq!(
        found,
        [
            "may create pods in kube-system, and so act as service account kube-system/clusterrole-aggregation-controller",
            "may write rights it has not (escalate) into a ClusterRole it has, and so hold every right in the cluster",
        ]
    );
    let commands = one("create", "", "pods/exec", "");
    assert_eq!(
        steps(&commands, "kube-system", ""),
        [""; 0],
        "no pod runs as a controller"
    );
    let listed = "\n- { kind: Namespace, metadata: { name: kube-system, labels: { pod-security.kubernetes.io/enforce: baseline } } }";
    assert_eq!(
        steps(&one("create", "", "pods", ""), "kube-system", listed),
        [""; 0],
        "the cluster was listed and has no such account"
    );
}

#[test]
fn escalate_and_bind_in_a_namespace_give_all_of_it() {
    let deed = |rules: &str, space: &str| steps(rules, space, CHIEF);
    let escalate = one("escalate, update", "rbac.authorization.k8s.io", "roles", "");
    let found = deed(&escalate, "tools");
    assert_eq!(
        found[0],
        "may write rights it has not (escalate) into roles in tools, and so hold the ClusterRole cluster-admin in tools"
    );
    assert_eq!(
        found[1],
        "may create pods in tools, and so act as service account tools/chief"
    );
    assert_eq!(found[2], ALL);
    // All of a namespace is also the namespace itself, and so its labels.
    assert_eq!(
        deed(&escalate, "shop")[1],
        "may lift the Pod Security level and run privileged containers in shop, and so take the token of service account tools/chief from its node"
    );
    let bind = one(
        "bind, create",
        "rbac.authorization.k8s.io",
        "clusterroles, rolebindings",
        "",
    );
    assert_eq!(
        deed(&bind, "tools")[0],
        "may bind any role to itself (bind) in tools, and so hold the ClusterRole cluster-admin in tools"
    );
    let named = |role: &str| {
        let bind = one("bind", "rbac.authorization.k8s.io", "clusterroles", role);
        format!(
            "{bind}, {}",
            one("create", "rbac.authorization.k8s.io", "rolebindings", "")
        )
    };
    assert_eq!(
        deed(&named("edit"), "tools")[0],
        "may bind a ClusterRole to itself (bind) in tools, and so hold the ClusterRole edit in tools"
    );
    assert_eq!(deed(&named("view"), "tools"), [""; 0]);
}

#[test]
fn binding_a_named_role_everywhere_is_as_much_as_the_role() {
    let rules = |role: &str| {
        let bind = one("bind", "rbac.authorization.k8s.io", "clusterroles", role);
        format!(
            "{bind}, {}",
            one(
                "create",
                "rbac.authorization.k8s.io",
                "clusterrolebindings",
                ""
            )
        )
    };
    assert_eq!(
        steps(&rules("cluster-admin"), "", ""),
        [
            "may bind a ClusterRole to itself (bind), and so hold the ClusterRole cluster-admin everywhere",
            ALL
        ]
    );
    assert_eq!(steps(&rules("view"), "", ""), [""; 0]);
    assert_eq!(steps(&rules("unknown"), "", ""), [""; 0]);
}

#[test]
fn named_users_and_groups_are_what_bindings_make_of_them() {
    let admins = "
- { kind: ClusterRoleBinding, metadata: { name: admins }, roleRef: { kind: ClusterRole, name: cluster-admin }, subjects: [{ kind: User, name: ana }, { kind: Group, name: ops }] }";
    assert_eq!(
        steps(&one("impersonate", "", "users", "ana"), "", admins),
        ["may impersonate, and so act as user ana", ALL]
    );
    assert_eq!(
        steps(&one("impersonate", "", "users", "ben"), "", admins),
        [""; 0]
    );
    assert_eq!(
        steps(
            &one("impersonate", "", "users, groups", "ben, ops"),
            "",
            admins
        ),
        ["may impersonate, and so act as group ops", ALL]
    );
    assert_eq!(
        steps(&one("impersonate", "", "groups", "ops"), "", admins),
        [""; 0]
    );
}

/// a → b → a, b → c, a → d → e → c: the way of a is by b.
#[test]
fn ways_are_the_shortest_and_circles_end() {
    let account = |name: &str, space: &str| {
        format!(
            "
- {{ kind: ServiceAccount, metadata: {{ name: {name}, namespace: {space} }} }}"
        )
    };
    let pods = |name: &str, from: &str, to: &str| {
        format!("
- {{ kind: Role, metadata: {{ name: pods, namespace: {to} }}, rules: [{{ verbs: [create], apiGroups: [''], resources: [pods] }}] }}
- {{ kind: RoleBinding, metadata: {{ name: {name}, namespace: {to} }}, roleRef: {{ kind: Role, name: pods }}, subjects: [{{ kind: ServiceAccount, name: {from}, namespace: of-{from} }}] }}")
    };
    let accounts: String = ["a", "b", "c", "d", "e"]
        .map(|name| account(name, &format!("of-{name}")))
        .concat();
    let ways = [
        ("a", "b"),
        ("b", "a"),
        ("b", "c"),
        ("a", "d"),
        ("d", "e"),
        ("e", "c"),
        ("c", "a"),
    ];
    let ways: String = ways
        .iter()
        .map(|(from, to)| pods(&format!("{from}-{to}"), from, &format!("of-{to}")))
        .collect();
    let admin = "
- { kind: ClusterRoleBinding, metadata: { name: c }, roleRef: { kind: ClusterRole, name: cluster-admin }, subjects: [{ kind: ServiceAccount, name: c, namespace: of-c }] }";
    let of = |world: &str, name: &str| {
        let found = fact(
            &objects(world),
            Fact::Takeover,
            &super::account(&format!("of-{name}"), name),
        );
        found["steps"].as_array().unwrap().len()
    };
    let world = format!("{accounts}{ways}{admin}");
    assert_eq!(
        ["a", "b", "c", "d", "e"].map(|name| of(&world, name)),
        [3, 2, 1, 3, 2]
    );
    assert_eq!(
        ["a", "b", "c"].map(|name| of(&format!("{accounts}{ways}"), name)),
        [0; 3],
        "a circle leads nowhere"
    );
}

#[test]
fn accounts_that_no_binding_names_have_what_their_groups_have() {
    let pods = |group: &str| {
        format!("{CHIEF}
- {{ kind: Role, metadata: {{ name: pods, namespace: tools }}, rules: [{{ verbs: [create], apiGroups: [''], resources: [pods] }}] }}
- {{ kind: RoleBinding, metadata: {{ name: pods, namespace: tools }}, roleRef: {{ kind: Role, name: pods }}, subjects: [{{ kind: Group, name: '{group}' }}] }}")
    };
    let reachable = |group: &str, namespace: &str| {
        fact(
            &objects(&pods(group)),
            Fact::Takeover,
            &account(namespace, "nobody"),
        )["reachable"]
            .as_bool()
            .unwrap()
    };
    assert!(
        reachable("system:serviceaccounts", "shop") && reachable("system:authenticated", "shop")
    );
    assert!(reachable("system:serviceaccounts:shop", "shop"));
    assert!(!reachable("system:serviceaccounts:shop", "other") && !reachable("ops", "shop"));
}

/// A group of accounts can be a step too: the pods of its namespace are in it.
#[test]
fn any_account_of_a_namespace_may_be_a_step() {
    let world = "
- { kind: ClusterRoleBinding, metadata: { name: x }, roleRef: { kind: ClusterRole, name: cluster-admin }, subjects: [{ kind: Group, name: 'system:serviceaccounts:tools' }] }";
    assert_eq!(
        steps(&one("create", "", "pods", ""), "tools", world),
        [
            "may create pods in tools, and so act as any service account of tools",
            ALL
        ]
    );
}
