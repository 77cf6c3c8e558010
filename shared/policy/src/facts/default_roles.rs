//! Roles that every API server makes at its start and repairs when they were changed: manifests bind them without having
//! them (kubernetes.io/docs/reference/access-authn-authz/rbac, "Default roles and role bindings").

use std::collections::HashMap;
use std::sync::LazyLock;

/// Kind, namespace (empty for a ClusterRole), name, and the rules as JSON, a line each. What a kube-apiserver has is
/// compared with this by the tests (`tests/run kube`, which says how to write it anew).
const FILE: &str = include_str!("default_roles.tsv");

type Key<'k> = (&'k str, &'k str, &'k str);

static ROLES: LazyLock<HashMap<Key<'static>, &'static str>> = LazyLock::new(|| {
    let role = |line: &'static str| {
        let mut fields = line.splitn(4, '\t');
        let key = (fields.next()?, fields.next()?, fields.next()?);
        Some((key, fields.next()?))
    };
    FILE.lines().filter_map(role).collect()
});

/// The rules of the default role of this kind, namespace and name, as JSON.
pub(super) fn rules(role: Key<'_>) -> Option<&'static str> {
    ROLES.get(&role).copied()
}

/// Kind, namespace and name of the default roles whose names begin so, in no order.
pub(super) fn named(prefix: &str) -> impl Iterator<Item = Key<'static>> {
    let keys = ROLES.keys().copied();
    keys.filter(move |(_, _, name)| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_role() {
        assert_eq!(ROLES.len(), FILE.lines().count());
        for rules in ROLES.values() {
            assert!(
                serde_json::from_str::<serde_json::Value>(rules)
                    .unwrap()
                    .is_array()
            );
        }
        assert!(
            rules(("ClusterRole", "", "cluster-admin"))
                .unwrap()
                .contains("\"*\"")
        );
        assert_eq!(rules(("ClusterRole", "", "mine")), None);
    }
}
