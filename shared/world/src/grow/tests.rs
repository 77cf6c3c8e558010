use serde_json::json;

use super::*;
use crate::overlay::put;

const NIGHT: Moment = Moment {
    week: 0,
    edition: 0,
};

fn objects(values: Vec<Value>) -> Objects {
    let mut objects = Objects::new();
    for value in values {
        put(&mut objects, value, NIGHT, None).unwrap();
    }
    objects
}

fn grown(objects: &Objects) -> Vec<Grown> {
    let first_night = "2026-11-02T02:00:00Z".parse().unwrap();
    let (cluster, region, writer) = ("c", "eu-central-1", "kubectl-client-side-apply");
    grow(&Soil {
        cluster,
        region,
        first_night,
        writer,
        objects,
    })
}

fn deployment(image: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "web", "namespace": "shop" },
        "spec": {
            "replicas": 2,
            "selector": { "matchLabels": { "app": "web" } },
            "template": {
                "metadata": { "labels": { "app": "web" } },
                "spec": { "containers": [ { "name": "web", "image": image } ] },
            },
        },
    })
}

fn of<'a>(grown: &'a [Grown], kind: &str) -> Vec<&'a Value> {
    grown
        .iter()
        .filter(|g| g.key.kind == kind)
        .map(|g| &g.value)
        .collect()
}

#[test]
fn a_deployment_owns_a_replica_set_that_owns_pods() {
    let node = json!({ "apiVersion": "v1", "kind": "Node", "metadata": { "name": "n1" } });
    let service = json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": { "name": "web", "namespace": "shop" },
        "spec": { "selector": { "app": "web" }, "ports": [ { "port": 80 } ] },
    });
    let objects = objects(vec![deployment("web:1"), node, service]);
    let all = grown(&objects);
    let (deployments, sets, pods) = (
        of(&all, "Deployment"),
        of(&all, "ReplicaSet"),
        of(&all, "Pod"),
    );
    assert_eq!((deployments.len(), sets.len(), pods.len()), (1, 1, 2));
    let owner = |object: &Value| object["metadata"]["ownerReferences"][0]["uid"].clone();
    assert_eq!(owner(sets[0]), deployments[0]["metadata"]["uid"]);
    assert_eq!(owner(pods[0]), sets[0]["metadata"]["uid"]);
    assert_eq!(pods[0]["spec"]["nodeName"], "n1");
    assert_eq!(pods[0]["spec"]["serviceAccountName"], "default");
    assert!(
        pods[0]["spec"]["volumes"][0]["projected"].is_object(),
        "a token is mounted"
    );
    assert_ne!(pods[0]["metadata"]["name"], pods[1]["metadata"]["name"]);
    assert_eq!(
        of(&all, "Endpoints")[0]["subsets"][0]["addresses"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let annotations = &deployments[0]["metadata"]["annotations"];
    assert!(annotations["kubectl.kubernetes.io/last-applied-configuration"].is_string());
}

#[test]
fn a_new_template_leaves_the_old_replica_set_at_zero() {
    let mut objects = objects(vec![deployment("web:1")]);
    let before = grown(&objects);
    put(
        &mut objects,
        deployment("web:2"),
        Moment {
            week: 1,
            edition: 0,
        },
        None,
    )
    .unwrap();
    let after = grown(&objects);
    let sets = of(&after, "ReplicaSet");
    let replicas: Vec<_> = sets
        .iter()
        .map(|set| set["spec"]["replicas"].as_u64())
        .collect();
    assert_eq!(replicas, [Some(0), Some(2)]);
    assert!(
        of(&after, "Pod")
            .iter()
            .all(|pod| pod["spec"]["containers"][0]["image"] == "web:2")
    );
    let uid = |all: &[Grown]| of(all, "Deployment")[0]["metadata"]["uid"].clone();
    assert_eq!(uid(&before), uid(&after));
    let version = |all: &[Grown]| of(all, "Deployment")[0]["metadata"]["resourceVersion"].clone();
    assert_ne!(version(&before), version(&after));
}

#[test]
fn a_service_account_can_keep_the_token_out() {
    let account = json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": { "name": "default", "namespace": "shop" },
        "automountServiceAccountToken": false,
    });
    let all = grown(&objects(vec![deployment("web:1"), account]));
    assert!(of(&all, "Pod")[0]["spec"].get("volumes").is_none());
}

#[test]
fn namespaces_cron_jobs_and_claims_bring_their_followers() {
    let all = grown(&objects(vec![
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "shop" } }),
        json!({
            "apiVersion": "batch/v1", "kind": "CronJob",
            "metadata": { "name": "report", "namespace": "shop" },
            "spec": { "schedule": "0 1 * * *", "jobTemplate": { "spec": { "template": { "spec": {
                "restartPolicy": "Never", "containers": [ { "name": "r", "image": "r:1" } ],
            } } } } },
        }),
        json!({
            "apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": { "name": "db", "namespace": "shop" },
            "spec": {
                "template": { "spec": { "containers": [ { "name": "db", "image": "db:1" } ] } },
                "volumeClaimTemplates": [ {
                    "metadata": { "name": "data" },
                    "spec": { "resources": { "requests": { "storage": "1Gi" } } },
                } ],
            },
        }),
    ]));
    let job = of(&all, "Job")[0];
    assert_eq!(job["metadata"]["ownerReferences"][0]["kind"], "CronJob");
    let pods = of(&all, "Pod");
    assert!(pods.iter().any(|pod| pod["status"]["phase"] == "Succeeded"));
    assert_eq!(
        of(&all, "PersistentVolumeClaim")[0]["metadata"]["name"],
        "data-db-0"
    );
    assert_eq!(of(&all, "PersistentVolume").len(), 1);
    assert_eq!(of(&all, "ServiceAccount")[0]["metadata"]["name"], "default");
    assert_eq!(
        of(&all, "ConfigMap")[0]["metadata"]["name"],
        "kube-root-ca.crt"
    );
}

#[test]
fn growing_twice_gives_the_same() {
    let objects = objects(vec![deployment("web:1")]);
    let text = |all: Vec<Grown>| all.iter().map(|g| g.value.to_string()).collect::<Vec<_>>();
    assert_eq!(text(grown(&objects)), text(grown(&objects)));
}
