//! What ServiceAccounts may do, and how they could come to control the cluster.
//!
//! Everything follows from roles and bindings as the API server reads them (kubernetes.io/docs/reference/access-authn-authz/rbac).
//! It is worked out from the settled tables when somebody first asks, once for all workers.

mod aggregation;
mod asks;
mod assumers;
mod control;
mod everything;
mod grants;
mod here;
mod holders;
mod missing;
mod paths;
mod permissions;
mod powers;
mod rule;
mod steps;
mod takeover;
mod world;

use std::sync::OnceLock;

use plimsoll_cel::Node;
use serde::{Deserialize, Serialize};

use super::{Table, name, namespace};
use grants::Grants;

pub(super) use aggregation::Aggregation;
pub(super) use assumers::fact as assumers;
pub(super) use everything::groups as groups_with_everything;
pub(super) use missing::fact as missing_accounts;
pub(super) use permissions::fact as permissions;
pub(super) use takeover::fact as takeover;

/// The namespace of the cluster's own parts. A list of namespaces that has it is a cluster's whole list.
const KUBE_SYSTEM: &str = "kube-system";

/// ClusterRoles of this name and a ServiceAccount's in kube-system are bound to it by the API server (RBAC reference, "Roles for
/// built-in controllers").
const CONTROLLER: &str = "system:controller:";

/// What is kept besides roles and bindings: two bits. The rest is made of the tables of [`super::Joins`] when it is asked for:
/// some 60 bytes and four names for each subject of a binding, and the steps of each account that can take over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Access {
    /// Whether the ConfigMap is there that maps IAM identities to groups on Amazon EKS.
    aws_auth: bool,
    /// Whether the API server runs as a pod on a node of the cluster.
    control_plane: bool,
    #[serde(skip)]
    grants: OnceLock<Grants>,
    /// Namespace and name of an account, and its steps. Without a name: all accounts of the namespace that no binding
    /// names; without both: all accounts that no binding names.
    #[serde(skip)]
    ways: OnceLock<Table>,
    /// Who can act as the accounts of a namespace, or of all.
    #[serde(skip)]
    assumers: OnceLock<Table>,
}

impl Access {
    /// Looks for the two bits.
    pub(super) fn gather(&mut self, kind: &str, object: &Node<'_>) {
        if namespace(object) != KUBE_SYSTEM {
            return;
        }
        match kind {
            "ConfigMap" => self.aws_auth |= name(object) == "aws-auth",
            "Pod" => self.control_plane |= runs_api_server(object),
            _ => {}
        }
    }

    pub(super) fn merge(&mut self, other: &Access) {
        self.aws_auth |= other.aws_auth;
        self.control_plane |= other.control_plane;
    }

    /// Forgets what was worked out of tables that have changed.
    pub(super) fn settle(&mut self) {
        self.grants = OnceLock::new();
        self.ways = OnceLock::new();
        self.assumers = OnceLock::new();
    }
}

/// Static pods of the control plane are listed as pods of kube-system (kubernetes.io/docs/tasks/configure-pod-container/static-pod).
fn runs_api_server(pod: &Node<'_>) -> bool {
    let containers = pod.at(&["spec", "containers"]).unwrap_or(Node::Null);
    containers.items().iter().any(|container| {
        let words = ["command", "args"]
            .iter()
            .filter_map(|key| container.get(key));
        let mut words = words
            .flat_map(|list| list.items())
            .filter_map(|word| word.as_str());
        words
            .next()
            .is_some_and(|program| program.rsplit('/').next() == Some("kube-apiserver"))
    })
}

/// Namespace and name of the ServiceAccount that the object is, or that its pods use.
fn account<'a>(kind: &str, object: &Node<'a>) -> Option<(&'a str, &'a str)> {
    match kind {
        "ServiceAccount" => Some((namespace(object), name(object))),
        _ => {
            let spec = object.at(crate::kinds::pod_spec_keys(kind)?)?;
            Some((namespace(object), super::service_accounts::used(&spec)))
        }
    }
}

#[cfg(test)]
mod tests;
