//! Each right that is control, or leads there, by itself: what gives it, and what is just short of it.

use super::{account, fact, objects};
use crate::facts::Fact;

/// The steps of shop/app, which holds these rules in the whole cluster, or in a namespace.
pub(super) fn steps(rules: &str, space: &str, others: &str) -> Vec<String> {
    let (role, binding, home) = match space {
        "" => ("ClusterRole", "ClusterRoleBinding", String::new()),
        _ => ("Role", "RoleBinding", format!(", namespace: {space}")),
    };
    let world = format!(
        "
- {{ kind: {role}, metadata: {{ name: role-of-app{home} }}, rules: [{rules}] }}
- {{ kind: {binding}, metadata: {{ name: app{home} }}, roleRef: {{ kind: {role}, name: role-of-app }}, subjects: [{{ kind: ServiceAccount, name: app, namespace: shop }}] }}{others}"
    );
    let found = fact(&objects(&world), Fact::Takeover, &account("shop", "app"));
    assert_eq!(found["account"], "shop/app");
    let steps = found["steps"].as_array().unwrap();
    assert_eq!(found["reachable"], !steps.is_empty());
    steps
        .iter()
        .map(|step| step.as_str().unwrap().to_owned())
        .collect()
}

fn rbac(verbs: &str, resources: &str, names: &str) -> String {
    format!(
        "{{ verbs: [{verbs}], apiGroups: [rbac.authorization.k8s.io], resources: [{resources}], resourceNames: [{names}] }}"
    )
}

fn core(verbs: &str, resources: &str, names: &str) -> String {
    format!(
        "{{ verbs: [{verbs}], apiGroups: [''], resources: [{resources}], resourceNames: [{names}] }}"
    )
}

fn group(group: &str, verbs: &str, resources: &str, names: &str) -> String {
    format!(
        "{{ verbs: [{verbs}], apiGroups: [{group}], resources: [{resources}], resourceNames: [{names}] }}"
    )
}

#[test]
fn rights_that_are_control_of_the_cluster() {
    let webhooks = |verbs, names| {
        group(
            "admissionregistration.k8s.io",
            verbs,
            "mutatingwebhookconfigurations",
            names,
        )
    };
    let certificates =
        |verbs, resources, names| group("certificates.k8s.io", verbs, resources, names);
    let request = certificates("create", "certificatesigningrequests", "");
    let approve = certificates("update", "certificatesigningrequests/approval", "");
    let sign = |names| certificates("approve", "signers", names);
    let policies = |resources| group("admissionregistration.k8s.io", "create", resources, "");
    let all = [
        (
            "{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }".to_owned(),
            "holds every right in the cluster",
        ),
        (
            rbac("escalate, update", "clusterroles", ""),
            "may write rights it has not (escalate) into a ClusterRole it has, and so hold every right in the cluster",
        ),
        (
            rbac("escalate, patch", "clusterroles", "role-of-app"),
            "may write rights it has not (escalate) into a ClusterRole it has, and so hold every right in the cluster",
        ),
        (
            rbac("escalate, patch", "clusterroles", "'system:discovery'"),
            "may write rights it has not (escalate) into a ClusterRole it has, and so hold every right in the cluster",
        ),
        (
            rbac("bind, create", "clusterroles, clusterrolebindings", ""),
            "may bind any ClusterRole to itself (bind), and so hold every right in the cluster",
        ),
        (
            core("impersonate", "users", ""),
            "may impersonate every user, and so act as the controller manager, which issues tokens of every service account",
        ),
        (
            core("impersonate", "groups, serviceaccounts", ""),
            "may impersonate the group system:masters, and so hold every right in the cluster",
        ),
        (
            format!(
                "{}, {}",
                core("impersonate", "groups", "'system:masters'"),
                core("impersonate", "users", "ana")
            ),
            "may impersonate the group system:masters, and so hold every right in the cluster",
        ),
        (
            format!("{request}, {approve}, {}", sign("")),
            "may request client certificates and approve them itself, and so sign in as any user",
        ),
        (
            format!(
                "{request}, {approve}, {}",
                sign("kubernetes.io/kube-apiserver-client")
            ),
            "may request client certificates and approve them itself, and so sign in as any user",
        ),
        (
            webhooks("create", ""),
            "may set up mutating admission webhooks, and so change whatever others create",
        ),
        (
            webhooks("patch", "one"),
            "may set up mutating admission webhooks, and so change whatever others create",
        ),
        (
            policies("mutatingadmissionpolicies, mutatingadmissionpolicybindings"),
            "may set up mutating admission policies, and so change whatever others create",
        ),
        (
            group("apiregistration.k8s.io", "update", "apiservices", ""),
            "may change which server answers for an API group, and so answer in place of the API server",
        ),
        (
            core("patch", "configmaps", "aws-auth"),
            "may change the ConfigMap kube-system/aws-auth, and so map an IAM identity to system:masters",
        ),
    ];
    for (rules, sentence) in &all {
        assert_eq!(steps(rules, "", ""), [*sentence], "{rules}");
    }
    let short = [
        "{ verbs: ['*'], apiGroups: [apps], resources: [kites] }".to_owned(),
        rbac("escalate", "clusterroles", ""),
        rbac("update", "clusterroles", ""),
        rbac("escalate, update", "clusterroles", "another"),
        format!(
            "{}, {}",
            rbac("escalate", "clusterroles", "role-of-app"),
            rbac("update", "clusterroles", "another")
        ),
        rbac("bind", "clusterroles", ""),
        rbac(
            "create",
            "clusterrolebindings, rolebindings, roles, clusterroles",
            "",
        ),
        rbac("bind, create", "clusterrolebindings", ""),
        core("impersonate", "groups", ""),
        core("impersonate", "users", "ana"),
        core("impersonate", "groups, users", "ana"),
        format!("{request}, {approve}"),
        format!("{request}, {}", sign("")),
        format!("{approve}, {}", sign("")),
        format!("{request}, {approve}, {}", sign("example.org/x")),
        webhooks("get, delete", ""),
        webhooks("create", "one"),
        policies("mutatingadmissionpolicies"),
        policies("validatingadmissionpolicies"),
        group("apiregistration.k8s.io", "create", "apiservices", ""),
        core("patch", "configmaps", "another"),
        core("patch", "configmaps", ""),
        core(
            "get, list, watch, delete",
            "pods, services, configmaps, serviceaccounts",
            "",
        ),
    ];
    for rules in &short {
        assert_eq!(steps(rules, "", ""), [""; 0], "{rules}");
    }
}

/// What has no namespace is not given by a RoleBinding.
#[test]
fn what_is_control_in_the_cluster_is_none_in_a_namespace() {
    for rules in [
        rbac("escalate, update", "clusterroles", ""),
        rbac("bind, create", "clusterroles, clusterrolebindings", ""),
        core("impersonate", "users, groups", ""),
        group(
            "admissionregistration.k8s.io",
            "create",
            "mutatingwebhookconfigurations",
            "",
        ),
        group("apiregistration.k8s.io", "update", "apiservices", ""),
        core("create", "nodes/proxy", ""),
        "{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }".to_owned(),
    ] {
        assert_eq!(steps(&rules, "shop", ""), [""; 0], "{rules}");
    }
}

#[test]
fn a_map_of_iam_identities_counts_where_it_is() {
    let map = "\n- { kind: ConfigMap, metadata: { name: aws-auth, namespace: kube-system } }";
    let elsewhere = "\n- { kind: ConfigMap, metadata: { name: aws-auth, namespace: shop } }\n- { kind: ConfigMap, metadata: { name: other, namespace: kube-system } }";
    let sentence = [
        "may change the ConfigMap kube-system/aws-auth, and so map an IAM identity to system:masters",
    ];
    let rules = core("update", "configmaps", "");
    assert_eq!(steps(&rules, "", map), sentence);
    assert_eq!(steps(&rules, "kube-system", map), sentence);
    assert_eq!(steps(&rules, "shop", map), [""; 0]);
    assert_eq!(steps(&rules, "", elsewhere), [""; 0]);
    assert_eq!(
        steps(&core("update", "configmaps", "aws-auth"), "kube-system", ""),
        sentence
    );
    assert_eq!(
        steps(&core("update", "configmaps", "aws-auth"), "shop", ""),
        [""; 0]
    );
    assert_eq!(steps(&core("get", "configmaps", ""), "", map), [""; 0]);
}
