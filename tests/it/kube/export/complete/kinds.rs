//! What each kind needs.

use serde_json::{Value, json};

use super::{Reads, default, items, object, pods, rename};

pub(super) fn complete(kind: &str, whole: &mut Value, reads: &Reads<'_>) {
    match kind {
        "Pod" => pods::pod(whole, reads),
        "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet" => {
            pods::selected(whole, false, reads)
        }
        "ReplicationController" => pods::selected(whole, true, reads),
        "Job" => job(whole, reads),
        "CronJob" => {
            let spec = object(whole, "spec");
            default(spec, "schedule", json!("0 0 * * *"));
            default(spec, "jobTemplate", json!({}));
            job(&mut whole["spec"]["jobTemplate"], reads);
        }
        "Service" => service(whole),
        "Ingress" => ingress(whole),
        "Secret" => secret(whole, reads),
        "ClusterRoleBinding" | "RoleBinding" => binding(kind, whole),
        "ClusterRole" | "Role" => {
            for rule in items(whole, "rules") {
                let urls = rule.contains_key("nonResourceURLs");
                for (field, value) in [("verbs", "get"), ("apiGroups", ""), ("resources", "added")]
                {
                    if !reads.field(field) && (field == "verbs" || !urls) {
                        default(rule, field, json!([value]));
                    }
                }
            }
        }
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => webhooks(whole),
        "HorizontalPodAutoscaler" => {
            let spec = object(whole, "spec");
            let target = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "name": "added" });
            default(spec, "scaleTargetRef", target);
            if !reads.field("maxReplicas") {
                let least = spec.get("minReplicas").and_then(Value::as_i64).unwrap_or(1);
                default(spec, "maxReplicas", json!(least.max(1)));
            }
        }
        "StorageClass" if !reads.field("provisioner") => {
            add(whole, "provisioner", json!("added.example"))
        }
        "PriorityClass" if !reads.field("value") => add(whole, "value", json!(1)),
        "RuntimeClass" if !reads.field("handler") => add(whole, "handler", json!("added")),
        "PersistentVolume" => volume(whole),
        _ => {}
    }
}

fn add(whole: &mut Value, key: &str, value: Value) {
    if let Some(map) = whole.as_object_mut() {
        default(map, key, value);
    }
}

fn job(whole: &mut Value, reads: &Reads<'_>) {
    default(object(whole, "spec"), "template", json!({}));
    pods::pod(&mut whole["spec"]["template"], reads);
    let spec = object(&mut whole["spec"]["template"], "spec");
    default(spec, "restartPolicy", json!("Never"));
}

fn service(whole: &mut Value) {
    let spec = object(whole, "spec");
    match spec.get("type").and_then(Value::as_str) {
        Some("ExternalName") => default(spec, "externalName", json!("added.example")),
        _ => default(spec, "ports", json!([{}])),
    }
    for (number, port) in items(&mut whole["spec"], "ports").enumerate() {
        default(port, "port", json!(80 + number));
        default(port, "name", json!(format!("added-{number}")));
    }
}

fn ingress(whole: &mut Value) {
    let spec = object(whole, "spec");
    let backend = json!({ "service": { "name": "added", "port": { "number": 80 } } });
    let rules = spec.get("rules").and_then(Value::as_array);
    let nothing = |value: &Value| value.as_object().is_none_or(serde_json::Map::is_empty);
    if rules.is_none_or(Vec::is_empty) || spec.contains_key("defaultBackend") {
        let given = spec.entry("defaultBackend").or_insert(json!({}));
        if nothing(given) {
            *given = backend.clone();
        }
    }
    for rule in items(&mut whole["spec"], "rules") {
        let Some(http) = rule.get_mut("http").and_then(Value::as_object_mut) else {
            continue;
        };
        let paths = http.entry("paths").or_insert(json!([]));
        if paths.as_array().is_some_and(Vec::is_empty) {
            *paths = json!([{}]);
        }
        for path in paths
            .as_array_mut()
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            default(path, "pathType", json!("Prefix"));
            default(path, "path", json!("/"));
            default(path, "backend", backend.clone());
        }
    }
}

fn secret(whole: &mut Value, reads: &Reads<'_>) {
    let data = |whole: &mut Value, keys: &[&str]| {
        for key in keys {
            let text = whole["stringData"].get(key).is_some();
            if !text {
                default(object(whole, "data"), key, json!("YWRkZWQ="));
            }
        }
    };
    match whole["type"].as_str() {
        Some("kubernetes.io/service-account-token") => {
            object(whole, "metadata");
            let annotations = object(&mut whole["metadata"], "annotations");
            default(
                annotations,
                "kubernetes.io/service-account.name",
                json!("added"),
            );
        }
        Some("kubernetes.io/tls") => data(whole, &["tls.crt", "tls.key"]),
        Some("kubernetes.io/basic-auth") if !reads.field("data") => {
            data(whole, &["username", "password"])
        }
        Some("kubernetes.io/ssh-auth") => data(whole, &["ssh-privatekey"]),
        _ => {}
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
        default(webhook, "sideEffects", json!("None"));
        default(webhook, "admissionReviewVersions", json!(["v1"]));
        let client = webhook.entry("clientConfig").or_insert(json!({}));
        if let Some(client) = client
            .as_object_mut()
            .filter(|client| !client.contains_key("url"))
        {
            let service = client.entry("service").or_insert(json!({}));
            if let Some(service) = service.as_object_mut() {
                default(service, "name", json!("added"));
                default(service, "namespace", json!("default"));
            }
        }
    }
    for webhook in items(whole, "webhooks") {
        // A webhook's name is a domain of at least three labels.
        let name = webhook
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let missing = 2_usize.saturating_sub(name.matches('.').count());
        let name = format!("{name}{}", ".added".repeat(missing));
        webhook.insert("name".to_owned(), json!(name));
    }
    rename(items(whole, "webhooks"));
}

fn volume(whole: &mut Value) {
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
    ];
    if !sources.iter().any(|source| spec.contains_key(*source)) {
        let source = json!({ "driver": "added.example", "volumeHandle": "added" });
        spec.insert("csi".to_owned(), source);
    }
    for (source, field) in [
        ("hostPath", "path"),
        ("local", "path"),
        ("csi", "volumeHandle"),
    ] {
        if let Some(source) = spec.get_mut(source).and_then(Value::as_object_mut) {
            default(source, field, json!("/added"));
        }
    }
    if spec.contains_key("local") {
        let term = json!({ "matchExpressions": [{ "key": "added", "operator": "Exists" }] });
        let affinity = json!({ "required": { "nodeSelectorTerms": [term] } });
        default(spec, "nodeAffinity", affinity);
    }
}
