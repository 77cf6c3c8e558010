//! Groups that IAM identities may be mapped to and that may do everything.

use std::collections::BTreeSet;

use plimsoll_cel::{Bump, Node};

use super::super::{Joins, rbac, texts_in};

/// In the API server's own hands, whatever is bound (RBAC reference, "User-facing roles").
const MASTERS: &str = "system:masters";

/// A sorted list of names.
pub(in super::super) fn fact<'a>(joins: &Joins, arena: &'a Bump) -> Node<'a> {
    let mut groups: BTreeSet<String> = rbac::groups_with_everything(joins);
    groups.insert(MASTERS.to_owned());
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    texts_in(arena, &groups)
}
