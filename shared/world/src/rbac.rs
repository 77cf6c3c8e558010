//! Authorization by the RBAC objects of the cluster itself: what a reader may list is what its
//! role in the data says, so a refused list is a line missing there.

use serde_json::Value;

/// Someone the API server has recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) groups: Vec<String>,
}

/// What somebody wants to do with a resource.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access<'a> {
    pub(crate) verb: &'a str,
    pub(crate) group: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) namespace: Option<&'a str>,
    pub(crate) name: Option<&'a str>,
}

#[derive(Debug, Default)]
struct Rule {
    verbs: Vec<String>,
    groups: Vec<String>,
    resources: Vec<String>,
    names: Vec<String>,
}

#[derive(Debug)]
struct Role {
    kind: String,
    namespace: Option<String>,
    name: String,
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Binding {
    /// `None` binds in the whole cluster.
    namespace: Option<String>,
    role_kind: String,
    role_name: String,
    users: Vec<String>,
    groups: Vec<String>,
}

/// The roles and bindings of one state.
#[derive(Debug, Default)]
pub(crate) struct Rbac {
    roles: Vec<Role>,
    bindings: Vec<Binding>,
}

impl Rbac {
    /// Picks the RBAC objects out of all.
    pub(crate) fn of<'a>(objects: impl Iterator<Item = &'a Value>) -> Self {
        let mut rbac = Self::default();
        for object in objects {
            let kind = object["kind"].as_str().unwrap_or_default();
            let text = |pointer| object.pointer(pointer).and_then(Value::as_str);
            let namespace = text("/metadata/namespace").map(str::to_owned);
            let owned = |pointer| text(pointer).unwrap_or_default().to_owned();
            match kind {
                "ClusterRole" | "Role" => rbac.roles.push(Role {
                    kind: kind.to_owned(),
                    namespace,
                    name: owned("/metadata/name"),
                    rules: object["rules"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .map(rule)
                        .collect(),
                }),
                "ClusterRoleBinding" | "RoleBinding" => rbac.bindings.push(Binding {
                    namespace,
                    role_kind: owned("/roleRef/kind"),
                    role_name: owned("/roleRef/name"),
                    users: subjects(object, "User"),
                    groups: subjects(object, "Group"),
                }),
                _ => {}
            }
        }
        rbac
    }

    /// Whether any binding allows it.
    pub(crate) fn allows(&self, user: &User, access: &Access<'_>) -> bool {
        self.bindings.iter().any(|binding| {
            let here = match &binding.namespace {
                None => true,
                Some(namespace) => access.namespace == Some(namespace),
            };
            let who = binding.users.contains(&user.name)
                || binding
                    .groups
                    .iter()
                    .any(|group| user.groups.contains(group));
            here && who && self.rules(binding).any(|rule| rule.covers(access))
        })
    }

    fn rules<'a>(&'a self, binding: &'a Binding) -> impl Iterator<Item = &'a Rule> {
        let roles = self.roles.iter().filter(|role| {
            role.kind == binding.role_kind
                && role.name == binding.role_name
                && (role.namespace.is_none() || role.namespace == binding.namespace)
        });
        roles.flat_map(|role| &role.rules)
    }
}

impl Rule {
    fn covers(&self, access: &Access<'_>) -> bool {
        let has = |list: &[String], wanted: &str| list.iter().any(|v| v == "*" || v == wanted);
        has(&self.verbs, access.verb)
            && has(&self.groups, access.group)
            && has(&self.resources, access.resource)
            && (self.names.is_empty()
                || access
                    .name
                    .is_some_and(|name| self.names.iter().any(|n| n == name)))
    }
}

fn rule(value: &Value) -> Rule {
    let list = |field: &str| {
        let values = value[field].as_array().into_iter().flatten();
        values
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect()
    };
    Rule {
        verbs: list("verbs"),
        groups: list("apiGroups"),
        resources: list("resources"),
        names: list("resourceNames"),
    }
}

fn subjects(binding: &Value, kind: &str) -> Vec<String> {
    let subjects = binding["subjects"].as_array().into_iter().flatten();
    let of_kind = subjects.filter(|subject| subject["kind"] == kind);
    of_kind
        .filter_map(|subject| subject["name"].as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rbac() -> Rbac {
        let role = |kind: &str, namespace: Option<&str>, resource: &str| {
            json!({
                "kind": kind, "metadata": { "name": "reader", "namespace": namespace },
                "rules": [ { "apiGroups": [""], "resources": [resource], "verbs": ["list"] } ],
            })
        };
        let binding = |kind: &str, namespace: Option<&str>, role: &str| {
            json!({
                "kind": kind, "metadata": { "name": "b", "namespace": namespace },
                "roleRef": { "kind": role, "name": "reader" },
                "subjects": [ { "kind": "Group", "name": "readers" } ],
            })
        };
        let objects = [
            role("ClusterRole", None, "pods"),
            binding("ClusterRoleBinding", None, "ClusterRole"),
            role("Role", Some("shop"), "configmaps"),
            binding("RoleBinding", Some("shop"), "Role"),
        ];
        Rbac::of(objects.iter())
    }

    fn allowed(groups: &[&str], verb: &str, resource: &str, namespace: Option<&str>) -> bool {
        let groups = groups.iter().map(|&group| group.to_owned()).collect();
        let user = User {
            name: "u".to_owned(),
            groups,
        };
        rbac().allows(
            &user,
            &Access {
                verb,
                group: "",
                resource,
                namespace,
                name: None,
            },
        )
    }

    #[test]
    fn cluster_wide_and_namespaced_rules_are_told_apart() {
        assert!(allowed(&["readers"], "list", "pods", None));
        assert!(allowed(&["readers"], "list", "pods", Some("shop")));
        assert!(allowed(&["readers"], "list", "configmaps", Some("shop")));
        assert!(!allowed(&["readers"], "list", "configmaps", Some("other")));
        assert!(!allowed(&["readers"], "list", "configmaps", None));
        assert!(!allowed(&["readers"], "delete", "pods", None));
        assert!(!allowed(&["others"], "list", "pods", None));
    }
}
