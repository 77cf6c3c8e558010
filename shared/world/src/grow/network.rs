//! Services with their addresses, and the endpoints that follow from the pods.

use serde_json::{Value, json};

use super::Garden;
use super::stamp::{letters, spread};
use crate::defaults;
use crate::overlay::{Authored, Key, Moment};

struct Endpoint {
    namespace: String,
    service: String,
    born: Moment,
    addresses: Vec<Value>,
    ports: Vec<Value>,
}

impl Garden<'_> {
    pub(super) fn service(&mut self, key: &Key, authored: &Authored) {
        let mut value = authored.value.clone();
        let place = format!("{} {}/{}", self.soil.cluster, key.namespace, key.name);
        let number = spread(&place);
        let ip = format!("172.20.{}.{}", number % 250, 2 + number / 250 % 250);
        defaults::service(&mut value, &ip, 30_000 + number % 2_767);
        value["status"] = json!({ "loadBalancer": {} });
        if value["spec"]["type"] == "LoadBalancer" {
            let host = format!(
                "k8s-{}-{}-{}.elb.{}.amazonaws.com",
                key.namespace,
                key.name,
                letters(&place, 10),
                self.soil.region
            );
            value["status"]["loadBalancer"]["ingress"] = json!([{ "hostname": host }]);
        }
        self.add(key, value, authored);
    }

    /// Endpoints and EndpointSlices of all services with a selector, once all pods are there.
    pub(super) fn endpoints(&mut self) {
        let services = self
            .soil
            .objects
            .iter()
            .filter(|(key, _)| key.kind == "Service");
        let endpoints: Vec<Endpoint> = services.filter_map(|(key, s)| self.of(key, s)).collect();
        for Endpoint {
            namespace,
            service,
            born,
            addresses,
            ports,
        } in endpoints
        {
            let subsets = json!([{ "addresses": addresses, "ports": ports }]);
            self.derive(
                "Endpoints",
                &namespace,
                &service,
                json!({ "subsets": subsets }),
                born,
            );
            let name = format!(
                "{service}-{}",
                letters(&format!("slice {namespace} {service}"), 5)
            );
            let ready: Vec<Value> = addresses
                .iter()
                .map(|a| json!({ "addresses": [a["ip"]], "targetRef": a["targetRef"] }))
                .collect();
            let slice = json!({
                "metadata": { "labels": { "kubernetes.io/service-name": service } },
                "addressType": "IPv4", "endpoints": ready, "ports": ports,
            });
            self.derive("EndpointSlice", &namespace, &name, slice, born);
        }
    }

    fn of(&self, key: &Key, service: &Authored) -> Option<Endpoint> {
        let selector = service.value["spec"]["selector"].as_object()?;
        let pods = self.grown.iter().filter(|grown| {
            grown.key.kind == "Pod"
                && grown.key.namespace == key.namespace
                && grown.value["status"]["phase"] == "Running"
                && selector
                    .iter()
                    .all(|(k, v)| grown.value["metadata"]["labels"].get(k) == Some(v))
        });
        let addresses = pods
            .map(|pod| {
                let uid = &pod.value["metadata"]["uid"];
                json!({
                    "ip": pod.value["status"]["podIP"],
                    "nodeName": pod.value["spec"]["nodeName"],
                    "targetRef": {
                        "kind": "Pod", "namespace": key.namespace, "name": pod.key.name, "uid": uid,
                    },
                })
            })
            .collect();
        let ports = service.value["spec"]["ports"]
            .as_array()
            .into_iter()
            .flatten();
        let ports = ports
            .map(|port| {
                let target = port.get("targetPort").unwrap_or(&port["port"]);
                let number = if target.is_number() {
                    target
                } else {
                    &port["port"]
                };
                json!({ "name": port.get("name"), "port": number, "protocol": "TCP" })
            })
            .collect();
        Some(Endpoint {
            namespace: key.namespace.clone(),
            service: key.name.clone(),
            born: service.changed,
            addresses,
            ports,
        })
    }
}
