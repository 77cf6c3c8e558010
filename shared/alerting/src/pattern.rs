//! Patterns of names: `*` stands for any letters, everything else for itself.

use std::collections::BTreeMap;

/// Whether `name` matches `pattern`. Linear in practice and never worse than the product of the lengths.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Whether `name` matches one of `patterns`, or there are none.
pub(crate) fn any_or_empty(patterns: &[String], name: &str) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| matches(pattern, name))
}

/// Whether `tags` has every wanted key with a value that matches.
pub(crate) fn tags(wanted: &BTreeMap<String, String>, tags: &BTreeMap<String, String>) -> bool {
    wanted
        .iter()
        .all(|(key, pattern)| tags.get(key).is_some_and(|value| matches(pattern, value)))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_letters() {
        for (pattern, name, expected) in [
            ("prod", "prod", true),
            ("prod", "prod-eu", false),
            ("prod*", "prod-eu", true),
            ("*eu*1", "prod-eu-1", true),
            ("*", "", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("**b", "ab", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
