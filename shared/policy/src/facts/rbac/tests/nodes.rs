//! Ways over the nodes: where pods may be privileged, and whose tokens lie there.

use super::duties::steps;
use super::routes::{ALL, CHIEF, one};

#[test]
fn nodes_are_reached_where_pods_may_be_of_any_kind() {
    let space = |labels: &str| {
        format!(
            "{CHIEF}\n- {{ kind: Namespace, metadata: {{ name: shop, labels: {{ {labels} }} }} }}"
        )
    };
    let (open, closed) = (
        space(""),
        space("pod-security.kubernetes.io/enforce: baseline"),
    );
    let privileged = "may run privileged containers in shop, which enforces no Pod Security level, and so take the token of service account tools/chief from its node";
    for rules in [
        one("create", "", "pods", ""),
        one("update", "apps", "deployments", "web"),
        one("patch", "", "pods/ephemeralcontainers", ""),
    ] {
        assert_eq!(steps(&rules, "shop", &open), [privileged, ALL]);
        assert_eq!(
            steps(
                &rules,
                "shop",
                &space("pod-security.kubernetes.io/enforce: privileged")
            ),
            [privileged, ALL]
        );
        assert_eq!(steps(&rules, "shop", &closed), [""; 0]);
    }
    assert_eq!(
        steps(&one("create", "", "pods/exec", ""), "shop", &open),
        [""; 0]
    );
    let lifts = format!(
        "{}, {}",
        one("create", "", "pods", ""),
        one("patch", "", "namespaces", "shop")
    );
    assert_eq!(
        steps(&lifts, "shop", &closed)[0],
        "may lift the Pod Security level and run privileged containers in shop, and so take the token of service account tools/chief from its node"
    );
    assert_eq!(
        steps(&one("patch", "", "namespaces", ""), "", &closed),
        [""; 0],
        "a label alone runs nothing"
    );
    assert_eq!(
        steps(&one("get", "", "nodes/proxy", ""), "", &closed)[0],
        "may run commands in any pod through the kubelets (nodes/proxy), and so take the token of service account tools/chief from its node"
    );
    assert_eq!(
        steps(&one("get", "", "nodes/proxy", "one"), "", &closed),
        [""; 0]
    );
}

#[test]
fn volumes_of_the_nodes_files_need_volumes_claims_and_pods() {
    let closed = format!(
        "{CHIEF}\n- {{ kind: Namespace, metadata: {{ name: shop, labels: {{ pod-security.kubernetes.io/enforce: baseline }} }} }}"
    );
    let others = |of: &str| {
        format!(
            "{closed}
- {{ kind: Role, metadata: {{ name: more, namespace: shop }}, rules: [{of}] }}
- {{ kind: RoleBinding, metadata: {{ name: more, namespace: shop }}, roleRef: {{ kind: Role, name: more }}, subjects: [{{ kind: Group, name: 'system:serviceaccounts:shop' }}] }}"
        )
    };
    let volumes = one("create", "", "persistentvolumes", "");
    let both = one("create", "", "pods, persistentvolumeclaims", "");
    assert_eq!(
        steps(&volumes, "", &others(&both))[0],
        "may create volumes of the nodes' files and pods that use them in shop, and so take the token of service account tools/chief from its node"
    );
    assert_eq!(
        steps(&volumes, "", &others(&one("create", "", "pods", ""))),
        [""; 0]
    );
    assert_eq!(
        steps(
            &volumes,
            "",
            &others(&one("create", "", "persistentvolumeclaims", ""))
        ),
        [""; 0]
    );
}

#[test]
fn nodes_that_run_the_control_plane_are_control() {
    let open = "\n- { kind: Namespace, metadata: { name: shop } }";
    let plane = "\n- { kind: Pod, metadata: { name: x, namespace: kube-system }, spec: { containers: [{ name: x, command: [/usr/local/bin/kube-apiserver, --v=2] }] } }";
    let pods = one("create", "", "pods", "");
    assert_eq!(steps(&pods, "shop", open), [""; 0]);
    assert_eq!(
        steps(&pods, "shop", &format!("{open}{plane}")),
        [
            "may run privileged containers in shop, which enforces no Pod Security level, and so take over the control plane, which runs on the same nodes"
        ]
    );
    assert_eq!(
        steps(
            &pods,
            "shop",
            &format!("{open}{}", plane.replace("kube-apiserver", "proxy"))
        ),
        [""; 0]
    );
    assert_eq!(
        steps(
            &pods,
            "shop",
            &format!("{open}{}", plane.replace("kube-system", "shop"))
        ),
        [""; 0]
    );
}
