//! Whether a ServiceAccount could come to control the cluster, and by which steps.
//!
//! What counts as control: every right at the API server, or what surely leads to it (the API server's own admission,
//! certificates, groups or identities in one's hand). What is taken for granted, because no object tells:
//!
//! - An account that a binding names is used by some pod of its namespace, so that who gets into pods there, or onto nodes,
//!   finds its token. The control plane's own accounts are used by none.
//! - Nothing but Pod Security admission keeps pods from being privileged, and nothing at all keeps them from a node; the node
//!   itself gives the tokens that lie on it, and the control plane if that runs on nodes of the cluster.
//! - Secrets hold tokens of the accounts that name them (as before Kubernetes 1.24); token secrets made by hand are not known.
//! - The cluster signs client certificates (Amazon EKS does not), and aws-auth counts where it is.
//!
//! No step, because it leads nowhere by itself: validating webhooks, CustomResourceDefinitions, nodes' labels and taints,
//! eviction, and `create` of roles or bindings without `escalate` or `bind`, which gives only what one has.

use plimsoll_cel::{Bump, Node};

use super::super::{Joins, Table};
use super::account;
use super::grants::Grants;
use super::holders::Who;
use super::paths::ways;
use super::world::World;

/// `{reachable, account, steps}`: the account as namespace and name with `/`, and each step a text that begins with a verb,
/// to be read one after another with ", which" between them. The shortest way; none of equals is worse than another.
pub(in super::super) fn fact<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let (namespace, name) = account(kind, object).unwrap_or_default();
    let table = joins.access.ways.get_or_init(|| table(joins));
    let of = |namespace: &str, name: &str| table.beginning_with([namespace, name]).next();
    let steps = of(namespace, name)
        .or_else(|| of(namespace, ""))
        .or_else(|| of("", ""));
    let texts = steps
        .into_iter()
        .flatten()
        .map(|step| Node::text_in(arena, step));
    let fields = vec![
        ("reachable", Node::Bool(steps.is_some())),
        (
            "account",
            Node::text_in(arena, &format!("{namespace}/{name}")),
        ),
        ("steps", Node::list_in(arena, texts.collect())),
    ];
    Node::map_in(arena, fields)
}

fn table(joins: &Joins) -> Table {
    let grants = joins.access.grants.get_or_init(|| Grants::of(joins));
    let mut table = Table::default();
    for (who, steps) in ways(&World::of(joins, grants)) {
        let (namespace, name) = match &who {
            Who::Account(namespace, name) => (namespace.as_str(), name.as_str()),
            Who::AnyOf(namespace) => (namespace.as_str(), ""),
            _ => ("", ""),
        };
        table.push(|out| {
            out.texts([namespace, name]);
            out.texts(steps.iter().map(String::as_str));
        });
    }
    table.sort();
    table
}
