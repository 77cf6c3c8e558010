//! Pods of built-in owners: what they have beyond their template is found, once, and reported on the top owner.

use plimsoll_model::{Judgement, Reason, ReasonCode, Verdict};
use serde_json::{Value, json};

use super::sessions::{Scan, scan_objects};
use crate::diff::{Before, difference};
use crate::{Catalogue, ListState, Lists};

fn failing(catalogue: &Catalogue, only: &str, objects: &[Value]) -> Vec<Judgement> {
    let found = scan_objects(catalogue, only, objects, &Lists::of_case()).judgements;
    let failing = found.into_iter();
    failing.filter(|one| one.verdict == Verdict::Fail).collect()
}

/// Resource, element and message of each.
fn said(found: &[Judgement]) -> Vec<String> {
    let said = found.iter().map(|one| {
        let element = one.element.as_deref().unwrap_or("");
        format!("{}: {element}: {}", one.resource.long_name(), one.message)
    });
    let mut said: Vec<String> = said.collect();
    said.sort();
    said
}

fn container(name: &str, privileged: bool) -> Value {
    json!({"name": name, "image": "example.org/a:1", "securityContext": {"privileged": privileged}})
}

fn owner(kind: &str, name: &str) -> Value {
    let version = match kind {
        "Job" | "CronJob" => "batch/v1",
        "Rollout" => "argoproj.io/v1alpha1",
        _ => "apps/v1",
    };
    json!([{"apiVersion": version, "kind": kind, "name": name, "uid": "u", "controller": true}])
}

fn workload(kind: &str, name: &str, owners: Value, spec: Value) -> Value {
    let template = json!({"metadata": {"labels": {"app": name}}, "spec": spec});
    let spec = match kind {
        "CronJob" => json!({"jobTemplate": {"spec": {"template": template}}}),
        _ => json!({"template": template}),
    };
    let version = if kind.ends_with("Job") {
        "batch/v1"
    } else {
        "apps/v1"
    };
    json!({"apiVersion": version, "kind": kind, "spec": spec,
        "metadata": {"name": name, "namespace": "shop", "uid": "u", "ownerReferences": owners}})
}

fn deployment(spec: Value) -> Value {
    workload("Deployment", "web", json!([]), spec)
}

fn pod(name: &str, owners: Value, spec: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "spec": spec, "metadata": {"name": name, "namespace": "shop",
        "labels": {"pod-template-hash": "5c4"}, "ownerReferences": owners}})
}

fn replica(name: &str, spec: Value) -> Value {
    pod(name, owner("ReplicaSet", "web-5c4"), spec)
}

fn spec(containers: &[Value]) -> Value {
    json!({ "containers": containers })
}

#[test]
fn a_container_that_was_put_into_pods_is_found_once_on_their_deployment() {
    let catalogue = super::built_in();
    let web = deployment(spec(&[container("app", false)]));
    let injected = spec(&[container("app", false), container("proxy", true)]);
    let scan = |names: &[&str]| {
        let pods = names.iter().map(|name| replica(name, injected.clone()));
        let objects: Vec<Value> = pods.chain([web.clone()]).collect();
        failing(&catalogue, "privileged-container", &objects)
    };
    let found = scan(&["web-5c4-a", "web-5c4-b", "web-5c4-c"]);
    assert_eq!(
        said(&found),
        [
            "Deployment shop/web: proxy: container proxy runs privileged, in a pod and not in the template"
        ]
    );
    let paths = ["spec.containers[1].securityContext.privileged"];
    assert_eq!(
        (&found[0].paths[..], found[0].in_pods),
        (&paths.map(str::to_owned)[..], true)
    );
    assert_eq!(
        scan(&["web-5c4-x"])[0],
        found[0],
        "other replicas, same finding"
    );
}

#[test]
fn what_the_template_fails_is_not_said_again() {
    let catalogue = super::built_in();
    let web = deployment(spec(&[container("app", true)]));
    let mut changed = container("app", true);
    changed["image"] = json!("example.org/a:2");
    let found = failing(
        &catalogue,
        "privileged-container",
        &[
            replica("a", spec(&[changed, container("proxy", true)])),
            web,
        ],
    );
    assert_eq!(
        said(&found),
        [
            "Deployment shop/web: app: container app runs privileged",
            "Deployment shop/web: proxy: container proxy runs privileged, in a pod and not in the template",
        ]
    );
}

#[test]
fn a_field_that_pods_have_and_their_template_does_not_is_found() {
    let catalogue = super::built_in();
    let web = deployment(spec(&[container("app", false)]));
    let mut on_the_node = spec(&[container("app", false)]);
    on_the_node["hostNetwork"] = json!(true);
    let mut debugged = spec(&[container("app", false)]);
    debugged["ephemeralContainers"] = json!([container("debugger", true)]);
    let objects = [web, replica("a", on_the_node), replica("b", debugged)];
    let found: Vec<String> = [
        "host-network",
        "privileged-container",
        "debug-ephemeral-container",
    ]
    .iter()
    .flat_map(|policy| said(&failing(&catalogue, policy, &objects)))
    .collect();
    assert_eq!(
        found,
        [
            "Deployment shop/web: : pod uses the network of its node, in a pod and not in the template",
            "Deployment shop/web: debugger: container debugger runs privileged, in a pod and not in the template",
            "Deployment shop/web: : pod has ephemeral containers, in a pod and not in the template",
        ]
    );
}

#[test]
fn pods_as_their_template_says_and_pods_that_have_ended_say_nothing() {
    let catalogue = super::built_in();
    let plain = spec(&[container("app", true)]);
    let web = deployment(plain.clone());
    let alone = scan_objects(
        &catalogue,
        "*",
        std::slice::from_ref(&web),
        &Lists::of_case(),
    );
    let mut ended = replica(
        "b",
        spec(&[container("app", true), container("proxy", true)]),
    );
    ended["status"] = json!({"phase": "Succeeded"});
    let mut placed = replica("a", plain);
    placed["spec"]["nodeName"] = json!("node-1");
    let both = scan_objects(&catalogue, "*", &[web, placed, ended], &Lists::of_case());
    let told = |scan: &Scan| scan.judgements.len();
    assert!(told(&alone) > 20);
    assert_eq!(told(&both), told(&alone));
}

#[test]
fn the_top_owner_is_told_through_jobs_and_through_controllers_whose_template_nobody_judges() {
    let catalogue = super::built_in();
    let clean = || spec(&[container("app", false)]);
    let injected = || spec(&[container("app", false), container("proxy", true)]);
    let objects = [
        workload("CronJob", "nightly", json!([]), clean()),
        workload("Job", "nightly-28", owner("CronJob", "nightly"), clean()),
        workload("Job", "nightly-29", owner("CronJob", "nightly"), clean()),
        pod("nightly-28-a", owner("Job", "nightly-28"), injected()),
        pod("nightly-29-a", owner("Job", "nightly-29"), injected()),
        workload("ReplicaSet", "shop-7f", owner("Rollout", "shop"), clean()),
        pod("shop-7f-a", owner("ReplicaSet", "shop-7f"), injected()),
        workload("DaemonSet", "agent", json!([]), clean()),
        pod("agent-a", owner("DaemonSet", "agent"), injected()),
        pod("agent-b", owner("DaemonSet", "agent"), injected()),
    ];
    let expected = [
        "CronJob shop/nightly",
        "DaemonSet shop/agent",
        "Rollout shop/shop",
    ]
    .map(|of| {
        format!("{of}: proxy: container proxy runs privileged, in a pod and not in the template")
    });
    let mut turned = objects.clone();
    turned.reverse();
    for objects in [&objects, &turned] {
        assert_eq!(
            said(&failing(&catalogue, "privileged-container", objects)),
            expected
        );
    }
}

/// A Service of Knative has a revision, a Deployment and ReplicaSets for each change; an operator several workloads.
#[test]
fn what_others_make_is_reported_once_on_what_people_wrote() {
    let catalogue = super::built_in();
    let made = |name: &str, revision: &str| {
        let owners = json!([{"apiVersion": "serving.knative.dev/v1", "kind": "Revision", "name": revision, "uid": "u", "controller": true}]);
        let mut made = workload("Deployment", name, owners, spec(&[container("app", true)]));
        made["metadata"]["labels"] = json!({"serving.knative.dev/service": "hello", "serving.knative.dev/revision": revision});
        made
    };
    let injected = spec(&[container("app", true), container("proxy", true)]);
    let objects = [
        made("hello-1-deployment", "hello-1"),
        made("hello-2-deployment", "hello-2"),
        pod(
            "a",
            owner("ReplicaSet", "hello-1-deployment-5c4"),
            injected.clone(),
        ),
        pod("b", owner("ReplicaSet", "hello-2-deployment-5c4"), injected),
        workload(
            "ReplicaSet",
            "site-1",
            owner("Rollout", "site"),
            spec(&[container("app", true)]),
        ),
        workload(
            "ReplicaSet",
            "site-2",
            owner("Rollout", "site"),
            spec(&[container("app", true)]),
        ),
        pod(
            "c",
            owner("ReplicaSet", "site-1"),
            spec(&[container("app", true)]),
        ),
    ];
    let found = failing(&catalogue, "privileged-container", &objects);
    assert_eq!(
        said(&found),
        [
            "Rollout shop/site: app: container app runs privileged",
            "Service shop/hello: app: container app runs privileged",
            "Service shop/hello: proxy: container proxy runs privileged, in a pod and not in the template",
        ]
    );
    let before = Before::default();
    let manifest = difference(&catalogue, "", before, &found, &Lists::of_case()).manifest;
    for entry in manifest.entries {
        let lists = &entry.about.lists;
        assert!(
            ["pods", "deployments"]
                .iter()
                .all(|list| lists.iter().any(|one| one == list))
        );
        assert!(
            !lists.iter().any(|list| list == "services"),
            "those of the cluster"
        );
    }
}

#[test]
fn a_pod_whose_owner_is_not_there_is_judged_as_a_whole() {
    let catalogue = super::built_in();
    let mut written = deployment(spec(&[container("app", false)]));
    let meta = written["metadata"].as_object_mut().unwrap();
    meta.remove("uid");
    let pod = replica("a", spec(&[container("app", true)]));
    for objects in [vec![pod.clone()], vec![written, pod]] {
        assert_eq!(
            said(&failing(&catalogue, "privileged-container", &objects)),
            [
                "Deployment shop/web: app: container app runs privileged, in a pod whose owner is not there"
            ]
        );
    }
}

/// Whichever list is lost: nothing that was found in a pod is resolved, and nothing is made up.
#[test]
fn a_lost_list_keeps_what_was_found_in_pods() {
    let catalogue = super::built_in();
    let cron = workload(
        "CronJob",
        "nightly",
        json!([]),
        spec(&[container("app", false)]),
    );
    let job = workload(
        "Job",
        "nightly-28",
        owner("CronJob", "nightly"),
        spec(&[container("app", false)]),
    );
    let mut debugged = spec(&[container("app", false), container("proxy", true)]);
    debugged["ephemeralContainers"] = json!([container("debugger", true)]);
    let pod = pod("nightly-28-a", owner("Job", "nightly-28"), debugged);
    for policy in ["privileged-container", "debug-ephemeral-container"] {
        let all = [cron.clone(), job.clone(), pod.clone()];
        let before = scan_objects(&catalogue, policy, &all, &Lists::of_case()).judgements;
        let compare = |now: &[Judgement], before: Before<'_>, lists: &Lists| {
            difference(&catalogue, "", before, now, lists)
        };
        let manifest = compare(&before, Before::default(), &Lists::of_case()).manifest;
        assert!(!manifest.entries.is_empty());
        let published = Before {
            published: Some(&manifest),
            pending: None,
        };
        for (place, list) in ["cronjobs", "jobs", "pods"].into_iter().enumerate() {
            let mut lists = Lists::of_case();
            let reason = Reason::new(ReasonCode::PermissionMissing, format!("list {list}"));
            lists.set(list, ListState::Incomplete(reason));
            let mut rest = all.to_vec();
            rest.remove(place);
            let scan = scan_objects(&catalogue, policy, &rest, &lists);
            let fails = scan
                .judgements
                .iter()
                .filter(|one| one.verdict == Verdict::Fail);
            assert_eq!(fails.count(), 0, "{policy} without {list}");
            assert!(
                scan.coverage.evaluated < scan.coverage.applicable,
                "{policy} without {list}"
            );
            let today = compare(&scan.judgements, published, &lists);
            assert!(today.resolved.is_empty(), "{policy} without {list}");
            assert_eq!(today.manifest.entries.len(), manifest.entries.len());
        }
        let gone = compare(&[], published, &Lists::of_case());
        assert_eq!(gone.resolved.len(), manifest.entries.len());
    }
}
