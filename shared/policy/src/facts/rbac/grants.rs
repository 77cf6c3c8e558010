//! Who holds which rules where: bindings turned round, so that what a subject holds is found without looking at others.

use std::collections::BTreeSet;

use plimsoll_cel::{Bump, Node, decode_json};

use super::super::table::Texts;
use super::super::{Joins, Rules, Table, default_roles};
use super::rule::{self, Rule};
use super::{CONTROLLER, KUBE_SYSTEM};

/// A subject of bindings. Kinds that are no user, group or account hold nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Subject<'t> {
    /// Namespace and name of a ServiceAccount.
    Account(&'t str, &'t str),
    User(&'t str),
    Group(&'t str),
}

// How kinds of subjects are kept.
const ACCOUNT: &str = "a";
const USER: &str = "u";
const GROUP: &str = "g";

/// The user that a ServiceAccount is (kubernetes.io/docs/reference/access-authn-authz/authentication, "Service account tokens").
const ACCOUNT_USER: &str = "system:serviceaccount:";
/// Every ServiceAccount is in this group, and in the one of its namespace: this, `:`, the namespace.
pub(super) const ACCOUNTS_GROUP: &str = "system:serviceaccounts";
/// Everybody who has signed in, so every ServiceAccount too, is in this group.
pub(super) const AUTHENTICATED: &str = "system:authenticated";

/// The roles that the API server itself binds to groups that hold every ServiceAccount (RBAC reference, "API discovery roles"
/// and "Other component roles"). What they allow, every account may do; it says nothing of one and is left out.
pub(super) const OF_EVERYBODY: [&str; 4] = [
    "system:basic-user",
    "system:discovery",
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
];

/// Those controllers that have a Role in kube-system instead of a ClusterRole, or beside it.
const CONTROLLERS_WITH_ROLES: [&str; 3] = ["bootstrap-signer", "cloud-provider", "token-cleaner"];

/// A rule text that a subject holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Grant<'t> {
    /// The namespace it holds in, empty for the whole cluster.
    pub(super) space: &'t str,
    pub(super) binding: &'t str,
    /// `Role` or `ClusterRole`.
    pub(super) kind: &'t str,
    pub(super) role: &'t str,
    /// The number of the rules in [`Grants::rules`].
    pub(super) rules: u32,
}

/// Subject (kind, namespace, name), then space, binding, kind and name of the role, number of its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grants {
    table: Table,
    rules: Rules,
}

impl<'t> Subject<'t> {
    /// As the authorizer reads it: a user by the name of an account is that account.
    fn read(kind: &str, namespace: &'t str, name: &'t str) -> Option<Self> {
        match kind {
            "ServiceAccount" => Some(Subject::Account(namespace, name)),
            "Group" => Some(Subject::Group(name)),
            "User" => Some(Subject::user(name)),
            _ => None,
        }
    }

    /// The user of that name.
    pub(super) fn user(name: &'t str) -> Self {
        let account = name
            .strip_prefix(ACCOUNT_USER)
            .and_then(|rest| rest.split_once(':'));
        account.map_or(Subject::User(name), |(namespace, name)| {
            Subject::Account(namespace, name)
        })
    }

    /// The namespace whose accounts it is, if it is such a group.
    pub(super) fn accounts_of(self) -> Option<&'t str> {
        match self {
            Subject::Group(name) => name.strip_prefix(ACCOUNTS_GROUP)?.strip_prefix(':'),
            _ => None,
        }
    }

    fn texts(self) -> [&'t str; 3] {
        match self {
            Subject::Account(namespace, name) => [ACCOUNT, namespace, name],
            Subject::User(name) => [USER, "", name],
            Subject::Group(name) => [GROUP, "", name],
        }
    }
}

impl Grants {
    /// From settled tables.
    pub(super) fn of(joins: &Joins) -> Self {
        let mut grants = Self {
            table: Table::default(),
            rules: joins.rules.clone(),
        };
        let mut controllers = BTreeSet::new();
        for mut texts in joins.bindings.all() {
            let (kind, role) = (texts.text(), texts.text());
            let (binding, space) = (texts.text(), texts.text());
            if kind == "Role" && space.is_empty() {
                continue;
            }
            let home = if kind == "Role" { space } else { "" };
            if binding.starts_with(CONTROLLER) && binding == role && home == space {
                controllers.insert((home, role));
            }
            let Some(rules) = grants.rules_of(joins, (kind, home, role)) else {
                continue;
            };
            while let Some(of) = texts.next() {
                let (namespace, name) = (texts.text(), texts.text());
                if let Some(subject) = Subject::read(of, namespace, name) {
                    grants.add(
                        subject,
                        Grant {
                            space,
                            binding,
                            kind,
                            role,
                            rules,
                        },
                    );
                }
            }
        }
        for (kind, space, role) in default_roles::named(CONTROLLER) {
            let name = role.trim_start_matches(CONTROLLER);
            let bound =
                space.is_empty() || space == KUBE_SYSTEM && CONTROLLERS_WITH_ROLES.contains(&name);
            if !bound || controllers.contains(&(space, role)) {
                continue;
            }
            if let Some(rules) = grants.rules_of(joins, (kind, space, role)) {
                let binding = role;
                grants.add(
                    Subject::Account(KUBE_SYSTEM, name),
                    Grant {
                        space,
                        binding,
                        kind,
                        role,
                        rules,
                    },
                );
            }
        }
        grants.table.sort();
        grants
    }

    fn add(&mut self, subject: Subject<'_>, grant: Grant<'_>) {
        self.table.push(|out| {
            out.texts(subject.texts());
            out.texts([grant.space, grant.binding, grant.kind, grant.role]);
            out.number(grant.rules);
        });
    }

    /// The rules of a role that exists and allows something that not everybody may do.
    fn rules_of(&mut self, joins: &Joins, role: (&str, &str, &str)) -> Option<u32> {
        let number = number_of(joins, role, &mut self.rules)?;
        let (kind, _, name) = role;
        if kind != "ClusterRole" || !OF_EVERYBODY.contains(&name) {
            return (self.rules.text(number) != "[]").then_some(number);
        }
        let arena = Bump::new();
        let usual = default_roles::rules(role).unwrap_or("[]");
        let usual = rule::parse(usual, &arena);
        let all = decode_json(&arena, self.rules.text(number).as_bytes()).unwrap_or(Node::Null);
        let unusual = all.items().iter().filter(|node| {
            let rule = Rule::of(node);
            !usual.iter().any(|usual| rule.is_within(usual))
        });
        let unusual: Vec<String> = unusual
            .filter_map(|rule| serde_json::to_string(rule).ok())
            .collect();
        (!unusual.is_empty()).then(|| self.rules.number(&format!("[{}]", unusual.join(","))))
    }

    /// What the subject itself holds, ordered by space, binding and role.
    pub(super) fn to<'g>(&'g self, subject: Subject<'_>) -> impl Iterator<Item = Grant<'g>> {
        self.table.beginning_with(subject.texts()).map(Grant::read)
    }

    /// What an account holds: by itself, and by the groups it is in.
    pub(super) fn to_account(&self, namespace: &str, name: &str) -> Vec<Grant<'_>> {
        let group = group_of(namespace);
        let subjects = [
            Subject::Account(namespace, name),
            Subject::Group(&group),
            Subject::Group(ACCOUNTS_GROUP),
            Subject::Group(AUTHENTICATED),
        ];
        let mut all = Vec::new();
        for subject in subjects {
            all.extend(self.to(subject));
        }
        all.sort();
        all.dedup();
        all
    }

    /// All subjects, each once, in order.
    pub(super) fn subjects(&self) -> impl Iterator<Item = Subject<'_>> {
        let mut last = None;
        self.table.all().filter_map(move |mut texts| {
            let read = [texts.text(), texts.text(), texts.text()];
            if last.replace(read) == Some(read) {
                return None;
            }
            let [kind, namespace, name] = read;
            Some(match kind {
                ACCOUNT => Subject::Account(namespace, name),
                USER => Subject::User(name),
                _ => Subject::Group(name),
            })
        })
    }

    /// The rules of a number, as JSON.
    pub(super) fn rules(&self, number: u32) -> &str {
        self.rules.text(number)
    }
}

impl<'t> Grant<'t> {
    fn read(mut texts: Texts<'t>) -> Self {
        Self {
            space: texts.text(),
            binding: texts.text(),
            kind: texts.text(),
            role: texts.text(),
            rules: texts.number(),
        }
    }
}

/// The group of a namespace's accounts.
pub(super) fn group_of(namespace: &str) -> String {
    format!("{ACCOUNTS_GROUP}:{namespace}")
}

/// The rules of a ClusterRole, as JSON.
pub(super) fn rules_of_cluster_role<'j>(joins: &'j Joins, name: &str) -> Option<&'j str> {
    let role = ("ClusterRole", "", name);
    let read = joins.roles.beginning_with([role.0, role.1, role.2]).next();
    read.map(|mut texts| joins.rules.text(texts.number()))
        .or_else(|| default_roles::rules(role))
}

fn number_of(joins: &Joins, role: (&str, &str, &str), rules: &mut Rules) -> Option<u32> {
    let (kind, home, name) = role;
    let read = joins.roles.beginning_with([kind, home, name]).next();
    match read {
        Some(mut texts) => Some(texts.number()),
        None => default_roles::rules(role).map(|json| rules.number(json)),
    }
}
