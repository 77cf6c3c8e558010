//! Whether a pod is as its template says, but for what Kubernetes itself adds to every pod.

use std::hash::{DefaultHasher, Hasher};

use plimsoll_cel::{Entry, Node};

/// Fields of a pod spec that differ from pod to pod or are worked out from others: where the scheduler and the DaemonSet
/// controller put it, what a StatefulSet calls it, what admission makes of the priority class (Kubernetes API, `PodSpec`;
/// admission plugin Priority).
const NOT_SAID: &[&str] = &[
    "nodeName",
    "hostname",
    "subdomain",
    "affinity",
    "priority",
    "preemptionPolicy",
    "serviceAccount",
];

/// The account of pods that name none, the volume of its token and where that is mounted (Kubernetes, admission plugin
/// ServiceAccount).
const DEFAULT_ACCOUNT: &str = "default";
const TOKEN_VOLUME: &str = "kube-api-access-";
const TOKEN_MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// How keys of taints begin that the DaemonSet controller and admission let pods tolerate (Kubernetes, "Taints and
/// Tolerations").
const OWN_TAINTS: &str = "node.kubernetes.io/";

/// A hash of what the spec and the annotations of a pod or a template say of its security. A list in which nothing counts
/// is as one that is absent. It is made for every workload and every pod of a scan: what is said is put together and
/// hashed at once, which is faster than bit by bit.
pub(crate) fn shape(spec: &Node<'_>, metadata: &Node<'_>) -> u64 {
    let mut said = Said(Vec::with_capacity(2 << 10));
    for entry in spec.entries() {
        match entry.key {
            key if NOT_SAID.contains(&key) => {}
            "serviceAccountName" if entry.value.as_str() == Some(DEFAULT_ACCOUNT) => {}
            "volumes" => list(&mut said, entry, |one| !is_own_volume(one), node),
            "tolerations" => list(&mut said, entry, |one| !is_own_toleration(one), node),
            "containers" | "initContainers" => list(&mut said, entry, |_| true, container),
            _ => field(&mut said, entry),
        }
    }
    // AppArmor was asked for by annotations; network plugins write others to every pod.
    let annotations = metadata.get("annotations").unwrap_or(Node::Null);
    let annotations = annotations.entries().iter();
    let of_security = annotations.filter(|entry| entry.key.contains("apparmor"));
    of_security.for_each(|entry| field(&mut said, entry));
    let mut hasher = DefaultHasher::new();
    hasher.write(&said.0);
    hasher.finish()
}

/// What is said, each part behind a byte that tells what it is.
struct Said(Vec<u8>);

const KEY: u8 = 0;
const ITEM: u8 = 1;
const END: u8 = 2;
const NULL: u8 = 3;
const FALSE: u8 = 4;
const TRUE: u8 = 5;
const INT: u8 = 6;
const DOUBLE: u8 = 7;
const TEXT: u8 = 8;
const LIST: u8 = 9;
const MAP: u8 = 10;

impl Said {
    fn part(&mut self, is: u8, bytes: &[u8]) {
        self.0.push(is);
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, is: u8, text: &str) {
        self.part(is, &text.len().to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }
}

/// Claims come from a StatefulSet's own templates, under a name for each pod.
fn is_own_volume(volume: &Node<'_>) -> bool {
    let name = volume.get("name").and_then(|name| name.as_str());
    volume.get("persistentVolumeClaim").is_some()
        || name.is_some_and(|name| name.starts_with(TOKEN_VOLUME))
}

fn is_own_toleration(toleration: &Node<'_>) -> bool {
    let key = toleration.get("key").and_then(|key| key.as_str());
    key.is_some_and(|key| key.starts_with(OWN_TAINTS))
}

fn container(said: &mut Said, container: &Node<'_>) {
    let own = |mount: &Node<'_>| {
        let path = mount.get("mountPath").and_then(|path| path.as_str());
        path == Some(TOKEN_MOUNT)
    };
    for entry in container.entries() {
        match entry.key {
            "volumeMounts" => list(said, entry, |mount| !own(mount), node),
            _ => field(said, entry),
        }
    }
}

fn field(said: &mut Said, entry: &Entry<'_>) {
    said.text(KEY, entry.key);
    node(said, &entry.value);
}

fn list(
    said: &mut Said,
    entry: &Entry<'_>,
    counts: impl Fn(&Node<'_>) -> bool,
    write: impl Fn(&mut Said, &Node<'_>),
) {
    let items = entry.value.items().iter();
    let mut items = items.filter(|item| counts(item)).peekable();
    if items.peek().is_none() {
        return;
    }
    said.text(KEY, entry.key);
    for item in items {
        said.part(ITEM, &[]);
        write(said, item);
    }
    said.part(END, &[]);
}

fn node(said: &mut Said, value: &Node<'_>) {
    match value {
        Node::Null => said.part(NULL, &[]),
        Node::Bool(false) => said.part(FALSE, &[]),
        Node::Bool(true) => said.part(TRUE, &[]),
        Node::Int(value) => said.part(INT, &value.to_le_bytes()),
        Node::Double(value) => said.part(DOUBLE, &value.to_bits().to_le_bytes()),
        Node::Str(text) => said.text(TEXT, text),
        Node::List(items) => {
            said.part(LIST, &items.len().to_le_bytes());
            items.iter().for_each(|item| node(said, item));
        }
        Node::Map(entries) => {
            said.part(MAP, &entries.len().to_le_bytes());
            entries.iter().for_each(|entry| field(said, entry));
        }
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_cel::{Bump, decode_json};
    use serde_json::{Value, json};

    use super::*;

    fn shape_of(spec: &Value, metadata: &Value) -> u64 {
        let arena = Bump::new();
        let node = |value: &Value| decode_json(&arena, value.to_string().as_bytes()).unwrap();
        shape(&node(spec), &node(metadata))
    }

    fn template() -> Value {
        json!({"containers": [{"name": "app", "image": "web:1", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]})
    }

    #[test]
    fn what_kubernetes_adds_to_every_pod_is_no_difference() {
        let pod = json!({
            "nodeName": "node-1", "hostname": "web-0", "subdomain": "web", "priority": 0, "preemptionPolicy": "PreemptLowerPriority",
            "serviceAccount": "default", "serviceAccountName": "default", "affinity": {"nodeAffinity": {}},
            "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}],
            "volumes": [{"name": "kube-api-access-x7k2p", "projected": {}},
                {"name": "data", "persistentVolumeClaim": {"claimName": "data-web-0"}}],
            "containers": [{"name": "app", "image": "web:1", "volumeMounts": [{"name": "data", "mountPath": "/data"},
                {"name": "kube-api-access-x7k2p", "mountPath": TOKEN_MOUNT, "readOnly": true}]}],
        });
        let noted = json!({"annotations": {"cni.projectcalico.org/podIP": "10.0.0.1"}, "labels": {"pod-template-hash": "a"}});
        assert_eq!(shape_of(&pod, &noted), shape_of(&template(), &json!({})));
    }

    #[test]
    fn everything_else_is() {
        let plain = shape_of(&template(), &json!({}));
        for (path, value) in [
            ("hostNetwork", json!(true)),
            ("serviceAccountName", json!("deployer")),
            ("ephemeralContainers", json!([{"name": "debugger"}])),
            ("initContainers", json!([{"name": "init"}])),
            (
                "volumes",
                json!([{"name": "host", "hostPath": {"path": "/"}}]),
            ),
            ("tolerations", json!([{"operator": "Exists"}])),
            ("securityContext", json!({"runAsUser": 0})),
            ("securityContext", json!({"seLinuxOptions": {"level": 0.5}})),
        ] {
            let mut pod = template();
            pod[path] = value;
            assert_ne!(shape_of(&pod, &json!({})), plain, "{path}");
        }
        for (key, value) in [
            ("image", json!("web:2")),
            ("securityContext", json!({"privileged": true})),
            ("securityContext", json!({"privileged": false})),
            ("volumeMounts", json!([])),
        ] {
            let mut pod = template();
            pod["containers"][0][key] = value;
            assert_ne!(shape_of(&pod, &json!({})), plain, "{key}");
        }
        let unconfined = json!({"annotations": {"container.apparmor.security.beta.kubernetes.io/app": "unconfined"}});
        assert_ne!(shape_of(&template(), &unconfined), plain);
    }
}
