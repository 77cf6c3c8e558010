//! What each kind needs.

use serde_json::{Value, json};

use super::{default, items, object, pods};

pub(super) fn complete(kind: &str, whole: &mut Value) {
    match kind {
        "Pod" => pods::spec(whole),
        "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet" => pods::selected(whole, false),
        "ReplicationController" => pods::selected(whole, true),
        "Job" => job(whole),
        "CronJob" => {
            let spec = object(whole, "spec");
            default(spec, "schedule", json!("0 0 * * *"));
            spec.entry("jobTemplate").or_insert(json!({}));
            job(&mut whole["spec"]["jobTemplate"]);
        }
        "Service" => service(whole),
        "Ingress" => ingress(whole),
        "ClusterRole" | "Role" => {
            for rule in items(whole, "rules") {
                default(rule, "verbs", json!(["get"]));
                if !rule.contains_key("nonResourceURLs") {
                    default(rule, "apiGroups", json!([""]));
                    default(rule, "resources", json!(["added"]));
                }
            }
        }
        "ClusterRoleBinding" | "RoleBinding" => binding(kind, whole),
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => webhooks(whole),
        "HorizontalPodAutoscaler" => {
            let spec = object(whole, "spec");
            let target = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "name": "added" });
            default(spec, "scaleTargetRef", target);
            let least = spec.get("minReplicas").and_then(Value::as_i64).unwrap_or(1);
            default(spec, "maxReplicas", json!(least.max(1)));
        }
        "StorageClass" => default(
            whole.as_object_mut().unwrap(),
            "provisioner",
            json!("added.example"),
        ),
        "PersistentVolume" => {
            let spec = object(whole, "spec");
            default(spec, "capacity", json!({ "storage": "1Gi" }));
            default(spec, "accessModes", json!(["ReadWriteOnce"]));
            let sources = [
                "hostPath",
                "csi",
                "nfs",
                "local",
                "awsElasticBlockStore",
                "iscsi",
                "fc",
                "gcePersistentDisk",
            ];
            if !sources.iter().any(|source| spec.contains_key(*source)) {
                spec.insert("hostPath".to_owned(), json!({ "path": "/added" }));
            }
        }
        "CertificateSigningRequest" => {
            let spec = object(whole, "spec");
            default(spec, "request", json!(""));
            default(spec, "usages", json!(["client auth"]));
            default(spec, "signerName", json!("example.invalid/added"));
        }
        "PriorityClass" => default(whole.as_object_mut().unwrap(), "value", json!(1)),
        "RuntimeClass" => default(whole.as_object_mut().unwrap(), "handler", json!("added")),
        _ => {}
    }
}

fn job(whole: &mut Value) {
    object(whole, "spec");
    pods::template(&mut whole["spec"]);
    let spec = object(&mut whole["spec"]["template"], "spec");
    default(spec, "restartPolicy", json!("Never"));
}

fn service(whole: &mut Value) {
    let spec = object(whole, "spec");
    match spec.get("type").and_then(Value::as_str) {
        Some("ExternalName") => default(spec, "externalName", json!("added.example")),
        _ => default(spec, "ports", json!([{ "port": 80 }])),
    }
    for (number, port) in items(&mut whole["spec"], "ports").enumerate() {
        default(port, "port", json!(80 + number));
        default(port, "name", json!(format!("added-{number}")));
    }
}

fn ingress(whole: &mut Value) {
    object(whole, "spec");
    let spec = &mut whole["spec"];
    let backend = || json!({ "service": { "name": "added", "port": { "number": 80 } } });
    if spec["rules"].as_array().is_none_or(Vec::is_empty) {
        default(spec.as_object_mut().unwrap(), "defaultBackend", backend());
    }
    for rule in items(spec, "rules") {
        let Some(http) = rule.get_mut("http") else {
            continue;
        };
        for path in items(http, "paths") {
            default(path, "pathType", json!("Prefix"));
            default(path, "path", json!("/"));
            default(path, "backend", backend());
        }
    }
}

fn binding(kind: &str, whole: &mut Value) {
    let role = object(whole, "roleRef");
    default(role, "apiGroup", json!("rbac.authorization.k8s.io"));
    default(
        role,
        "kind",
        json!(if kind == "RoleBinding" {
            "Role"
        } else {
            "ClusterRole"
        }),
    );
    default(role, "name", json!("added"));
    for subject in items(whole, "subjects") {
        default(subject, "kind", json!("User"));
        default(subject, "name", json!("added"));
        if subject["kind"] == "ServiceAccount" {
            default(subject, "namespace", json!("default"));
        }
    }
}

fn webhooks(whole: &mut Value) {
    for (number, webhook) in items(whole, "webhooks").enumerate() {
        default(
            webhook,
            "name",
            json!(format!("added-{number}.example.invalid")),
        );
        default(
            webhook,
            "clientConfig",
            json!({ "service": { "name": "added", "namespace": "default" } }),
        );
        default(webhook, "sideEffects", json!("None"));
        default(webhook, "admissionReviewVersions", json!(["v1"]));
    }
}
