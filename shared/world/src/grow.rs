//! From what people wrote to what an API server holds: the work of the controllers (ReplicaSets,
//! pods, jobs, claims, endpoints, the default service accounts), of the defaulting code and of the
//! store (uid, resourceVersion, times). Nothing here is random: the same manifests and first night
//! give the same objects, and an object that nobody touched stays as it was from week to week.

mod jobs;
mod network;
mod pods;
mod replicas;
mod stamp;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::defaults;
use crate::overlay::{Authored, Key, Moment, Objects};

pub(crate) use stamp::{NEWEST, resource_version};

/// What growing needs to know of a cluster.
pub(crate) struct Soil<'a> {
    pub(crate) cluster: &'a str,
    pub(crate) region: &'a str,
    pub(crate) first_night: Timestamp,
    /// The field manager of objects whose writer is not named.
    pub(crate) writer: &'a str,
    pub(crate) objects: &'a Objects,
}

/// An object as the API server holds it.
pub(crate) struct Grown {
    pub(crate) key: Key,
    pub(crate) value: Value,
}

struct Garden<'a> {
    soil: &'a Soil<'a>,
    nodes: Vec<&'a str>,
    grown: Vec<Grown>,
}

/// Grows all objects of a cluster.
pub(crate) fn grow(soil: &Soil<'_>) -> Vec<Grown> {
    let nodes = soil.objects.keys().filter(|key| key.kind == "Node");
    let mut garden = Garden {
        soil,
        nodes: nodes.map(|key| key.name.as_str()).collect(),
        grown: Vec::new(),
    };
    for (key, authored) in soil.objects {
        match key.kind.as_str() {
            "AccessEntry" => {}
            "Namespace" => garden.namespace(key, authored),
            "Deployment" => garden.deployment(key, authored),
            "DaemonSet" => garden.daemon_set(key, authored),
            "StatefulSet" => garden.stateful_set(key, authored),
            "CronJob" => garden.cron_job(key, authored),
            "Job" => garden.job(key, authored),
            "Pod" => garden.bare_pod(key, authored),
            "Service" => garden.service(key, authored),
            "Node" => garden.node(key, authored),
            _ => {
                garden.add(key, authored.value.clone(), authored);
            }
        }
    }
    garden.endpoints();
    garden.grown
}

impl Garden<'_> {
    /// Stamps an authored object and keeps it; its uid is for those it owns.
    fn add(&mut self, key: &Key, value: Value, authored: &Authored) -> String {
        let writer = authored.by.as_deref().unwrap_or(self.soil.writer);
        let mut value = value;
        if writer == "kubectl-client-side-apply" {
            let applied = authored.value.to_string() + "\n";
            value["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] =
                Value::String(applied);
        }
        self.keep(key.clone(), value, authored.born, authored.changed, writer)
    }

    /// Stamps an object that a controller made.
    fn derive(
        &mut self,
        kind: &str,
        namespace: &str,
        name: &str,
        mut value: Value,
        born: Moment,
    ) -> String {
        let key = Key {
            kind: kind.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        };
        value["metadata"]["name"] = Value::String(name.to_owned());
        if !namespace.is_empty() {
            value["metadata"]["namespace"] = Value::String(namespace.to_owned());
        }
        let manager = if kind == "Pod" {
            "kubelet"
        } else {
            "kube-controller-manager"
        };
        self.keep(key, value, born, born, manager)
    }

    fn keep(
        &mut self,
        key: Key,
        mut value: Value,
        born: Moment,
        changed: Moment,
        manager: &str,
    ) -> String {
        let uid = stamp::stamp(&mut value, &key, self.soil, born, changed, manager);
        self.grown.push(Grown { key, value });
        uid
    }

    fn namespace(&mut self, key: &Key, authored: &Authored) {
        let mut value = authored.value.clone();
        value["metadata"]["labels"]["kubernetes.io/metadata.name"] = json!(key.name);
        value["spec"] = json!({ "finalizers": ["kubernetes"] });
        value["status"] = json!({ "phase": "Active" });
        self.add(key, value, authored);
        let account = Key {
            kind: "ServiceAccount".to_owned(),
            namespace: key.name.clone(),
            name: "default".to_owned(),
        };
        if !self.soil.objects.contains_key(&account) {
            self.derive(
                "ServiceAccount",
                &key.name,
                "default",
                json!({}),
                authored.born,
            );
        }
        let root =
            json!({ "data": { "ca.crt": "-----BEGIN CERTIFICATE-----\n(the cluster's)\n" } });
        self.derive(
            "ConfigMap",
            &key.name,
            "kube-root-ca.crt",
            root,
            authored.born,
        );
    }

    fn node(&mut self, key: &Key, authored: &Authored) {
        let mut value = authored.value.clone();
        defaults::node(&mut value, &key.name);
        self.add(key, value, authored);
    }
}

/// An owner reference of a controller.
fn owner(api_version: &str, kind: &str, name: &str, uid: &str) -> Value {
    json!([{
        "apiVersion": api_version, "kind": kind, "name": name, "uid": uid,
        "controller": true, "blockOwnerDeletion": true,
    }])
}

#[cfg(test)]
mod tests;
