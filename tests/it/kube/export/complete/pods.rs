//! Pods and templates of pods.

use serde_json::{Map, Value, json};

use super::{default, items, object};

/// A pod spec that is allowed.
pub(super) fn spec(holder: &mut Value) {
    object(holder, "spec");
    let spec = &mut holder["spec"];
    let none = spec["containers"].as_array().is_none_or(Vec::is_empty);
    if none {
        spec["containers"] = json!([{ "name": "added" }]);
    }
    let mut mounted = Vec::new();
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        for (number, container) in items(spec, list).enumerate() {
            self::container(container, &format!("{}-{number}", list.to_lowercase()));
            for mount in container
                .get_mut("volumeMounts")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                let path = format!("/added/{}", mounted.len());
                if let Some(mount) = mount.as_object_mut() {
                    default(mount, "mountPath", json!(path));
                    mounted.extend(mount.get("name").cloned());
                }
            }
        }
    }
    for volume in items(spec, "volumes") {
        self::volume(volume);
    }
    let known = |spec: &Value, name: &Value| {
        let volumes = spec["volumes"].as_array();
        volumes.is_some_and(|volumes| volumes.iter().any(|volume| volume["name"] == *name))
    };
    for name in mounted {
        if !known(spec, &name) {
            let volume = json!({ "name": name, "emptyDir": {} });
            match spec["volumes"].as_array_mut() {
                Some(volumes) => volumes.push(volume),
                None => spec["volumes"] = json!([volume]),
            }
        }
    }
}

/// The template in `holder`, and the selector beside it.
pub(super) fn template(holder: &mut Value) {
    let template = holder
        .as_object_mut()
        .map(|spec| spec.entry("template").or_insert(json!({})));
    let Some(template) = template else {
        return;
    };
    spec(template);
}

/// A template of a controller that selects its pods.
pub(super) fn selected(object_: &mut Value, plain: bool) {
    object(object_, "spec");
    let spec = &mut object_["spec"];
    template(spec);
    let template = &mut spec["template"];
    object(template, "metadata");
    let labels = object(&mut template["metadata"], "labels");
    if labels.is_empty() {
        labels.insert("added".to_owned(), json!("label"));
    }
    let labels = Value::Object(labels.clone());
    let holder = object(object_, "spec");
    let selector = match plain {
        true => labels,
        false => json!({ "matchLabels": labels }),
    };
    default(holder, "selector", selector);
}

fn container(container: &mut Map<String, Value>, name: &str) {
    default(container, "name", json!(name));
    default(container, "image", json!("registry.invalid/added:1"));
    default(container, "terminationMessagePolicy", json!("File"));
    for port in container
        .get_mut("ports")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(port) = port.as_object_mut() {
            let same = port.get("hostPort").cloned().unwrap_or(json!(80));
            default(port, "containerPort", same);
        }
    }
    for (number, variable) in container
        .get_mut("env")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
        .enumerate()
    {
        if let Some(variable) = variable.as_object_mut() {
            default(variable, "name", json!(format!("ADDED_{number}")));
        }
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

/// A volume with a source, and the source with what it needs.
fn volume(volume: &mut Map<String, Value>) {
    default(volume, "name", json!("added"));
    if volume.len() == 1 {
        volume.insert("emptyDir".to_owned(), json!({}));
    }
    let needed: &[(&str, &[&str])] = &[
        ("hostPath", &["path"]),
        ("configMap", &["name"]),
        ("secret", &["secretName"]),
        ("persistentVolumeClaim", &["claimName"]),
        ("csi", &["driver"]),
        ("awsElasticBlockStore", &["volumeID"]),
        ("gcePersistentDisk", &["pdName"]),
        ("azureDisk", &["diskName", "diskURI"]),
        ("azureFile", &["secretName", "shareName"]),
        ("cinder", &["volumeID"]),
        ("flexVolume", &["driver"]),
        ("gitRepo", &["repository"]),
        ("glusterfs", &["endpoints", "path"]),
        ("iscsi", &["targetPortal", "iqn"]),
        ("nfs", &["server", "path"]),
        ("portworxVolume", &["volumeID"]),
        ("vsphereVolume", &["volumePath"]),
        ("photonPersistentDisk", &["pdID"]),
        ("rbd", &["image"]),
        ("quobyte", &["registry", "volume"]),
    ];
    for (source, fields) in needed {
        let Some(source) = volume.get_mut(*source).and_then(Value::as_object_mut) else {
            continue;
        };
        for field in *fields {
            default(source, field, json!("added"));
        }
    }
}
