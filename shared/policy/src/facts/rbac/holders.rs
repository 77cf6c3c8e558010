//! Who holds powers, and over what: the nodes of the graph of escalations.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::powers::Powers;

/// Somebody who may hold powers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Who {
    /// Namespace and name of a ServiceAccount that a binding names.
    Account(String, String),
    /// Any account of the namespace, by the groups it is in.
    AnyOf(String),
    /// Any account at all, by the groups it is in.
    Any,
    User(String),
    Group(String),
    /// Somebody with that ClusterRole in the whole cluster.
    Role(String),
    /// Somebody with that ClusterRole in that namespace.
    RoleIn(String, String),
}

/// Powers, and where they hold.
#[derive(Debug, Default)]
pub(super) struct Held<'w> {
    /// In the whole cluster.
    pub(super) everywhere: Powers,
    /// In single namespaces.
    pub(super) spaces: BTreeMap<&'w str, Powers>,
    /// The ClusterRoles that are held in the whole cluster.
    pub(super) roles: Vec<&'w str>,
}

/// The powers of somebody. What accounts hold as members of groups is worked out once for all members.
#[derive(Debug)]
pub(super) struct Holder<'w> {
    pub(super) own: Held<'w>,
    /// What everybody of the same groups holds.
    pub(super) shared: Rc<Held<'w>>,
    /// In the whole cluster, own and shared.
    pub(super) everywhere: Powers,
}

impl Held<'_> {
    fn is_harmless(&self) -> bool {
        self.everywhere.is_empty() && self.spaces.values().all(Powers::is_empty)
    }

    /// What holds in a namespace.
    pub(super) fn in_space(&self, space: &str) -> Powers {
        let mut powers = self.everywhere.clone();
        powers.add(self.spaces.get(space).unwrap_or(&Powers::default()));
        powers
    }
}

impl Holder<'_> {
    /// Whether nothing of its own leads anywhere.
    pub(super) fn is_harmless(&self) -> bool {
        self.own.is_harmless() && (self.own.roles.is_empty() || self.shared.is_harmless())
    }

    /// What holds in a namespace.
    pub(super) fn in_space(&self, space: &str) -> Powers {
        let mut powers = self.own.in_space(space);
        powers.add(&self.shared.in_space(space));
        powers
    }

    /// The namespaces in which its own powers change something.
    pub(super) fn spaces(&self) -> BTreeSet<&str> {
        let own = self.own.spaces.keys();
        let shared = (!self.own.everywhere.is_empty()).then(|| self.shared.spaces.keys());
        own.chain(shared.into_iter().flatten()).copied().collect()
    }

    /// All its powers, each with the namespace it holds in or none.
    pub(super) fn all(&self) -> impl Iterator<Item = &Powers> {
        let spaces = self.own.spaces.values().chain(self.shared.spaces.values());
        spaces.chain([&self.everywhere])
    }
}
