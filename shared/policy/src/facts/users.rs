//! Who refers to a ConfigMap or a Secret.

use std::collections::BTreeSet;

use plimsoll_cel::{Bump, Node};

use super::references::{self, To};
use super::workloads::top;
use super::{Joins, name, namespace};

/// Keeps for each ConfigMap or Secret that an object names: which it is, its namespace and name, kind and name of the
/// object.
pub(super) fn gather(joins: &mut Joins, kind: &str, object: &Node<'_>) {
    let mut named = BTreeSet::new();
    references::each(kind, object, &mut |reference| {
        named.insert((letter(reference.to), reference.namespace, reference.name));
    });
    let (kind, user) = top(kind, object);
    for (to, space, wanted) in named {
        joins
            .users
            .push(|out| out.texts([to, space, wanted, kind, user]));
    }
}

fn letter(to: To) -> &'static str {
    match to {
        To::ConfigMap => "c",
        To::Secret => "s",
    }
}

/// A list of `{kind, name}` of the objects that name it.
pub(super) fn fact<'a>(joins: &Joins, kind: &str, object: &Node<'a>, arena: &'a Bump) -> Node<'a> {
    let to = match kind {
        "Secret" => To::Secret,
        _ => To::ConfigMap,
    };
    let wanted = [letter(to), namespace(object), name(object)];
    let found = joins.users.beginning_with(wanted);
    let nodes = found.map(|mut texts| {
        let mut next = || Node::text_in(arena, texts.text());
        Node::map_in(arena, vec![("kind", next()), ("name", next())])
    });
    Node::list_in(arena, nodes.collect())
}
