//! Pods and templates of pods.

use serde_json::{Map, Value, json};

use super::{Reads, default, items, items_of, object, rename, volumes};

const LISTS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];

/// A pod, or a template of one, that is allowed.
pub(super) fn pod(holder: &mut Value, reads: &Reads<'_>) {
    let annotations = &holder["metadata"]["annotations"];
    let mirror = annotations.get("kubernetes.io/config.mirror").is_some();
    let spec = object(holder, "spec");
    if mirror {
        default(spec, "nodeName", json!("added"));
    }
    if !reads.field("containers") {
        default(spec, "containers", json!([{ "name": "added" }]));
    }
    let spec = &mut holder["spec"];
    let host = [&*spec].into_iter().chain(
        LISTS
            .iter()
            .filter_map(|list| spec[list].as_array())
            .flatten(),
    );
    let host = host.map(|one| &one["securityContext"]["windowsOptions"]["hostProcess"]);
    if host.into_iter().any(|host| *host == json!(true)) {
        spec["hostNetwork"] = json!(true);
    }
    profile(&mut spec["securityContext"]);
    let mut mounted = Vec::new();
    for list in LISTS {
        for (number, one) in items(spec, list).enumerate() {
            container(one, &format!("{}-{number}", list.to_lowercase()), reads);
            if list == "initContainers"
                && [
                    "lifecycle",
                    "livenessProbe",
                    "readinessProbe",
                    "startupProbe",
                ]
                .iter()
                .any(|field| one.contains_key(*field))
            {
                default(one, "restartPolicy", json!("Always"));
            }
            for mount in items_of(one, "volumeMounts") {
                default(
                    mount,
                    "mountPath",
                    json!(format!("/added/{}", mounted.len())),
                );
                mounted.extend(mount.get("name").cloned());
            }
        }
    }
    let mut all: Vec<&mut Map<String, Value>> = Vec::new();
    if let Some(spec) = spec.as_object_mut() {
        for (name, list) in spec.iter_mut() {
            if LISTS.contains(&name.as_str()) {
                all.extend(
                    list.as_array_mut()
                        .into_iter()
                        .flatten()
                        .filter_map(Value::as_object_mut),
                );
            }
        }
    }
    rename(all.into_iter());
    volumes::complete(spec, &mounted);
}

/// A template whose controller selects its pods.
pub(super) fn selected(whole: &mut Value, plain: bool, reads: &Reads<'_>) {
    let spec = object(whole, "spec");
    default(spec, "template", json!({}));
    let template = &mut whole["spec"]["template"];
    pod(template, reads);
    object(template, "metadata");
    let labels = object(&mut template["metadata"], "labels");
    if labels.is_empty() {
        labels.insert("added".to_owned(), json!("label"));
    }
    let labels = Value::Object(labels.clone());
    let selector = match plain {
        true => labels,
        false => json!({ "matchLabels": labels }),
    };
    if !reads.field("selector") {
        default(object(whole, "spec"), "selector", selector);
    }
}

fn container(container: &mut Map<String, Value>, name: &str, reads: &Reads<'_>) {
    default(container, "name", json!(name));
    if !reads.field("image") {
        default(container, "image", json!("registry.invalid/added:1"));
    }
    if let Some(context) = container.get_mut("securityContext") {
        profile(context);
    }
    for port in items_of(container, "ports") {
        let same = port.get("hostPort").cloned().unwrap_or(json!(80));
        default(port, "containerPort", same);
    }
    for (number, variable) in items_of(container, "env").enumerate() {
        default(variable, "name", json!(format!("ADDED_{number}")));
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = container.get_mut(probe).and_then(Value::as_object_mut) {
            handler(probe);
        }
    }
    for hook in ["postStart", "preStop"] {
        let hook = container
            .get_mut("lifecycle")
            .and_then(|lifecycle| lifecycle.get_mut(hook));
        if let Some(hook) = hook.and_then(Value::as_object_mut) {
            handler(hook);
        }
    }
}

/// A profile of the node has a name.
fn profile(context: &mut Value) {
    for profile in ["seccompProfile", "appArmorProfile"] {
        let profile = context.get_mut(profile).and_then(Value::as_object_mut);
        if let Some(profile) =
            profile.filter(|profile| profile.get("type") == Some(&json!("Localhost")))
        {
            default(profile, "localhostProfile", json!("added"));
        }
    }
}

/// A probe or hook that does something, at a port.
fn handler(handler: &mut Map<String, Value>) {
    let known = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];
    if !known.iter().any(|kind| handler.contains_key(*kind)) {
        handler.insert("tcpSocket".to_owned(), json!({ "port": 80 }));
    }
    for kind in ["httpGet", "tcpSocket", "grpc"] {
        if let Some(action) = handler.get_mut(kind).and_then(Value::as_object_mut) {
            default(action, "port", json!(80));
        }
    }
}
