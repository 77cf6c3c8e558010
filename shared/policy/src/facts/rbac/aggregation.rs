//! ClusterRoles made of others by label (RBAC reference, "Aggregated ClusterRoles").
//!
//! In a cluster a controller has written the sum into the role already; among files the sum is made here. Both together
//! count, so that a live role and its manifest say the same.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_cel::{Bump, Node, decode_json};
use serde::{Deserialize, Serialize};

use super::super::table::Texts;
use super::super::{Rules, Table, default_roles, name, selector};

/// The label that adds a role to one of the default roles, without that role's name.
const AGGREGATE_TO: &str = "rbac.authorization.k8s.io/aggregate-to-";

/// Default roles that are aggregated, and the one of them that each is itself a part of.
const DEFAULTS: [(&str, Option<&str>); 3] = [
    ("admin", None),
    ("edit", Some("admin")),
    ("view", Some("edit")),
];

/// What ClusterRoles say of aggregation: their labels, and their selectors if they have an `aggregationRule`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Aggregation {
    /// A role's name, then keys and values.
    labels: Table,
    /// A role's name, then a selector.
    selectors: Table,
}

impl Aggregation {
    /// Keeps both of a ClusterRole.
    pub(in super::super) fn gather(&mut self, role: &Node<'_>) {
        let labels = role.at(&["metadata", "labels"]).unwrap_or(Node::Null);
        let labels = selector::labels(&labels);
        if !labels.is_empty() {
            self.labels.push(|out| {
                out.text(name(role));
                out.texts(selector::flat(&labels));
            });
        }
        let selectors = role.at(&["aggregationRule", "clusterRoleSelectors"]);
        for wanted in selectors.map_or(&[][..], |list| list.items()) {
            self.select(name(role), wanted);
        }
    }

    fn select(&mut self, role: &str, wanted: &Node<'_>) {
        self.selectors.push(|out| {
            out.text(role);
            selector::write(wanted, out);
        });
    }

    pub(in super::super) fn append(&mut self, other: Aggregation) {
        self.labels.append(other.labels);
        self.selectors.append(other.selectors);
    }

    /// Gives each role of `roles` (kind, namespace, name, number of its rules) all its rules, once; sorts them. Labels are
    /// no longer needed then.
    pub(in super::super) fn settle(&mut self, roles: &mut Table, rules: &mut Rules) {
        roles.sort();
        let sums = self.sums(roles, rules);
        *self = Self::default();
        let mut settled = Table::default();
        let mut add = |kind: &str, home: &str, role: &str, number: u32| {
            settled.push(|out| {
                out.texts([kind, home, role]);
                out.number(number);
            });
        };
        let mut read = BTreeSet::new();
        let all: Vec<_> = last_by_text(roles, rules).collect();
        for ((kind, home, role), number) in all {
            let sum = sums.get(role).filter(|_| kind == "ClusterRole");
            let number = sum.map_or(number, |sum| rules.number(sum));
            if kind == "ClusterRole" && sums.contains_key(role) {
                read.insert(role);
            }
            add(kind, home, role, number);
        }
        for (role, sum) in &sums {
            if !read.contains(role.as_str()) {
                add("ClusterRole", "", role, rules.number(sum));
            }
        }
        settled.sort();
        *roles = settled;
    }

    /// By ClusterRole, its rules as JSON where others add to them.
    fn sums(&self, roles: &Table, rules: &Rules) -> BTreeMap<String, String> {
        let adds = |labels: Texts<'_>| labels.into_iter().any(|key| key.starts_with(AGGREGATE_TO));
        if self.selectors.all().next().is_none() && !self.labels.all().any(adds) {
            return BTreeMap::new();
        }
        let arena = Bump::new();
        let mut whole = self.clone();
        let mut texts: BTreeMap<&str, &str> = last_by_text(roles, rules)
            .filter(|((kind, ..), _)| *kind == "ClusterRole")
            .map(|((_, _, role), number)| (role, rules.text(number)))
            .collect();
        for (role, part_of) in DEFAULTS {
            let Some(text) = default_roles::rules(("ClusterRole", "", role)) else {
                continue;
            };
            if texts.contains_key(role) {
                continue;
            }
            texts.insert(role, text);
            let wanted = format!(r#"{{"matchLabels":{{"{AGGREGATE_TO}{role}":"true"}}}}"#);
            if let Ok(wanted) = decode_json(&arena, wanted.as_bytes()) {
                whole.select(role, &wanted);
            }
            if let Some(part_of) = part_of {
                let label = format!("{AGGREGATE_TO}{part_of}");
                whole.labels.push(|out| out.texts([role, &label, "true"]));
            }
        }
        let mut parts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let labels: Vec<(&str, Node<'_>)> = whole
            .labels
            .all()
            .map(|mut texts| (texts.text(), labels_of(texts, &arena)))
            .collect();
        for mut wanted in whole.selectors.all() {
            let role = wanted.text();
            let selected = labels
                .iter()
                .filter(|(part, labels)| *part != role && selector::matches(wanted, labels));
            parts
                .entry(role)
                .or_default()
                .extend(selected.map(|(part, _)| *part));
        }
        let mut sums = BTreeMap::new();
        for role in parts.keys() {
            let mut found = BTreeSet::new();
            reach(role, &parts, &mut found);
            found.remove(role);
            let own = texts.get(role).copied().unwrap_or("[]");
            if let Some(sum) = sum(
                own,
                found.iter().filter_map(|part| texts.get(part).copied()),
            ) {
                sums.insert((*role).to_owned(), sum);
            }
        }
        sums
    }
}

/// Kind, namespace and name of each role, with the number of its rules. Where files hold a role twice, the rules that are
/// the last by their text count.
fn last_by_text<'t>(
    roles: &'t Table,
    rules: &Rules,
) -> impl Iterator<Item = ((&'t str, &'t str, &'t str), u32)> {
    let mut all = roles.all().map(|mut texts| {
        let named = (texts.text(), texts.text(), texts.text());
        (named, texts.number::<u32>())
    });
    let mut next = all.next();
    std::iter::from_fn(move || {
        let (named, mut number) = next.take()?;
        for (other, another) in all.by_ref() {
            if other != named {
                next = Some((other, another));
                break;
            }
            if rules.text(another) > rules.text(number) {
                number = another;
            }
        }
        Some((named, number))
    })
}

fn labels_of<'a>(mut texts: Texts<'_>, arena: &'a Bump) -> Node<'a> {
    let mut pairs = Vec::new();
    while let Some(key) = texts.next() {
        let key: &'a str = arena.alloc_str(key);
        pairs.push((key, Node::text_in(arena, texts.text())));
    }
    Node::map_in(arena, pairs)
}

/// Everything that a role is made of, through roles that are made of others.
fn reach<'t>(
    role: &'t str,
    parts: &BTreeMap<&'t str, BTreeSet<&'t str>>,
    found: &mut BTreeSet<&'t str>,
) {
    if !found.insert(role) {
        return;
    }
    for part in parts.get(role).into_iter().flatten() {
        reach(part, parts, found);
    }
}

/// Both together as JSON, each rule once; none if the parts add nothing.
fn sum<'t>(own: &'t str, parts: impl Iterator<Item = &'t str>) -> Option<String> {
    let arena = Bump::new();
    let rules = |json: &str| -> Vec<String> {
        let rules = decode_json(&arena, json.as_bytes()).unwrap_or(Node::Null);
        rules
            .items()
            .iter()
            .filter_map(|rule| serde_json::to_string(rule).ok())
            .collect()
    };
    let mut all = rules(own);
    let before = all.len();
    let mut known: BTreeSet<String> = all.iter().cloned().collect();
    for rule in parts.flat_map(rules) {
        if known.insert(rule.clone()) {
            all.push(rule);
        }
    }
    (all.len() > before).then(|| format!("[{}]", all.join(",")))
}
