//! Makes a generated pod one that the API server accepts as valid, whatever was drawn.
//!
//! Each rule is one of the server's own validation rules; the fields it had to touch are named, so that a
//! repaired pod does not count as one with a single change.

use serde_json::{Map, Value, json};

use super::base::containers_mut;

/// Repairs a pod and names the fields touched.
pub(super) fn repair(pod: &mut Value) -> Vec<String> {
    let mut touched = Vec::new();
    let windows = pod["spec"]["os"]["name"] == "windows";
    let linux = pod["spec"]["os"]["name"] == "linux";
    if windows {
        remove_what_windows_lacks(&mut pod["spec"], &mut touched);
    }
    if linux {
        for holder in security_contexts(&mut pod["spec"]) {
            remove(holder, "windowsOptions", &mut touched);
        }
    }
    host_processes(&mut pod["spec"], &mut touched);
    privileged_may_escalate(&mut pod["spec"], &mut touched);
    user_namespaces(&mut pod["spec"], &mut touched);
    sysctls_need_own_namespaces(&mut pod["spec"], &mut touched);
    annotations_equal_fields(pod, &mut touched);
    for container in pod["spec"]["initContainers"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        let sidecar = [
            "livenessProbe",
            "readinessProbe",
            "startupProbe",
            "lifecycle",
        ];
        if sidecar.iter().any(|key| !container[*key].is_null()) {
            container["restartPolicy"] = json!("Always");
        }
    }
    touched
}

/// The security contexts that are there, the pod's and the containers'.
fn security_contexts(spec: &mut Value) -> Vec<&mut Map<String, Value>> {
    let Value::Object(fields) = spec else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, value) in fields {
        if key == "securityContext" {
            found.extend(value.as_object_mut());
        } else if key.to_lowercase().ends_with("containers") {
            let containers = value.as_array_mut().into_iter().flatten();
            found.extend(containers.filter_map(|c| c.get_mut("securityContext")?.as_object_mut()));
        }
    }
    found
}

fn remove(fields: &mut Map<String, Value>, key: &str, touched: &mut Vec<String>) {
    if fields.remove(key).is_some_and(|value| !value.is_null()) {
        touched.push(format!("repaired: {key}"));
    }
}

fn remove_what_windows_lacks(spec: &mut Value, touched: &mut Vec<String>) {
    if let Value::Object(fields) = &mut *spec {
        for key in ["hostPID", "hostIPC", "hostUsers", "shareProcessNamespace"] {
            remove(fields, key, touched);
        }
    }
    for context in security_contexts(spec) {
        for key in [
            "allowPrivilegeEscalation",
            "appArmorProfile",
            "capabilities",
            "fsGroup",
            "privileged",
            "procMount",
            "readOnlyRootFilesystem",
            "runAsGroup",
            "runAsUser",
            "seLinuxOptions",
            "seccompProfile",
            "sysctls",
        ] {
            remove(context, key, touched);
        }
    }
}

/// With one host process all containers are host processes, and the pod is in the host's network.
fn host_processes(spec: &mut Value, touched: &mut Vec<String>) {
    let contexts = security_contexts(spec);
    if !contexts
        .iter()
        .any(|context| host_process(context) == Some(true))
    {
        // The pod's word and a container's must be equal where both are given; false is false.
        return;
    }
    for context in contexts {
        if let Some(Value::Object(options)) = context.get_mut("windowsOptions") {
            remove(options, "hostProcess", touched);
        }
    }
    spec["securityContext"]["windowsOptions"]["hostProcess"] = json!(true);
    touched.push("repaired: hostProcess".to_owned());
    if spec["hostNetwork"] != true {
        spec["hostNetwork"] = json!(true);
        touched.push("repaired: hostNetwork".to_owned());
    }
}

fn host_process(context: &Map<String, Value>) -> Option<bool> {
    context.get("windowsOptions")?.get("hostProcess")?.as_bool()
}

fn privileged_may_escalate(spec: &mut Value, touched: &mut Vec<String>) {
    for context in security_contexts(spec) {
        if context.get("privileged") == Some(&json!(true))
            && context.get("allowPrivilegeEscalation") == Some(&json!(false))
        {
            remove(context, "allowPrivilegeEscalation", touched);
        }
    }
}

/// A user namespace excludes the host's other namespaces; an unmasked /proc needs one.
fn user_namespaces(spec: &mut Value, touched: &mut Vec<String>) {
    let of_host = ["hostNetwork", "hostPID", "hostIPC"]
        .iter()
        .any(|key| spec[*key] == true);
    let unmasked = security_contexts(spec)
        .iter()
        .any(|context| context.get("procMount") == Some(&json!("Unmasked")));
    let windows = spec["os"]["name"] == "windows";
    if of_host || windows {
        if unmasked {
            for context in security_contexts(spec) {
                remove(context, "procMount", touched);
            }
        }
        if spec["hostUsers"] == false
            && let Value::Object(fields) = spec
        {
            remove(fields, "hostUsers", touched);
        }
    } else if unmasked && spec["hostUsers"] != false {
        spec["hostUsers"] = json!(false);
        touched.push("repaired: hostUsers".to_owned());
    }
}

fn sysctls_need_own_namespaces(spec: &mut Value, touched: &mut Vec<String>) {
    if (spec["hostNetwork"] == true || spec["hostIPC"] == true)
        && let Some(Value::Object(context)) = spec.get_mut("securityContext")
    {
        remove(context, "sysctls", touched);
    }
}

/// Where an annotation and the field that replaced it are both given they must be equal; the field stays.
fn annotations_equal_fields(pod: &mut Value, touched: &mut Vec<String>) {
    let pod_seccomp = !pod["spec"]["securityContext"]["seccompProfile"].is_null();
    let pod_apparmor = !pod["spec"]["securityContext"]["appArmorProfile"].is_null();
    let mut doomed = Vec::new();
    if pod_seccomp {
        doomed.push("seccomp.security.alpha.kubernetes.io/pod".to_owned());
    }
    for container in containers_mut(&mut pod["spec"]) {
        let name = container["name"].as_str().unwrap_or_default();
        if pod_apparmor || !container["securityContext"]["appArmorProfile"].is_null() {
            doomed.push(format!(
                "container.apparmor.security.beta.kubernetes.io/{name}"
            ));
        }
        if !container["securityContext"]["seccompProfile"].is_null() {
            doomed.push(format!(
                "container.seccomp.security.alpha.kubernetes.io/{name}"
            ));
        }
    }
    if let Some(Value::Object(annotations)) = pod["metadata"].get_mut("annotations") {
        for key in doomed {
            remove(annotations, &key, touched);
        }
    }
}
