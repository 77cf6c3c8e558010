//! Pods: a template, a name, a node, and what admission and the kubelet add.

use serde_json::{Value, json};

use super::stamp::{letters, spread};
use super::{Garden, owner};
use crate::defaults;
use crate::overlay::{Authored, Key, Moment};

/// A controller that owns pods.
pub(super) struct Owner<'a> {
    pub(super) api_version: &'a str,
    pub(super) kind: &'a str,
    pub(super) name: &'a str,
    pub(super) uid: &'a str,
    pub(super) namespace: &'a str,
}

impl Garden<'_> {
    /// Makes one pod of a template.
    pub(super) fn pod(
        &mut self,
        of: &Owner<'_>,
        name: &str,
        template: &Value,
        node: &str,
        phase: &str,
        born: Moment,
    ) {
        let mut value = json!({
            "metadata": {
                "ownerReferences": owner(of.api_version, of.kind, of.name, of.uid),
            },
            "spec": template["spec"],
        });
        for field in ["labels", "annotations"] {
            if let Some(map) = template["metadata"].get(field) {
                value["metadata"][field] = map.clone();
            }
        }
        if !matches!(of.kind, "StatefulSet") {
            value["metadata"]["generateName"] = json!(format!("{}-", of.name));
        }
        self.run(&mut value, of.namespace, name, node, phase);
        self.derive("Pod", of.namespace, name, value, born);
    }

    /// A pod that somebody made by hand.
    pub(super) fn bare_pod(&mut self, key: &Key, authored: &Authored) {
        let mut value = authored.value.clone();
        defaults::pod_spec(&mut value["spec"]);
        let node = self.node_for(&key.name);
        self.run(&mut value, &key.namespace, &key.name, &node, "Running");
        self.add(key, value, authored);
    }

    /// The node a pod of this name lands on.
    pub(super) fn node_for(&self, name: &str) -> String {
        let index = spread(name).checked_rem(self.nodes.len() as u64);
        let index = index.and_then(|index| usize::try_from(index).ok());
        let node = index.and_then(|index| self.nodes.get(index));
        node.map_or_else(String::new, |node| (*node).to_owned())
    }

    fn run(&self, pod: &mut Value, namespace: &str, name: &str, node: &str, phase: &str) {
        let spec = &mut pod["spec"];
        if spec.get("serviceAccountName").is_none() {
            spec["serviceAccountName"] = json!("default");
            spec["serviceAccount"] = json!("default");
        }
        if !node.is_empty() {
            spec["nodeName"] = json!(node);
        }
        if self.mounts_token(namespace, spec) {
            defaults::service_account_token(spec, &letters(&format!("token {name}"), 5));
        }
        defaults::admitted(spec);
        let ip = spread(&format!("{}{namespace}{name}", self.soil.cluster));
        let ip = format!("10.42.{}.{}", ip % 200, 2 + ip / 200 % 250);
        pod["status"] = defaults::pod_status(spec, phase, &ip);
    }

    /// The pod's own word counts before its service account's; without both the token is mounted.
    fn mounts_token(&self, namespace: &str, spec: &Value) -> bool {
        if let Some(said) = spec
            .get("automountServiceAccountToken")
            .and_then(Value::as_bool)
        {
            return said;
        }
        let account = Key {
            kind: "ServiceAccount".to_owned(),
            namespace: namespace.to_owned(),
            name: spec["serviceAccountName"]
                .as_str()
                .unwrap_or("default")
                .to_owned(),
        };
        let account = self.soil.objects.get(&account);
        account
            .and_then(|account| account.value.get("automountServiceAccountToken")?.as_bool())
            .unwrap_or(true)
    }
}
