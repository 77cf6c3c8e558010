//! Facts: the same whatever the order and however objects are shared out; and what they say, where no policy tells.

use plimsoll_cel::{Bump, Node, decode_json};
use serde_json::{Value, json};

use crate::Joins;
use crate::cases::complete;
use crate::facts::Fact;

fn nodes<'a>(objects: &[Value], arena: &'a Bump) -> Vec<Node<'a>> {
    let decode = |object: &Value| decode_json(arena, object.to_string().as_bytes()).unwrap();
    objects.iter().map(decode).collect()
}

fn kind<'a>(node: &Node<'a>) -> &'a str {
    node.get("kind").and_then(|kind| kind.as_str()).unwrap()
}

fn joins(parts: &[&[Node<'_>]]) -> Joins {
    let mut all = Joins::default();
    for part in parts {
        let mut joins = Joins::default();
        for node in *part {
            joins.gather(kind(node), node);
        }
        all.merge(joins);
    }
    all.settle();
    all
}

/// Every fact about every object, as JSON.
fn facts(joins: &Joins, nodes: &[Node<'_>], arena: &Bump) -> Vec<String> {
    let about = |node: &Node<'_>| {
        let fact = |fact: Fact| {
            let told = joins.told(fact, kind(node), node, arena, 37, &|_| false);
            let value = serde_json::to_string(&told).unwrap();
            format!("{} {}: {value}", kind(node), fact.variable())
        };
        Fact::ALL.map(fact)
    };
    nodes.iter().flat_map(about).collect()
}

/// The fact about the first of the objects.
fn fact(fact: Fact, objects: &[Value]) -> Value {
    let arena = Bump::new();
    let objects: Vec<Value> = objects.iter().map(complete).collect();
    let nodes = nodes(&objects, &arena);
    let joins = joins(&[&nodes]);
    let value = joins.fact(fact, kind(&nodes[0]), &nodes[0], &arena, 37);
    serde_json::to_value(value).unwrap()
}

/// Shows the first that differs only: there are many, and some are long.
fn same(found: &[String], expected: &[String]) {
    let differs = found.iter().zip(expected).find(|(a, b)| a != b);
    assert_eq!(differs, None);
}

#[test]
fn facts_do_not_depend_on_the_order_of_objects_or_on_who_gathered_them() {
    let catalogue = super::built_in();
    let (mut compared, mut together) = (0, Vec::new());
    let mut compare = |objects: &[Value]| {
        let arena = Bump::new();
        let nodes = nodes(objects, &arena);
        let expected = facts(&joins(&[&nodes]), &nodes, &arena);
        let mut turned = nodes.clone();
        turned.reverse();
        let (first, second) = nodes.split_at(nodes.len() / 3);
        let alone: Vec<&[Node<'_>]> = turned.chunks(1).collect();
        for parts in [&[&turned[..]][..], &[second, first], &alone] {
            same(&facts(&joins(parts), &nodes, &arena), &expected);
        }
        let written = serde_json::to_string(&joins(&[&nodes])).unwrap();
        let read: Joins = serde_json::from_str(&written).unwrap();
        same(&facts(&read, &nodes, &arena), &expected);
        compared += expected.len();
    };
    for policy in &catalogue.policies {
        for case in policy.read_cases().unwrap() {
            let objects = case.objects();
            if !policy.compiled.facts.is_empty() {
                compare(&objects);
                together.extend(objects);
            }
        }
    }
    compare(&together);
    println!("exercised: {compared} facts, gathered in four ways and stored");
}

#[test]
fn a_fact_is_found_by_its_place() {
    for (place, fact) in Fact::ALL.into_iter().enumerate() {
        assert_eq!(fact as usize, place, "{fact:?}");
    }
}

fn pod(name: &str, labels: &Value, owner: Option<&Value>) -> Value {
    let owners: Vec<&Value> = owner.into_iter().collect();
    json!({"kind": "Pod", "metadata": {"name": name, "namespace": "shop", "labels": labels, "ownerReferences": owners},
        "spec": {"containers": [{"name": "app", "image": "web:1"}]}})
}

#[test]
fn pods_of_a_custom_owner_that_are_alike_count_once_under_its_name() {
    let owner = json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "web", "controller": true});
    let labels = json!({"app": "web"});
    let service = json!({"kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"selector": labels}});
    let mut objects = vec![service];
    objects.extend((0..5).map(|i| pod(&format!("web-{i}"), &labels, Some(&owner))));
    objects.push(pod("single", &labels, None));
    let found = fact(Fact::Backends, &objects);
    assert_eq!(
        found,
        json!([
            {"kind": "Pod", "name": "single", "replicas": null, "ports": []},
            {"kind": "Rollout", "name": "web", "replicas": null, "ports": []},
        ])
    );
    let autoscaler = json!({"kind": "HorizontalPodAutoscaler", "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"maxReplicas": 4, "scaleTargetRef": {"kind": "Rollout", "name": "web"}}});
    let objects = [pod("web-0", &labels, Some(&owner)), autoscaler];
    assert_eq!(
        fact(Fact::Autoscalers, &objects),
        json!([{"name": "web", "minReplicas": 1, "maxReplicas": 4}])
    );
}

#[test]
fn pod_security_is_what_the_labels_say_and_what_they_leave_to_the_server() {
    let namespace = |labels: Value| json!({"kind": "Namespace", "metadata": {"name": "shop", "labels": labels}});
    let label = |key: &str| format!("pod-security.kubernetes.io/{key}");
    let labels = json!({label("enforce"): "baseline", label("enforce-version"): "v1.30", label("warn"): "strict"});
    let expected = json!({
        "enforce": "baseline", "enforceVersion": "v1.30", "audit": "privileged", "auditVersion": "latest",
        "warn": "privileged", "warnVersion": "latest", "said": ["enforce", "warn"], "violations": [],
    });
    assert_eq!(
        fact(Fact::PodSecurity, &[namespace(labels.clone())]),
        expected
    );
    let pod = pod("a", &json!({}), None);
    assert_eq!(
        fact(Fact::PodSecurity, &[pod.clone(), namespace(labels)]),
        expected
    );
    let silent = fact(Fact::PodSecurity, &[pod, namespace(json!({}))]);
    assert_eq!(
        (&silent["enforce"], &silent["said"]),
        (&json!("privileged"), &json!([]))
    );
    let strict = json!({label("enforce"): "strict", label("audit"): "strict", label("enforce-version"): "newest"});
    let wrong = fact(Fact::PodSecurity, &[namespace(strict)]);
    assert_eq!(
        [
            &wrong["enforce"],
            &wrong["enforceVersion"],
            &wrong["audit"],
            &wrong["warn"]
        ],
        ["restricted", "latest", "privileged", "privileged"]
    );
    let enforced = json!({label("enforce"): "restricted", label("enforce-version"): "v1.7"});
    let followed = fact(Fact::PodSecurity, &[namespace(enforced)]);
    assert_eq!(
        [
            &followed["warn"],
            &followed["warnVersion"],
            &followed["audit"]
        ],
        ["restricted", "v1.7", "privileged"]
    );
}

#[test]
fn a_pod_violates_what_its_namespace_enforces_at_the_version_it_pins() {
    let label = |key: &str| format!("pod-security.kubernetes.io/{key}");
    let violations = |version: &str, kubernetes: u32| {
        let labels = json!({label("enforce"): "restricted", label("enforce-version"): version});
        let namespace =
            json!({"kind": "Namespace", "metadata": {"name": "shop", "labels": labels}});
        let arena = Bump::new();
        let objects = [complete(&pod("a", &json!({}), None)), complete(&namespace)];
        let nodes = nodes(&objects, &arena);
        let joins = joins(&[&nodes]);
        let found = joins.fact(Fact::PodSecurity, "Pod", &nodes[0], &arena, kubernetes);
        serde_json::to_value(found.get("violations").unwrap()).unwrap()
    };
    assert_eq!(violations("v1.7", 37), json!(["runAsNonRoot"]));
    let newest = json!([
        "privilege escalation",
        "runAsNonRoot",
        "seccomp profile",
        "capabilities"
    ]);
    assert_eq!(violations("latest", 37), newest);
    // No pin reaches beyond the server.
    assert_eq!(
        violations("v1.37", 18),
        json!(["privilege escalation", "runAsNonRoot"])
    );
}

#[test]
fn versions_of_nodes_come_apart_and_each_once() {
    let node = |name: &str, kubelet: &str, kernel: &str| {
        json!({"kind": "Node", "metadata": {"name": name}, "status": {"nodeInfo": {"kubeletVersion": kubelet,
            "kernelVersion": kernel, "containerRuntimeVersion": "containerd://2.1.0", "operatingSystem": "linux"}}})
    };
    let objects = [
        json!({"kind": "Cluster"}),
        node(
            "a",
            "v1.34.2-eks-1234567",
            "6.1.155-176.282.amzn2023.x86_64",
        ),
        node("b", "v1.33.10+k3s1", "6.1.155-176.282.amzn2023.x86_64"),
        node("c", "v1.34.2-eks-1234567", "6.8.0-90-generic"),
        node("d", "", "strange"),
    ];
    let found = fact(Fact::Nodes, &objects);
    let version = |text: &str, major: i32, minor: i32, patch: i32| json!({"version": text, "major": major, "minor": minor, "patch": patch});
    assert_eq!(
        found["kubelets"],
        json!([
            version("v1.33.10+k3s1", 1, 33, 10),
            version("v1.34.2-eks-1234567", 1, 34, 2)
        ])
    );
    assert_eq!(
        found["kernels"],
        json!([
            version("6.1.155-176.282.amzn2023.x86_64", 6, 1, 155),
            version("6.8.0-90-generic", 6, 8, 0),
            version("strange", 0, 0, 0)
        ])
    );
    assert_eq!(found["runtimes"], json!(["containerd://2.1.0"]));
    assert_eq!(
        (&found["systems"], &found["images"]),
        (&json!(["linux"]), &json!([]))
    );
}

#[test]
fn a_cluster_knows_its_components_images_and_counts() {
    let set = |kind: &str, namespace: &str, name: &str| {
        json!({"kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": {"template": {"spec": {
            "containers": [{"name": "a", "image": format!("{name}:1"), "command": ["run"], "args": ["--x=1"]}]}}}})
    };
    let objects = [
        json!({"kind": "Cluster"}),
        set("DaemonSet", "shop", "agent"),
        set("Deployment", "kube-system", "coredns"),
        set("Deployment", "shop", "web"),
        set("Deployment", "shop", "web"),
    ];
    let component = |namespace: &str, kind: &str, name: &str| json!({"namespace": namespace, "kind": kind, "name": name, "images": [format!("{name}:1")], "args": ["run", "--x=1"]});
    assert_eq!(
        fact(Fact::Components, &objects),
        json!([
            component("kube-system", "Deployment", "coredns"),
            component("shop", "DaemonSet", "agent")
        ])
    );
    assert_eq!(
        fact(Fact::Components, &objects[1..]),
        json!([]),
        "on others"
    );
    assert_eq!(
        fact(Fact::Components, &objects[2..])[0]["name"],
        json!("coredns")
    );
    assert_eq!(
        fact(Fact::Images, &objects),
        json!(["agent:1", "coredns:1", "web:1"])
    );
    let counts = fact(Fact::Counts, &objects);
    assert_eq!(
        [
            &counts["deployments"],
            &counts["daemonsets"],
            &counts["jobs"]
        ],
        [&json!(3), &json!(1), &json!(0)]
    );
}

#[test]
fn who_uses_a_config_map_is_told_by_their_owners() {
    let map = json!({"kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "shop"}});
    let using = |name: &str| {
        json!({"kind": "Deployment", "metadata": {"name": name, "namespace": "shop"}, "spec": {"template": {"spec": {
            "containers": [{"name": "a", "envFrom": [{"configMapRef": {"name": "settings"}}]},
                {"name": "b", "envFrom": [{"configMapRef": {"name": "settings"}}, {"secretRef": {"name": "settings"}}]}]}}}})
    };
    assert_eq!(
        fact(Fact::Users, &[map, using("web"), using("api")]),
        json!([{"kind": "Deployment", "name": "api"}, {"kind": "Deployment", "name": "web"}])
    );
}
