//! What is told of one object from what was gathered of all.

use plimsoll_cel::{Bump, Node};

use super::references::To;
use super::{
    Fact, Joins, autoscalers, aws, backends, bindings, components, configs, counts, criticality,
    disruption_budgets, exposure, gateway_routes, missing, monitors, namespace, namespaces,
    network_policies, nodes, peers, pod_security, rbac, service_accounts, services, texts_in,
    users,
};

impl Joins {
    /// The fact about one object, for a server of the minor version `kubernetes`, where some lists were not read.
    ///
    /// # Errors
    /// It cannot be told: what it would take, a list by its plural or an object by kind and name.
    pub(crate) fn told<'a>(
        &self,
        fact: Fact,
        kind: &str,
        object: &Node<'a>,
        arena: &'a Bump,
        kubernetes: u32,
        is_missing: &dyn Fn(&str) -> bool,
    ) -> Result<Node<'a>, &'a str> {
        let needed = |list: &&&str| fact != Fact::Criticality && !self.tells_without(fact, list);
        let mut lists = fact.lists().iter().filter(needed);
        if let Some(list) = lists.find(|list| is_missing(list)) {
            return Err(list);
        }
        Ok(match fact {
            Fact::NetworkPolicies => network_policies::fact(self, kind, object, arena),
            Fact::ServiceAccount => service_accounts::fact(self, kind, object, arena),
            Fact::Services => services::fact(self, kind, object, arena),
            Fact::Subjects => bindings::subjects(self, kind, object, arena),
            Fact::Role => bindings::role(self, object, arena),
            Fact::Backends => backends::fact(self, kind, object, arena),
            Fact::Autoscalers => autoscalers::fact(self, kind, object, arena),
            Fact::BackendAutoscalers => autoscalers::of_backends(self, kind, object, arena),
            Fact::DisruptionBudgets => disruption_budgets::fact(self, kind, object, arena),
            Fact::SelectedServices => monitors::fact(self, object, arena),
            Fact::MissingServices => missing::services(self, kind, object, arena),
            Fact::ServiceReferences => missing::references(kind, object, arena),
            Fact::MissingEndpoints => missing::endpoints(self, kind, object, arena),
            Fact::MissingConfigMaps => configs::missing(self, To::ConfigMap, kind, object, arena),
            Fact::MissingSecrets => configs::missing(self, To::Secret, kind, object, arena),
            Fact::MissingScaleTargets => missing::scale_targets(self, object, arena),
            Fact::DanglingPeers => peers::dangling(self, object, arena),
            Fact::Network => network_policies::network(self, kind, object, arena),
            Fact::Exposure => exposure::fact(self, kind, object, arena),
            Fact::Gateway => gateway_routes::fact(self, object, arena),
            Fact::Users => users::fact(self, kind, object, arena),
            Fact::LimitRanges => namespaces::limit_ranges(self, object, arena),
            Fact::ResourceQuotas => namespaces::resource_quotas(self, object, arena),
            Fact::PodSecurity => pod_security::fact(self, kind, object, arena, kubernetes),
            Fact::Authorizations => namespaces::authorizations(self, object, arena),
            Fact::Nodes => nodes::fact(self, arena),
            Fact::Components => components::fact(self, kind, object, arena),
            Fact::Images => components::listed(&self.images, arena),
            Fact::UsedNamespaces => texts_in(arena, &self.workloads.namespaces()),
            Fact::AggregatedApis => components::listed(&self.aggregated, arena),
            Fact::ImageVerifiers => components::listed(&self.verifiers, arena),
            Fact::Counts => counts::fact(&self.counts, arena),
            Fact::Permissions => rbac::permissions(self, kind, object, arena),
            Fact::Takeover => rbac::takeover(self, kind, object, arena),
            Fact::Assumers => rbac::assumers(self, kind, object, arena),
            Fact::MissingServiceAccounts => rbac::missing_accounts(self, kind, object, arena),
            Fact::AwsIdentity => aws::identity(self, kind, object, arena),
            Fact::NodeIdentity => aws::node_identity(self, kind, object, arena),
            Fact::MappedRoles => aws::mapped(self, object, arena),
            Fact::AdminGroups => aws::groups(self, arena),
            Fact::Addons => aws::addons(self, arena),
            Fact::LoadBalancers => aws::balancers(self, kind, object, arena),
            Fact::Criticality => return criticality::fact(self, kind, object, arena, is_missing),
        })
    }

    /// The fact about one object of which all inputs were read.
    #[cfg(test)]
    pub(crate) fn fact<'a>(
        &self,
        fact: Fact,
        kind: &str,
        object: &Node<'a>,
        arena: &'a Bump,
        kubernetes: u32,
    ) -> Node<'a> {
        let told = self.told(fact, kind, object, arena, kubernetes, &|_| false);
        told.unwrap_or_else(|input| panic!("{input} is missing"))
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
