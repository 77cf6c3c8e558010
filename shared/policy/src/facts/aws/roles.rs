//! Roles of the account as facts about others need them: whom each trusts, and what it may do.

use plimsoll_cel::{Bump, Node};

use super::super::Joins;
use super::super::table::Texts;
use super::{Border, CLUSTER, account_of, look, part_in, part_of, said, unread};

/// What `Grants` of a role is called in expressions.
const GRANTS: [(&str, &str); 4] = [
    ("admin", "Admin"),
    ("ecrWrite", "EcrWrite"),
    ("escalations", "Escalations"),
    ("iamFull", "IamFull"),
];

/// Keeps ARN, trust, grants, and what the cluster uses it for.
pub(super) fn gather(border: &mut Border, object: &Node<'_>) {
    border.roles.push(|out| {
        out.text(said(object, &["metadata", "arn"]));
        out.text(&part_of(object, &["Derived", "Trust"]));
        out.text(&part_of(object, &["Derived", "Grants"]));
        out.text(&part_of(object, &["Use"]));
    });
}

/// The ARNs that something names, without the path of aws-auth's, which that leaves out.
pub(super) fn named(joins: &Joins, give: &mut dyn FnMut(&str)) {
    let border = &joins.border;
    border
        .accounts
        .all()
        .filter_map(|mut texts| texts.nth(2))
        .for_each(&mut *give);
    border.mapped.all().for_each(|texts| give(texts.first()));
    let arena = Bump::new();
    for texts in border.associations.all() {
        for role in texts.skip(2).take(2) {
            give(part_in(&arena, role).as_str().unwrap_or(""));
        }
    }
}

/// A role by its ARN: what is kept, or whether it is known that there is none.
pub(super) enum Found<'j> {
    Role(Texts<'j>),
    Nowhere,
    /// What would have to be known.
    Unknown(String),
}

/// Looks for a role. The list of roles, which is the account's own, is whole.
pub(super) fn find<'j>(joins: &'j Joins, arn: &str) -> Found<'j> {
    let named = joins.border.roles.beginning_with([arn]);
    absent_unless(joins, named.last(), arn)
}

/// Looks for a role as aws-auth names it: without its path (Amazon EKS user guide, "aws-auth ConfigMap").
pub(super) fn find_without_path<'j>(joins: &'j Joins, arn: &str) -> Found<'j> {
    let mut all = joins.border.roles.all();
    let named = all.find(|texts| is_without_path(texts.first(), arn));
    absent_unless(joins, named, arn)
}

/// Whether an ARN is the other, or would be if the path of its role were left out.
pub(super) fn is_without_path(arn: &str, other: &str) -> bool {
    let split = |arn: &str| -> Option<(String, String)> {
        let (head, role) = arn.split_once(":role/")?;
        Some((head.to_owned(), role.rsplit('/').next()?.to_owned()))
    };
    arn == other || split(arn).is_some() && split(arn) == split(other)
}

fn absent_unless<'j>(joins: &'j Joins, found: Option<Texts<'j>>, arn: &str) -> Found<'j> {
    if let Some(texts) = found {
        return Found::Role(texts);
    }
    let mut clusters = joins.border.clusters.all();
    match clusters.next().map(Texts::first) {
        None => Found::Unknown(CLUSTER.to_owned()),
        Some(cluster) if account_of(cluster) == account_of(arn) => Found::Nowhere,
        Some(_) => Found::Unknown(format!("role {arn}, of another account")),
    }
}

/// `{admin, ecrWrite, escalations, iamFull}`; each may be unknown.
pub(super) fn grants_in<'a>(arena: &'a Bump, json: &str) -> Node<'a> {
    let grants = part_in(arena, json);
    let part = |of: &str| match look(&grants, &[of]) {
        Node::Null => unread(arena, "what the role may do"),
        known => known,
    };
    Node::map_in(arena, GRANTS.map(|(name, of)| (name, part(of))).into())
}
