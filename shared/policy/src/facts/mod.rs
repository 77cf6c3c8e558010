//! Facts: joins over lists, gathered while objects pass and computed once, pure and serialisable.
//!
//! A fact that misses a list it needs is unknown, and unknown makes a verdict *not evaluated*.

mod autoscalers;
mod aws;
mod backends;
mod bindings;
mod components;
mod configs;
mod counts;
mod criticality;
mod default_roles;
mod disruption_budgets;
mod exposure;
mod fact;
mod gateway_routes;
mod index;
mod missing;
mod monitors;
mod namespaces;
mod network_policies;
mod nodes;
mod owners;
mod peers;
mod pod_security;
mod pods;
mod rbac;
mod references;
mod rules;
mod scheme;
mod selector;
mod selectors;
mod service_accounts;
mod services;
mod shape;
mod table;
mod told;
mod users;
mod workloads;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_cel::{Bump, Node};
use serde::{Deserialize, Serialize};

use counts::Counts;
pub(crate) use fact::Fact;
pub use owners::Owners;
pub(crate) use owners::{Found, Owner, Template};
use peers::Namespaces;
use rbac::{Access, Aggregation};
use rules::Rules;
use selectors::Selectors;
pub(crate) use shape::shape;
use table::Table;
use workloads::Workloads;

/// What pass one keeps of the objects it has seen: the only thing in a scan that grows with their number.
///
/// Bytes an object, besides its name and namespace: a workload 20, its labels twice (text, and 16 for each label), its
/// ports and the images that nobody else has; a Service 40, its labels, ports and selector, and 16; a NetworkPolicy 30, its
/// selector, and its egress rules once for all that have the same; a ServiceAccount 15; a binding 20, the role's name and
/// the subjects' names; a role 25 and its rules once for all roles that have the same, a ClusterRole its labels until it is
/// settled; a Namespace its metadata and its labels; a ConfigMap its keys; a PriorityClass its value; a DaemonSet and what
/// runs in kube-system its arguments; routes, ingresses, gateways, quotas and disruption budgets the names in them; and of
/// everything that names a ConfigMap or Secret both names. Of a Secret nothing but its name, of other kinds nothing but
/// their number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joins {
    network_policies: Selectors,
    /// The egress rules of network policies.
    egress: Rules,
    cilium_policies: Table,
    service_accounts: Table,
    services: Selectors,
    workloads: Workloads,
    autoscalers: Table,
    disruption_budgets: Selectors,
    config_maps: Table,
    secrets: Table,
    labelled: Namespaces,
    ingresses: Table,
    routes: Table,
    gateways: Table,
    gateway_routes: Table,
    users: Table,
    limit_ranges: Table,
    resource_quotas: Table,
    authorizations: Table,
    nodes: Table,
    components: Table,
    images: BTreeSet<String>,
    aggregated: BTreeSet<String>,
    verifiers: BTreeSet<String>,
    counts: Counts,
    /// Priority classes.
    priorities: Table,
    bindings: Table,
    roles: Table,
    rules: Rules,
    aggregation: Aggregation,
    access: Access,
    /// What crosses the border to AWS.
    border: aws::Border,
    /// Namespace objects (metadata only) as JSON, by name.
    namespaces: BTreeMap<String, String>,
}

impl Joins {
    /// Keeps of `object` what some fact needs.
    pub(crate) fn gather(&mut self, kind: &str, object: &Node<'_>) {
        counts::gather(&mut self.counts, kind);
        self.access.gather(kind, object);
        self.border.gather(kind, object);
        match kind {
            "NetworkPolicy" => network_policies::gather(self, object),
            "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy" => {
                network_policies::gather_cilium(self, kind, object);
            }
            "ServiceAccount" => service_accounts::gather(self, object),
            "Service" => services::gather(self, object),
            "RoleBinding" | "ClusterRoleBinding" => bindings::gather_binding(self, kind, object),
            "Role" | "ClusterRole" => bindings::gather_role(self, kind, object),
            "HorizontalPodAutoscaler" => autoscalers::gather(self, object),
            "PodDisruptionBudget" => disruption_budgets::gather(self, object),
            "ConfigMap" => configs::gather_config_map(self, object),
            "Secret" => configs::gather_secret(self, object),
            "Namespace" => {
                peers::gather(self, object);
                let metadata = object.get("metadata").unwrap_or(Node::Null);
                let json = serde_json::to_string(&metadata).unwrap_or_default();
                self.keep_namespace(name(object).to_owned(), json);
            }
            "Ingress" => exposure::gather_ingress(self, object),
            "HTTPRoute" => {
                exposure::gather_route(self, object);
                gateway_routes::gather(self, object);
            }
            "VirtualService" => exposure::gather_virtual_service(self, object),
            "Gateway" => exposure::gather_gateway(self, object),
            "PriorityClass" => criticality::gather(self, object),
            "LimitRange" => namespaces::gather_limits(&mut self.limit_ranges, object),
            "ResourceQuota" => namespaces::gather_limits(&mut self.resource_quotas, object),
            "AuthorizationPolicy" => namespaces::gather_authorization(self, object),
            "Node" => nodes::gather(self, object),
            "APIService" => components::gather_api(self, object),
            "ClusterImagePolicy"
            | "ClusterPolicy"
            | "ValidatingWebhookConfiguration"
            | "MutatingWebhookConfiguration" => components::gather_verifier(self, kind, object),
            "ExternalSecret" | "SecretProviderClass" => configs::gather_made(self, kind, object),
            _ => {
                workloads::gather(self, kind, object);
                components::gather(self, kind, object);
            }
        }
        users::gather(self, kind, object);
    }

    /// Keeps of an object of a kind that nobody judges the pods it describes: what selects them, and what they refer to,
    /// is there all the same.
    pub(crate) fn gather_custom(&mut self, object: &Node<'_>) {
        if let Some(kind) = pods::custom_kind(object) {
            workloads::gather(self, &kind, object);
            components::gather(self, &kind, object);
            users::gather(self, &kind, object);
        }
    }

    /// Keeps the images of a pod that its owner speaks for: what was put into it on its way runs as well.
    pub(crate) fn gather_images(&mut self, pod: &Node<'_>) {
        if let Some(spec) = pod.get("spec") {
            components::gather_images(self, &spec);
        }
    }

    /// Where files hold a namespace twice, the metadata that is the last by its text counts.
    fn keep_namespace(&mut self, name: String, json: String) {
        let kept = self.namespaces.entry(name).or_default();
        if *kept < json {
            *kept = json;
        }
    }

    /// Puts two workers' gatherings together.
    pub fn merge(&mut self, other: Joins) {
        network_policies::append(self, &other.network_policies, &other.egress);
        self.cilium_policies.append(other.cilium_policies);
        self.workloads.append(other.workloads);
        self.autoscalers.append(other.autoscalers);
        self.disruption_budgets.append(other.disruption_budgets);
        self.config_maps.append(other.config_maps);
        self.secrets.append(other.secrets);
        self.labelled.append(other.labelled);
        self.ingresses.append(other.ingresses);
        self.routes.append(other.routes);
        self.gateways.append(other.gateways);
        self.gateway_routes.append(other.gateway_routes);
        self.users.append(other.users);
        self.limit_ranges.append(other.limit_ranges);
        self.resource_quotas.append(other.resource_quotas);
        self.authorizations.append(other.authorizations);
        self.nodes.append(other.nodes);
        self.priorities.append(other.priorities);
        self.components.append(other.components);
        self.images.extend(other.images);
        self.aggregated.extend(other.aggregated);
        self.verifiers.extend(other.verifiers);
        counts::append(&mut self.counts, other.counts);
        self.service_accounts.append(other.service_accounts);
        self.services.append(other.services);
        self.bindings.append(other.bindings);
        bindings::append_roles(self, &other.roles, &other.rules);
        for (name, json) in other.namespaces {
            self.keep_namespace(name, json);
        }
        self.aggregation.append(other.aggregation);
        self.access.merge(&other.access);
        self.border.append(other.border);
    }

    /// Puts everything in an order that does not depend on how it was read. Facts can be asked for only then.
    pub fn settle(&mut self) {
        network_policies::settle(self);
        self.cilium_policies.sort();
        self.service_accounts.sort();
        self.bindings.sort();
        services::settle(&mut self.services);
        workloads::settle(&mut self.workloads);
        self.autoscalers.sort();
        disruption_budgets::settle(&mut self.disruption_budgets);
        self.config_maps.sort();
        self.secrets.sort();
        for table in [
            &mut self.ingresses,
            &mut self.routes,
            &mut self.gateways,
            &mut self.gateway_routes,
            &mut self.users,
            &mut self.limit_ranges,
            &mut self.resource_quotas,
            &mut self.authorizations,
            &mut self.nodes,
            &mut self.priorities,
            &mut self.components,
        ] {
            table.sort();
            table.dedup();
        }
        self.labelled.settle(&self.workloads.namespaces());
        self.aggregation.settle(&mut self.roles, &mut self.rules);
        self.access.settle();
        self.border.settle();
    }
}

/// The name of an object, empty when it has none.
pub(crate) fn name<'a>(object: &Node<'a>) -> &'a str {
    object
        .at(&["metadata", "name"])
        .and_then(|name| name.as_str())
        .unwrap_or("")
}

/// The namespace of a namespaced object; `default` when a manifest names none, as `kubectl` would have it.
pub(crate) fn namespace<'a>(object: &Node<'a>) -> &'a str {
    object
        .at(&["metadata", "namespace"])
        .and_then(|name| name.as_str())
        .unwrap_or("default")
}

/// An object's own labels.
fn labels_of<'a>(object: &Node<'a>) -> BTreeMap<&'a str, &'a str> {
    let labels = object.at(&["metadata", "labels"]);
    selector::labels(&labels.unwrap_or(Node::Null))
}

/// The text under a key.
fn text<'a>(node: &Node<'a>, key: &str) -> Option<&'a str> {
    node.get(key)?.as_str()
}

/// The items of the list under a key; none when it is absent.
fn items<'a>(node: &Node<'a>, key: &str) -> &'a [Node<'a>] {
    node.get(key).map_or(&[][..], |list| list.items())
}

/// Each of the nodes once, in order: expressions look for every reference of an object among those that lead nowhere, and a
/// large object says the same thing often.
fn distinct_in<'a>(arena: &'a Bump, mut nodes: Vec<Node<'a>>) -> Node<'a> {
    let mut said = BTreeSet::new();
    nodes.retain(|node| said.insert(serde_json::to_string(node).unwrap_or_default()));
    Node::list_in(arena, nodes)
}

fn texts_in<'a>(arena: &'a Bump, texts: &[&str]) -> Node<'a> {
    Node::list_in(
        arena,
        texts
            .iter()
            .map(|text| Node::text_in(arena, text))
            .collect(),
    )
}

/// `{name, port, protocol}`, of a service or a container.
fn port_in<'a>(arena: &'a Bump, name: &str, port: i64, protocol: &str) -> Node<'a> {
    let entries = vec![
        ("name", Node::text_in(arena, name)),
        ("port", Node::Int(port)),
        ("protocol", Node::text_in(arena, protocol)),
    ];
    Node::map_in(arena, entries)
}
