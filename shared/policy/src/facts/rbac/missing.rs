//! ServiceAccounts that bindings name and that are not there.

use plimsoll_cel::{Bump, Node};

use super::super::Joins;
use super::{KUBE_SYSTEM, namespace};

/// Of the accounts that a binding's subjects name, those that do not exist, as a list of namespace and name with `/`.
///
/// Files may bind accounts that other files make; so an account is missed only in a namespace that is known, by itself or
/// by another account in it, unless all namespaces are. The default account is in every namespace.
pub(in super::super) fn fact<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let home = if kind == "RoleBinding" {
        namespace(object)
    } else {
        ""
    };
    let subjects = object.get("subjects").unwrap_or(Node::Null);
    let text = |subject: &Node<'a>, key: &str| {
        subject
            .get(key)
            .and_then(|value| value.as_str())
            .unwrap_or("")
    };
    let missing = subjects.items().iter().filter_map(|subject| {
        if text(subject, "kind") != "ServiceAccount" {
            return None;
        }
        let own = text(subject, "namespace");
        let space = if own.is_empty() { home } else { own };
        let account = text(subject, "name");
        is_missing(joins, space, account)
            .then(|| Node::text_in(arena, &format!("{space}/{account}")))
    });
    Node::list_in(arena, missing.collect())
}

fn is_missing(joins: &Joins, space: &str, account: &str) -> bool {
    let whole = joins.namespaces.contains_key(KUBE_SYSTEM);
    let there = joins.namespaces.contains_key(space);
    let neighbours = || {
        joins
            .service_accounts
            .beginning_with([space])
            .next()
            .is_some()
    };
    if joins
        .service_accounts
        .beginning_with([space, account])
        .next()
        .is_some()
    {
        return false;
    }
    match account {
        "default" => whole && !there,
        _ => whole || there || neighbours(),
    }
}
