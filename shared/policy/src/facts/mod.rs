//! Facts: joins over lists, gathered while objects pass and computed once, pure and serialisable.
//!
//! A fact that misses a list it needs is unknown, and unknown makes a verdict *not evaluated*.

mod bindings;
mod default_roles;
mod network_policies;
mod rbac;
mod rules;
mod selector;
mod service_accounts;
mod services;
mod table;

use std::collections::BTreeMap;

use plimsoll_cel::{Bump, Node};
use serde::{Deserialize, Serialize};

use rbac::{Access, Aggregation};
use rules::Rules;
use table::Table;

/// The facts an expression may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Fact {
    /// Which network policies select a workload's pods, or lie in a namespace.
    NetworkPolicies,
    /// The ServiceAccount a workload uses.
    ServiceAccount,
    /// The services that select a workload's pods.
    Services,
    /// Who is bound to a role.
    Subjects,
    /// What a binding's role allows.
    Role,
    /// Everything that a ServiceAccount, or the one a workload uses, may do.
    Permissions,
    /// How that ServiceAccount could come to control the cluster.
    Takeover,
    /// The ServiceAccounts that a binding names and that do not exist.
    MissingServiceAccounts,
}

impl Fact {
    pub(crate) const ALL: [Fact; 8] = [
        Fact::NetworkPolicies,
        Fact::ServiceAccount,
        Fact::Services,
        Fact::Subjects,
        Fact::Role,
        Fact::Permissions,
        Fact::Takeover,
        Fact::MissingServiceAccounts,
    ];

    /// Its name in expressions.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Fact::NetworkPolicies => "facts.networkPolicies",
            Fact::ServiceAccount => "facts.serviceAccount",
            Fact::Services => "facts.services",
            Fact::Subjects => "facts.subjects",
            Fact::Role => "facts.role",
            Fact::Permissions => "facts.permissions",
            Fact::Takeover => "facts.takeover",
            Fact::MissingServiceAccounts => "facts.missing.serviceAccounts",
        }
    }

    /// The lists it is made of, by plural.
    pub(crate) fn lists(self) -> &'static [&'static str] {
        match self {
            Fact::NetworkPolicies => &["networkpolicies"],
            Fact::ServiceAccount => &["serviceaccounts"],
            Fact::Services => &["services"],
            Fact::Subjects => &["rolebindings", "clusterrolebindings"],
            Fact::Role => &["roles", "clusterroles"],
            Fact::Permissions => &[
                "roles",
                "clusterroles",
                "rolebindings",
                "clusterrolebindings",
            ],
            Fact::Takeover => &[
                "roles",
                "clusterroles",
                "rolebindings",
                "clusterrolebindings",
                "serviceaccounts",
                "namespaces",
                "configmaps",
                "pods",
            ],
            Fact::MissingServiceAccounts => &["serviceaccounts", "namespaces"],
        }
    }
}

/// What pass one keeps of the objects it has seen: the only thing in a scan that grows with their number.
///
/// Bytes an object, besides its name and namespace: a Service 20 and its selector, a NetworkPolicy 15 and its selector,
/// a ServiceAccount 15, a binding 20, the role's name and the subjects' names, a role 25 and its rules once for all roles
/// that have the same, a ClusterRole its labels until it is settled; a Namespace its metadata. Nothing of other kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joins {
    network_policies: Table,
    service_accounts: Table,
    services: Table,
    bindings: Table,
    roles: Table,
    rules: Rules,
    aggregation: Aggregation,
    access: Access,
    /// Namespace objects (metadata only) as JSON, by name.
    namespaces: BTreeMap<String, String>,
}

impl Joins {
    /// Keeps of `object` what some fact needs.
    pub(crate) fn gather(&mut self, kind: &str, object: &Node<'_>) {
        self.access.gather(kind, object);
        match kind {
            "NetworkPolicy" => network_policies::gather(self, object),
            "ServiceAccount" => service_accounts::gather(self, object),
            "Service" => services::gather(self, object),
            "RoleBinding" | "ClusterRoleBinding" => bindings::gather_binding(self, kind, object),
            "Role" | "ClusterRole" => bindings::gather_role(self, kind, object),
            "Namespace" => {
                let metadata = object.get("metadata").unwrap_or(Node::Null);
                let json = serde_json::to_string(&metadata).unwrap_or_default();
                self.namespaces.insert(name(object).to_owned(), json);
            }
            _ => {}
        }
    }

    /// Puts two workers' gatherings together.
    pub fn merge(&mut self, other: Joins) {
        self.network_policies.append(other.network_policies);
        self.service_accounts.append(other.service_accounts);
        self.services.append(other.services);
        self.bindings.append(other.bindings);
        bindings::append_roles(self, &other.roles, &other.rules);
        self.aggregation.append(other.aggregation);
        self.access.merge(&other.access);
        self.namespaces.extend(other.namespaces);
    }

    /// Puts everything in an order that does not depend on how it was read. Facts can be asked for only then.
    pub fn settle(&mut self) {
        self.network_policies.sort();
        self.service_accounts.sort();
        self.bindings.sort();
        self.aggregation.settle(&mut self.roles, &mut self.rules);
        self.access.settle();
        services::settle(self);
    }

    /// The fact about one object.
    pub(crate) fn fact<'a>(
        &self,
        fact: Fact,
        kind: &str,
        object: &Node<'a>,
        arena: &'a Bump,
    ) -> Node<'a> {
        match fact {
            Fact::NetworkPolicies => network_policies::fact(self, kind, object, arena),
            Fact::ServiceAccount => service_accounts::fact(self, kind, object, arena),
            Fact::Services => services::fact(self, kind, object, arena),
            Fact::Subjects => bindings::subjects(self, kind, object, arena),
            Fact::Role => bindings::role(self, object, arena),
            Fact::Permissions => rbac::permissions(self, kind, object, arena),
            Fact::Takeover => rbac::takeover(self, kind, object, arena),
            Fact::MissingServiceAccounts => rbac::missing_accounts(self, kind, object, arena),
        }
    }

    /// The namespace object of `object`, with its metadata only; null when it was not among the documents.
    pub(crate) fn namespace_object<'a>(&self, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
        let metadata = self
            .namespaces
            .get(namespace(object))
            .and_then(|json| plimsoll_cel::decode_json(arena, json.as_bytes()).ok());
        metadata.map_or(Node::Null, |metadata| {
            Node::map_in(arena, vec![("metadata", metadata)])
        })
    }
}

/// The name of an object, empty when it has none.
fn name<'a>(object: &Node<'a>) -> &'a str {
    object
        .at(&["metadata", "name"])
        .and_then(|name| name.as_str())
        .unwrap_or("")
}

/// The namespace of a namespaced object; `default` when a manifest names none, as `kubectl` would have it.
fn namespace<'a>(object: &Node<'a>) -> &'a str {
    object
        .at(&["metadata", "namespace"])
        .and_then(|name| name.as_str())
        .unwrap_or("default")
}

/// The labels of a workload's pods.
fn pod_labels<'a>(kind: &str, object: &Node<'a>) -> Node<'a> {
    let keys = crate::kinds::pod_metadata_keys(kind).unwrap_or_default();
    object
        .at(keys)
        .and_then(|metadata| metadata.get("labels"))
        .unwrap_or(Node::Null)
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
