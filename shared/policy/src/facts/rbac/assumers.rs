//! Who can come to act as a ServiceAccount in one step: by pods or workloads made in its namespace, by its tokens, by
//! impersonation, by a command in one of its pods, from a node, or because everything is open to them anyway.

use plimsoll_cel::{Bump, Node};

use super::super::{Joins, Table};
use super::account;
use super::grants::{Grants, Subject};
use super::holders::Who;
use super::steps::{Space, Step, To, steps};
use super::world::World;

/// A list of `{kind, namespace, name, by}`: subjects of bindings as these write them, and the right in words. Those who hold it
/// as a group stand as the group; the control plane's own accounts are left out.
pub(in super::super) fn fact<'a>(
    joins: &Joins,
    kind: &str,
    object: &Node<'a>,
    arena: &'a Bump,
) -> Node<'a> {
    let Some((namespace, name)) = account(kind, object) else {
        return Node::List(&[]);
    };
    let table = joins.access.assumers.get_or_init(|| table(joins));
    let everywhere = table.beginning_with([""]);
    let mut nodes = Vec::new();
    for mut texts in everywhere.chain(table.beginning_with([namespace])) {
        let (kind, home, who, by) = (texts.text(), texts.text(), texts.text(), texts.text());
        if (kind, home, who) == ("ServiceAccount", namespace, name) {
            continue;
        }
        let text = |text| Node::text_in(arena, text);
        let fields = vec![
            ("by", text(by)),
            ("kind", text(kind)),
            ("name", text(who)),
            ("namespace", text(home)),
        ];
        nodes.push(Node::map_in(arena, fields));
    }
    Node::list_in(arena, nodes)
}

/// Namespace (empty for all), then whose right it is and what.
fn table(joins: &Joins) -> Table {
    let grants = joins.access.grants.get_or_init(|| Grants::of(joins));
    let world = World::of(joins, grants);
    let mut table = Table::default();
    for subject in grants.subjects() {
        let (who, texts) = match subject {
            Subject::Account(namespace, name) if world.is_controller(namespace, name) => continue,
            Subject::Account(namespace, name) => {
                let who = Who::Account(namespace.to_owned(), name.to_owned());
                (who, ["ServiceAccount", namespace, name])
            }
            Subject::User(name) => (Who::User(name.to_owned()), ["User", "", name]),
            Subject::Group(name) => (Who::Group(name.to_owned()), ["Group", "", name]),
        };
        for step in steps(&world.holder(&who), &world) {
            if let Some(space) = accounts_of(&step) {
                table.push(|out| {
                    out.text(space.as_deref().unwrap_or(""));
                    out.texts(texts);
                    out.text(&step.sentence(None));
                });
            }
        }
    }
    table.sort();
    table.dedup();
    table
}

/// The namespace whose accounts a step gives, if it gives all of one or of all of them.
fn accounts_of(step: &Step) -> Option<Space> {
    match &step.to {
        To::Names(space) | To::Accounts(space) | To::Running(space) => Some(space.clone()),
        To::Nodes | To::Control(_) => Some(None),
        To::Holder(_) | To::Secrets(..) => None,
    }
}
