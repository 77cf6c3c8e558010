//! Paths into objects: as text, and by the identity of a node in the arena.

use std::borrow::Cow;

use plimsoll_cel::Node;
use serde::{Deserialize, Serialize};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Step<'s> {
    /// A map key.
    Key(Cow<'s, str>),
    /// A list index.
    Index(usize),
}

impl Step<'_> {
    /// The same step, its text lent.
    pub(crate) fn lent(&self) -> Step<'_> {
        match self {
            Step::Key(key) => Step::Key(Cow::Borrowed(key)),
            Step::Index(index) => Step::Index(*index),
        }
    }
}

/// Reads `a.b[0].c` and `a["x.y/z"]`.
pub(crate) fn parse(text: &str) -> Result<Vec<Step<'static>>, String> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix("[\"") {
            let end = quoted
                .find("\"]")
                .ok_or_else(|| format!("`{text}`: [\" has no \"]"))?;
            steps.push(Step::Key(quoted[..end].to_owned().into()));
            rest = &quoted[end + 2..];
        } else if let Some(number) = rest.strip_prefix('[') {
            let end = number
                .find(']')
                .ok_or_else(|| format!("`{text}`: [ has no ]"))?;
            let index = number[..end]
                .parse()
                .map_err(|_| format!("`{text}`: `{}` is no index", &number[..end]))?;
            steps.push(Step::Index(index));
            rest = &number[end + 1..];
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            if end == 0 {
                return Err(format!("`{text}` has an empty step"));
            }
            steps.push(Step::Key(rest[..end].to_owned().into()));
            rest = &rest[end..];
        }
        if let Some(after) = rest.strip_prefix('.') {
            if after.is_empty() {
                return Err(format!("`{text}` ends with a dot"));
            }
            rest = after;
        }
    }
    Ok(steps)
}

/// Writes steps as text; keys that are no plain names are quoted.
pub(crate) fn write(steps: &[Step<'_>]) -> String {
    let mut out = String::with_capacity(16 * steps.len());
    for step in steps {
        match step {
            Step::Index(index) => {
                out.push('[');
                out.push_str(&index.to_string());
                out.push(']');
            }
            Step::Key(key)
                if key
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
                    && !key.is_empty() =>
            {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(key);
            }
            Step::Key(key) => {
                out.push_str("[\"");
                out.push_str(key);
                out.push_str("\"]");
            }
        }
    }
    out
}

/// Writes steps as a JSON pointer (RFC 6901).
pub(crate) fn pointer(steps: &[Step<'_>]) -> String {
    steps
        .iter()
        .map(|step| match step {
            Step::Index(index) => format!("/{index}"),
            Step::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        })
        .collect()
}

/// Follows steps from `root`.
pub(crate) fn follow<'a>(root: &Node<'a>, steps: &[Step<'_>]) -> Option<Node<'a>> {
    steps.iter().try_fold(*root, |node, step| match step {
        Step::Key(key) => node.get(key),
        Step::Index(index) => node.items().get(*index).copied(),
    })
}

/// Where `part` stands below `root`, found by its address in the arena: expressions may filter and join lists as they
/// like, an element stays the very node that was decoded. Values without an address of their own (numbers, empty
/// texts) are not found.
pub(crate) fn of_part<'a>(root: &Node<'a>, part: &Node<'_>) -> Option<Vec<Step<'a>>> {
    if same(root, part) {
        return Some(Vec::new());
    }
    let below = |step: Step<'a>, child: &Node<'a>| {
        of_part(child, part).map(|mut steps| {
            steps.insert(0, step);
            steps
        })
    };
    match root {
        Node::Map(entries) => entries
            .iter()
            .find_map(|entry| below(Step::Key(entry.key.into()), &entry.value)),
        Node::List(items) => items
            .iter()
            .enumerate()
            .find_map(|(i, item)| below(Step::Index(i), item)),
        _ => None,
    }
}

/// Whether two nodes are the same place of the arena.
pub(crate) fn same(a: &Node<'_>, b: &Node<'_>) -> bool {
    match (a, b) {
        (Node::Map(a), Node::Map(b)) => !a.is_empty() && std::ptr::eq(*a, *b),
        (Node::List(a), Node::List(b)) => !a.is_empty() && std::ptr::eq(*a, *b),
        (Node::Str(a), Node::Str(b)) => !a.is_empty() && std::ptr::eq(*a, *b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_cel::{Bump, decode_json};

    #[test]
    fn paths_read_back() {
        for text in [
            "spec.containers[0].image",
            "metadata.annotations[\"a.b/c\"]",
            "rules[12]",
        ] {
            assert_eq!(write(&parse(text).unwrap()), text);
        }
        for text in ["a..b", "a.", "a[x]", "[", "a[\"b"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn pointers_escape_what_parts_their_steps() {
        let steps = parse("metadata.annotations[\"a.b/c~d\"]").unwrap();
        assert_eq!(pointer(&steps), "/metadata/annotations/a.b~1c~0d");
        assert_eq!(pointer(&parse("a[2]").unwrap()), "/a/2");
    }

    #[test]
    fn a_part_is_found_by_its_address_not_by_its_value() {
        let arena = Bump::new();
        let root = decode_json(&arena, br#"{"a":[{"n":"x"},{"n":"x"}]}"#).unwrap();
        let second = root.get("a").unwrap().items()[1];
        assert_eq!(write(&of_part(&root, &second).unwrap()), "a[1]");
        assert_eq!(of_part(&root, &Node::Int(1)), None);
    }
}
