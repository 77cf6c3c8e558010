//! One rule of a role, and how the API server matches it.

use plimsoll_cel::{Bump, Node, decode_json};

/// A rule as written; what is no list of texts counts as empty.
#[derive(Debug)]
pub(super) struct Rule<'a> {
    pub(super) verbs: Vec<&'a str>,
    pub(super) groups: Vec<&'a str>,
    pub(super) resources: Vec<&'a str>,
    /// Empty for all.
    pub(super) names: Vec<&'a str>,
    pub(super) urls: Vec<&'a str>,
}

/// The rules in a JSON text.
pub(super) fn parse<'a>(json: &str, arena: &'a Bump) -> Vec<Rule<'a>> {
    let rules = decode_json(arena, json.as_bytes()).unwrap_or(Node::Null);
    rules.items().iter().map(Rule::of).collect()
}

impl<'a> Rule<'a> {
    pub(super) fn of(node: &Node<'a>) -> Self {
        let list = |key: &str| {
            let list = node.get(key).unwrap_or(Node::Null);
            list.items()
                .iter()
                .filter_map(|item| item.as_str())
                .collect()
        };
        Self {
            verbs: list("verbs"),
            groups: list("apiGroups"),
            resources: list("resources"),
            names: list("resourceNames"),
            urls: list("nonResourceURLs"),
        }
    }

    /// Whether it speaks of this verb on this resource (`pods`, `pods/exec`), of whatever name: `*` is any verb, group or
    /// resource with its subresources, `*/exec` that subresource of any resource (RBAC reference, "Referring to resources").
    pub(super) fn allows(&self, verb: &str, group: &str, resource: &str) -> bool {
        let has =
            |list: &[&str], wanted: &str| list.iter().any(|item| *item == "*" || *item == wanted);
        let part = resource.split_once('/').map(|(_, part)| part);
        let subresource = |item: &&str| part.is_some() && item.strip_prefix("*/") == part;
        has(&self.verbs, verb)
            && has(&self.groups, group)
            && (has(&self.resources, resource) || self.resources.iter().any(subresource))
    }

    /// Whether everything that this rule allows another allows as well; not whether several others do together.
    pub(super) fn is_within(&self, other: &Rule<'_>) -> bool {
        let within =
            |a: &[&str], b: &[&str]| b.contains(&"*") || a.iter().all(|item| b.contains(item));
        within(&self.verbs, &other.verbs)
            && within(&self.groups, &other.groups)
            && within(&self.resources, &other.resources)
            && within(&self.urls, &other.urls)
            && (other.names.is_empty()
                || !self.names.is_empty() && within(&self.names, &other.names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule<'a>(arena: &'a Bump, json: &str) -> Rule<'a> {
        parse(&format!("[{json}]"), arena).remove(0)
    }

    #[test]
    fn verbs_groups_and_resources_match_as_in_the_api_server() {
        let arena = Bump::new();
        let cases = [
            (
                r#""verbs":["get"],"apiGroups":[""],"resources":["pods"]"#,
                "get",
                "",
                "pods",
                true,
            ),
            (
                r#""verbs":["get"],"apiGroups":[""],"resources":["pods"]"#,
                "get",
                "",
                "pods/exec",
                false,
            ),
            (
                r#""verbs":["get"],"apiGroups":[""],"resources":["pods"]"#,
                "list",
                "",
                "pods",
                false,
            ),
            (
                r#""verbs":["get"],"apiGroups":["apps"],"resources":["pods"]"#,
                "get",
                "",
                "pods",
                false,
            ),
            (
                r#""verbs":["*"],"apiGroups":["*"],"resources":["*"]"#,
                "bind",
                "apps",
                "a/b",
                true,
            ),
            (
                r#""verbs":["*"],"apiGroups":[""],"resources":["*/exec"]"#,
                "get",
                "",
                "pods/exec",
                true,
            ),
            (
                r#""verbs":["*"],"apiGroups":[""],"resources":["*/exec"]"#,
                "get",
                "",
                "pods",
                false,
            ),
            (
                r#""verbs":["*"],"apiGroups":[""],"resources":["pods/*"]"#,
                "get",
                "",
                "pods/exec",
                false,
            ),
            (
                r#""verbs":["get"],"resources":["pods"]"#,
                "get",
                "",
                "pods",
                false,
            ),
            (
                r#""verbs":"get","apiGroups":[""],"resources":["pods"]"#,
                "get",
                "",
                "pods",
                false,
            ),
        ];
        for (text, verb, group, resource, expected) in cases {
            let rule = rule(&arena, &format!("{{{text}}}"));
            assert_eq!(
                rule.allows(verb, group, resource),
                expected,
                "{text} {verb} {resource}"
            );
        }
    }

    #[test]
    fn a_rule_is_within_one_that_allows_as_much() {
        let arena = Bump::new();
        let wide = rule(
            &arena,
            r#"{"verbs":["get","list"],"apiGroups":[""],"resources":["*"],"resourceNames":["a","b"]}"#,
        );
        for (text, expected) in [
            (
                r#""verbs":["list"],"apiGroups":[""],"resources":["x"],"resourceNames":["b"]"#,
                true,
            ),
            (
                r#""verbs":["list"],"apiGroups":[""],"resources":["x"],"resourceNames":["c"]"#,
                false,
            ),
            (
                r#""verbs":["list"],"apiGroups":[""],"resources":["x"]"#,
                false,
            ),
            (
                r#""verbs":["watch"],"apiGroups":[""],"resources":["x"],"resourceNames":["a"]"#,
                false,
            ),
            (
                r#""verbs":["get"],"apiGroups":["apps"],"resources":["x"],"resourceNames":["a"]"#,
                false,
            ),
            (
                r#""verbs":["get"],"nonResourceURLs":["/x"],"resourceNames":["a"]"#,
                false,
            ),
        ] {
            assert_eq!(
                rule(&arena, &format!("{{{text}}}")).is_within(&wide),
                expected,
                "{text}"
            );
        }
    }
}
