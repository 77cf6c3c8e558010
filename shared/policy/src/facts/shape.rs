//! Whether a pod is as its template says, but for what Kubernetes itself adds to every pod.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;

use foldhash::SharedSeed;
use foldhash::quality::FoldHasher;
use plimsoll_cel::{Entry, Key, Node};

/// The account of pods that name none, the volume of its token and where that is mounted (Kubernetes, admission plugin
/// ServiceAccount).
const DEFAULT_ACCOUNT: &str = "default";
const TOKEN_VOLUME: &str = "kube-api-access-";
const TOKEN_MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// How keys of taints begin that the DaemonSet controller and admission let pods tolerate (Kubernetes, "Taints and
/// Tolerations").
const OWN_TAINTS: &str = "node.kubernetes.io/";

const ANNOTATIONS: Key = Key::new("annotations");
const NAME: Key = Key::new("name");
const KEY_OF_TAINT: Key = Key::new("key");
const MOUNT_PATH: Key = Key::new("mountPath");
const CLAIM: Key = Key::new("persistentVolumeClaim");

/// How what is said is hashed: fast, because that is done for every workload and every pod of a scan, and under a key of
/// this process alone, so that nobody can write a pod that differs from its template and hashes alike.
static SEED: LazyLock<(u64, SharedSeed)> = LazyLock::new(|| {
    let random = || RandomState::new().hash_one(());
    (random(), SharedSeed::from_u64(random()))
});

/// A hash, by a key of this process, of what the spec and the annotations of a pod or a template say of its security. A
/// list in which nothing counts is as one that is absent.
pub(crate) fn shape(spec: &Node<'_>, metadata: &Node<'_>) -> u64 {
    let mut said = Said(FoldHasher::with_seed(SEED.0, &SEED.1));
    for entry in spec.entries() {
        match entry.key {
            key if is_not_said(key) => {}
            "serviceAccountName" if entry.value.as_str() == Some(DEFAULT_ACCOUNT) => {}
            "volumes" => list(&mut said, entry, |one| !is_own_volume(one), node),
            "tolerations" => list(&mut said, entry, |one| !is_own_toleration(one), node),
            "containers" | "initContainers" => list(&mut said, entry, |_| true, container),
            _ => field(&mut said, entry),
        }
    }
    // AppArmor was asked for by annotations; network plugins write others to every pod.
    let annotations = metadata.get_key(ANNOTATIONS).unwrap_or(Node::Null);
    let annotations = annotations.entries().iter();
    let of_security = annotations.filter(|entry| entry.key.contains("apparmor"));
    of_security.for_each(|entry| field(&mut said, entry));
    said.0.finish()
}

/// Fields of a pod spec that differ from pod to pod or are worked out from others: where the scheduler and the DaemonSet
/// controller put it, what a StatefulSet calls it, what admission makes of the priority class (Kubernetes API, `PodSpec`;
/// admission plugin Priority).
fn is_not_said(key: &str) -> bool {
    matches!(
        key,
        "nodeName"
            | "hostname"
            | "subdomain"
            | "affinity"
            | "priority"
            | "preemptionPolicy"
            | "serviceAccount"
    )
}

/// What is said, each part behind a number that tells what it is, and how long.
struct Said(FoldHasher<'static>);

const KEY: u64 = 0;
const ITEM: u64 = 1;
const END: u64 = 2;
const NULL: u64 = 3;
const BOOL: u64 = 4;
const INT: u64 = 5;
const DOUBLE: u64 = 6;
const TEXT: u64 = 7;
const LIST: u64 = 8;
const MAP: u64 = 9;
const UNKNOWN: u64 = 10;

impl Said {
    #[inline]
    fn part(&mut self, is: u64, number: u64) {
        self.0.write_u64(is);
        self.0.write_u64(number);
    }

    #[inline]
    fn text(&mut self, is: u64, text: &str) {
        self.part(is, text.len() as u64);
        self.0.write(text.as_bytes());
    }
}

/// Claims come from a StatefulSet's own templates, under a name for each pod.
fn is_own_volume(volume: &Node<'_>) -> bool {
    let name = volume.get_key(NAME).and_then(|name| name.as_str());
    volume.get_key(CLAIM).is_some() || name.is_some_and(|name| name.starts_with(TOKEN_VOLUME))
}

fn is_own_toleration(toleration: &Node<'_>) -> bool {
    let key = toleration
        .get_key(KEY_OF_TAINT)
        .and_then(|key| key.as_str());
    key.is_some_and(|key| key.starts_with(OWN_TAINTS))
}

fn container(said: &mut Said, container: &Node<'_>) {
    let own = |mount: &Node<'_>| {
        let path = mount.get_key(MOUNT_PATH).and_then(|path| path.as_str());
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
        said.part(ITEM, 0);
        write(said, item);
    }
    said.part(END, 0);
}

fn node(said: &mut Said, value: &Node<'_>) {
    match value {
        Node::Null => said.part(NULL, 0),
        Node::Bool(value) => said.part(BOOL, u64::from(*value)),
        Node::Int(value) => said.part(INT, value.cast_unsigned()),
        Node::Double(value) => said.part(DOUBLE, value.to_bits()),
        Node::Str(text) => said.text(TEXT, text),
        Node::List(items) => {
            said.part(LIST, items.len() as u64);
            items.iter().for_each(|item| node(said, item));
        }
        Node::Unknown(reason) => said.text(UNKNOWN, reason),
        Node::Map(entries) => {
            said.part(MAP, entries.len() as u64);
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
