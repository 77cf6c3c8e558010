//! Groups that may do everything in the whole cluster.

use std::collections::BTreeSet;

use plimsoll_cel::Bump;

use super::super::Joins;
use super::grants::{Grants, Subject};
use super::rule;

/// Their names, by what is bound to them.
pub(in super::super) fn groups(joins: &Joins) -> BTreeSet<String> {
    let grants = joins.access.grants.get_or_init(|| Grants::of(joins));
    let arena = Bump::new();
    let everything = |rules: u32| {
        let rules = rule::parse(grants.rules(rules), &arena);
        rules.iter().any(|rule| {
            let all = [&rule.verbs, &rule.groups, &rule.resources];
            rule.names.is_empty() && all.iter().all(|list| list.contains(&"*"))
        })
    };
    let groups = grants.subjects().filter_map(|subject| match subject {
        Subject::Group(name) => Some((subject, name)),
        _ => None,
    });
    let holding = groups.filter(|(subject, _)| {
        let mut held = grants.to(*subject);
        held.any(|grant| grant.space.is_empty() && everything(grant.rules))
    });
    holding.map(|(_, name)| name.to_owned()).collect()
}
