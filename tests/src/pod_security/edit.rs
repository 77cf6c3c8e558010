//! One change to one field of a pod.

use serde_json::{Value, json};

use super::fields::{CONTAINER, ON_PROBES, POD, VOLUMES};
use super::random::Random;

/// The lists of containers that a pod is created with.
const LISTS: [&str; 2] = ["containers", "initContainers"];

/// A change that is ready to be made.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The field in the notation of the standard.
    pub field: String,
    target: Target,
    value: Value,
}

#[derive(Clone, Debug)]
enum Target {
    /// A path inside the pod.
    Pod(Vec<String>),
    /// One more volume.
    Volume,
    /// A path inside one container of a list, drawn when the change is made.
    Container { list: String, path: Vec<String> },
    /// An annotation whose key ends with the name of a container of a list.
    ContainerAnnotation { list: String, prefix: &'static str },
}

impl Edit {
    /// The value as JSON.
    pub(super) fn value_text(&self) -> String {
        self.value.to_string()
    }

    /// Makes the change.
    pub(super) fn apply(&self, pod: &mut Value, random: &mut Random) {
        match &self.target {
            Target::Pod(path) => put(pod, path, self.value.clone()),
            Target::Volume => {
                let volumes = &mut pod["spec"]["volumes"];
                let mut volume = self.value.clone();
                if let Value::Array(volumes) = volumes {
                    volume["name"] = json!(format!("volume-{}", volumes.len()));
                    volumes.push(volume);
                }
            }
            Target::Container { list, path } => {
                let container = draw(pod, list, random);
                let value = match self.value.as_str() {
                    // The port's own number: nothing else is valid beside hostNetwork.
                    Some("containerPort") => container["ports"][0]["containerPort"].clone(),
                    _ => self.value.clone(),
                };
                put(container, path, value);
            }
            Target::ContainerAnnotation { list, prefix } => {
                let name = draw(pod, list, random)["name"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                let path = [
                    "metadata".to_owned(),
                    "annotations".to_owned(),
                    format!("{prefix}{name}"),
                ];
                put(pod, &path, self.value.clone());
            }
        }
    }
}

fn draw<'a>(pod: &'a mut Value, list: &str, random: &mut Random) -> &'a mut Value {
    let last = pod["spec"][list]
        .as_array()
        .map_or(0, |containers| containers.len().saturating_sub(1));
    &mut pod["spec"][list][random.between(0, last)]
}

/// Sets a value, making the objects on the way.
fn put(root: &mut Value, path: &[String], value: Value) {
    let mut here = root;
    for step in path {
        here = match step.parse::<usize>() {
            Ok(index) => &mut here[index],
            Err(_) => &mut here[step.as_str()],
        };
    }
    *here = value;
}

/// All changes to what pods are created with: every value of every field.
pub(super) fn all() -> Vec<Edit> {
    let mut edits = Vec::new();
    for (field, values) in POD {
        let path = split(field);
        let label = field.strip_prefix("spec.").unwrap_or(field);
        push(
            &mut edits,
            &label.replace('~', "."),
            Target::Pod(path),
            values,
        );
    }
    for (kind, values) in VOLUMES {
        push(
            &mut edits,
            &format!("volumes[*].{kind}"),
            Target::Volume,
            values,
        );
    }
    for list in LISTS {
        edits.extend(in_containers(list));
        for (field, values) in ON_PROBES {
            container_edit(&mut edits, list, field, values);
        }
        let apparmor = "container.apparmor.security.beta.kubernetes.io/";
        let seccomp = "container.seccomp.security.alpha.kubernetes.io/";
        for (prefix, values) in [
            (
                apparmor,
                &[
                    "\"unconfined\"",
                    "\"runtime/default\"",
                    "\"localhost/own\"",
                    "\"\"",
                ][..],
            ),
            (
                seccomp,
                &[
                    "\"unconfined\"",
                    "\"runtime/default\"",
                    "\"docker/default\"",
                    "\"localhost/own\"",
                ][..],
            ),
        ] {
            let target = Target::ContainerAnnotation {
                list: list.to_owned(),
                prefix,
            };
            push(
                &mut edits,
                &format!("metadata.annotations[{prefix}*] of {list}"),
                target,
                values,
            );
        }
    }
    edits
}

/// The changes that every kind of container knows.
pub(super) fn in_containers(list: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (field, values) in CONTAINER {
        container_edit(&mut edits, list, field, values);
    }
    edits
}

fn container_edit(edits: &mut Vec<Edit>, list: &str, field: &str, values: &[&str]) {
    // `livenessProbe(httpGet.host)`: the field named lies deeper than the object that is set.
    let (path, deeper) = match field.split_once('(') {
        Some((path, rest)) => (path, format!(".{}", rest.trim_end_matches(')'))),
        None => (field, String::new()),
    };
    let label = format!("{list}[*].{}{deeper}", path.replace(".0.", "[*]."));
    push(
        edits,
        &label,
        Target::Container {
            list: list.to_owned(),
            path: split(path),
        },
        values,
    );
}

fn push(edits: &mut Vec<Edit>, field: &str, target: Target, values: &[&str]) {
    for text in values {
        let value =
            serde_json::from_str(text).unwrap_or_else(|_| Value::String((*text).to_owned()));
        edits.push(Edit {
            field: field.to_owned(),
            target: target.clone(),
            value,
        });
    }
}

fn split(path: &str) -> Vec<String> {
    path.split('.').map(|step| step.replace('~', ".")).collect()
}
