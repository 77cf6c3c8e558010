//! Who holds powers, and over what: the nodes of the graph of escalations.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_cel::{Bump, decode_json};

use super::super::Joins;
use super::grants::{AUTHENTICATED, Grant, Grants, Subject};
use super::powers::Powers;
use super::{CONTROLLER, KUBE_SYSTEM};

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

/// The powers of somebody.
#[derive(Debug, Default)]
pub(super) struct Holder<'w> {
    /// In the whole cluster.
    pub(super) everywhere: Powers,
    /// In single namespaces.
    pub(super) spaces: BTreeMap<&'w str, Powers>,
    /// The ClusterRoles it has in the whole cluster.
    pub(super) roles: Vec<&'w str>,
}

/// What of the cluster decides where powers lead.
pub(super) struct World<'j> {
    joins: &'j Joins,
    grants: &'j Grants,
    /// By the number of rules.
    powers: RefCell<HashMap<u32, Powers>>,
    /// By name, the namespaces of the accounts of that name.
    namesakes: BTreeMap<&'j str, Vec<&'j str>>,
    /// The namespaces whose accounts hold something as a group.
    groups: Vec<&'j str>,
    /// Namespaces that enforce neither baseline nor restricted, of those that are known.
    open: BTreeSet<&'j str>,
}

impl Holder<'_> {
    /// Whether nothing it may do leads anywhere.
    pub(super) fn is_harmless(&self) -> bool {
        self.everywhere.is_empty() && self.spaces.values().all(Powers::is_empty)
    }
}

impl<'j> World<'j> {
    pub(super) fn of(joins: &'j Joins, grants: &'j Grants) -> Self {
        let open = joins
            .namespaces
            .iter()
            .filter(|(_, metadata)| is_open(metadata));
        let mut namesakes: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut groups = Vec::new();
        for subject in grants.subjects() {
            match subject {
                Subject::Account(namespace, name) => {
                    namesakes.entry(name).or_default().push(namespace)
                }
                subject => groups.extend(subject.accounts_of()),
            }
        }
        Self {
            joins,
            grants,
            namesakes,
            groups,
            powers: RefCell::default(),
            open: open.map(|(name, _)| name.as_str()).collect(),
        }
    }

    /// Everybody by whom paths may begin.
    pub(super) fn accounts(&self) -> Vec<Who> {
        let mut all = vec![Who::Any];
        for subject in self.grants.subjects() {
            match subject {
                Subject::Account(namespace, name) => {
                    all.push(Who::Account(namespace.to_owned(), name.to_owned()))
                }
                subject => {
                    let namespace = subject.accounts_of();
                    all.extend(namespace.map(|namespace| Who::AnyOf(namespace.to_owned())));
                }
            }
        }
        all
    }

    /// What somebody holds.
    pub(super) fn holder<'w>(&self, who: &'w Who) -> Holder<'w>
    where
        'j: 'w,
    {
        let mut holder = Holder::default();
        let groups = |subject| {
            self.grants
                .to(subject)
                .chain(self.grants.to(Subject::Group(AUTHENTICATED)))
        };
        match who {
            Who::Account(namespace, name) => {
                self.take(&mut holder, self.grants.to_account(namespace, name))
            }
            Who::AnyOf(namespace) => self.take(&mut holder, self.grants.to_account(namespace, "")),
            Who::Any => self.take(&mut holder, self.grants.to_account("", "")),
            Who::User(name) => self.take(&mut holder, groups(Subject::User(name))),
            Who::Group(name) => self.take(&mut holder, groups(Subject::Group(name))),
            Who::Role(role) => {
                holder.everywhere = self.powers_of_role(role);
                holder.roles.push(role);
            }
            Who::RoleIn(namespace, role) => {
                holder.spaces.insert(namespace, self.powers_of_role(role));
            }
        }
        holder
    }

    fn take<'w>(&self, holder: &mut Holder<'w>, grants: impl IntoIterator<Item = Grant<'w>>) {
        for grant in grants {
            let mut known = self.powers.borrow_mut();
            let powers = known
                .entry(grant.rules)
                .or_insert_with(|| Powers::of(self.grants.rules(grant.rules)));
            if grant.space.is_empty() {
                holder.everywhere.add(powers);
                holder.roles.push(grant.role);
            } else if !powers.is_empty() {
                holder.spaces.entry(grant.space).or_default().add(powers);
            }
        }
    }

    fn powers_of_role(&self, role: &str) -> Powers {
        super::grants::rules_of_cluster_role(self.joins, role)
            .map_or_else(Powers::default, Powers::of)
    }

    /// Whether the account is there to be used. Of the accounts of the control plane those of a cluster that was not
    /// listed are taken to be there: the controller manager makes them at its start, as every installer sets it up.
    fn exists(&self, namespace: &str, name: &str) -> bool {
        name == "default"
            || self
                .joins
                .service_accounts
                .beginning_with([namespace, name])
                .next()
                .is_some()
            || self.is_controller(namespace, name)
                && !self.joins.namespaces.contains_key(KUBE_SYSTEM)
    }

    /// Whether somebody is there: all are but accounts that nobody made.
    pub(super) fn has(&self, who: &Who) -> bool {
        !matches!(who, Who::Account(namespace, name) if !self.exists(namespace, name))
    }

    /// Whether it is an account of the control plane, which no pod uses.
    pub(super) fn is_controller(&self, namespace: &str, name: &str) -> bool {
        let bound = |grant: Grant<'_>| {
            grant.binding == grant.role && grant.role.strip_prefix(CONTROLLER) == Some(name)
        };
        namespace == KUBE_SYSTEM && self.grants.to(Subject::Account(namespace, name)).any(bound)
    }

    /// The accounts of that name in all namespaces, of those that hold anything that not all accounts hold.
    pub(super) fn namesakes(&self, name: &str) -> impl Iterator<Item = Who> {
        let bound = self.namesakes.get(name).into_iter().flatten();
        let spaces: BTreeSet<&str> = bound.chain(&self.groups).copied().collect();
        spaces
            .into_iter()
            .map(move |space| Who::Account(space.to_owned(), name.to_owned()))
    }

    /// The names of secrets that hold tokens of the account.
    pub(super) fn tokens(&self, namespace: &str, name: &str) -> Vec<String> {
        let accounts = self
            .joins
            .service_accounts
            .beginning_with([namespace, name]);
        accounts
            .flat_map(|texts| texts.skip(1).map(str::to_owned))
            .collect()
    }

    /// Whether pods of any kind are let into the namespace: it is known, and Pod Security admission is not told to
    /// enforce baseline or restricted there (kubernetes.io/docs/concepts/security/pod-security-admission). Other
    /// admission control is not known here.
    pub(super) fn is_open(&self, namespace: &str) -> bool {
        self.open.contains(namespace)
    }

    /// A namespace that is open.
    pub(super) fn an_open_one(&self) -> Option<&'j str> {
        self.open.first().copied()
    }

    /// Whether the control plane's own pods run on nodes of the cluster, so that root on the nodes is root over it.
    pub(super) fn has_control_plane(&self) -> bool {
        self.joins.access.control_plane
    }

    /// Whether the ConfigMap kube-system/aws-auth is there.
    pub(super) fn has_aws_auth(&self) -> bool {
        self.joins.access.aws_auth
    }
}

fn is_open(metadata: &str) -> bool {
    let arena = Bump::new();
    let level = decode_json(&arena, metadata.as_bytes())
        .ok()
        .and_then(|metadata| {
            metadata
                .at(&["labels", "pod-security.kubernetes.io/enforce"])?
                .as_str()
        });
    !matches!(level, Some("baseline" | "restricted"))
}
