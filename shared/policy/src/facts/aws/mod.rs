//! Facts across the border between Kubernetes and AWS: what either side names on the other.
//!
//! AWS resources are gathered as objects like any others, when the scan of a cluster shows them to a session; so a fact
//! about both sides is unknown as soon as a list of either is.

mod balancers;
mod groups;
mod identity;
mod images;
mod mapped;
mod names;
mod nodes;
mod parts;
mod roles;
#[cfg(test)]
mod tests;
mod trust;

use plimsoll_cel::{Bump, Node, decode_our_own};
use plimsoll_model::Named;
use serde::{Deserialize, Serialize};

use super::table::Table;
use super::{Fact, Joins, text};

pub(super) use balancers::fact as balancers;
pub(super) use groups::fact as groups;
pub(super) use identity::{associated, fact as identity};
pub(super) use mapped::fact as mapped;
pub(super) use nodes::fact as node_identity;
pub(super) use parts::fact as addons;

pub(super) const ASSOCIATION: &str = "AWS::EKS::PodIdentityAssociation";
pub(super) const CLUSTER: &str = "AWS::EKS::Cluster";
const ROLE: &str = "AWS::IAM::Role";

/// What is kept of both sides.
///
/// Bytes an object, besides names: of a Node, a PersistentVolume, a Service with an address the id that it names; of a
/// ServiceAccount with a role that role; of a role its trust and what it may do, as text; of load balancers, add-ons and
/// associations a few texts. Of pods nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Border {
    /// What Kubernetes names: the letter of [`Named`], the id; images aside, which stand in [`Joins`].
    named: Table,
    /// ServiceAccounts with a role: namespace, name, role, audience.
    accounts: Table,
    /// Who has a load balancer: kind, namespace, name, DNS name.
    balanced: Table,
    /// The roles of aws-auth.
    mapped: Table,
    associations: Table,
    roles: Table,
    clusters: Table,
    addons: Table,
    balancers: Table,
    /// The metadata services of instances.
    metadata: Table,
    /// Whether the roles that anything names, and that the account's own list has, stand among the roles.
    knows_named_roles: bool,
}

impl Border {
    /// Keeps of an object what crosses the border.
    pub(super) fn gather(&mut self, kind: &str, object: &Node<'_>) {
        match kind {
            "ServiceAccount" => identity::gather_account(self, object),
            ASSOCIATION => identity::gather_association(self, object),
            CLUSTER => identity::gather_cluster(self, object),
            ROLE => roles::gather(self, object),
            "AWS::EC2::Instance" => nodes::gather(self, object),
            "AWS::EKS::Addon" => parts::gather(self, object),
            "ConfigMap" => mapped::gather(self, object),
            "AWS::ElasticLoadBalancingV2::LoadBalancer"
            | "AWS::ElasticLoadBalancing::LoadBalancer" => balancers::gather(self, object),
            _ => names::gather(self, kind, object),
        }
    }

    pub(super) fn append(&mut self, other: Border) {
        self.knows_named_roles |= other.knows_named_roles;
        for (own, other) in self.tables().into_iter().zip(other.into_tables()) {
            own.append(other);
        }
    }

    pub(super) fn settle(&mut self) {
        for table in self.tables() {
            table.sort();
            table.dedup();
        }
    }

    fn tables(&mut self) -> [&mut Table; 10] {
        [
            &mut self.named,
            &mut self.accounts,
            &mut self.balanced,
            &mut self.mapped,
            &mut self.associations,
            &mut self.roles,
            &mut self.clusters,
            &mut self.addons,
            &mut self.balancers,
            &mut self.metadata,
        ]
    }

    fn into_tables(self) -> [Table; 10] {
        [
            self.named,
            self.accounts,
            self.balanced,
            self.mapped,
            self.associations,
            self.roles,
            self.clusters,
            self.addons,
            self.balancers,
            self.metadata,
        ]
    }
}

impl Joins {
    /// Calls `give` with everything that Kubernetes names in AWS; some of it often. An empty id stands for some that cannot
    /// be told.
    pub fn named_in_aws(&self, give: &mut dyn FnMut(Named, &str)) {
        for mut texts in self.border.named.all() {
            let letter = texts.text();
            if let Some(named) = Named::ALL
                .into_iter()
                .find(|named| named.letter() == letter)
            {
                give(named, texts.text());
            }
        }
        for image in &self.images {
            if let Some(repository) = images::repository(image) {
                give(Named::Repository, &repository);
            }
        }
    }

    /// Calls `give` with the ARN of every role that ServiceAccounts, associations or aws-auth name; aws-auth's are without
    /// their path.
    pub fn roles_named(&self, give: &mut dyn FnMut(&str)) {
        roles::named(self, give);
    }

    /// Keeps what facts need of the roles that [`Joins::roles_named`] gave, of those that exist: `roles`, as the account's own
    /// list has them, which is whole. Whether the list of roles that the cluster uses is whole no longer matters to such facts.
    pub fn know_named_roles(&mut self, roles: &[Node<'_>]) {
        for role in roles {
            self.border.gather(ROLE, role);
        }
        self.border.knows_named_roles = true;
    }

    /// Whether a fact can be told though a list is not whole.
    pub(super) fn tells_without(&self, fact: Fact, list: &str) -> bool {
        let of_named_roles = matches!(fact, Fact::AwsIdentity | Fact::MappedRoles);
        of_named_roles && list == ROLE && self.border.knows_named_roles
    }
}

/// A part of an object as text, which [`part_in`] reads again; null if it is not set.
fn part_of(object: &Node<'_>, path: &[&str]) -> String {
    let part = look(object, path);
    serde_json::to_string(&part).unwrap_or_default()
}

/// What stands at a path: unknown where the way to it is, null where nothing is set.
fn look<'a>(object: &Node<'a>, path: &[&str]) -> Node<'a> {
    let mut node = *object;
    for step in path {
        match node {
            Node::Unknown(_) => return node,
            _ => node = node.get(step).unwrap_or(Node::Null),
        }
    }
    node
}

fn part_in<'a>(arena: &'a Bump, json: &str) -> Node<'a> {
    decode_our_own(arena, json.as_bytes()).unwrap_or(Node::Null)
}

/// The text at a path, empty if it is not set or not known; who may not guess looks at the part itself.
fn said<'a>(object: &Node<'a>, path: &[&str]) -> &'a str {
    look(object, path).as_str().unwrap_or("")
}

fn unread<'a>(arena: &'a Bump, what: &str) -> Node<'a> {
    Node::Unknown(arena.alloc_str(&format!("inputUnread {what}")))
}

/// The account in an ARN.
fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or("")
}

/// The text under a key of `Properties`.
fn property<'a>(object: &Node<'a>, key: &str) -> &'a str {
    let properties = object.get("Properties").unwrap_or(Node::Null);
    text(&properties, key).unwrap_or("")
}
