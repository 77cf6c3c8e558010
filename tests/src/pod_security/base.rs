//! What pods start from.

use serde_json::{Value, json};

use super::random::Random;

/// A pod whose distance from the levels is known.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Base {
    /// Keeps all of restricted; what the pod can say for its containers it says.
    Restricted,
    /// Keeps all of restricted, each container by itself.
    RestrictedContainers,
    /// Sets nothing that the standard reads: baseline, far from restricted.
    Plain,
    /// Sets only `runAsNonRoot`: lacks for restricted what does not exist on Windows.
    NonRootOnly,
    /// Runs as user 0, all else as restricted asks.
    RootUser,
    /// As `RootUser`, in a user namespace, which restricted forgives since 1.35.
    UserNamespace,
}

impl Base {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Restricted,
        Self::RestrictedContainers,
        Self::Plain,
        Self::NonRootOnly,
        Self::RootUser,
        Self::UserNamespace,
    ];

    pub(super) fn pod(self, random: &mut Random) -> Value {
        let containers = self.containers("app", random.between(1, 3), 8080);
        // Never none: a change may be to an init container.
        let init_containers = self.containers("init", random.between(1, 2), 9080);
        let mut spec = json!({
            "containers": containers,
            "initContainers": init_containers,
            "volumes": [{ "name": "scratch", "emptyDir": {} }],
        });
        match self {
            Self::Plain => {}
            Self::NonRootOnly => spec["securityContext"] = json!({ "runAsNonRoot": true }),
            Self::Restricted => {
                spec["securityContext"] =
                    json!({ "runAsNonRoot": true, "seccompProfile": { "type": "RuntimeDefault" } });
            }
            Self::RestrictedContainers => {
                spec["securityContext"] = json!({ "fsGroup": 2000 });
                for container in containers_mut(&mut spec) {
                    container["securityContext"]["runAsNonRoot"] = json!(true);
                    container["securityContext"]["seccompProfile"] =
                        json!({ "type": "RuntimeDefault" });
                }
            }
            Self::RootUser | Self::UserNamespace => {
                spec["securityContext"] =
                    json!({ "runAsUser": 0, "seccompProfile": { "type": "RuntimeDefault" } });
                if self == Self::UserNamespace {
                    spec["hostUsers"] = json!(false);
                }
            }
        }
        json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": { "name": "generated", "labels": { "app": "generated" } },
            "spec": spec,
        })
    }

    fn containers(self, prefix: &str, count: usize, first_port: usize) -> Vec<Value> {
        let hardened = !matches!(self, Self::Plain | Self::NonRootOnly);
        let container = |index: usize| {
            let mut container = json!({
                "name": format!("{prefix}-{index}"),
                "image": "registry.example.com/app:1",
                "ports": [{ "containerPort": first_port + index }],
            });
            if hardened {
                container["securityContext"] = json!({ "allowPrivilegeEscalation": false, "capabilities": { "drop": ["ALL"] } });
            }
            container
        };
        (0..count).map(container).collect()
    }
}

/// All containers of a pod's `spec`.
pub(super) fn containers_mut(spec: &mut Value) -> impl Iterator<Item = &mut Value> {
    let Value::Object(spec) = spec else {
        return Vec::new().into_iter();
    };
    let lists = spec
        .iter_mut()
        .filter(|(key, _)| key.to_lowercase().ends_with("containers"));
    let containers: Vec<&mut Value> = lists
        .filter_map(|(_, list)| list.as_array_mut())
        .flatten()
        .collect();
    containers.into_iter()
}
