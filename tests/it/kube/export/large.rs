//! Objects far larger than a case: what an expression costs must stay within what a server allows it.

use serde_json::{Value, json};

/// As large as people's objects get, or larger.
const CONTAINERS: usize = 16;
const RULES: usize = 200;
const HOSTS: usize = 200;
const TEXT: usize = 8_000;

/// One large object of each kind that most policies are about.
pub(crate) fn objects() -> Vec<Value> {
    let template = json!({ "metadata": { "labels": { "app": "large" } }, "spec": pod_spec() });
    let object = |kind: &str, version: &str, mut rest: Value| {
        rest["apiVersion"] = version.into();
        rest["kind"] = kind.into();
        rest["metadata"] =
            json!({ "name": "large", "namespace": "default", "labels": { "app": "large" } });
        rest
    };
    let selector = json!({ "matchLabels": { "app": "large" } });
    let deployment = json!({ "selector": selector, "template": template });
    let rbac = "rbac.authorization.k8s.io/v1";
    let name = |number: usize| format!("name-{number}");
    let rules: Vec<Value> = (0..RULES)
        .map(|number| {
            let verbs = ["get", "list", "watch", "create", "update", "patch", "delete"];
            json!({ "apiGroups": ["", "apps", "batch"], "resources": [name(number), "pods"], "verbs": verbs })
        })
        .collect();
    let subjects: Vec<Value> = (0..RULES)
        .map(|number| json!({ "kind": "ServiceAccount", "name": name(number), "namespace": "default" }))
        .collect();
    let role =
        json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view" });
    let hosts: Vec<String> = (0..HOSTS)
        .map(|number| format!("{}.example.com", name(number)))
        .collect();
    let hosts_rules: Vec<Value> = hosts.iter().map(|host| json!({ "host": host })).collect();
    let ingress = json!({ "tls": [{ "hosts": hosts, "secretName": "tls" }], "rules": hosts_rules });
    let text: String = "a line of configuration: value\n"
        .chars()
        .cycle()
        .take(TEXT)
        .collect();
    let peers: Vec<Value> = (0..HOSTS)
        .map(|number| json!({ "from": [{ "ipBlock": { "cidr": format!("10.0.{number}.0/24") } }] }))
        .collect();
    let mut cluster_role = object("ClusterRole", rbac, json!({ "rules": rules }));
    cluster_role["metadata"]["namespace"].take();
    vec![
        object("Pod", "v1", json!({ "spec": pod_spec() })),
        object("Deployment", "apps/v1", json!({ "spec": deployment })),
        object("Role", rbac, json!({ "rules": rules })),
        cluster_role,
        object(
            "RoleBinding",
            rbac,
            json!({ "roleRef": role, "subjects": subjects }),
        ),
        object(
            "Ingress",
            "networking.k8s.io/v1",
            json!({ "spec": ingress }),
        ),
        object(
            "NetworkPolicy",
            "networking.k8s.io/v1",
            json!({ "spec": { "podSelector": {}, "ingress": peers } }),
        ),
        object(
            "ConfigMap",
            "v1",
            json!({ "data": { "settings": text, "more": text } }),
        ),
    ]
}

fn pod_spec() -> Value {
    let container = |number: usize| {
        let env: Vec<Value> = (0..40)
            .map(|number| json!({ "name": format!("SETTING_{number}"), "value": "a value of some length" }))
            .collect();
        let mounts: Vec<Value> = (0..10)
            .map(|number| json!({ "name": format!("volume-{number}"), "mountPath": format!("/data/{number}") }))
            .collect();
        json!({
            "name": format!("container-{number}"),
            "image": "registry.example.com/group/subgroup/application:1.2.3",
            "command": ["/bin/application", "--first=value", "--second=another value", "--third"],
            "ports": [{ "containerPort": 8000 + number }],
            "env": env,
            "volumeMounts": mounts,
        })
    };
    let containers: Vec<Value> = (0..CONTAINERS).map(container).collect();
    let volumes: Vec<Value> = (0..10)
        .map(|number| json!({ "name": format!("volume-{number}"), "hostPath": { "path": format!("/data/{number}") } }))
        .collect();
    json!({ "containers": containers, "volumes": volumes })
}
