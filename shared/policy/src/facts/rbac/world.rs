//! What of the cluster decides where powers lead.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use plimsoll_cel::{Bump, decode_json};

use super::super::Joins;
use super::grants::{ACCOUNTS_GROUP, AUTHENTICATED, Grant, Grants, Subject, group_of};
use super::holders::{Held, Holder, Who};
use super::powers::Powers;
use super::{CONTROLLER, KUBE_SYSTEM};

/// Roles, bindings, accounts, namespaces, and what is worked out of them on the way.
pub(super) struct World<'j> {
    joins: &'j Joins,
    grants: &'j Grants,
    /// By the number of rules.
    powers: RefCell<HashMap<u32, Powers>>,
    /// What accounts hold as members of groups: those of a namespace, or, without one, all.
    shared: RefCell<HashMap<Option<&'j str>, Rc<Held<'j>>>>,
    /// By name, the namespaces of the accounts of that name.
    namesakes: BTreeMap<&'j str, Vec<&'j str>>,
    /// The namespaces whose accounts hold something as a group.
    groups: BTreeSet<&'j str>,
    /// Namespaces that enforce neither baseline nor restricted, of those that are known.
    open: BTreeSet<&'j str>,
}

impl<'j> World<'j> {
    pub(super) fn of(joins: &'j Joins, grants: &'j Grants) -> Self {
        let open = joins
            .namespaces
            .iter()
            .filter(|(_, metadata)| is_open(metadata));
        let mut namesakes: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut groups = BTreeSet::new();
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
            shared: RefCell::default(),
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
        let mut own = Held::default();
        let mut shared: Rc<Held<'w>> = Rc::default();
        match who {
            Who::Account(namespace, name) => {
                self.take(&mut own, Subject::Account(namespace, name));
                shared = self.shared(Some(namespace));
            }
            Who::AnyOf(namespace) => {
                self.take(&mut own, Subject::Group(&group_of(namespace)));
                shared = self.shared(None);
            }
            Who::Any => {
                self.take(&mut own, Subject::Group(ACCOUNTS_GROUP));
                self.take(&mut own, Subject::Group(AUTHENTICATED));
            }
            Who::User(name) => {
                self.take(&mut own, Subject::User(name));
                self.take(&mut own, Subject::Group(AUTHENTICATED));
            }
            Who::Group(name) => {
                self.take(&mut own, Subject::Group(name));
                self.take(&mut own, Subject::Group(AUTHENTICATED));
            }
            Who::Role(role) => {
                own.everywhere = self.powers_of_role(role);
                own.roles.push(role);
            }
            Who::RoleIn(namespace, role) => {
                own.spaces.insert(namespace, self.powers_of_role(role));
            }
        }
        let mut everywhere = own.everywhere.clone();
        everywhere.add(&shared.everywhere);
        Holder {
            own,
            shared,
            everywhere,
        }
    }

    /// What the accounts of a namespace hold by the groups they are in.
    fn shared(&self, namespace: Option<&str>) -> Rc<Held<'j>> {
        let namespace = namespace
            .and_then(|namespace| self.groups.get(namespace))
            .copied();
        if let Some(known) = self.shared.borrow().get(&namespace) {
            return Rc::clone(known);
        }
        let mut held = Held::default();
        self.take(&mut held, Subject::Group(ACCOUNTS_GROUP));
        self.take(&mut held, Subject::Group(AUTHENTICATED));
        if let Some(namespace) = namespace {
            self.take(&mut held, Subject::Group(&group_of(namespace)));
        }
        let held = Rc::new(held);
        self.shared.borrow_mut().insert(namespace, Rc::clone(&held));
        held
    }

    fn take<'w>(&self, held: &mut Held<'w>, subject: Subject<'_>)
    where
        'j: 'w,
    {
        let mut known = self.powers.borrow_mut();
        for grant in self.grants.to(subject) {
            let powers = known
                .entry(grant.rules)
                .or_insert_with(|| Powers::of(self.grants.rules(grant.rules)));
            if grant.space.is_empty() {
                held.everywhere.add(powers);
                held.roles.push(grant.role);
            } else if !powers.is_empty() {
                held.spaces.entry(grant.space).or_default().add(powers);
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
