//! Ephemeral containers: a pod cannot be created with one, so they are added to a pod that is there.

use serde_json::{Value, json};

use super::base::Base;
use super::edit;
use super::random::Random;
use super::{GeneratedPod, validity};

const LIST: &str = "ephemeralContainers";

/// For each base, its pod with one ephemeral container like its others, and then, for every value of
/// every field that such a container has, the pod with that one change. Changes that would need another
/// one elsewhere in the pod are left out. The first part of a result is the pod without the container.
pub fn ephemeral_pods(seed: u64) -> Vec<(Value, GeneratedPod)> {
    let mut random = Random::new(seed);
    let mut pods = Vec::new();
    for base in Base::ALL {
        let host = base.pod(&mut random);
        let mut with_container = host.clone();
        with_container["spec"][LIST] = json!([{
            "name": "debug",
            "image": "registry.example.com/debug:1",
        }]);
        if !matches!(base, Base::Plain | Base::NonRootOnly) {
            with_container["spec"][LIST][0]["securityContext"] =
                json!({ "allowPrivilegeEscalation": false, "capabilities": { "drop": ["ALL"] } });
        }
        if base == Base::RestrictedContainers {
            with_container["spec"][LIST][0]["securityContext"]["runAsNonRoot"] = json!(true);
            with_container["spec"][LIST][0]["securityContext"]["seccompProfile"] =
                json!({ "type": "RuntimeDefault" });
        }
        pods.push((
            host.clone(),
            GeneratedPod {
                pod: with_container.clone(),
                base,
                changed: Vec::new(),
                single: None,
            },
        ));
        for edit in edit::in_containers(LIST) {
            let mut pod = with_container.clone();
            edit.apply(&mut pod, &mut random);
            let mut valid = pod.clone();
            if !validity::repair(&mut valid).is_empty() {
                continue;
            }
            pods.push((
                host.clone(),
                GeneratedPod {
                    pod,
                    base,
                    single: Some(edit.value_text()),
                    changed: vec![edit.field],
                },
            ));
        }
    }
    pods
}
