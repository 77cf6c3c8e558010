//! What an API server, its admission and the kubelet fill in: live objects differ from manifests
//! by just these fields, and a scanner must not be misled by them.

use serde_json::{Value, json};

/// Sets a field that is not there.
fn default(value: &mut Value, field: &str, new: Value) {
    if value.get(field).is_none() {
        value[field] = new;
    }
}

/// A workload with a pod template.
pub(crate) fn workload(value: &mut Value) {
    let kind = value["kind"].as_str().unwrap_or_default().to_owned();
    pod_spec(&mut value["spec"]["template"]["spec"]);
    let spec = &mut value["spec"];
    match kind.as_str() {
        "Deployment" => {
            default(spec, "replicas", json!(1));
            default(spec, "progressDeadlineSeconds", json!(600));
            default(spec, "revisionHistoryLimit", json!(10));
            let rolling = json!({ "maxSurge": "25%", "maxUnavailable": "25%" });
            default(
                spec,
                "strategy",
                json!({ "type": "RollingUpdate", "rollingUpdate": rolling }),
            );
        }
        "StatefulSet" => {
            default(spec, "replicas", json!(1));
            default(spec, "podManagementPolicy", json!("OrderedReady"));
            default(spec, "revisionHistoryLimit", json!(10));
        }
        "DaemonSet" => {
            default(spec, "revisionHistoryLimit", json!(10));
            let rolling = json!({ "maxSurge": 0, "maxUnavailable": 1 });
            let strategy = json!({ "type": "RollingUpdate", "rollingUpdate": rolling });
            default(spec, "updateStrategy", strategy);
        }
        _ => {
            default(spec, "backoffLimit", json!(6));
            default(spec, "completions", json!(1));
            default(spec, "parallelism", json!(1));
        }
    }
}

/// A pod's specification, in a template or in the pod.
pub(crate) fn pod_spec(spec: &mut Value) {
    default(spec, "restartPolicy", json!("Always"));
    default(spec, "dnsPolicy", json!("ClusterFirst"));
    default(spec, "schedulerName", json!("default-scheduler"));
    default(spec, "securityContext", json!({}));
    default(spec, "terminationGracePeriodSeconds", json!(30));
    if let Some(account) = spec.get("serviceAccountName").cloned() {
        default(spec, "serviceAccount", account);
    }
    for list in ["containers", "initContainers"] {
        for container in spec
            .get_mut(list)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            self::container(container);
        }
    }
}

fn container(container: &mut Value) {
    let image = container["image"].as_str().unwrap_or_default();
    let name = image.rsplit('/').next().unwrap_or_default();
    let moving = !name.contains('@') && (!name.contains(':') || name.ends_with(":latest"));
    let policy = if moving { "Always" } else { "IfNotPresent" };
    default(container, "imagePullPolicy", json!(policy));
    default(container, "resources", json!({}));
    default(
        container,
        "terminationMessagePath",
        json!("/dev/termination-log"),
    );
    default(container, "terminationMessagePolicy", json!("File"));
    for port in container
        .get_mut("ports")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        default(port, "protocol", json!("TCP"));
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = container.get_mut(probe) {
            default(probe, "timeoutSeconds", json!(1));
            default(probe, "periodSeconds", json!(10));
            default(probe, "successThreshold", json!(1));
            default(probe, "failureThreshold", json!(3));
        }
    }
}

/// What admission adds to a pod, and only there.
pub(crate) fn admitted(spec: &mut Value) {
    default(spec, "enableServiceLinks", json!(true));
    default(spec, "preemptionPolicy", json!("PreemptLowerPriority"));
    default(spec, "priority", json!(0));
    let toleration = |key: &str| json!({ "key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300 });
    let tolerations = [
        toleration("node.kubernetes.io/not-ready"),
        toleration("node.kubernetes.io/unreachable"),
    ];
    default(spec, "tolerations", json!(tolerations));
}

/// The projected token that a pod gets unless it or its service account says no.
pub(crate) fn service_account_token(spec: &mut Value, suffix: &str) {
    let name = format!("kube-api-access-{suffix}");
    default(spec, "volumes", json!([]));
    if let Some(volumes) = spec["volumes"].as_array_mut() {
        volumes.push(
            json!({ "name": name, "projected": { "defaultMode": 420, "sources": [
            { "serviceAccountToken": { "expirationSeconds": 3607, "path": "token" } },
            { "configMap": {
                "name": "kube-root-ca.crt", "items": [{ "key": "ca.crt", "path": "ca.crt" }],
            } },
            { "downwardAPI": { "items": [{
                "path": "namespace",
                "fieldRef": { "apiVersion": "v1", "fieldPath": "metadata.namespace" },
            }] } },
        ] } }),
        );
    }
    let mount = json!({
        "name": name, "readOnly": true,
        "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
    });
    for list in ["containers", "initContainers"] {
        for container in spec
            .get_mut(list)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            default(container, "volumeMounts", json!([]));
            if let Some(mounts) = container["volumeMounts"].as_array_mut() {
                mounts.push(mount.clone());
            }
        }
    }
}

/// The status of a pod that runs, or has run.
pub(crate) fn pod_status(spec: &Value, phase: &str, ip: &str) -> Value {
    let running = phase == "Running";
    let containers = spec["containers"].as_array().into_iter().flatten();
    let containers: Vec<Value> = containers
        .map(|c| {
            json!({
                "name": c["name"], "image": c["image"], "ready": running, "restartCount": 0,
                "started": running,
            })
        })
        .collect();
    let ready = if running { "True" } else { "False" };
    json!({
        "phase": phase, "podIP": ip, "podIPs": [{ "ip": ip }], "hostIP": "10.0.12.7",
        "qosClass": "Burstable", "containerStatuses": containers,
        "conditions": [{ "type": "Ready", "status": ready }],
    })
}

/// A service's addresses and types.
pub(crate) fn service(value: &mut Value, ip: &str, node_port: u64) {
    let spec = &mut value["spec"];
    default(spec, "type", json!("ClusterIP"));
    default(spec, "sessionAffinity", json!("None"));
    default(spec, "internalTrafficPolicy", json!("Cluster"));
    default(spec, "ipFamilies", json!(["IPv4"]));
    default(spec, "ipFamilyPolicy", json!("SingleStack"));
    default(spec, "clusterIP", json!(ip));
    let ip = spec["clusterIP"].clone();
    default(spec, "clusterIPs", json!([ip]));
    let outside = spec["type"] == "LoadBalancer" || spec["type"] == "NodePort";
    for port in spec
        .get_mut("ports")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        default(port, "protocol", json!("TCP"));
        let number = port["port"].clone();
        default(port, "targetPort", number);
        if outside {
            default(port, "nodePort", json!(node_port));
        }
    }
}

/// A ready node.
pub(crate) fn node(value: &mut Value, name: &str) {
    value["metadata"]["labels"]["kubernetes.io/hostname"] = json!(name);
    value["metadata"]["labels"]["kubernetes.io/os"] = json!("linux");
    let spec = value.get("spec").cloned().unwrap_or_else(|| json!({}));
    value["spec"] = spec;
    let status = &mut value["status"];
    if status.is_null() {
        *status = json!({});
    }
    let resources = json!({ "cpu": "4", "memory": "15896988Ki", "pods": "58" });
    default(status, "capacity", resources.clone());
    default(status, "allocatable", resources);
    default(
        status,
        "conditions",
        json!([
            { "type": "MemoryPressure", "status": "False", "reason": "KubeletHasSufficientMemory" },
            { "type": "Ready", "status": "True", "reason": "KubeletReady" },
        ]),
    );
}
