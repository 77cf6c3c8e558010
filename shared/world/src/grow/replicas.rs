//! Deployments, DaemonSets and StatefulSets. A Deployment keeps the ReplicaSets of its earlier
//! templates, scaled to zero, as real ones do: whoever judges those reports what is long mended.

use serde_json::{Value, json};

use super::pods::Owner;
use super::stamp::letters;
use super::{Garden, owner};
use crate::defaults;
use crate::overlay::{Authored, Key};

impl Garden<'_> {
    pub(super) fn deployment(&mut self, key: &Key, authored: &Authored) {
        let mut value = authored.value.clone();
        defaults::workload(&mut value);
        let count = replicas(&value);
        value["status"] = json!({
            "observedGeneration": authored.changed.week + 1,
            "replicas": count, "readyReplicas": count, "availableReplicas": count,
            "updatedReplicas": count,
            "conditions": [{
                "type": "Available", "status": "True", "reason": "MinimumReplicasAvailable",
            }],
        });
        let revision = authored.templates.len();
        value["metadata"]["annotations"]["deployment.kubernetes.io/revision"] =
            json!(revision.to_string());
        let uid = self.add(key, value.clone(), authored);
        for (index, (born, template)) in authored.templates.iter().enumerate() {
            let latest = index + 1 == revision;
            let hash = letters(&template.to_string(), 10);
            let name = format!("{}-{hash}", key.name);
            let mut template = template.clone();
            defaults::pod_spec(&mut template["spec"]);
            template["metadata"]["labels"]["pod-template-hash"] = json!(hash);
            let count = if latest { count } else { 0 };
            let mut selector = value["spec"]["selector"].clone();
            selector["matchLabels"]["pod-template-hash"] = json!(hash);
            let set = json!({
                "metadata": {
                    "labels": template["metadata"]["labels"],
                    "annotations": {
                        "deployment.kubernetes.io/desired-replicas": count.to_string(),
                        "deployment.kubernetes.io/revision": (index + 1).to_string(),
                    },
                    "ownerReferences": owner("apps/v1", "Deployment", &key.name, &uid),
                },
                "spec": { "replicas": count, "selector": selector, "template": template },
                "status": { "replicas": count, "readyReplicas": count, "availableReplicas": count },
            });
            let uid = self.derive("ReplicaSet", &key.namespace, &name, set, *born);
            let owner = Owner {
                api_version: "apps/v1",
                kind: "ReplicaSet",
                name: &name,
                uid: &uid,
                namespace: &key.namespace,
            };
            for number in 0..count {
                let pod = format!("{name}-{}", letters(&format!("{name} {number}"), 5));
                let node = self.node_for(&pod);
                self.pod(&owner, &pod, &template, &node, "Running", *born);
            }
        }
    }

    pub(super) fn daemon_set(&mut self, key: &Key, authored: &Authored) {
        let mut value = authored.value.clone();
        defaults::workload(&mut value);
        let nodes: Vec<String> = self.nodes.iter().map(|&node| node.to_owned()).collect();
        let count = nodes.len();
        value["status"] = json!({
            "currentNumberScheduled": count, "desiredNumberScheduled": count,
            "numberReady": count, "numberAvailable": count, "numberMisscheduled": 0,
        });
        let template = value["spec"]["template"].clone();
        let uid = self.add(key, value, authored);
        let owner = of("DaemonSet", key, &uid);
        let born = authored
            .templates
            .last()
            .map_or(authored.born, |(born, _)| *born);
        for node in nodes {
            let pod = format!(
                "{}-{}",
                key.name,
                letters(&format!("{} {node}", key.name), 5)
            );
            self.pod(&owner, &pod, &template, &node, "Running", born);
        }
    }

    pub(super) fn stateful_set(&mut self, key: &Key, authored: &Authored) {
        let mut value = authored.value.clone();
        defaults::workload(&mut value);
        let count = replicas(&value);
        value["status"] = json!({ "replicas": count, "readyReplicas": count });
        let template = value["spec"]["template"].clone();
        let claims = value["spec"]["volumeClaimTemplates"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let uid = self.add(key, value, authored);
        let owner = of("StatefulSet", key, &uid);
        let born = authored
            .templates
            .last()
            .map_or(authored.born, |(born, _)| *born);
        for number in 0..count {
            let pod = format!("{}-{number}", key.name);
            let mut template = template.clone();
            for claim in &claims {
                let volume = claim["metadata"]["name"].as_str().unwrap_or("data");
                let claim_name = format!("{volume}-{pod}");
                self.claim(key, &claim_name, claim, authored);
                if !template["spec"]["volumes"].is_array() {
                    template["spec"]["volumes"] = json!([]);
                }
                if let Some(volumes) = template["spec"]["volumes"].as_array_mut() {
                    let source = json!({ "claimName": claim_name });
                    volumes.push(json!({ "name": volume, "persistentVolumeClaim": source }));
                }
            }
            let node = self.node_for(&pod);
            self.pod(&owner, &pod, &template, &node, "Running", born);
        }
    }

    /// A bound claim and the volume behind it.
    fn claim(&mut self, key: &Key, name: &str, template: &Value, authored: &Authored) {
        let volume = format!(
            "pvc-{}",
            letters(&format!("{} {name}", self.soil.cluster), 16)
        );
        let size = &template["spec"]["resources"]["requests"]["storage"];
        let class = &template["spec"]["storageClassName"];
        let mut spec = template["spec"].clone();
        spec["volumeName"] = json!(volume);
        let status = json!({ "phase": "Bound", "capacity": { "storage": size } });
        let claim = json!({ "spec": spec, "status": status });
        self.derive(
            "PersistentVolumeClaim",
            &key.namespace,
            name,
            claim,
            authored.born,
        );
        let source = json!({
            "driver": "ebs.csi.eks.amazonaws.com", "fsType": "ext4",
            "volumeHandle": format!("vol-0{}", letters(&volume, 16)),
        });
        let spec = json!({
            "accessModes": ["ReadWriteOnce"], "capacity": { "storage": size },
            "claimRef": {
                "apiVersion": "v1", "kind": "PersistentVolumeClaim",
                "namespace": key.namespace, "name": name,
            },
            "csi": source, "persistentVolumeReclaimPolicy": "Delete", "storageClassName": class,
        });
        let value = json!({ "spec": spec, "status": { "phase": "Bound" } });
        self.derive("PersistentVolume", "", &volume, value, authored.born);
    }
}

fn of<'a>(kind: &'a str, key: &'a Key, uid: &'a str) -> Owner<'a> {
    let (name, namespace) = (key.name.as_str(), key.namespace.as_str());
    Owner {
        api_version: "apps/v1",
        kind,
        name,
        uid,
        namespace,
    }
}

fn replicas(value: &Value) -> u64 {
    value["spec"]["replicas"].as_u64().unwrap_or(1)
}
