//! What makes a workload matter, what does not, and that nothing is told of what was not read.

use plimsoll_cel::{Bump, Node, decode_json};
use serde_json::{Value, json};

use crate::Joins;
use crate::cases::complete;
use crate::facts::Fact;
use crate::kinds::plural;

/// The fact about the first of the objects, where some lists were lost and what they hold with them.
fn told(objects: &[Value], lost: &[&str]) -> Result<Value, String> {
    let arena = Bump::new();
    let mut joins = Joins::default();
    let mut nodes = Vec::new();
    for object in objects {
        let object = complete(object);
        let kind = object["kind"].as_str().unwrap().to_owned();
        let node = decode_json(&arena, object.to_string().as_bytes()).unwrap();
        if !plural(&kind).is_some_and(|list| lost.contains(&list)) {
            joins.gather(&kind, &node);
        }
        nodes.push((kind, node));
    }
    joins.settle();
    let (kind, node): &(String, Node<'_>) = &nodes[0];
    let is_missing = |list: &str| lost.contains(&list);
    let told = joins.told(Fact::Criticality, kind, node, &arena, 37, &is_missing);
    told.map(|node| serde_json::to_value(node).unwrap())
        .map_err(str::to_owned)
}

fn yaml(text: &str) -> Vec<Value> {
    serde_saphyr::from_str(text).unwrap()
}

/// The level, and each reason after a `|`.
fn said(objects: &[Value]) -> String {
    let fact = told(objects, &[]).unwrap();
    let mut said = fact["level"].as_str().unwrap().to_owned();
    for reason in fact["because"].as_array().unwrap() {
        said = said + "|" + reason.as_str().unwrap();
    }
    said
}

/// A Deployment `web` of `shop` with something more in its pods, and other objects.
fn web(more: &str, others: &str) -> Vec<Value> {
    yaml(&format!(
        "- {{ kind: Deployment, metadata: {{ name: web, namespace: shop }}, spec: {{ template: {{ metadata: {{ labels: {{ app: web }} }}, spec: {{ containers: [{{ name: app }}]{more} }} }} }} }}\n{others}"
    ))
}

const CLASSES: &str = "
- { kind: PriorityClass, metadata: { name: usual }, value: 100, globalDefault: true }
- { kind: PriorityClass, metadata: { name: old-default }, value: 900, globalDefault: true }
- { kind: PriorityClass, metadata: { name: also-usual }, value: 100 }
- { kind: PriorityClass, metadata: { name: urgent }, value: 1000 }
- { kind: PriorityClass, metadata: { name: batch }, value: 99 }";

#[test]
fn a_priority_counts_by_its_distance_from_that_of_pods_which_name_none() {
    let class =
        |name: &str, classes: &str| said(&web(&format!(", priorityClassName: {name}"), classes));
    for (name, expected) in [
        (
            "urgent",
            "high|of priority class urgent (1000, where 100 is usual)",
        ),
        (
            "old-default",
            "high|of priority class old-default (900, where 100 is usual)",
        ),
        (
            "batch",
            "low|of priority class batch (99, where 100 is usual)",
        ),
        ("also-usual", "normal"),
        ("usual", "normal"),
        ("''", "normal"),
    ] {
        assert_eq!(class(name, CLASSES), expected, "{name}");
    }
    let alone = "- { kind: PriorityClass, metadata: { name: batch }, value: -1 }";
    assert_eq!(
        class("batch", alone),
        "low|of priority class batch (-1, where 0 is usual)"
    );
    for name in ["system-cluster-critical", "system-node-critical"] {
        assert_eq!(class(name, ""), format!("high|of priority class {name}"));
    }
    assert_eq!(said(&web("", CLASSES)), "normal");
}

#[test]
fn a_class_that_is_not_there_leaves_it_open_unless_something_else_decides() {
    let named = |more: &str| web(&format!(", priorityClassName: urgnet{more}"), CLASSES);
    assert_eq!(
        told(&named(""), &[]),
        Err("PriorityClass urgnet".to_owned())
    );
    let system = named("").into_iter().map(|mut object| {
        object["metadata"]["namespace"] = json!("kube-system");
        object
    });
    let system: Vec<Value> = system.collect();
    assert_eq!(
        said(&system),
        "high|part of the cluster, in namespace kube-system"
    );
    let data = named(", volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]");
    assert_eq!(said(&data), "high|keeps data in claim data");
}

#[test]
fn ways_in_count_unless_they_are_internal_or_a_port_of_nodes() {
    let service = |more: &str| {
        format!(
            "- {{ kind: Service, metadata: {{ name: web, namespace: shop{more}, selector: {{ app: web }}, ports: [{{ port: 80 }}] }} }}\n"
        )
    };
    let plain = service(" }, spec: { type: ClusterIP");
    let ingress = "- { kind: Ingress, metadata: { name: front, namespace: shop }, spec: { ingressClassName: CLASS, defaultBackend: { service: { name: web, port: { number: 80 } } } } }";
    let route = "- { kind: HTTPRoute, metadata: { name: web, namespace: shop }, spec: { parentRefs: [{ name: edge, namespace: edge }], rules: [{ backendRefs: [{ name: web, port: 80 }] }] } }
- { kind: Gateway, metadata: { name: edge, namespace: edge }, spec: { gatewayClassName: CLASS } }";
    let by = |others: String| said(&web("", &others));
    let open = |what: &str| format!("high|reached from outside through {what}");
    for (others, expected) in [
        (plain.clone(), "normal".to_owned()),
        (service(" }, spec: { type: NodePort"), "normal".to_owned()),
        (
            service(" }, spec: { type: LoadBalancer"),
            open("Service shop/web"),
        ),
        (
            service(" }, spec: { type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24]"),
            open("Service shop/web"),
        ),
        (
            service(
                ", annotations: { networking.gke.io/load-balancer-type: Internal } }, spec: { type: LoadBalancer",
            ),
            "normal".to_owned(),
        ),
        (
            format!("{plain}{}", ingress.replace("CLASS", "nginx")),
            open("Ingress shop/front"),
        ),
        (
            format!("{plain}{}", ingress.replace("CLASS", "alb")),
            "normal".to_owned(),
        ),
        (
            format!("{plain}{}", route.replace("CLASS", "istio")),
            open("Gateway edge/edge"),
        ),
        (
            format!("{plain}{}", route.replace("CLASS", "gke-l7-rilb")),
            "normal".to_owned(),
        ),
    ] {
        assert_eq!(by(others.clone()), expected, "{others}");
    }
}

#[test]
fn data_counts_where_it_outlives_the_pods_and_is_written_to() {
    for (volume, expected) in [
        (
            "persistentVolumeClaim: { claimName: a }",
            "high|keeps data in claim a",
        ),
        (
            "persistentVolumeClaim: { claimName: a, readOnly: false }",
            "high|keeps data in claim a",
        ),
        (
            "persistentVolumeClaim: { claimName: a, readOnly: true }",
            "normal",
        ),
        ("ephemeral: { volumeClaimTemplate: { spec: {} } }", "normal"),
        ("hostPath: { path: /var }", "normal"),
        ("emptyDir: {}", "normal"),
    ] {
        let objects = web(&format!(", volumes: [{{ name: v, {volume} }}]"), "");
        assert_eq!(said(&objects), expected, "{volume}");
    }
    let set = |templates: &str| {
        yaml(&format!(
            "- {{ kind: StatefulSet, spec: {{ volumeClaimTemplates: [{templates}], template: {{ spec: {{ containers: [{{ name: db }}] }} }} }} }}"
        ))
    };
    assert_eq!(
        said(&set("{ metadata: { name: data } }")),
        "high|keeps data in a claim of each pod"
    );
    assert_eq!(said(&set("")), "normal");
}

#[test]
fn namespaces_and_kinds_count_and_every_reason_is_given() {
    let of = |kind: &str, namespace: &str, more: &str| {
        let pods = format!(
            "{{ metadata: {{ labels: {{ app: web }} }}, spec: {{ containers: [{{ name: a }}]{more} }} }}"
        );
        let spec = match kind {
            "CronJob" => format!("{{ jobTemplate: {{ spec: {{ template: {pods} }} }} }}"),
            _ => format!("{{ template: {pods} }}"),
        };
        let object = format!(
            "- {{ kind: {kind}, metadata: {{ name: web, namespace: {namespace} }}, spec: {spec} }}"
        );
        said(&yaml(&(object + CLASSES)))
    };
    for (namespace, expected) in [
        (
            "kube-system",
            "high|part of the cluster, in namespace kube-system",
        ),
        (
            "openshift-dns",
            "high|part of the cluster, in namespace openshift-dns",
        ),
        ("kubecost", "normal"),
        ("openshift", "normal"),
    ] {
        assert_eq!(of("DaemonSet", namespace, ""), expected);
    }
    assert_eq!(
        of("Job", "shop", ""),
        "low|a Job, which is run again where it was stopped"
    );
    assert_eq!(
        of("CronJob", "shop", ", priorityClassName: batch"),
        "low|of priority class batch (99, where 100 is usual)|a CronJob, which is run again where it was stopped"
    );
    assert_eq!(
        of(
            "Job",
            "kube-system",
            ", priorityClassName: urgent, volumes: [{ name: v, persistentVolumeClaim: { claimName: a } }]"
        ),
        "high|of priority class urgent (1000, where 100 is usual)|part of the cluster, in namespace kube-system|keeps data in claim a"
    );
    let service = yaml("- { kind: Service, metadata: { name: web } }");
    assert_eq!(told(&service, &[]), Ok(Value::Null));
}

/// Over objects of every kind of reason and every set of lists that may be lost: the level is as before or nobody knows,
/// for want of one of those lists; and what is high by its own words stays so.
#[test]
fn what_was_not_read_changes_no_level() {
    let others = format!("{CLASSES}
- {{ kind: Service, metadata: {{ name: web, namespace: shop }}, spec: {{ type: TYPE, selector: {{ app: web }}, ports: [{{ port: 80 }}] }} }}
- {{ kind: HTTPRoute, metadata: {{ name: web, namespace: shop }}, spec: {{ parentRefs: [{{ name: edge }}], rules: [{{ backendRefs: [{{ name: ROUTED }}] }}] }} }}
- {{ kind: Gateway, metadata: {{ name: edge, namespace: shop }}, spec: {{ gatewayClassName: GATEWAY }} }}
- {{ kind: Ingress, metadata: {{ name: web, namespace: shop }}, spec: {{ ingressClassName: INGRESS, defaultBackend: {{ service: {{ name: web }} }} }} }}");
    let lists = Fact::Criticality.lists();
    let (mut tried, mut unknown) = (0, 0);
    for class in ["''", "urgent", "usual", "batch", "system-node-critical"] {
        for kind in ["ClusterIP", "NodePort", "LoadBalancer"] {
            for gateway in ["istio", "gke-l7-rilb"] {
                for (ingress, routed) in [("nginx", "x"), ("alb", "web"), ("alb", "x")] {
                    let others = others.replace("TYPE", kind).replace("GATEWAY", gateway);
                    let others = others.replace("INGRESS", ingress).replace("ROUTED", routed);
                    let objects = web(&format!(", priorityClassName: {class}"), &others);
                    let whole = told(&objects, &[]).unwrap();
                    for set in 1_u32..1 << lists.len() {
                        let lost = lists.iter().enumerate();
                        let lost = lost.filter(|(bit, _)| set >> bit & 1 == 1);
                        let lost: Vec<&str> = lost.map(|(_, list)| *list).collect();
                        tried += 1;
                        match told(&objects, &lost) {
                            Ok(less) => assert_eq!(less["level"], whole["level"], "{lost:?}"),
                            Err(list) => {
                                unknown += 1;
                                assert!(lost.contains(&&*list), "{list}, {lost:?}");
                            }
                        }
                    }
                    let none = told(&objects, lists);
                    assert_eq!(none.is_ok(), class.starts_with("system"), "{class}");
                }
            }
        }
    }
    println!(
        "exercised: {tried} losses of lists a level is made of, {unknown} of them leave it unknown"
    );
    assert!(tried > 5_000 && unknown > 1_000 && unknown < tried);
}
